/** What names mean: elements that were edited, replaced or taken out since; and how many of them lists remember. */
import { describe, expect, test } from 'vitest'
import { namesOf } from '../../../src/log/diff/lists.ts'
import type { Entry, Op } from '../../../src/log/format/fragment.ts'
import { timeOf } from '../../../src/log/format/ids.ts'
import {
  decodeMemory,
  encodeMemory,
  type Known,
  type Remembered,
} from '../../../src/log/format/memory.ts'
import { elementDigest, nameText, readName } from '../../../src/log/ops/names.ts'
import { type Remembering, replay } from '../../../src/log/ops/replay.ts'
import type { Tree } from '../../../src/tree/tree.ts'
import { idOf } from '../reading/histories.ts'

/** The name of an element that its writer saw at `place`. */
const named = (tree: Tree, place: number, count = 1) =>
  nameText({ digest: elementDigest(tree), place, count, others: 0 })

const listOf = (...a: Tree[]): Remembering => ({ state: { a }, memory: undefined })
/** One op in an entry of its own, `second` seconds after the start. */
const at = (second: number, op: Op): Entry => ({ id: idOf(second), ops: [op] })
const set = (name: string, key: string, value: Tree): Op => ({
  kind: 'set',
  path: `a/~2${name}/${key}`,
  value,
})
const put = (name: string, value: Tree): Op => ({ kind: 'put', path: `a/~2${name}`, value })
const remove = (...names: string[]): Op => ({ kind: 'remove', path: 'a', names })
const insert = (after: string, next: string, ...items: Tree[]): Op => ({
  kind: 'insert',
  path: 'a',
  after,
  before: next,
  items,
})

const listAfter = (start: Remembering, ...entries: readonly Entry[]) =>
  replay(start, entries).state['a']

/** What a base has once entries settle under the horizon `second`, as it comes out of its cookie. */
function settled(start: Remembering, second: number, ...entries: readonly Entry[]): Remembering {
  const until = timeOf(idOf(second))
  const { state, memory } = replay(start, entries, { until })
  return { state, memory: memory && decodeMemory(encodeMemory(memory, until), until) }
}

const rememberedIn = ({ memory }: Remembering): readonly Remembered[] =>
  memory?.members.get('a')?.items ?? []

describe('a name', () => {
  const name = named({ n: 1 }, 0)
  /** The element that is called so, edited, and another one in its place that looks as it did. */
  const edited = [at(1, set(name, 'n', 2)), at(2, insert('', name, { n: 1 }))]

  test('means the same element for 900 s after its last use, also where another one has its digest and place', () => {
    const start = listOf({ n: 1 })
    const third = set(name, 'by', 'name')
    const [same, other] = [
      [{ n: 1 }, { n: 2, by: 'name' }],
      [{ n: 1, by: 'name' }, { n: 2 }],
    ]
    expect(listAfter(start, ...edited, at(3, third))).toEqual(same)
    expect(listAfter(start, ...edited, at(901, third))).toEqual(same)
    expect(listAfter(start, ...edited, at(902, third))).toEqual(other)
    const used = at(800, set(name, 'n', 2))
    expect(listAfter(start, ...edited, used, at(1700, third))).toEqual(same)
    expect(listAfter(start, ...edited, used, at(1701, third))).toEqual(other)
  })

  test('counts as used as long as an entry that uses it has not settled', () => {
    const base = settled(listOf({ n: 1 }), 300, ...edited)
    const third = set(name, 'by', 'name')
    expect(listAfter(base, at(1200, third))).toEqual([{ n: 1 }, { n: 2, by: 'name' }])
    expect(listAfter(base, at(1202, third))).toEqual([{ n: 1, by: 'name' }, { n: 2 }])
  })

  test('with a "!" means another element than the one that has it, and goes on to mean that', () => {
    const start = listOf({ n: 1 })
    const again: Op = { kind: 'append', path: 'a', items: [{ n: 1 }] }
    const anew = [at(1, remove(name)), at(2, again)]
    const { state, memory } = replay(start, anew)
    const names = namesOf(state['a'], 1, memory?.members.get('a'), timeOf(idOf(3)))
    expect(names?.value(0)).toBe(`${name}!`)
    const other = at(3, set(`${name}!`, 'n', 2))
    expect(listAfter(start, ...anew, at(3, set(name, 'n', 2)))).toEqual([{ n: 1 }])
    expect(listAfter(start, ...anew, other)).toEqual([{ n: 2 }])
    const moved = at(4, insert('', `${name}!`, { n: 1 }))
    const last = at(5, set(`${name}!`, 'is', 'other'))
    expect(listAfter(start, ...anew, other, moved, last)).toEqual([{ n: 1 }, { n: 2, is: 'other' }])
  })

  test('reads the same with up to nine "!", and with more it is none', () => {
    for (let count = 0; count <= 9; count++)
      expect(readName(name + '!'.repeat(count))).toEqual(readName(name))
    expect(readName(name + '!'.repeat(10))).toBeUndefined()
    expect(readName(`!${name}`)).toBeUndefined()
  })
})

describe('a name of what has been replaced, whole,', () => {
  const [start, name, next] = [listOf({ n: 1 }, 2), named({ n: 1 }, 0), named({ m: 1 }, 0)]
  const replaced = at(1, put(name, { m: 1 }))

  test('is void: what was to be done inside of it, or to it, is not done to what stands there now', () => {
    for (const op of [
      set(name, 'n', 5),
      { kind: 'delete' as const, path: `a/~2${name}/m` },
      { kind: 'increment' as const, path: `a/~2${name}/m`, by: 1 },
      { kind: 'delete' as const, path: `a/~2${name}` },
      remove(name),
      // Another writer saw it elsewhere, or one of two.
      set(named({ n: 1 }, 1), 'n', 5),
      remove(named({ n: 1 }, 0, 2)),
    ])
      expect(listAfter(start, replaced, at(2, op))).toEqual([{ m: 1 }, 2])
  })

  test('is void after it has settled', () => {
    const base = settled(start, 300, replaced)
    expect(listAfter(base, at(301, remove(name)))).toEqual([{ m: 1 }, 2])
    expect(listAfter(base, at(301, set(name, 'n', 5)))).toEqual([{ m: 1 }, 2])
    expect(listAfter(base, at(301, set(next, 'm', 5)))).toEqual([{ m: 5 }, 2])
  })

  test('still tells the place, for another value there, for what stands beside it and for the order', () => {
    expect(listAfter(start, replaced, at(2, put(name, 'last')))).toEqual(['last', 2])
    expect(listAfter(start, replaced, at(2, insert(name, '', 'x')))).toEqual([{ m: 1 }, 'x', 2])
    const order: Op = { kind: 'order', path: 'a', names: [named(2, 1), name] }
    expect(listAfter(start, replaced, at(2, order))).toEqual([2, { m: 1 }])
  })

  test('is no name of the new value, which has its own', () => {
    expect(listAfter(start, replaced, at(2, set(next, 'm', 5)))).toEqual([{ m: 5 }, 2])
    expect(listAfter(start, replaced, at(2, remove(next)))).toEqual([2])
  })
})

describe('an element that is gone', () => {
  const [start, name] = [listOf(1, { n: 1 }, 3), named({ n: 1 }, 1)]
  const gone = at(1, remove(name))

  test('comes back in its place where another value is put there, before or after it has settled', () => {
    const back = at(301, put(name, 'back'))
    expect(listAfter(start, gone, back)).toEqual([1, 'back', 3])
    const base = settled(start, 300, gone)
    expect(base.state['a']).toEqual([1, 3])
    expect(listAfter(base, back)).toEqual([1, 'back', 3])
    expect(listAfter(start, gone, back, at(302, remove(name)))).toEqual([1, 'back', 3])
  })

  test('does not come back for what is written inside of it', () => {
    const inside = at(2, set(name, 'n', 2))
    expect(listAfter(start, gone, inside)).toEqual([1, 3])
    expect(listAfter(settled(start, 2, gone), at(3, set(name, 'n', 2)))).toEqual([1, 3])
  })
})

describe('what a list remembers', () => {
  const start = listOf(...Array.from({ length: 80 }, (_, n) => ({ n })))
  const edit = (n: number): Entry => at(n + 1, set(named({ n }, n), 'seen', true))
  const take = (n: number): Entry => at(n + 1, remove(named({ n }, n)))
  const range = (from: number, end: number) =>
    Array.from({ length: end - from }, (_, n) => n + from)
  const nameOf = ({ names }: Remembered) => Array.from(names.keys())[0]
  const split = (start: Remembering) => {
    const all = rememberedIn(start)
    return [all.filter(({ isGone }) => isGone), all.filter(({ isGone }) => !isGone)] as const
  }

  test('once it has settled, are of those that are gone the 16 that went last', () => {
    const [gone] = split(settled(start, 60, ...range(0, 20).map(take)))
    expect(gone.map(nameOf)).toEqual(range(4, 20).map((n) => named({ n }, n)))
  })

  test('once it has settled, are all of those that are there', () => {
    const first = settled(start, 30, ...range(0, 20).map(edit))
    const kept = split(settled(first, 60, ...range(30, 52).map(edit)))[1].map(nameOf)
    expect(kept).toEqual([...range(0, 20), ...range(30, 52)].map((n) => named({ n }, n)))
  })

  test('in a view, are all that are gone', () => {
    const [gone] = split(replay(start, range(0, 20).map(take)))
    expect(gone).toHaveLength(20)
  })

  test('in a view, is not forgotten with time', () => {
    const late = at(10_000, { kind: 'increment', path: 'count', by: 1 })
    const later = replay(settled(start, 60, take(0), edit(1)), [late])
    expect(split(later).map((each) => each.length)).toEqual([1, 1])
    const both = replay(start, [take(0), edit(1), late])
    expect(split(both).map((each) => each.length)).toEqual([1, 1])
  })

  test('goes when it settles: what is gone after 300 s, other names after 1,200 s', () => {
    const base = settled(start, 60, take(0), edit(1))
    const counted = (second: number) => {
      const op: Op = { kind: 'increment', path: 'count', by: 1 }
      return split(settled(base, second, at(second, op))).map((each) => each.length)
    }
    expect(counted(200)).toEqual([1, 1])
    expect(counted(400)).toEqual([0, 1])
    expect(counted(1100)).toEqual([0, 1])
    expect(counted(1300)).toEqual([0, 0])
  })

  test('comes out of the cookie of a base as it was: names, voids, times in seconds', () => {
    const entries = [edit(1), at(3, put(named({ n: 5 }, 5), 'x')), take(7)]
    const until = timeOf(idOf(60))
    const inside = replay(start, entries, { until })
    const told = (each: Remembering) =>
      rememberedIn(each).map(({ place, isGone, names }) => [
        place,
        isGone,
        ...Array.from(names, ([name, { isVoid }]: readonly [string, Known]) => [name, isVoid]),
      ])
    expect(told(settled(start, 60, ...entries))).toEqual(told(inside))
    expect(told(inside)).toHaveLength(3)
  })
})
