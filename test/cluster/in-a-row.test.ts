/** One client that writes as fast as it can, on a machine that has too much to do. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Browser } from '../../src/testing/browser.ts'
import { LONG_MS } from '../model/budget.ts'
import { Fleet } from './fleet.ts'

const WRITES = 1000
const BURNERS = 2

let fleet: Fleet
const burners: ChildProcess[] = []

beforeAll(async () => {
  fleet = await Fleet.start(2)
  for (let i = 0; i < BURNERS; i++)
    burners.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))
}, LONG_MS)

afterAll(async () => {
  for (const burner of burners) {
    const gone = once(burner, 'exit')
    burner.kill('SIGKILL')
    await gone
  }
  await fleet?.close()
})

it.each([
  ['increments', 100, ['/test/pixel']],
  ['increments beside 700 bytes', 700, ['/test/pixel']],
  [
    'increments and sets beside 700 bytes',
    700,
    ['/test/pixel', '/test/set?key=a&bytes=20', '/test/pixel'],
  ],
])(
  `a client that writes ${WRITES} times in a row never has more than two cookies: %s`,
  { timeout: LONG_MS },
  async (_what, bytes, paths) => {
    const browser = new Browser(fleet.url)
    await browser.post(`/test/set?key=b&bytes=${bytes}`)
    let [most, longest, counted] = [0, 0, 0]
    for (let i = 0; i < WRITES; i++) {
      const path = paths[i % paths.length] ?? ''
      const method = path.startsWith('/test/set') ? 'POST' : 'GET'
      const response = await browser.fetch(path, { method })
      expect(response.status).toBe(200)
      if (path === '/test/pixel') counted++
      most = Math.max(most, browser.cookie.split('; ').length)
      longest = Math.max(longest, browser.cookie.length)
    }
    const { hits } = (await (await browser.fetch('/api/session')).json()) as { hits: number }
    expect(hits).toBe(counted)
    expect(most).toBeLessThanOrEqual(2)
    expect(longest).toBeLessThan(7168)
  },
)
