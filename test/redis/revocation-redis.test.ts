import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { unstorageMarks } from '../../src/stores/unstorage.ts'
import { marksContract } from '../revocation/contract.ts'
import { copyOf, Fleet } from '../revocation/fleet.ts'
import { connectTo } from './connect.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

let server: RedisServer

beforeAll(async () => {
  server = await startRedis()
})

afterAll(() => server?.stop())

function connect(port: number = server.port) {
  const { storage, client } = connectTo(port)
  return { store: unstorageMarks(storage), client }
}

marksContract('unstorageMarks on a Redis server', async () => {
  const { store, client } = connect()
  await client.flushall()
  return { store, otherNode: connect().store }
})

describe('unstorageMarks on a Redis server', () => {
  test('asks for all keys of a session with one command, and leaves it to Redis to delete marks', async () => {
    const { store, client } = connect()
    const all = new Fleet({ lag: 0, store: () => store })
    const browser = all.browser()
    await all.at(browser, 0, (session) => {
      session.login('ada')
      session.keys = ['tenant:acme', 'oidc:1']
    })
    await client.config('RESETSTAT')
    await all.who(browser, 1)
    const stats = await client.info('commandstats')
    expect(/cmdstat_mget:calls=(\d+)/.exec(stats)?.[1]).toBe('1')
    expect(stats).not.toMatch(/cmdstat_get:/)

    await all.node(0).sessions.revoke({ subject: 'ada' })
    const [key = ''] = await client.keys('carryon:revoked:*')
    const ttl = await client.pttl(key)
    // The absolute timeout, and what clocks may differ.
    expect(ttl).toBeGreaterThan(43_200_000)
    expect(ttl).toBeLessThanOrEqual(43_380_000)
    expect(await all.who(browser, 1)).toBe(undefined)
  })

  test('is killed in the middle: allow lets pass, deny does not, and a mark counts once it is back', async () => {
    for (const onUnavailable of ['allow', 'deny'] as const) {
      const gone = await startRedis()
      onTestFinished(() => gone.stop())
      const { store } = connect(gone.port)
      const all = new Fleet({ nodes: 4, lag: 0, timeout: 1, onUnavailable, store: () => store })
      const browsers = await Promise.all([0, 1, 2, 3, 4].map((i) => all.loggedIn('ada', i)))
      const [first = all.browser()] = browsers
      await all.at(first, 0, ({ data }) => {
        data['cart'] = 1
      })
      const during = browsers.map((browser, i) => all.who(copyOf(browser, all.clock), i))
      await gone.stop()
      // Those under way are answered one way or the other, and none fails.
      for (const subject of await Promise.all(during)) expect(['ada', undefined]).toContain(subject)
      const isIn = onUnavailable === 'allow' ? 'ada' : undefined
      for (const [i, browser] of browsers.entries()) expect(await all.who(browser, i)).toBe(isIn)
      expect(all.node(1).told('revocation-error')).toContainEqual(
        expect.objectContaining({ operation: 'check', policy: onUnavailable }),
      )
      const again = await startRedis(gone.port)
      onTestFinished(() => again.stop())
      await expect.poll(() => all.who(first, 1)).toBe('ada')
      expect(await all.at(first, 1, ({ data }) => data)).toEqual({ cart: 1 })
      await all.node(3).sessions.revoke({ subject: 'ada' })
      for (const [i, browser] of browsers.entries())
        expect(await all.who(browser, i)).toBe(undefined)
    }
  })
})
