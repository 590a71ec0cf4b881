/** The packed package, as npm would publish it, on every runtime. Needs `npm run build`, and `npm ci` here. */
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const HERE = import.meta.dirname
const ROOT = join(HERE, '../..')
const PROGRAMS = ['main.mjs', 'smoke.mjs', 'worker.mjs']
const TRIED = ['parallel writes', 'logout', 'login', 'committed', 'entries']

let folder = ''

/** A project that has installed the tarball. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'carryon-runtimes-'))
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const options = { cwd: ROOT, encoding: 'utf8' } as const
  const [packed] = Object.values(JSON.parse(execFileSync('npm', args, options))) as {
    filename: string
  }[]
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'carryon'), { recursive: true })
  const into = ['--strip-components=1', '-C', join(modules, 'carryon')]
  execFileSync('tar', ['-xzf', join(folder, packed?.filename ?? ''), ...into])
  for (const name of ['jose', 'hono', 'unstorage'])
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  for (const program of PROGRAMS) cpSync(join(HERE, program), join(folder, program))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const installed = (path: string) => join(HERE, 'node_modules', path)
const deno = [
  'run',
  '--allow-net',
  '--allow-env',
  '--node-modules-dir=manual',
  '--no-remote',
  '--no-lock',
]

describe('the packed package runs', () => {
  test.each([
    ['on Node 20.0', installed('node20first/bin/node'), []],
    ['on Node 20', installed('node20/bin/node'), []],
    ['on Node 22', installed('node22/bin/node'), []],
    ['on Node 24', process.execPath, []],
    ['on Bun', installed('@oven/bun-linux-x64/bin/bun'), []],
    ['on Deno', installed('@deno/linux-x64-glibc/deno'), deno],
  ])('%s', async (_, program, args) => {
    const run = promisify(execFile)(program, [...args, 'main.mjs'], { cwd: folder })
    expect(JSON.parse((await run).stdout)).toEqual([...TRIED, 'node:http'])
  })

  test.each([
    ['without nodejs_compat', ['no_nodejs_compat']],
    ['with nodejs_compat', ['nodejs_compat']],
  ])('on workerd, %s', async (_, compatibilityFlags) => {
    const bundled = await build({
      entryPoints: [join(folder, 'worker.mjs')],
      bundle: true,
      format: 'esm',
      write: false,
      conditions: ['workerd', 'worker', 'browser'],
      external: ['node:*', 'cloudflare:*'],
    })
    const contents = bundled.outputFiles[0]?.text ?? ''
    const config = {
      name: 'smoke',
      compatibilityDate: '2026-10-20',
      compatibilityFlags,
      manifest: { mainModule: 'worker.js', modules: { 'worker.js': { type: 'esm', contents } } },
      env: {},
    } as const
    const worker = new Miniflare({
      cf: false,
      telemetry: { enabled: false },
      workers: [{ config }],
    })
    try {
      const response = await worker.dispatchFetch('https://shop.example/')
      const text = await response.text()
      expect([response.status, text]).toEqual([200, JSON.stringify(TRIED)])
    } finally {
      await worker.dispose()
    }
  })
})
