import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../overflow/faulty-store.ts'
import { Clock, Shop } from '../support/visitor.ts'

describe('flash()', () => {
  test('leaves a value for the next request that looks, and only for that', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.flash('notice', { text: 'saved', at: new Date(0) })
      expect(session.flashed).toEqual({})
    })
    await shop.visit(({ data }) => data)
    expect(shop.visitor.setCookies).toEqual([])
    await shop.visit(({ flashed }) => {
      expect(flashed).toEqual({ notice: { text: 'saved', at: new Date(0) } })
    })
    await shop.visit(({ flashed }) => {
      expect(flashed).toEqual({})
    })
    expect(shop.visitor.setCookies).toEqual([])
  })

  test('is not part of the data', async () => {
    const shop = new Shop()
    await shop.visit((session) => session.flash('notice', 'hi'))
    expect(await shop.look()).toEqual({})
    await shop.visit((session) => {
      session.data = { all: 'new' }
    })
    await shop.visit(({ flashed }) => {
      expect(flashed).toEqual({ notice: 'hi' })
    })
    expect(await shop.look()).toEqual({ all: 'new' })
  })

  test('of several keys leaves them all, and of one key the last', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.flash('a', 1)
      session.flash('b', 2)
      session.flash('a', 3)
    })
    await shop.visit(({ flashed }) => {
      expect(flashed).toEqual({ a: 3, b: 2 })
    })
  })

  test('while looking leaves what is new, and takes out what was there', async () => {
    const shop = new Shop()
    await shop.visit((session) => session.flash('old', 1))
    await shop.visit((session) => {
      session.flash('new', 2)
      expect(session.flashed).toEqual({ old: 1 })
      expect(session.flashed).toEqual({ old: 1 })
    })
    await shop.visit(({ flashed }) => {
      expect(flashed).toEqual({ new: 2 })
    })
  })

  test('by two requests at once leaves both', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    const requests = [await shop.begin(), await shop.begin()]
    for (const [i, { session, end }] of requests.entries()) {
      session.flash(`notice ${i}`, i)
      await end()
    }
    await shop.visit(({ flashed }) => {
      expect(flashed).toEqual({ 'notice 0': 0, 'notice 1': 1 })
    })
  })

  test('that a parallel request did not see stays for the next', async () => {
    const shop = new Shop()
    await shop.visit((session) => session.flash('first', 1))
    const looking = await shop.begin()
    expect(looking.session.flashed).toEqual({ first: 1 })
    await shop.visit((session) => session.flash('second', 2))
    await looking.end()
    await shop.visit(({ flashed }) => {
      expect(flashed).toEqual({ second: 2 })
    })
  })

  for (const overflowLoad of ['eager', 'lazy'] as const) {
    test(`of 2,000 bytes stays in the cookies beside large data in the store, ${overflowLoad}`, async () => {
      const clock = new Clock()
      const store = faultyStore(memoryStore({ clock: clock.read }), {}, clock.read)
      const shop = new Shop({ overflow: store, overflowLoad }, { clock })
      const large = { text: 'd'.repeat(6000) }
      await shop.visit(({ data }) => {
        data['large'] = large
        data['small'] = 's'.repeat(500)
      })
      const puts = store.counts.puts
      expect(puts).toBe(1)
      clock.advance(5)
      const notice = 'n'.repeat(2000)
      await shop.visit((session) => session.flash('notice', notice))
      const before = store.counts.gets
      await shop.visit(({ flashed }) => {
        expect(flashed).toEqual({ notice })
      })
      if (overflowLoad === 'lazy') expect(store.counts.gets).toBe(before)
      await shop.visit(({ flashed }) => {
        expect(flashed).toEqual({})
      })
      expect(store.counts.puts).toBe(puts)
      await shop.visit(async (session) => {
        expect(await session.load('large')).toEqual(large)
      })
    })
  }

  test('survives a new id', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.flash('welcome', 'Ada')
      session.subject = 'ada'
    })
    await shop.visit(({ flashed }) => {
      expect(flashed).toEqual({ welcome: 'Ada' })
    })
  })
})
