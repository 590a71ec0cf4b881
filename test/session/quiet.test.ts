import { describe, expect, test } from 'vitest'
import { cryptoCalls } from '../support/crypto-calls.ts'
import { Shop } from '../support/visitor.ts'

/** A shop whose visitor has a session. */
async function visitedShop(): Promise<Shop> {
  const shop = new Shop()
  await shop.visit(({ data }) => {
    data['cart'] = { apples: 1 }
  })
  return shop
}

describe('no Set-Cookie leaves', () => {
  test('for a request without a cookie that stores nothing', async () => {
    const shop = new Shop({ initial: () => ({ cart: {} }) })
    await shop.visit(({ data, id, isNew, expiresAt, flashed, subject }) => {
      expect({ data, isNew, flashed, subject }).toEqual({
        data: { cart: {} },
        isNew: true,
        flashed: {},
        subject: undefined,
      })
      expect(id).toMatch(/^[\w-]{22}$/)
      expect(expiresAt.getTime()).toBeGreaterThan(shop.clock.now)
    })
    expect(shop.visitor.setCookies).toEqual([])
    expect(shop.events).toEqual([])
  })

  test('for a read', async () => {
    const shop = await visitedShop()
    await shop.visit(({ data }) => {
      expect(data).toEqual({ cart: { apples: 1 } })
    })
    expect(shop.visitor.setCookies).toEqual([])
  })

  test('for a change that was taken back, or to an equal value', async () => {
    const shop = await visitedShop()
    await shop.visit((session) => {
      const cart = session.data['cart'] as Record<string, number>
      cart['apples'] = 2
      cart['apples'] = 1
      session.data['cart'] = { apples: 1 }
      session.data = { cart: { apples: 1 } }
      session.data['gone'] = 1
      delete session.data['gone']
      session.data['undefined'] = undefined
      session.increment('cart.apples', 0)
    })
    expect(shop.visitor.setCookies).toEqual([])
  })

  test('for a new session that was changed and is as it began', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['a'] = 1
      delete data['a']
    })
    expect(shop.visitor.setCookies).toEqual([])
  })

  test('for a new session that was destroyed', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.data['a'] = 1
      session.destroy()
    })
    expect(shop.visitor.setCookies).toEqual([])
  })

  test('for a request that did not touch its session, even when a renewal is due', async () => {
    const shop = await visitedShop()
    shop.clock.advance(1000)
    await shop.visit(() => undefined)
    expect(shop.visitor.setCookies).toEqual([])
  })
})

describe('cryptography', () => {
  test('is not done for a request without a cookie that stores nothing', async () => {
    const shop = new Shop()
    const calls = await cryptoCalls(() => shop.visit(({ data }) => data))
    // The secret of a new node is prepared once.
    delete calls['importKey']
    delete calls['deriveBits']
    expect(calls).toEqual({})
  })

  test('is one decryption for a session that is read, or not even that, and no derivation', async () => {
    const shop = await visitedShop()
    const untouched = await cryptoCalls(() => shop.visit(() => undefined))
    const read = await cryptoCalls(() => shop.visit(({ data }) => data))
    expect(Object.keys(untouched).filter((method) => method !== 'decrypt')).toEqual([])
    expect(Object.keys(read).filter((method) => method !== 'decrypt')).toEqual([])
    expect(untouched['decrypt'] ?? 0).toBeLessThanOrEqual(1)
    expect(read['decrypt'] ?? 0).toBeLessThanOrEqual(1)
  })

  test('is one encryption for a session that is written', async () => {
    const shop = await visitedShop()
    const calls = await cryptoCalls(() =>
      shop.visit(({ data }) => {
        data['b'] = 1
      }),
    )
    expect(calls).toMatchObject({ encrypt: 1 })
    expect(Object.keys(calls).filter((method) => !/crypt$/.test(method))).toEqual([])
  })

  test('is not done for cookies of others', async () => {
    const shop = new Shop()
    const request = new Request(shop.visitor.origin, {
      headers: { Cookie: 'a=b; session=c; __Host-sessions.abcdefgh=d; __Host-session.short=e' },
    })
    const calls = await cryptoCalls(() => shop.sessions.open(request))
    expect(calls['decrypt']).toBe(undefined)
    expect(calls['deriveBits']).toBe(undefined)
  })
})

describe('the response', () => {
  test('of a request that did not touch its session is the very same object', async () => {
    const shop = await visitedShop()
    const session = await shop.sessions.open(shop.visitor.request())
    const response = new Response('ok')
    expect(await shop.sessions.commit(session, response)).toBe(response)
    expect([...response.headers.keys()]).toEqual(['content-type'])
  })

  test('of a request that read its session may not be cached for others', async () => {
    const shop = await visitedShop()
    const session = await shop.sessions.open(shop.visitor.request())
    expect(session.isNew).toBe(false)
    const response = await shop.sessions.commit(session, new Response('ok'))
    expect(response.headers.get('Vary')).toBe('Cookie')
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
  })
})
