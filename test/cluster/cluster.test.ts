import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionReport } from '../../demo/api.ts'
import { type Cluster, startCluster } from '../../demo/cluster/cluster.ts'
import { filler } from '../../demo/filler.ts'
import type { KeySize } from '../../src/errors.ts'
import { Browser } from '../../src/testing/browser.ts'
import { LONG_MS } from '../model/budget.ts'
import { seeded } from '../support/random.ts'
import { Shopper } from './shopper.ts'

const SEED = 20261122
let cluster: Cluster
let names: string[]

beforeAll(async () => {
  cluster = await startCluster()
  names = cluster.nodes.map(({ name }) => name)
})

afterAll(() => cluster?.close())

function nodeOf(response: Response): string {
  return response.headers.get('x-node') ?? 'none'
}

/** The same jar, looking at one node past the balancer. Cookies do not know ports. */
async function lookAt(name: string, browser: Browser): Promise<SessionReport> {
  const url = new URL('/api/session', cluster.nodeUrl(name))
  const cookie = browser.jar.header(url) ?? ''
  const response = await fetch(url, { headers: { cookie } })
  expect(response.status).toBe(200)
  expect(nodeOf(response)).toBe(name)
  return (await response.json()) as SessionReport
}

describe('600 requests of 50 browsers, with a node killed every 100', () => {
  it('lose no session, miss no write and see nothing stale', { timeout: LONG_MS }, async () => {
    const random = seeded(SEED)
    const shoppers = Array.from({ length: 50 }, (_, i) => new Shopper(`v${i}`, cluster.url))
    const before = await cluster.storeOperations()
    const answered = new Map(names.map((name) => [name, 0]))
    let victim: string | undefined
    let back: Promise<void> | undefined
    let last: string | undefined
    let kills = 0

    for (let i = 0; i < 600; i++) {
      if (i % 100 === 40) {
        victim = random.pick(names)
        await cluster.kill(victim)
        kills++
      }
      if (i % 100 === 80 && victim !== undefined) back = cluster.start(victim)
      if (i % 100 === 99) await back

      const shopper = i < shoppers.length ? shoppers[i] : random.pick(shoppers)
      const node = await (i < shoppers.length ? shopper?.logIn() : shopper?.act(random))
      expect(names).toContain(node)
      expect(node, 'no affinity: never the same node twice').not.toBe(last)
      if (i % 100 > 40 && i % 100 < 80) expect(node, 'a dead node').not.toBe(victim)
      answered.set(node ?? '', (answered.get(node ?? '') ?? 0) + 1)
      last = node
    }

    for (const shopper of shoppers) {
      await shopper.look()
      expect(shopper.browser.jar.dropped).toEqual([])
    }
    expect(kills).toBe(6)
    for (const [name, times] of answered) expect(times, name).toBeGreaterThan(90)
    expect(await cluster.storeOperations(), 'small sessions never ask the store').toEqual(before)
  })
})

describe('a node that dies', () => {
  async function settled(): Promise<{ browser: Browser; old: SessionReport }> {
    const browser = new Browser(cluster.url)
    await browser.post('/api/login?name=Ada')
    await browser.post('/api/increment')
    await browser.post('/api/cart/socks')
    const old = (await (await browser.get('/api/session')).json()) as SessionReport
    expect(old).toMatchObject({ count: 1, cart: { socks: 1 } })
    return { browser, old }
  }

  /** Sends a request that kills the node it reaches. Returns the node's name. */
  async function die(browser: Browser, path: string): Promise<string> {
    const response = await browser.post(path)
    expect(response.status).toBe(502)
    expect(response.headers.getSetCookie()).toEqual([])
    const name = nodeOf(response)
    const state = async () => {
      const { nodes } = await cluster.status()
      return nodes.find((node) => node.name === name)?.state
    }
    await expect.poll(state).toBe('down')
    return name
  }

  async function expectOldEverywhere(browser: Browser, old: SessionReport): Promise<void> {
    for (const { name, state } of (await cluster.status()).nodes) {
      if (state === 'up') expect(await lookAt(name, browser)).toEqual({ ...old, node: name })
    }
  }

  it('between the handler and the answer leaves the old state, which opens on every node', async () => {
    for (const [i, victim] of names.entries()) {
      const { browser, old } = await settled()
      // The balancer goes round, so the next one is the victim.
      await expect.poll(() => browser.get('/api/session').then(nodeOf)).toBe(names.at(i - 1))
      expect(await die(browser, '/api/increment?die=after')).toBe(victim)
      await expectOldEverywhere(browser, old)
      await cluster.start(victim)
      await expectOldEverywhere(browser, old)
      const again = (await (await browser.post('/api/increment')).json()) as { count: number }
      expect(again.count).toBe(2)
    }
  })

  it('between the handler and the answer leaves the old big value, although a new one was put', async () => {
    const { browser } = await settled()
    await browser.post('/api/big?bytes=20000')
    const old = (await (await browser.get('/api/session')).json()) as SessionReport
    expect(old.note).toBe(20_000)
    const { put } = await cluster.storeOperations()
    const victim = await die(browser, '/api/big?bytes=50000&die=after')
    expect((await cluster.storeOperations()).put).toBe(put + 1)
    await expectOldEverywhere(browser, old)
    await cluster.start(victim)
    await expectOldEverywhere(browser, old)
  })

  it('in the middle of a request leaves the old state, too', async () => {
    const { browser } = await settled()
    await browser.post('/api/big?bytes=20000')
    const old = (await (await browser.get('/api/session')).json()) as SessionReport
    const { get } = await cluster.storeOperations()
    const slow = browser.post('/api/increment?delay=60000')
    // The node has opened the session once it has asked for the big value. The handler waits.
    await expect.poll(async () => (await cluster.storeOperations()).get).toBe(get + 1)
    for (const name of names) await cluster.kill(name)
    expect((await slow).status).toBe(502)
    expect((await browser.get('/api/session')).status).toBe(503)
    for (const name of names) await cluster.start(name)
    await expectOldEverywhere(browser, old)
  })
})

describe('sessions of all sizes', () => {
  it.each([200, 2_048, 16_384, 204_800])('%i bytes round-trip over all nodes', async (bytes) => {
    const browser = new Browser(cluster.url)
    const key = `size${bytes}`
    const before = await cluster.storeOperations()
    const written = await browser.post(`/test/set?key=${key}&bytes=${bytes}`)
    expect(written.status).toBe(200)

    for (const name of names) {
      const url = new URL(`/test/get?key=${key}`, cluster.nodeUrl(name))
      const response = await fetch(url, { headers: { cookie: browser.jar.header(url) ?? '' } })
      expect(nodeOf(response)).toBe(name)
      expect(await response.text()).toBe(filler(key, bytes))
    }

    const after = await cluster.storeOperations()
    if (bytes === 200) expect(after).toEqual(before)
    if (bytes > 4_096) expect(after.put).toBe(before.put + 1)
    expect(browser.jar.dropped).toEqual([])
    const { cookies, headerBytes } = await lookAt(names[0] ?? '', browser)
    expect(Math.max(...cookies.map((cookie) => cookie.bytes))).toBeLessThanOrEqual(4_096)
    expect(headerBytes).toBeLessThan(8_192)
  })

  it('a session over the limit is refused by name, and the old state stays', async () => {
    const browser = new Browser(cluster.url)
    await browser.post('/api/increment')
    const refused = await browser.post('/api/big?bytes=300000')
    expect(refused.status).toBe(413)
    expect(refused.headers.getSetCookie()).toEqual([])
    const { code, largest } = (await refused.json()) as { code: string; largest: KeySize[] }
    expect(code).toBe('ERR_TOO_LARGE')
    expect(largest[0]).toMatchObject({ key: 'note', bytes: expect.closeTo(300_000, -2) })
    expect(Object.keys(largest[0] ?? {}).sort(), 'and no value').toEqual(['bytes', 'key'])
    for (const name of names) {
      expect(await lookAt(name, browser)).toMatchObject({ count: 1, note: null })
    }
  })
})

describe('without the store', () => {
  it('what fits into cookies goes on, and nothing is lost', async () => {
    const browser = new Browser(cluster.url)
    await browser.post('/api/big?bytes=20000')
    await cluster.kill('store')
    try {
      for (const name of names) {
        expect(await lookAt(name, browser)).toMatchObject({ note: 'unavailable', count: 0 })
      }
      expect((await browser.post('/api/increment')).status).toBe(200)
      const failed = await browser.post('/api/big?bytes=30000')
      expect(failed.status).toBe(503)
      expect(failed.headers.getSetCookie()).toEqual([])
      expect(await failed.json()).toMatchObject({ code: 'ERR_OVERFLOW_UNAVAILABLE' })
    } finally {
      await cluster.start('store')
    }
    for (const name of names) {
      expect(await lookAt(name, browser)).toMatchObject({ note: 20_000, count: 1 })
    }
  })
})

describe('answers that are not made by c.json()', () => {
  it.each(['raw', 'redirect', 'stream'])('%s keeps the cookies, once per name', async (kind) => {
    const browser = new Browser(cluster.url)
    for (let i = 1; i <= names.length; i++) {
      const response = await browser.post(`/test/${kind}`)
      await response.text()
      const cookieNames = response.headers.getSetCookie().map((header) => header.split('=')[0])
      expect(cookieNames.length).toBeGreaterThan(0)
      expect(new Set(cookieNames).size).toBe(cookieNames.length)
      expect(await lookAt(names[i % names.length] ?? '', browser)).toMatchObject({ count: i })
    }
  })

  it('an exception rolls back', async () => {
    const browser = new Browser(cluster.url)
    await browser.post('/api/increment')
    for (const name of names) {
      const response = await browser.post('/test/throw')
      expect(response.status).toBe(409)
      expect(response.headers.getSetCookie()).toEqual([])
      expect(await lookAt(name, browser)).toMatchObject({ count: 1, cart: {} })
    }
  })
})
