/** One request may change as much as fits, however its change is told. */
import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/session/session.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { Clock, type Loose, Shop } from '../support/visitor.ts'
import { parallel } from './parallel.ts'

const BIG = 'b'.repeat(5000)

interface Rated {
  id: number
  qty: number
  note: string
}

const range = (count: number, from = 0) => Array.from({ length: count }, (_, i) => i + from)
const rated = (count: number): Rated[] => range(count).map((id) => ({ id, qty: 0, note: '' }))
const NOTE = 'n'.repeat(100)

interface Change {
  readonly name: string
  readonly start: () => Loose
  readonly change: (data: Loose) => unknown
}

function changing<Data extends Loose>(
  name: string,
  start: () => Data,
  change: (data: Data) => unknown,
): Change {
  return { name, start, change: (data) => change(data as Data) }
}

/** These fit into a cookie. */
const SMALL = [
  changing(
    'all numbers of a list',
    () => ({ preferences: { list: range(64) } }),
    ({ preferences }) =>
      Object.assign(preferences, { list: preferences.list.map((n) => n + 1000) }),
  ),
  changing(
    'one member of all elements',
    () => ({ preferences: { list: rated(64) } }),
    ({ preferences }) => {
      for (const each of preferences.list) each.qty++
    },
  ),
  changing(
    'all members of a set',
    () => ({ preferences: { set: new Set(range(100)) } }),
    ({ preferences }) => Object.assign(preferences, { set: new Set(range(100, 100)) }),
  ),
  changing(
    'all values of a map',
    () => ({ preferences: { map: new Map(range(100).map((n) => [`k${n}`, 1])) } }),
    ({ preferences }) => {
      for (const key of preferences.map.keys()) preferences.map.set(key, 2)
    },
  ),
  changing(
    'the order of a list',
    () => ({ list: range(64) }),
    ({ list }) => list.reverse(),
  ),
]

/** These need a store. */
const LARGE = [
  changing(
    'a large element in front',
    () => ({ list: ['a'] }),
    ({ list }) => list.unshift(BIG),
  ),
  changing(
    'a large element at the end',
    () => ({ list: ['a'] }),
    ({ list }) => list.push(BIG),
  ),
  changing(
    'a large element in the place of another',
    () => ({ list: ['a', 'b'] }),
    ({ list }) => list.splice(1, 1, BIG),
  ),
  changing(
    'a large member of an element',
    () => ({ list: rated(1) }),
    ({ list }) => Object.assign(list[0] ?? {}, { note: BIG }),
  ),
  changing(
    'a large value of a map',
    () => ({ map: new Map([['a', 'a']]) }),
    ({ map }) => map.set('k', BIG),
  ),
  changing(
    'a large member of a set',
    () => ({ set: new Set(['a']) }),
    ({ set }) => set.add(BIG),
  ),
  changing(
    'a large value deep inside',
    () => ({ a: { b: { c: '' } } }),
    ({ a }) => Object.assign(a.b, { c: BIG }),
  ),
  changing(
    'many members of an object',
    () => ({ o: Object.fromEntries(rated(60).map((each) => [`k${each.id}`, each])) }),
    ({ o }) => {
      for (const each of Object.values(o)) each.note = NOTE
    },
  ),
  changing(
    'many elements',
    () => ({ list: rated(60) }),
    ({ list }) => {
      for (const each of list) each.note = NOTE
    },
  ),
  changing(
    'many elements in front',
    () => ({ list: rated(1) }),
    ({ list }) => list.unshift(...rated(60).map((each) => ({ ...each, note: NOTE }))),
  ),
  changing(
    'many values of a map',
    () => ({ map: new Map(range(60).map((n) => [n, ''])) }),
    ({ map }) => {
      for (const key of map.keys()) map.set(key, NOTE)
    },
  ),
]

for (const stored of [false, true]) {
  describe(`a request ${stored ? 'with' : 'without'} a store may change`, () => {
    test.each(stored ? [...SMALL, ...LARGE] : SMALL)('$name', async ({ start, change }) => {
      const clock = new Clock()
      const overflow = stored ? memoryStore({ clock: clock.read }) : undefined
      const shop = new Shop({ overflow }, { clock })
      await shop.visit((session) => {
        session.data = { ...start(), other: 0 }
      })
      clock.advance(1)
      const beside = await shop.begin()
      await shop.visit(({ data }) => change(data))
      beside.session.data['other'] = 1
      await beside.end()
      const wanted = { ...start(), other: 1 }
      change(wanted)
      expect(await shop.look()).toEqual(wanted)
    })
  })
}

interface Pair {
  readonly name: string
  readonly start: () => Loose
  readonly much: (data: Loose) => unknown
  readonly little: (data: Loose) => unknown
  readonly after: Loose
}

function pair<Data extends Loose>(
  name: string,
  start: () => Data,
  much: (data: Data) => unknown,
  little: (data: Data) => unknown,
  after: Loose,
): Pair {
  return {
    name,
    start,
    much: (data) => much(data as Data),
    little: (data) => little(data as Data),
    after,
  }
}

const long = (letter: string) => letter.repeat(320)

/** What the first of two does takes more than 1,400 bytes as ops. */
const PAIRS = [
  pair(
    'takes out all of an object, beside a new member',
    () => ({ o: Object.fromEntries(range(55).map((n) => [`a member with a long name ${n}`, n])) }),
    (data) => Object.assign(data, { o: {} }),
    ({ o }) => Object.assign(o, { mine: 1 }),
    { o: { mine: 1 } },
  ),
  pair(
    'exchanges long members of a set, beside one that exchanges another',
    () => ({ set: new Set(['a', 'b'].map(long)) }),
    ({ set }) => {
      set.delete(long('a'))
      for (const letter of ['c', 'd']) set.add(long(letter))
    },
    ({ set }) => {
      set.delete(long('b'))
      set.add(long('e'))
    },
    { set: new Set(['c', 'd', 'e'].map(long)) },
  ),
  pair(
    'edits many elements and takes out others, beside a push',
    () => ({ list: range(40).map((id): Partial<Rated> => ({ id, qty: 0 })) }),
    ({ list }) => {
      for (const each of list) each.note = 'seen'
      list.length = 28
    },
    ({ list }) => list.push({ id: 99 }),
    { list: [...range(28).map((id) => ({ id, qty: 0, note: 'seen' })), { id: 99 }] },
  ),
]

/** The session's data, with what lies in the store. */
async function found(shop: Shop, keys: readonly string[]): Promise<Loose> {
  const session = await shop.sessions.open(shop.visitor.request())
  for (const key of keys) await session.load(key)
  return session.data
}

for (const overflowLoad of [undefined, 'eager', 'lazy'] as const) {
  const place = overflowLoad ? `with a store, ${overflowLoad}` : 'without a store'
  describe(`${place}, a request that changes much`, () => {
    test.each(PAIRS)('$name: both count', async ({ start, much, little, after }) => {
      const keys = Object.keys(after)
      for (const handlers of [
        [much, little],
        [little, much],
      ]) {
        for (const arrivals of [
          [0, 1],
          [1, 0],
        ]) {
          const clock = new Clock()
          const overflow = overflowLoad && memoryStore({ clock: clock.read })
          const shop = new Shop({ overflow, ...(overflowLoad && { overflowLoad }) }, { clock })
          await shop.visit((session) => {
            session.data = start()
          })
          clock.advance(60)
          const loading = handlers.map((handler) => async (session: Session<Loose>) => {
            for (const key of keys) await session.load(key)
            handler(session.data)
          })
          await parallel(shop, loading, arrivals)
          expect(await found(shop, keys)).toEqual(after)
        }
      }
    })
  })
}
