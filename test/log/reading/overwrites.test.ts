import { describe, expect, test } from 'vitest'
import type { Log, Op } from '../../../src/log/format/fragment.ts'
import { digestOf } from '../../../src/log/format/ids.ts'
import { overwrites } from '../../../src/log/reading/overwrites.ts'
import type { Tree } from '../../../src/tree/tree.ts'
import { idOf } from './histories.ts'

/** A log of one entry that sets so many keys. */
function logOf(n: number, keys: number): Log {
  const id = idOf(n)
  const ops = Array.from(
    { length: keys },
    (_, at): Op => ({
      kind: 'set',
      path: `k${at}`,
      value: n,
    }),
  )
  return { since: idOf(0), parents: [], heads: [id], retired: [], entries: [{ id, ops }] }
}

test('writes that hide one another count as one, whatever the order of their logs', () => {
  const [one, two] = [logOf(1, 3), logOf(2, 3)]
  expect([overwrites([one, two]), overwrites([two, one])]).toEqual([1, 1])
  expect(overwrites([one, two, one])).toBe(1)
})

test('a write that saw another one does not overwrite it', () => {
  const [one, two] = [logOf(1, 3), logOf(2, 3)]
  expect(overwrites([one, { ...two, parents: one.heads }])).toBe(0)
})

test('of few entries with very many ops none are compared: cookies must not cost the server seconds', () => {
  expect(overwrites([logOf(1, 200), logOf(2, 200)])).toBe(1)
  expect(overwrites([logOf(1, 201), logOf(2, 200)])).toBe(0)
})

/** A log of one entry with these ops, whose writer had seen the entries of these numbers. */
function written(n: number, ops: readonly Op[], parents: readonly number[] = []): Log {
  const id = idOf(n)
  return {
    ...{ since: idOf(0), parents: parents.map((each) => idOf(each)), heads: [id], retired: [] },
    entries: [{ id, ops }],
  }
}

describe('of two writes that did not see one another, one overwrites the other:', () => {
  const set = (path: string, value: Tree): Op => ({ kind: 'set', path, value })
  const put = (path: string, value: Tree): Op => ({ kind: 'put', path, value })
  const del = (path: string): Op => ({ kind: 'delete', path })
  test.each<readonly [what: string, one: Op, other: Op, count: number]>([
    ['with another value', set('a', 1), set('a', 2), 1],
    ['not with the same value', set('a', [1]), set('a', [1]), 0],
    ['not under another key', set('a', 1), set('b', 1), 0],
    ['with a deletion', set('a', 1), del('a'), 1],
    ['not where both delete', del('a'), del('a'), 0],
    ['with what it writes whole', put('a', { b: 1 }), put('a', { b: 2 }), 1],
    ['not where both write the same whole', put('a', { b: 1 }), put('a', { b: 1 }), 0],
    ['with a deletion above', set('a/b', 1), del('a'), 1],
    ['with a value above', set('a/b', 1), set('a', 1), 1],
    ['with what stands whole above', set('a/b/c', 1), put('a', { x: 1 }), 1],
    ['not with an object above, which merges', set('a/b', 1), set('a', { x: 1 }), 0],
    ['not with an object at its path, which merges', set('a', { b: 1 }), set('a', { x: 1 }), 0],
    [
      'not where both add to a list',
      { kind: 'append', path: 'a', items: [1] },
      { kind: 'append', path: 'a', items: [2] },
      0,
    ],
    ['not at a path that only begins alike', set('ab', 1), del('a'), 0],
  ])('%s', (_what, one, other, count) => {
    expect(overwrites([written(1, [one]), written(2, [other])])).toBe(count)
    expect(overwrites([written(1, [other]), written(2, [one])])).toBe(count)
    expect(overwrites([written(2, [one]), written(1, [other])])).toBe(count)
  })

  test('each that is hidden counts, and once', () => {
    const all = [written(1, [set('a', 1)]), written(2, [set('b', 1)])]
    expect(overwrites([...all, written(3, [set('a', 2), set('b', 2)])])).toBe(2)
    expect(overwrites([...all, written(3, [set('a', 2)]), written(4, [set('a', 3)])])).toBe(2)
    expect(overwrites([written(3, [set('a', 2), set('b', 2)]), ...all])).toBe(2)
  })

  test('not what it had seen by way of others, or where nothing shows any more of what it saw', () => {
    const first = written(1, [set('a', 1)])
    const last = written(3, [set('a', 3)], [2])
    expect(overwrites([first, written(2, [set('b', 2)], [1]), last])).toBe(0)
    expect(overwrites([first, written(2, [set('b', 2)]), last])).toBe(1)
    const fold = { ...first, retired: [digestOf(idOf(2))] }
    expect(overwrites([fold, last])).toBe(0)
  })

  test('not where the same entry stands in both logs', () => {
    const one = written(1, [set('a', 1)])
    const other = written(2, [set('a', 2)])
    const fold = { ...one, heads: [idOf(2)], entries: [...one.entries, ...other.entries] }
    expect(overwrites([one, fold])).toBe(0)
    expect(overwrites([fold, other])).toBe(0)
  })
})
