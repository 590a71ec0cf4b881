import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diff } from '../../../src/log/diff/diff.ts'
import type { Op } from '../../../src/log/format/fragment.ts'
import { elementDigest, nameText } from '../../../src/log/ops/names.ts'
import { applyOps } from '../../../src/log/ops/replay.ts'
import { pathsAbove } from '../../../src/tree/pointer.ts'
import { equal, type Tree, type TreeObject } from '../../../src/tree/tree.ts'
import { anyState, often } from '../../support/arbitraries.ts'
import { fewStates, fewValues } from '../reading/histories.ts'

const set = (path: string, value: Tree): Op => ({ kind: 'set', path, value })
const put = (path: string, value: Tree): Op => ({ kind: 'put', path, value })
const del = (path: string): Op => ({ kind: 'delete', path })
const append = (path: string, ...items: Tree[]): Op => ({ kind: 'append', path, items })
const remove = (path: string, ...names: string[]): Op => ({ kind: 'remove', path, names })
const named = (tree: Tree, place: number, count = 1) =>
  nameText({ digest: elementDigest(tree), place, count, others: 0 })
const parsed = (json: string): TreeObject => JSON.parse(json)

describe('the ops between two states', () => {
  test.each<readonly [what: string, before: string, parents: string, ops: readonly Op[]]>([
    ['none where nothing changed', '{"a":{"b":[1]}}', '{"a":{"b":[1]}}', []],
    ['none where keys only stand in another order', '{"a":1,"b":2}', '{"b":2,"a":1}', []],
    ['a set of what is new', '{}', '{"a":1}', [set('a', 1)]],
    [
      'a set of what differs, at its own path',
      '{"a":{"b":1,"c":2}}',
      '{"a":{"b":1,"c":3}}',
      [set('a/c', 3)],
    ],
    ['a set of a new object, whole', '{}', '{"a":{"b":{"c":1}}}', [set('a', { b: { c: 1 } })]],
    ['a set of an empty object', '{}', '{"a":{}}', [set('a', {})]],
    ['a delete of what is gone', '{"a":1,"b":2}', '{"b":2}', [del('a')]],
    ['a delete of a member', '{"a":{"b":1,"c":2}}', '{"a":{"c":2}}', [del('a/b')]],
    ['a delete of the last member, whose object stays', '{"a":{"b":1}}', '{"a":{}}', [del('a/b')]],
    ['a delete of an object, whole', '{"a":{"b":1}}', '{}', [del('a')]],
    ['an append to a list that grew', '{"a":[1]}', '{"a":[1,2,3]}', [append('a', 2, 3)]],
    ['an append to an empty list', '{"a":[]}', '{"a":[[1]]}', [append('a', [1])]],
    ['a set of a new list', '{}', '{"a":[1]}', [set('a', [1])]],
    ['a removal from a list', '{"a":[1,2]}', '{"a":[1]}', [remove('a', named(2, 1))]],
    [
      'removals of one of several that are the same',
      '{"a":[1,1,2]}',
      '{"a":[1,2]}',
      [remove('a', named(1, 1, 2))],
    ],
    [
      'an insertion at the beginning',
      '{"a":[1]}',
      '{"a":[0,1]}',
      [{ kind: 'insert', path: 'a', after: '', before: named(1, 0), items: [0] }],
    ],
    [
      'an insertion between two others',
      '{"a":[1,2]}',
      '{"a":[1,8,9,2]}',
      [{ kind: 'insert', path: 'a', after: named(1, 0), before: named(2, 1), items: [8, 9] }],
    ],
    [
      'a change inside of an element',
      '{"a":[{"id":1,"n":1}]}',
      '{"a":[{"id":1,"n":2}]}',
      [set(`a/~2${named({ id: 1, n: 1 }, 0)}/n`, 2)],
    ],
    [
      'another order',
      '{"a":[3,1,2]}',
      '{"a":[1,2,3]}',
      [{ kind: 'order', path: 'a', names: [named(1, 1), named(2, 2), named(3, 0)] }],
    ],
    [
      'a removal and an append for what has another identity',
      '{"a":[{"id":1}]}',
      '{"a":[{"id":2},3]}',
      [remove('a', named({ id: 1 }, 0)), append('a', { id: 2 }, 3)],
    ],
    [
      'a put of a list of which too much changed',
      JSON.stringify({ a: Array.from({ length: 70 }, (_, i) => i) }),
      JSON.stringify({ a: Array.from({ length: 70 }, (_, i) => i + 100) }),
      [
        put(
          'a',
          Array.from({ length: 70 }, (_, i) => i + 100),
        ),
      ],
    ],
    ['a set of a leaf in the place of an object', '{"a":{"b":1}}', '{"a":1}', [set('a', 1)]],
    ['a put of a list in the place of an object', '{"a":{"0":1}}', '{"a":[1]}', [put('a', [1])]],
    ['a put of an object in the place of a leaf', '{"a":1}', '{"a":{"b":1}}', [put('a', { b: 1 })]],
    ['the same in the place of a list', '{"a":[1]}', '{"a":{"0":1}}', [put('a', { 0: 1 })]],
    ['a set of an object in the place of null', '{"a":null}', '{"a":{}}', [set('a', {})]],
    ['a set of a list in the place of null', '{"a":null}', '{"a":[1]}', [set('a', [1])]],
    [
      'a put of an object in the place of a rich value',
      '{"a":{"$":["d",1]}}',
      '{"a":{"b":1}}',
      [put('a', { b: 1 })],
    ],
    [
      'a set of a key of a map',
      '{"a":{"$":["m",[[1,2],[2,2]]]}}',
      '{"a":{"$":["m",[[1,3],[2,2]]]}}',
      [set('a/~31', 3)],
    ],
    [
      'a delete and a set of a key of a map that was put in again',
      '{"a":{"$":["m",[["x",1],["y",2]]]}}',
      '{"a":{"$":["m",[["y",2],["x",1]]]}}',
      [del('a/~3"x"'), set('a/~3"x"', 1)],
    ],
    [
      'members of a set, one by one',
      '{"a":{"$":["s",[1,2]]}}',
      '{"a":{"$":["s",[2,3]]}}',
      [del('a/~41'), set('a/~43', 3)],
    ],
    [
      'a set of a date in the place of an object',
      '{"a":{"b":1}}',
      '{"a":{"$":["d",1]}}',
      [set('a', { $: ['d', 1] })],
    ],
    [
      'paths with keys that need an escape',
      '{"a/b":{"~":1}}',
      '{"a/b":{"~":2,"":3}}',
      [set('a~1b/~0', 2), set('a~1b/', 3)],
    ],
    ['a set of a key __proto__', '{}', '{"__proto__":{"x":1}}', [set('__proto__', { x: 1 })]],
    [
      'a set inside a key __proto__',
      '{"__proto__":{"x":1}}',
      '{"__proto__":{"x":2}}',
      [set('__proto__/x', 2)],
    ],
    ['a delete of a key __proto__', '{"__proto__":{"x":1}}', '{}', [del('__proto__')]],
    [
      'a set of what only prototypes have',
      '{}',
      '{"constructor":1,"toString":2}',
      [set('constructor', 1), set('toString', 2)],
    ],
  ])('are %s', (_what, before, after, ops) => {
    expect(diff(parsed(before), parsed(after))).toEqual(ops)
  })

  const states = fc.oneof(fc.tuple(fewStates, fewStates), fc.tuple(anyState, anyState))

  test('lead from the one to the other', () => {
    fc.assert(
      fc.property(states, ([before, after]) => {
        expect(equal(applyOps(before, diff(before, after)), after)).toBe(true)
      }),
      often(3000),
    )
  })

  test('are none exactly where the states are equal', () => {
    fc.assert(
      fc.property(states, ([before, after]) => {
        expect(diff(before, before)).toEqual([])
        expect(diff(before, after).length === 0).toBe(equal(before, after))
      }),
      often(1000),
    )
  })

  test('leave alone what did not change, whatever a parallel request makes of it', () => {
    fc.assert(
      fc.property(states, fewValues, ([before, after], other) => {
        const [old, changed] = [
          { ...before, mine: 0 },
          { ...after, mine: 1 },
        ]
        const ops = diff({ ...old, theirs: 0 }, { ...changed, theirs: 0 })
        expect(ops.some(({ path }) => [path, ...pathsAbove(path)].includes('theirs'))).toBe(false)
        const elsewhere = { ...old, theirs: other }
        expect(equal(applyOps(elsewhere, ops), { ...changed, theirs: other })).toBe(true)
      }),
      often(1000),
    )
  })

  test('never merge an object into what a parallel request put in the place of the leaf before it', () => {
    const ops = diff({ a: 1 }, { a: { mine: 1 } })
    expect(applyOps({ a: { theirs: 2 } }, ops)).toEqual({ a: { mine: 1 } })
  })

  test('of a list that grew keep what a parallel request appended', () => {
    const ops = diff({ a: [1] }, { a: [1, 2] })
    expect(applyOps({ a: [1, 3] }, ops)).toEqual({ a: [1, 3, 2] })
  })
})
