import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
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

  test('with one key by two requests at once leaves both, by the time of their messages', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    const [first, second] = [await shop.begin(), await shop.begin()]
    second.session.flash('notice', 'earlier')
    shop.clock.advance(1)
    first.session.flash('notice', 'later')
    await first.end()
    await second.end()
    await shop.visit((session) => {
      expect(session.flashes).toEqual([
        { key: 'notice', value: 'earlier' },
        { key: 'notice', value: 'later' },
      ])
      expect(session.flashed).toEqual({ notice: 'later' })
    })
    await shop.visit(({ flashes }) => {
      expect(flashes).toEqual([])
    })
  })

  test('comes after all that its request saw, though the clock of its node is behind', async () => {
    const shop = new Shop()
    const clock = new Clock()
    clock.now -= 30_000
    const behind = new Shop({}, { clock, visitor: shop.visitor })
    for (let i = 0; i < 6; i++) {
      const node = i % 2 === 0 ? shop : behind
      await node.visit((session) => {
        session.flash('n', 2 * i)
        session.flash('n', 2 * i + 1)
      })
    }
    const values = Array.from({ length: 12 }, (_, i) => i)
    await behind.visit((session) => {
      expect(session.flashes.map(({ value }) => value)).toEqual(values)
      expect(session.flashed).toEqual({ n: 11 })
    })
  })

  test('in the same millisecond has one order for all nodes', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    const requests = await Promise.all(Array.from({ length: 8 }, () => shop.begin()))
    for (const [i, { session }] of requests.entries()) session.flash('n', i)
    for (const { end } of requests) await end()
    const orders = new Set<string>()
    const cookies = shop.visitor.cookie.split('; ')
    for (let i = 0; i < cookies.length; i++) {
      const Cookie = [...cookies.slice(i), ...cookies.slice(0, i)].join('; ')
      const { flashes } = await shop.sessions.read(new Headers({ Cookie }))
      expect(flashes).toHaveLength(8)
      orders.add(JSON.stringify(flashes))
    }
    expect(orders.size).toBe(1)
  })

  for (const name of ['flashed', 'flashes'] as const) {
    test(`is taken whole by reading ${name}, also where one message hides another`, async () => {
      const shop = new Shop()
      await shop.visit((session) => {
        session.flash('a', 1)
        session.flash('a', 2)
        session.flash('b', 3)
      })
      await shop.visit((session) => session[name])
      await shop.visit(({ flashed, flashes }) => expect([flashed, flashes]).toEqual([{}, []]))
    })
  }

  test('is shown again if the response that took it is lost', async () => {
    const shop = new Shop()
    await shop.visit((session) => session.flash('notice', 'hi'))
    const lost = await shop.begin()
    expect(lost.session.flashed).toEqual({ notice: 'hi' })
    await lost.answer()
    await shop.visit(({ flashed }) => expect(flashed).toEqual({ notice: 'hi' }))
    await shop.visit(({ flashed }) => expect(flashed).toEqual({}))
  })

  test('that is read after the commit, or by read(), stays', async () => {
    const shop = new Shop()
    await shop.visit((session) => session.flash('notice', 'hi'))
    await shop.visit(async (session) => {
      await session.commit()
      expect(session.flashes).toEqual([{ key: 'notice', value: 'hi' }])
    })
    const { flashed } = await shop.sessions.read(shop.visitor.request().headers)
    expect(flashed).toEqual({ notice: 'hi' })
    await shop.visit(({ flashed }) => expect(flashed).toEqual({ notice: 'hi' }))
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
