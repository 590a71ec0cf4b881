/**
 * What no session cluster promises, on the real one: requests of one browser change its session on several
 * nodes at once, their answers arrive in any order, and nothing is lost.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionReport } from '../../demo/api.ts'
import { type Cluster, startCluster } from '../../demo/cluster/cluster.ts'
import { Browser } from '../../src/testing/browser.ts'
import { seeded } from '../support/random.ts'

const SEED = 20261122
const BROWSERS = 20
const PARALLEL = 20
const MAX_DELAY_MS = 150
/** Node's limit for all headers of a request; a longer Cookie header locks the user out. */
const MAX_HEADER_BYTES = 16 * 1024

let cluster: Cluster
const random = seeded(SEED)

beforeAll(async () => {
  cluster = await startCluster()
})

afterAll(() => cluster?.close())

async function report(browser: Browser): Promise<SessionReport> {
  const response = await browser.get('/api/session')
  expect(response.status).toBe(200)
  return (await response.json()) as SessionReport
}

async function loggedIn(): Promise<Browser> {
  const browser = new Browser(cluster.url)
  expect((await browser.post('/api/login?name=Ada')).status).toBe(200)
  return browser
}

function somewhat(path: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}delay=${random.below(MAX_DELAY_MS)}`
}

/** Sends all requests at once, so that each carries the same cookies; answers arrive as they come. */
async function atOnce(browser: Browser, paths: readonly string[]): Promise<Set<string>> {
  const answers = await Promise.all(paths.map((path) => browser.post(somewhat(path))))
  for (const answer of answers) expect(answer.status).toBe(200)
  return new Set(answers.map((answer) => answer.headers.get('x-node') ?? ''))
}

describe('20 browsers', () => {
  it('that increment 20 times in parallel have counted exactly 20 each', async () => {
    const browsers = await Promise.all(Array.from({ length: BROWSERS }, loggedIn))
    const paths = Array.from({ length: PARALLEL }, () => '/api/increment/hits')
    const nodes = await Promise.all(browsers.map((browser) => atOnce(browser, paths)))
    const hits = await Promise.all(browsers.map(async (browser) => (await report(browser)).hits))
    expect(hits).toEqual(Array.from({ length: BROWSERS }, () => PARALLEL))
    for (const some of nodes) expect(some.size, 'over several nodes').toBeGreaterThan(1)
  })

  it('that write 20 different keys in parallel keep all of them', async () => {
    const names = Array.from({ length: PARALLEL }, (_, i) => `sku${'abcdefghijklmnopqrst'[i]}`)
    const browsers = await Promise.all(Array.from({ length: BROWSERS }, loggedIn))
    const paths = names.map((name) => `/api/cart/${name}?by=2`)
    await Promise.all(browsers.map((browser) => atOnce(browser, paths)))
    const wanted = Object.fromEntries(names.map((name) => [name, 2]))
    for (const browser of browsers) expect((await report(browser)).cart).toEqual(wanted)
  })
})

describe('one browser', () => {
  it('that increments 20 times in parallel, ten times over, is not locked out and counts 200', async () => {
    const browser = await loggedIn()
    const paths = Array.from({ length: PARALLEL }, () => '/api/increment/hits')
    for (let burst = 1; burst <= 10; burst++) {
      await atOnce(browser, paths)
      const { hits, headerBytes } = await report(browser)
      expect(hits).toBe(PARALLEL * burst)
      expect(headerBytes).toBeLessThan(MAX_HEADER_BYTES)
    }
  })

  it('that increments 20 times with one view, twenty times over, is not locked out', async () => {
    const browser = await loggedIn()
    for (let burst = 1; burst <= 20; burst++) {
      const answers = Array.from({ length: PARALLEL }, () => browser.post('/api/increment/hits'))
      for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200)
      const { hits, headerBytes } = await report(browser)
      expect(hits).toBe(PARALLEL * burst)
      expect(headerBytes).toBeLessThan(MAX_HEADER_BYTES)
    }
  })

  it('that logs out stays logged out, whatever slower requests answer later', async () => {
    const browser = await loggedIn()
    const slow = [
      '/api/increment',
      '/api/increment/hits',
      '/api/cart/socks',
      '/api/increment/hits',
    ].map((path) => browser.post(`${path}?delay=600`))
    expect((await browser.post('/api/logout')).status).toBe(200)
    expect((await report(browser)).user).toBeNull()
    for (const answer of await Promise.all(slow)) expect(answer.status).toBe(200)
    const after = await report(browser)
    expect({ user: after.user, hits: after.hits, cart: after.cart }).toEqual({
      user: null,
      hits: 0,
      cart: {},
    })
  })

  it('that logs in stays logged in, whatever slower anonymous requests answer later', async () => {
    const browser = new Browser(cluster.url)
    const slow = ['/api/increment', '/api/cart/socks'].map((path) =>
      browser.post(`${path}?delay=600`),
    )
    expect((await browser.post('/api/login?name=Ada')).status).toBe(200)
    const later = ['/api/increment', '/api/cart/books'].map((path) =>
      browser.post(`${path}?delay=300`),
    )
    for (const answer of await Promise.all([...slow, ...later])) expect(answer.status).toBe(200)
    const after = await report(browser)
    expect(after.user?.name).toBe('Ada')
    expect(after.cart).toEqual({ books: 1 })
  })

  it('whose anonymous requests come in while the login is being answered stays logged in', async () => {
    const browser = new Browser(cluster.url)
    const login = browser.post('/api/login?name=Ada&delay=200')
    const slow = [100, 300, 600].map((delay) => browser.post(`/api/cart/socks?delay=${delay}`))
    expect((await login).status).toBe(200)
    for (const answer of await Promise.all(slow)) expect(answer.status).toBe(200)
    expect((await report(browser)).user?.name).toBe('Ada')
  })
})
