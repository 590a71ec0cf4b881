/** Signed out everywhere, on a cluster of processes: browsers of one person, whose nodes and whose store die. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionReport } from '../../demo/api.ts'
import { type Cluster, startCluster } from '../../demo/cluster/cluster.ts'
import { Browser } from '../../src/testing/browser.ts'
import { LONG_MS } from '../model/budget.ts'

/** What a browser is on one node, past the balancer. */
async function reportOf(
  cluster: Cluster,
  browser: Browser,
  name: string,
  cookies?: string,
): Promise<SessionReport> {
  const url = new URL('/api/session', cluster.nodeUrl(name))
  const cookie = cookies ?? browser.jar.header(url) ?? ''
  const response = await fetch(url, { headers: { cookie } })
  expect(response.status).toBe(200)
  return (await response.json()) as SessionReport
}

const jarOf = (cluster: Cluster, browser: Browser) => browser.jar.header(new URL(cluster.url)) ?? ''

async function logIn(cluster: Cluster, name: string, agent = 'Firefox/1 Linux'): Promise<Browser> {
  const browser = new Browser(cluster.url)
  const init = { method: 'POST', headers: { 'user-agent': agent } }
  const request = browser.request(`/api/login?name=${name}`, init)
  const response = browser.take(await fetch(request))
  expect(response.status).toBe(200)
  return browser
}

async function signOut(browser: Browser, which: string): Promise<void> {
  const response = await fetch(browser.request(`/api/devices/${which}`, { method: 'DELETE' }))
  expect(response.status, await response.clone().text()).toBe(200)
  browser.take(response)
}

describe('five browsers of one person on four nodes, with Durable Objects', () => {
  let cluster: Cluster
  let names: string[]

  beforeAll(async () => {
    cluster = await startCluster({ env: { REVOCATION_LAG: '0' } })
    names = cluster.nodes.map(({ name }) => name)
  })

  afterAll(() => cluster?.close())

  const userOn = async (browser: Browser, name: string, cookies?: string) =>
    (await reportOf(cluster, browser, name, cookies)).user?.name

  it('are signed out on every node by the next request, but for the one that asked for it', async () => {
    const browsers = await Promise.all([1, 2, 3, 4, 5].map(() => logIn(cluster, 'Five')))
    const [mine = new Browser(cluster.url), ...others] = browsers
    const { devices } = await reportOf(cluster, mine, names[0] ?? '')
    expect(devices).toHaveLength(5)
    expect(devices?.filter(({ isThis }) => isThis)).toHaveLength(1)
    expect(devices?.[0]?.label).toBe('Firefox on Linux')
    for (const browser of browsers)
      for (const name of names) expect(await userOn(browser, name)).toBe('Five')

    await signOut(mine, 'others')
    for (const browser of others)
      for (const name of names) expect(await userOn(browser, name)).toBe(undefined)
    for (const name of names) expect(await userOn(mine, name)).toBe('Five')
    expect((await reportOf(cluster, mine, names[3] ?? '')).devices).toHaveLength(1)

    // A login one second later stays.
    const later = await logIn(cluster, 'Five')
    for (const name of names) expect(await userOn(later, name)).toBe('Five')
  })

  it('do not come back with a copy of their cookies after a logout', async () => {
    const browser = await logIn(cluster, 'Copied')
    const copy = jarOf(cluster, browser)
    for (const name of names) expect(await userOn(browser, name, copy)).toBe('Copied')
    await browser.post('/api/logout')
    for (const name of names) expect(await userOn(browser, name, copy)).toBe(undefined)
  })

  it('stay out though the store and all nodes are killed and start again', async () => {
    const one = await logIn(cluster, 'Killed')
    const two = await logIn(cluster, 'Killed')
    await signOut(one, 'others')
    await Promise.all([...names, 'store'].map((name) => cluster.kill(name)))
    await Promise.all([...names, 'store'].map((name) => cluster.start(name)))
    for (const name of names) {
      expect(await userOn(two, name)).toBe(undefined)
      expect(await userOn(one, name)).toBe('Killed')
    }
  })

  it('pass while the store is down, as the demo allows, and lose nothing', async () => {
    const browser = await logIn(cluster, 'Down')
    await browser.post('/api/cart/socks')
    await cluster.kill('store')
    for (const name of names) {
      const { user, cart, devices } = await reportOf(cluster, browser, name)
      expect([user?.name, cart, devices]).toEqual(['Down', { socks: 1 }, null])
    }
    await cluster.start('store')
    expect((await reportOf(cluster, browser, names[0] ?? '')).devices).toHaveLength(1)
  })
})

describe('five browsers of one person, with Workers KV', () => {
  it('are signed out on every node within the lag and what KV takes', {
    timeout: LONG_MS,
  }, async () => {
    const LAG_SECONDS = 2
    const PROPAGATION_SECONDS = 60
    const env = { REVOCATION_LAG: String(LAG_SECONDS), MARKS: 'kv' }
    const cluster = await startCluster({ env })
    try {
      const names = cluster.nodes.map(({ name }) => name)
      const browsers = await Promise.all([1, 2, 3, 4, 5].map(() => logIn(cluster, 'Slow')))
      const jars = browsers.map((browser) => jarOf(cluster, browser))
      const [mine = new Browser(cluster.url)] = browsers
      await signOut(mine, 'others')
      const until = Date.now() + (LAG_SECONDS + PROPAGATION_SECONDS) * 1000
      for (const [i, jar] of jars.slice(1).entries()) {
        for (const name of names) {
          const user = async () =>
            (await reportOf(cluster, browsers[i] ?? mine, name, jar)).user?.name
          while ((await user()) !== undefined) expect(Date.now()).toBeLessThan(until)
        }
      }
      for (const name of names)
        expect((await reportOf(cluster, mine, name, jars[0])).user?.name).toBe('Slow')
    } finally {
      await cluster.close()
    }
  })
})
