import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Op } from '../../../src/log/format/fragment.ts'
import { diff } from '../../../src/log/ops/diff.ts'
import { applyOp } from '../../../src/log/ops/ops.ts'
import { pathsAbove } from '../../../src/tree/pointer.ts'
import { equal, type Tree, type TreeObject } from '../../../src/tree/tree.ts'
import { anyState, often } from '../../support/arbitraries.ts'
import { fewStates, fewValues } from '../reading/histories.ts'

const set = (path: string, value: Tree): Op => ({ kind: 'set', path, value })
const del = (path: string): Op => ({ kind: 'delete', path })
const append = (path: string, ...items: Tree[]): Op => ({ kind: 'append', path, items })
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
    ['a set of a list that shrank', '{"a":[1,2]}', '{"a":[1]}', [set('a', [1])]],
    ['a set of a list that grew at its beginning', '{"a":[1]}', '{"a":[0,1]}', [set('a', [0, 1])]],
    [
      'a set of a list of which something changed',
      '{"a":[{"n":1}]}',
      '{"a":[{"n":2}]}',
      [set('a', [{ n: 2 }])],
    ],
    ['a set of a list that changed and grew', '{"a":[1]}', '{"a":[2,3]}', [set('a', [2, 3])]],
    ['a set of a leaf in the place of an object', '{"a":{"b":1}}', '{"a":1}', [set('a', 1)]],
    ['a set of a list in the place of an object', '{"a":{"0":1}}', '{"a":[1]}', [set('a', [1])]],
    [
      'a delete and a set of an object in the place of a leaf',
      '{"a":1}',
      '{"a":{"b":1}}',
      [del('a'), set('a', { b: 1 })],
    ],
    [
      'the same in the place of a list',
      '{"a":[1]}',
      '{"a":{"0":1}}',
      [del('a'), set('a', { 0: 1 })],
    ],
    ['the same in the place of null', '{"a":null}', '{"a":{}}', [del('a'), set('a', {})]],
    [
      'the same in the place of a rich value',
      '{"a":{"$":["d",1]}}',
      '{"a":{"b":1}}',
      [del('a'), set('a', { b: 1 })],
    ],
    [
      'a set of a rich value, whole',
      '{"a":{"$":["m",[[1,2]]]}}',
      '{"a":{"$":["m",[[1,3]]]}}',
      [set('a', { $: ['m', [[1, 3]]] })],
    ],
    [
      'a set of a rich value in the place of an object',
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
        expect(equal(diff(before, after).reduce(applyOp, before), after)).toBe(true)
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
        expect(equal(ops.reduce(applyOp, elsewhere), { ...changed, theirs: other })).toBe(true)
      }),
      often(1000),
    )
  })

  test('never merge an object into what a parallel request put in the place of the leaf before it', () => {
    const ops = diff({ a: 1 }, { a: { mine: 1 } })
    expect(ops.reduce(applyOp, { a: { theirs: 2 } })).toEqual({ a: { mine: 1 } })
  })

  test('of a list that grew keep what a parallel request appended', () => {
    const ops = diff({ a: [1] }, { a: [1, 2] })
    expect(ops.reduce(applyOp, { a: [1, 3] })).toEqual({ a: [1, 3, 2] })
  })
})
