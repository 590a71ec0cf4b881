/** carryon in frameworks that are built first. Needs the built package, and `npm ci` here. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Browser, type Fetch } from '../../../src/testing/testing.ts'
import { keepsItsPromises, SECRET } from '../contract.ts'

const HERE = import.meta.dirname
const MODULES = join(HERE, 'node_modules')

// The apps import the package by its name.
beforeAll(() => {
  const link = join(MODULES, 'carryon')
  rmSync(link, { force: true, recursive: true })
  symlinkSync('../../../..', link)
})

const environment = {
  ...process.env,
  NODE_ENV: 'production',
  ASTRO_TELEMETRY_DISABLED: '1',
  NEXT_TELEMETRY_DISABLED: '1',
}

/** Runs a program of a package in an app's folder. */
async function build(app: string, program: string, ...args: string[]): Promise<void> {
  const path = join(MODULES, program)
  const options = { cwd: join(HERE, app), env: environment, maxBuffer: 2 ** 26 }
  await promisify(execFile)(process.execPath, [path, ...args], options)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A server in a process of its own, while the tests of this block run. */
function serving(
  app: string,
  building: readonly [program: string, ...args: string[]],
  args: (port: number) => string[],
) {
  const running = { origin: '' }
  let child: ChildProcess | undefined
  beforeAll(async () => {
    await build(app, ...building)
    const port = await freePort()
    running.origin = `http://localhost:${port}`
    const settings = {
      SESSION_SECRETS: SECRET,
      PORT: String(port),
      HOST: '127.0.0.1',
      ORIGIN: running.origin,
    }
    child = spawn(process.execPath, args(port), {
      cwd: join(HERE, app),
      env: { ...environment, ...settings },
      stdio: 'ignore',
    })
    await vi.waitFor(async () => expect((await fetch(`${running.origin}/cart`)).status).toBe(200), {
      timeout: 60_000,
      interval: 200,
    })
  }, 300_000)
  afterAll(async () => {
    if (!child || child.exitCode !== null) return
    child.kill()
    await once(child, 'exit')
  })
  return () => running
}

describe('SvelteKit', () => {
  keepsItsPromises(serving('sveltekit', ['vite/bin/vite.js', 'build'], () => ['build/index.js']))
})

describe('Astro', () => {
  keepsItsPromises(
    serving('astro', ['astro/bin/astro.mjs', 'build'], () => ['dist/server/entry.mjs']),
  )
})

describe('React Router', () => {
  const running: { origin: string; app?: Fetch } = { origin: 'https://shop.example' }
  beforeAll(async () => {
    process.env['SESSION_SECRETS'] = SECRET
    await build('react-router', '@react-router/dev/bin.cjs', 'build')
    const { createRequestHandler, RouterContextProvider } = await import('react-router')
    const entry = join(HERE, 'react-router/build/server/index.js')
    const handler = createRequestHandler(await import(entry), 'production')
    running.app = (request) => handler(request, new RouterContextProvider())
  }, 300_000)
  keepsItsPromises(() => running)
})

describe('TanStack Start', () => {
  const running: { origin: string; app?: Fetch } = { origin: 'https://shop.example' }
  beforeAll(async () => {
    process.env['SESSION_SECRETS'] = SECRET
    await build('tanstack', 'vite/bin/vite.js', 'build')
    const { default: server } = await import(join(HERE, 'tanstack/dist/server/server.js'))
    running.app = (request) => server.fetch(request)
  }, 300_000)
  keepsItsPromises(() => running)
})

describe('Next', () => {
  const next = 'next/dist/bin/next'
  const running = serving('next', [next, 'build'], (port) => [
    join(MODULES, next),
    'start',
    ...['-p', String(port), '-H', '127.0.0.1'],
  ])
  keepsItsPromises(running)

  test('server actions: of 10 parallel ones none is lost, and a page shows it', async () => {
    const browser = new Browser(running().origin, { secureOnLocalhost: true })
    await browser.post('/cart/first')
    const page = await (await browser.get('/shop')).text()
    const [, action = ''] = /name="(\$ACTION_ID_\w+)"/.exec(page) ?? []
    expect(action).not.toBe('')
    const skus = Array.from({ length: 10 }, (_, i) => `sku-${i}`)
    const answers = await Promise.all(
      skus.map((sku) => {
        const body = new FormData()
        body.set(action, '')
        body.set('sku', sku)
        return browser.hold('/shop', { method: 'POST', body })
      }),
    )
    for (const answer of answers) expect(answer.release().status).toBeLessThan(400)
    const [, shown = ''] =
      /id="cart">([^<]*)</.exec(await (await browser.get('/shop')).text()) ?? []
    expect(shown.split(' ').sort()).toEqual(['first', ...skus].sort())
  })
})

test('the package was built', () => {
  expect(existsSync(join(HERE, '../../../dist/index.js'))).toBe(true)
})
