import { describe, expect, test } from 'vitest'
import { ValueError } from '../../src/index.ts'
import { errorOf, Shop } from '../support/visitor.ts'

async function visitedShop(): Promise<Shop> {
  const shop = new Shop()
  await shop.visit(({ data }) => {
    data['a'] = 1
  })
  shop.clock.advance(5)
  return shop
}

const idOf = async (shop: Shop): Promise<string> =>
  (await shop.sessions.open(shop.visitor.request())).id

describe('a new session', () => {
  test('has its id before it is saved, and keeps it', async () => {
    const shop = new Shop()
    const id = await shop.visit((session) => {
      session.data['a'] = 1
      expect(session.isNew).toBe(true)
      return session.id
    })
    expect(id).toMatch(/^[\w-]{22}$/)
    expect(await idOf(shop)).toBe(id)
    expect((await shop.sessions.open(shop.visitor.request())).isNew).toBe(false)
    expect(shop.told('created')).toHaveLength(1)
  })

  test('has an id that no other has', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, () => idOf(new Shop())))
    expect(new Set(ids).size).toBe(50)
  })
})

describe('regenerate()', () => {
  test('goes on with the same data under a new id, which is told at once', async () => {
    const shop = await visitedShop()
    const before = await idOf(shop)
    const id = await shop.visit((session) => {
      session.regenerate()
      session.data['b'] = 2
      return session.id
    })
    expect(id).not.toBe(before)
    expect(await idOf(shop)).toBe(id)
    expect(await shop.look()).toEqual({ a: 1, b: 2 })
    expect(shop.visitor.cookie.split('; ')).toHaveLength(1)
    expect(shop.told('regenerated')).toHaveLength(1)
  })

  test('wins over answers to slower requests that still used the old id', async () => {
    const shop = await visitedShop()
    const slow = await shop.begin()
    slow.session.data['slow'] = true
    const id = await shop.visit((session) => {
      session.regenerate()
      return session.id
    })
    await slow.end()
    expect(await idOf(shop)).toBe(id)
    expect(await shop.look()).toEqual({ a: 1 })
  })

  test('saves a new session that holds nothing', async () => {
    const shop = new Shop()
    const id = await shop.visit((session) => {
      session.regenerate()
      return session.id
    })
    expect(await idOf(shop)).toBe(id)
  })
})

describe('the subject', () => {
  test('is kept, and gives the session a new id wherever it is assigned', async () => {
    const shop = await visitedShop()
    const anonymous = await idOf(shop)
    const login = await shop.visit((session) => {
      session.subject = 'ada'
      return session.id
    })
    expect(login).not.toBe(anonymous)
    const again = await shop.visit((session) => {
      expect(session.subject).toBe('ada')
      session.subject = 'ada'
      return session.id
    })
    expect(again).not.toBe(login)
    const logout = await shop.visit((session) => {
      session.subject = undefined
      return session.id
    })
    expect(logout).not.toBe(login)
    await shop.visit((session) => {
      expect(session.subject).toBe(undefined)
      expect(session.data).toEqual({})
    })
  })

  test('saves a new session that holds nothing else', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.subject = 'ada'
    })
    expect((await shop.sessions.open(shop.visitor.request())).subject).toBe('ada')
  })

  test('is no empty text: nobody could end its sessions', async () => {
    const shop = new Shop()
    await shop.visit(async (session) => {
      expect(await errorOf(() => session.login(''))).toBeInstanceOf(ValueError)
      expect(await errorOf(() => Reflect.set(session, 'subject', ''))).toBeInstanceOf(ValueError)
      expect(session.subject).toBe(undefined)
    })
  })

  test('may be any text but an empty one', async () => {
    const shop = new Shop()
    for (const subject of [' ', 'ä 😀', '"; Path=/x', 'auth0|123']) {
      await shop.visit((session) => {
        session.subject = subject
      })
      expect((await shop.sessions.open(shop.visitor.request())).subject).toBe(subject)
    }
  })

  test('is not undone by a slower anonymous request, with or without a session', async () => {
    for (const shop of [await visitedShop(), new Shop()]) {
      const slow = [await shop.begin(), await shop.begin()]
      await shop.visit((session) => {
        session.subject = 'ada'
        session.data['cart'] = 'hers'
      })
      for (const { session, end } of slow) {
        session.data['cart'] = 'anonymous'
        await end()
        shop.clock.advance(1)
      }
      expect((await shop.sessions.open(shop.visitor.request())).subject).toBe('ada')
      expect(await shop.look()).toMatchObject({ cart: 'hers' })
    }
  })
})

describe('destroy()', () => {
  test('ends the session; the next one starts empty with another id', async () => {
    const shop = await visitedShop()
    const before = await idOf(shop)
    await shop.visit((session) => session.destroy())
    expect(await shop.look()).toEqual({})
    expect(await idOf(shop)).not.toBe(before)
    expect(shop.told('destroyed')).toHaveLength(1)
    shop.clock.advance(1)
    await shop.visit(({ data }) => {
      data['next'] = 1
    })
    expect(await shop.look()).toEqual({ next: 1 })
  })

  test('is not undone by slower requests that write, renew, regenerate or log in again', async () => {
    const acts = {
      write: (shop: Shop) => shop.clock.advance(0),
      renew: (shop: Shop) => shop.clock.advance(200),
    }
    for (const wait of Object.values(acts)) {
      const shop = await visitedShop()
      await shop.visit((session) => {
        session.subject = 'ada'
      })
      wait(shop)
      const slow = [await shop.begin(), await shop.begin(), await shop.begin()]
      await shop.visit((session) => session.destroy())
      for (const [i, { session, end }] of slow.entries()) {
        session.data['late'] = i
        if (i === 1) session.regenerate()
        await end()
        shop.clock.advance(20)
        expect(await shop.look()).toEqual({})
      }
      shop.clock.advance(100)
      expect(await shop.look()).toEqual({})
    }
  })

  test('leaves a tombstone that holds no data, for as long as the session could have lived', async () => {
    const shop = await visitedShop()
    await shop.visit((session) => session.destroy())
    const [tombstone = '', ...deletions] = shop.visitor.setCookies
    expect(tombstone.length).toBeLessThan(400)
    expect(Number(/Max-Age=(\d+)/.exec(tombstone)?.[1])).toBeGreaterThanOrEqual(43_200 - 5)
    for (const line of deletions) expect(line).toContain('Max-Age=0')
  })
})
