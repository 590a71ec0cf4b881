import { describe, expect, test } from 'vitest'
import { Clock, SECRET, Shop, START, Visitor } from '../support/visitor.ts'

async function visitedShop(options: { idleTimeout?: number; absoluteTimeout?: number } = {}) {
  const shop = new Shop(options)
  // On a whole second, so that limits can be told to the millisecond.
  shop.clock.now = Math.ceil(START / 1000) * 1000
  await shop.visit(({ data }) => {
    data['a'] = 1
  })
  return shop
}

/** What the visitor's cookies give, however long a browser would keep them. */
async function kept(shop: Shop, cookie: string) {
  const session = await shop.sessions.open(
    new Request('https://shop.example/', { headers: { cookie } }),
  )
  return session.isNew ? 'gone' : 'alive'
}

describe('the idle timeout', () => {
  test('ends a session to the millisecond, whatever Max-Age says', async () => {
    const shop = await visitedShop({ idleTimeout: 100 })
    const { cookie } = shop.visitor
    shop.clock.advance(99.999)
    expect(await kept(shop, cookie)).toBe('alive')
    shop.clock.advance(0.001)
    expect(await kept(shop, cookie)).toBe('gone')
    expect(shop.told('expired')).toEqual([{ type: 'expired', limit: 'idle' }])
  })

  test('is never longer than it says: a start within a second is rounded down', async () => {
    const shop = new Shop({ idleTimeout: 100 })
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    const { cookie } = shop.visitor
    shop.clock.advance(99)
    expect(await kept(shop, cookie)).toBe('alive')
    shop.clock.advance(1)
    expect(await kept(shop, cookie)).toBe('gone')
  })

  test('is renewed by use, once in a tenth of it at most', async () => {
    const shop = await visitedShop({ idleTimeout: 1000 })
    const written: number[] = []
    for (let second = 5; second <= 1000; second += 5) {
      shop.clock.advance(5)
      await shop.visit(({ data }) => data)
      if (shop.visitor.setCookies.length > 0) written.push(second)
    }
    expect(written).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000])
    expect(shop.told('renewed')).toHaveLength(10)
  })

  test('counts from the last renewal, so it can end early by a tenth and no more', async () => {
    const shop = await visitedShop({ idleTimeout: 1000 })
    shop.clock.advance(99)
    await shop.visit(({ data }) => data)
    expect(shop.visitor.setCookies).toEqual([])
    shop.clock.advance(900)
    expect(await shop.look()).toEqual({ a: 1 })
    shop.clock.advance(1)
    expect(await shop.look()).toEqual({})
  })

  test('keeps a session alive for as long as it is used', async () => {
    const shop = await visitedShop()
    for (let i = 0; i < 24; i++) {
      shop.clock.advance(29 * 60)
      expect(await shop.visit(({ data }) => data)).toEqual({ a: 1 })
    }
  })

  test('is told by expiresAt', async () => {
    const shop = await visitedShop({ idleTimeout: 1000 })
    const { expiresAt, startedAt } = await shop.sessions.open(shop.visitor.request())
    expect(expiresAt).toEqual(new Date(shop.clock.now + 1_000_000))
    expect(startedAt).toEqual(new Date(shop.clock.now))
  })
})

describe('the absolute timeout', () => {
  test('ends a session to the millisecond, however much it is used', async () => {
    const shop = await visitedShop({ idleTimeout: 60, absoluteTimeout: 300 })
    const start = shop.clock.now
    for (let i = 0; i < 29; i++) {
      shop.clock.advance(10)
      await shop.visit((session) => session.increment('a'))
    }
    const { cookie } = shop.visitor
    shop.clock.now = start + 299_999
    expect(await kept(shop, cookie)).toBe('alive')
    shop.clock.now = start + 300_000
    expect(await kept(shop, cookie)).toBe('gone')
    expect(shop.told('expired').map(({ limit }) => limit)).toContain('absolute')
  })

  test('counts from the first start through every new id, and starts anew with a login', async () => {
    for (const renew of ['regenerate', 'login', 'login again'] as const) {
      const shop = await visitedShop({ idleTimeout: 300, absoluteTimeout: 300 })
      if (renew === 'login again') await shop.visit((session) => session.login('ada'))
      for (let i = 0; i < 3; i++) {
        shop.clock.advance(90)
        await shop.visit((session) => {
          if (renew === 'regenerate') session.regenerate()
          else session.login('ada')
        })
      }
      shop.clock.advance(29)
      expect(await shop.look()).toEqual({ a: 1 })
      shop.clock.advance(1)
      expect([renew, await shop.look()]).toEqual([renew, renew === 'regenerate' ? {} : { a: 1 }])
    }
  })

  test('of a node that was configured with less counts at once', async () => {
    const shop = await visitedShop()
    const strict = new Shop({ absoluteTimeout: 60 }, { clock: shop.clock, visitor: shop.visitor })
    shop.clock.advance(59)
    expect(await strict.look()).toEqual({ a: 1 })
    shop.clock.advance(1)
    expect(await strict.look()).toEqual({})
  })

  test('lets no cookie outlive the session in the browser', async () => {
    const shop = await visitedShop({ idleTimeout: 600, absoluteTimeout: 600 })
    shop.clock.advance(500)
    await shop.visit((session) => session.increment('a'))
    for (const line of shop.visitor.setCookies)
      expect(Number(/Max-Age=(\d+)/.exec(line)?.[1])).toBeLessThanOrEqual(100)
  })
})

describe('nodes whose clocks are off by 30 s either way', () => {
  test('serve one session in turns: nothing is lost and nothing is refused', async () => {
    const time = new Clock()
    const visitor = new Visitor(time)
    const nodes = [-30, 30, 0, 30, -30].map((off) => {
      const clock = new Clock()
      const node = new Shop(
        { secrets: SECRET, clock: () => time.now + off * 1000 },
        { clock, visitor },
      )
      return node
    })
    let visits = 0
    for (let i = 0; i < 200; i++) {
      const node = nodes[i % nodes.length]
      await node?.visit((session) => session.increment('visits'))
      visits++
      time.advance(i % 4)
      const data = await nodes[(i * 3 + 1) % nodes.length]?.look()
      expect(data).toEqual({ visits })
    }
    for (const node of nodes) expect(node.told('rejected', 'expired')).toEqual([])
  })
})
