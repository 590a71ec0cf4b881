import { describe, expect, test } from 'vitest'
import { OverflowUnavailable } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { Clock, errorOf, Shop } from '../support/visitor.ts'

const BIG = { list: Array.from({ length: 900 }, (_, i) => i * 7919) }

async function lazyShop() {
  const clock = new Clock()
  const store = faultyStore(memoryStore({ clock: clock.read }), {}, clock.read)
  const shop = new Shop({ overflow: store, overflowLoad: 'lazy' }, { clock })
  await shop.visit(({ data }) => {
    data['big'] = BIG
    data['small'] = 1
  })
  return { shop, store }
}

describe("with overflowLoad: 'lazy'", () => {
  test('the store is read only when a value is asked for, once', async () => {
    const { shop, store } = await lazyShop()
    await shop.visit(({ data }) => {
      data['small'] = 2
    })
    expect(store.counts.gets).toBe(0)
    await shop.visit(async (session) => {
      expect(await session.load('big')).toEqual(BIG)
      expect(await session.load('big')).toBe(session.data['big'])
    })
    expect(store.counts).toMatchObject({ puts: 1, gets: 1 })
  })

  test('reading a value that was not loaded throws and says how to load it', async () => {
    const { shop } = await lazyShop()
    await shop.visit(async ({ data }) => {
      const error = await errorOf(() => data['big'])
      expect(error).toBeInstanceOf(OverflowUnavailable)
      expect(String(error)).toContain('await session.load("big")')
    })
  })

  test('a value that was not loaded stays as it is when others change', async () => {
    const { shop } = await lazyShop()
    await shop.visit((session) => {
      session.data['small'] = 2
      session.regenerate()
    })
    await shop.visit(async (session) => {
      expect(await session.load('big')).toEqual(BIG)
      expect(session.data['small']).toBe(2)
    })
  })

  test('a loaded value can be changed in place', async () => {
    const { shop, store } = await lazyShop()
    await shop.visit(async (session) => {
      const big = (await session.load('big')) as typeof BIG
      big.list.push(1)
    })
    expect(store.counts.puts).toBe(1)
    await shop.visit(async (session) => {
      expect(await session.load('big')).toEqual({ list: [...BIG.list, 1] })
    })
  })

  test('a value that was assigned is not overwritten by loading it', async () => {
    const { shop } = await lazyShop()
    await shop.visit(async (session) => {
      session.data['big'] = 'assigned'
      expect(await session.load('big')).toBe('assigned')
    })
    expect(await shop.look()).toEqual({ big: 'assigned', small: 1 })
  })

  test('a value that is in the cookie, or nowhere, is just returned', async () => {
    const { shop, store } = await lazyShop()
    await shop.visit(async (session) => {
      expect(await session.load('small')).toBe(1)
      expect(await session.load('nothing')).toBe(undefined)
    })
    expect(store.counts.gets).toBe(0)
  })

  test('a value can still be loaded after the commit, and cannot be changed then', async () => {
    const { shop } = await lazyShop()
    await shop.visit(async (session) => {
      session.data['small'] = 2
      await session.commit()
      const big = (await session.load('big')) as typeof BIG
      expect(big).toEqual(BIG)
      expect(await errorOf(() => big.list.push(1))).toBeInstanceOf(TypeError)
    })
    expect((await shop.look())['small']).toBe(2)
  })

  test('all of the session can be replaced without loading anything', async () => {
    const { shop, store } = await lazyShop()
    await shop.visit((session) => {
      session.data = { fresh: true }
    })
    expect(await shop.look()).toEqual({ fresh: true })
    expect(store.counts.gets).toBe(0)
  })
})

test('a node without a store reads what is in the cookie, and keeps the rest', async () => {
  const { shop } = await lazyShop()
  const bare = new Shop({}, { clock: shop.clock, visitor: shop.visitor })
  await bare.visit(async (session) => {
    expect(session.data['small']).toBe(1)
    expect(String(await errorOf(() => session.data['big']))).toContain('none is configured here')
    session.data['small'] = 3
  })
  await shop.visit(async (session) => {
    expect(await session.load('big')).toEqual(BIG)
    expect(session.data['small']).toBe(3)
  })
})
