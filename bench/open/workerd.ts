import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import type { Mode } from './iterate.ts'
import type { Material } from './material.ts'

/** workerd with the worker of this folder in it. */
export interface Workerd {
  add(material: Material): Promise<number>
  iterate(material: number, mode: Mode, count: number): Promise<number>
  close(): Promise<void>
}

export async function startWorkerd(): Promise<Workerd> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'import'],
    write: false,
  })
  const miniflare = new Miniflare({
    cf: false,
    telemetry: { enabled: false },
    workers: [
      {
        config: {
          name: 'bench',
          // As in wrangler.toml.
          compatibilityDate: '2026-10-20',
          compatibilityFlags: ['no_nodejs_compat'],
          manifest: {
            mainModule: 'worker.js',
            modules: { 'worker.js': { type: 'esm', contents: outputFiles[0]?.text ?? '' } },
          },
          env: {},
        },
      },
    ],
  })
  const ask = async (path: string, body?: string): Promise<number> => {
    const response = await miniflare.dispatchFetch(`https://worker.example${path}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(text)
    return Number(text)
  }
  return {
    add: (material) => ask('/add', JSON.stringify(material)),
    iterate: (material, mode, count) =>
      ask(`/run?material=${material}&mode=${mode}&count=${count}`),
    close: () => miniflare.dispose(),
  }
}
