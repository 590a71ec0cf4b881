/** `npm run simulator`: makes one folder that works offline, from a file as well. */

import { copyFile, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, stop } from 'esbuild'

const FILES = ['index.html', 'simulator.css', 'simulator.js'] as const
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** The nodes of the simulator have no store of revocations, so what asks one stays out. */
const withoutRevocation: Plugin = {
  name: 'without-revocation',
  setup({ onLoad }) {
    const contents =
      "export class Watch { constructor() { throw new Error('The simulator has no store of revocations.') } }"
    onLoad({ filter: /[\\/]src[\\/]revocation[\\/]watch\.ts$/ }, () => ({ contents, loader: 'ts' }))
  },
}

/** Builds it into `folder`. Resolves to the bytes of all its files. */
export async function buildSimulator(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true })
  try {
    await build({
      entryPoints: [here('./page.ts')],
      bundle: true,
      minify: true,
      // A script, not a module: browsers load no modules from files.
      format: 'iife',
      target: 'es2022',
      platform: 'browser',
      outfile: join(folder, 'simulator.js'),
      logLevel: 'error',
      plugins: [withoutRevocation],
    })
  } finally {
    await stop() // esbuild is a process of its own, and would stay.
  }
  for (const file of FILES.slice(0, 2)) await copyFile(here(file), join(folder, file))
  const sizes = await Promise.all(FILES.map((file) => stat(join(folder, file))))
  return sizes.reduce((sum, { size }) => sum + size, 0)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = here('./dist')
  const bytes = await buildSimulator(folder)
  console.log(`${bytes} bytes. Open ${join(folder, 'index.html')}`)
}
