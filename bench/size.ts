/**
 * What the Hono middleware adds to a Worker: bundled with jose and without hono, minified, compressed.
 * Exits with 1 above the goal.
 */
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { table } from './table.ts'

const GOAL_BYTES = 16 * 1024

const { outputFiles, metafile } = await build({
  entryPoints: [fileURLToPath(new URL('../src/hono.ts', import.meta.url))],
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  conditions: ['workerd', 'worker', 'import'],
  external: ['hono', 'hono/*'],
  write: false,
  metafile: true,
})
const code = outputFiles[0]?.contents ?? new Uint8Array()
const gzip = gzipSync(code, { level: 9 }).length

const parts = new Map<string, number>()
for (const output of Object.values(metafile.outputs)) {
  for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
    const [, layer] = /(?:^|\/)src\/(\w+)\//.exec(path) ?? []
    const part = path.includes('node_modules/jose/') ? 'jose' : `src/${layer ?? ''}`
    parts.set(part, (parts.get(part) ?? 0) + bytesInOutput)
  }
}

const row = (name: string, bytes: number) => [name, bytes.toLocaleString('en')]
console.log('src/hono.ts, jose included, hono not, in bytes:\n')
console.log(
  table(
    ['', 'bytes'],
    [
      ...[...parts]
        .toSorted(([, a], [, b]) => b - a)
        .map(([part, bytes]) => row(`minified, ${part}`, bytes)),
      row('minified, all', code.length),
      row('minified and gzip', gzip),
      row('minified and brotli', brotliCompressSync(code).length),
      row('goal, minified and gzip', GOAL_BYTES),
    ],
  ),
)
if (gzip > GOAL_BYTES) {
  console.error(`\n${gzip - GOAL_BYTES} bytes above the goal.`)
  process.exitCode = 1
}
