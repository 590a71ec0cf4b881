import { fileURLToPath } from 'node:url'
import { build, stop } from 'esbuild'

/** Bundles Workers of this folder into one ES module each, as wrangler does. */
export async function bundleWorkers<const Files extends readonly string[]>(
  files: Files,
): Promise<{ [Index in keyof Files]: string }>
export async function bundleWorkers(files: readonly string[]): Promise<readonly string[]> {
  try {
    return await Promise.all(files.map(bundle))
  } finally {
    await stop() // esbuild is a process of its own, and would stay.
  }
}

async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
  })
  const text = outputFiles[0]?.text
  if (text === undefined) throw new Error(`esbuild made nothing of ${file}.`)
  return text
}
