/** Answers that are lost, requests that are sent again, slow handlers and late answers. */
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { seeded } from '../support/random.ts'
import { Clock, Shop } from '../support/visitor.ts'
import { type Handler, parallel } from './parallel.ts'

type Item = { sku: string; qty: number; seen?: number }
type Data = { values: Record<string, number>; hits: number; list: string[]; items: Item[] }

const initial = (): Data => ({
  values: {},
  hits: 0,
  list: [],
  items: [
    { sku: 'A', qty: 1 },
    { sku: 'B', qty: 1 },
  ],
})

describe('a request that is sent again', () => {
  type Order = { list: string[]; hits: number; big: string }

  async function orders() {
    const clock = new Clock()
    const store = faultyStore(memoryStore({ clock: clock.read }), {}, clock.read)
    const shop = new Shop<Order>(
      { initial: () => ({ list: [], hits: 0, big: '' }), overflow: store },
      { clock },
    )
    await shop.visit((session) => session.regenerate())
    return { shop, store }
  }

  const order: Handler<Order> = (session) => {
    session.data.list.push('order')
    session.data.big = 'b'.repeat(5000)
    session.increment('hits')
  }
  const times = (count: number) => ({
    list: Array.from({ length: count }, () => 'order'),
    hits: count,
    big: 'b'.repeat(5000),
  })

  test('since its answer was lost counts once', async () => {
    const { shop } = await orders()
    const lost = await shop.begin()
    await order(lost.session)
    await lost.answer()
    await shop.visit(order)
    expect(await shop.look()).toEqual(times(1))
  })

  test('after its cookies arrived, or beside the first, counts each time', async () => {
    const { shop } = await orders()
    await shop.visit(order)
    await shop.visit(order)
    expect(await shop.look()).toEqual(times(2))
    await parallel(shop, [order, order])
    expect(await shop.look()).toEqual(times(4))
  })
})

test('an answer that is cut off after some of its cookies loses nothing that was acknowledged', async () => {
  const random = seeded(1)
  for (let round = 0; round < 60; round++) {
    const shop = new Shop<Data>({ initial })
    const { clock, sessions, visitor } = shop
    await shop.visit((session) => {
      session.subject = 'ada'
      session.data.list.push('x'.repeat(round * 20))
    })
    for (let i = 0; i < 14; i++) {
      clock.now += 400
      const session = await sessions.open(visitor.request())
      session.data.values[`k${i}`] = i
      session.data.items.push({ sku: `${i}`, qty: 1 })
      const lines = (await sessions.commit(session, new Response())).headers.getSetCookie()
      const kept = i === 13 ? random.below(lines.length + 1) : lines.length
      visitor.jar.store(lines.slice(0, kept), visitor.origin)
    }
    const { values, items } = await shop.look()
    expect(Object.keys(values).length).toBeGreaterThan(12)
    expect(items.length).toBeGreaterThan(14)
  }
})

describe('a handler that runs for long, while others write every 2 s', () => {
  for (const [minutes, skew] of [
    [1, 0],
    [10, 0],
    [10, -29],
    [10, 29],
    [19, 0],
    [25, 0],
    [40, 0],
  ] as const) {
    test(`${minutes} minutes, on a node whose clock is ${skew} s off: all is kept`, {
      timeout: 60_000,
    }, async () => {
      const shop = new Shop<Data>({ initial })
      const { clock, visitor } = shop
      const node = new Shop<Data>({ initial, clock: () => clock.now + skew * 1000 }, { visitor })
      await shop.visit((session) => {
        session.subject = 'ada'
      })
      clock.advance(1)
      const slow = await node.begin()
      slow.session.data.values['seen'] = 1
      let count = 0
      for (const until = clock.now + minutes * 60_000; clock.now < until; clock.advance(2)) {
        await shop.visit((session) => {
          session.data.values[`k${count % 10}`] = count
          session.increment('hits')
          Object.assign(session.data.items[0] ?? {}, { seen: count })
        })
        count++
      }
      slow.session.data.values['late'] = 1
      slow.session.increment('hits')
      slow.session.data.list.push('late')
      Object.assign(slow.session.data.items[0] ?? {}, { qty: 7 })
      await slow.end()
      const { values, hits, list, items } = await shop.look()
      expect([minutes, values['late'], hits, list]).toEqual([minutes, 1, count + 1, ['late']])
      expect(items).toEqual([
        { sku: 'A', qty: 7, seen: count - 1 },
        { sku: 'B', qty: 1 },
      ])
    })
  }
})

describe('an answer that arrives late, while another tab writes', () => {
  /** Whether a write counts whose answer comes after `seconds`. */
  async function counts(paceMs: number, seconds: number, tab: Handler<Data>): Promise<boolean> {
    const shop = new Shop<Data>({ initial })
    const { clock } = shop
    await shop.visit(({ data }) => {
      data.values['first'] = 1
    })
    clock.advance(1)
    const late = await shop.begin()
    late.session.data.values['late'] = 1
    late.session.increment('hits')
    late.session.data.list.push('late')
    Object.assign(late.session.data.items[0] ?? {}, { qty: 7 })
    const deliver = await late.answer()
    const until = clock.now + seconds * 1000
    for (; clock.now < until; clock.now += paceMs) await shop.visit(tab)
    deliver()
    const { values, hits, list, items } = await shop.look()
    expect([values['late'] ?? 0, list.length, items[0]?.qty === 7]).toEqual([
      hits,
      hits,
      hits === 1,
    ])
    return hits === 1
  }

  let count = 0
  const tabs: Readonly<Record<string, Handler<Data>>> = {
    'sets keys': ({ data }) => {
      data.values[`k${count++ % 10}`] = count
    },
    'edits an element of a list': ({ data }) =>
      Object.assign(data.items[0] ?? {}, { seen: count++ }),
  }

  // Longer than two minutes is not promised, nor is being overtaken by more than 64 writes.
  for (const [paceMs, kept] of [
    [250, [2, 5, 10, 15, 20]],
    [1000, [30, 45, 60, 90]],
    [5000, [60, 120, 150, 170]],
  ] as const) {
    for (const [what, tab] of Object.entries(tabs)) {
      const name = `that ${what} every ${paceMs} ms, counts after ${kept.at(-1)} s`
      test(`${name}, and wholly or not at all`, { timeout: 60_000 }, async () => {
        for (const seconds of kept)
          expect([seconds, await counts(paceMs, seconds, tab)]).toEqual([seconds, true])
        for (const seconds of [25, 100, 200, 300]) await counts(paceMs, seconds, tab)
      })
    }
  }
})

describe('with a store, a write whose answer is 15 s late', () => {
  type Marks = { a: Set<string>; b: Set<string> }
  const mark = (name: string | number) => `${name}`.padEnd(300, '.')
  const add =
    (key: keyof Marks, name: string | number): Handler<Marks> =>
    async (session) =>
      (await session.load(key)).add(mark(name))

  /** Who is there in the end, where `before` writes came before it and `overtaking` have overtaken it. */
  async function marksAfter(
    overflowLoad: 'eager' | 'lazy',
    before: number,
    overtaking: number,
  ): Promise<Set<string>> {
    const clock = new Clock()
    const overflow = memoryStore({ clock: clock.read })
    const initial = (): Marks => ({ a: new Set(['a', 'b'].map(mark)), b: new Set([mark('c')]) })
    const shop = new Shop<Marks>({ initial, overflow, overflowLoad }, { clock })
    await shop.visit((session) => session.regenerate())
    for (let i = 0; i < before; i++) {
      clock.advance(2)
      await shop.visit(add(i % 2 === 0 ? 'a' : 'b', i))
    }
    const late = await shop.begin()
    await add('a', 'late')(late.session)
    const deliver = await late.answer()
    for (let i = 1; i <= overtaking; i++) {
      clock.advance(1)
      await shop.visit(add('b', before + i))
    }
    clock.advance(15 - overtaking)
    deliver()
    const session = await shop.sessions.open(shop.visitor.request())
    return new Set([...(await session.load('a')), ...(await session.load('b'))])
  }

  for (const overflowLoad of ['eager', 'lazy'] as const) {
    test(`${overflowLoad}: stays where 2 to 4 writes of 300 bytes have overtaken it`, async () => {
      for (const [overtaking, befores] of [
        [2, [4, 8, 12, 13, 14, 15, 16, 20]],
        [3, [4, 8, 12, 13, 14, 15, 16, 20]],
        [4, [4, 8, 12, 13]],
      ] as const) {
        for (const before of befores) {
          const marks = await marksAfter(overflowLoad, before, overtaking)
          expect([before, overtaking, marks.has(mark('late')), marks.size]).toEqual([
            before,
            overtaking,
            true,
            before + overtaking + 4,
          ])
        }
      }
    })
  }
})
