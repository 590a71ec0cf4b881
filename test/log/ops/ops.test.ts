import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Op } from '../../../src/log/format/fragment.ts'
import { elementDigest, nameText } from '../../../src/log/ops/names.ts'
import { prune } from '../../../src/log/ops/prune.ts'
import { applyOps } from '../../../src/log/ops/replay.ts'
import type { Tree, TreeObject } from '../../../src/tree/tree.ts'
import { canonical, often } from '../../support/arbitraries.ts'
import {
  fewOps,
  fewStates,
  fewValues,
  idOf,
  inOrder,
  partition,
  someEntries,
  someOps,
  stateAfter,
} from '../reading/histories.ts'

const set = (path: string, value: Tree): Op => ({ kind: 'set', path, value })
const del = (path: string): Op => ({ kind: 'delete', path })
const add = (path: string, by = 1): Op => ({ kind: 'increment', path, by })
const append = (path: string, ...items: Tree[]): Op => ({ kind: 'append', path, items })
const advance = (path: string, value: number | string): Op => ({ kind: 'advance', path, value })
/** The name of an element that its writer saw at `place`. */
const named = (tree: Tree, place: number, count = 1) =>
  nameText({ digest: elementDigest(tree), place, count, others: 0 })
/** What stands for a value that lies in the store. */
const CHECK: TreeObject = { $: ['c', 'k'.repeat(22), 9000, 'd'.repeat(22)] }
const parsed = (json: string): TreeObject => JSON.parse(json)

describe('an op', () => {
  test.each<readonly [what: string, before: string, op: Op, parents: string]>([
    ['sets a leaf', '{"a":1}', set('a', 2), '{"a":2}'],
    ['sets a leaf in the place of an object', '{"a":{"b":1}}', set('a', 2), '{"a":2}'],
    [
      'sets a list where another request put one: both, and what both begin with once',
      '{"a":[1,2]}',
      set('a', [1, 3]),
      '{"a":[1,2,3]}',
    ],
    [
      'sets a map where another request put one: both',
      '{"a":{"$":["m",[["x",1],["y",1]]]}}',
      set('a', {
        $: [
          'm',
          [
            ['y', 2],
            ['z', 3],
          ],
        ],
      }),
      '{"a":{"$":["m",[["x",1],["y",2],["z",3]]]}}',
    ],
    [
      'sets a set where another request put one: both',
      '{"a":{"$":["s",[1,2]]}}',
      set('a', { $: ['s', [2, 3]] }),
      '{"a":{"$":["s",[1,2,3]]}}',
    ],
    [
      'merges an object into an object',
      '{"a":{"b":1,"c":{"d":1}}}',
      set('a', { c: { e: 2 } }),
      '{"a":{"b":1,"c":{"d":1,"e":2}}}',
    ],
    ['sets an object in the place of a leaf', '{"a":1}', set('a', { b: 1 }), '{"a":{"b":1}}'],
    [
      'sets an object in the place of a rich value',
      '{"a":{"$":["d",1]}}',
      set('a', { b: 1 }),
      '{"a":{"b":1}}',
    ],
    [
      'sets a rich value in the place of an object',
      '{"a":{"b":1}}',
      set('a', { $: ['d', 1] }),
      '{"a":{"$":["d",1]}}',
    ],
    ['does nothing where an object on its way is gone', '{}', set('a/b/c', 1), '{}'],
    ['does nothing where a leaf stands in its way', '{"a":1}', set('a/b', 1), '{"a":1}'],
    ['does nothing inside of a date', '{"a":{"$":["d",1]}}', add('a/b'), '{"a":{"$":["d",1]}}'],
    ['deletes', '{"a":{"b":1,"c":2}}', del('a/b'), '{"a":{"c":2}}'],
    ['deletes nothing where nothing is', '{"a":1}', del('b'), '{"a":1}'],
    ['makes no objects in order to delete', '{}', del('a/b/c'), '{}'],
    ['makes nothing give way in order to delete', '{"a":[1]}', del('a/b'), '{"a":[1]}'],
    [
      'deletes nothing inside a rich value',
      '{"a":{"$":["d",1]}}',
      del('a/$'),
      '{"a":{"$":["d",1]}}',
    ],
    ['adds to a number', '{"a":1}', add('a', 2.5), '{"a":3.5}'],
    ['adds to what is not there as to 0', '{"a":{}}', add('a/b', -1), '{"a":{"b":-1}}'],
    ['adds to what is no number as to 0', '{"a":"5"}', add('a'), '{"a":1}'],
    ['appends to a list', '{"a":[1]}', append('a', 1, [2]), '{"a":[1,1,[2]]}'],
    ['appends nothing where no list is', '{}', append('a', 1), '{}'],
    ['appends nothing to what is no list', '{"a":{"0":1}}', append('a', 1), '{"a":{"0":1}}'],
    ['keeps the larger number', '{"a":5}', advance('a', 3), '{"a":5}'],
    ['advances a number', '{"a":5}', advance('a', 7), '{"a":7}'],
    ['advances a text', '{"a":"b1"}', advance('a', 'b2'), '{"a":"b2"}'],
    ['advances what is not there', '{}', advance('a', 'x'), '{"a":"x"}'],
    ['sets an element of a list', '{"a":[1,2]}', set(`a/~2${named(2, 1)}`, 3), '{"a":[1,3]}'],
    [
      'sets inside an element, wherever it is now',
      '{"a":[0,{"n":1}]}',
      set(`a/~2${named({ n: 1 }, 0)}/n`, 2),
      '{"a":[0,{"n":2}]}',
    ],
    ['deletes an element', '{"a":[1,2,3]}', del(`a/~2${named(2, 1)}`), '{"a":[1,3]}'],
    [
      'does nothing to an element that is gone',
      '{"a":[1]}',
      set(`a/~2${named(2, 1)}`, 3),
      '{"a":[1]}',
    ],
    [
      'sets a key of a map',
      '{"a":{"$":["m",[["x",1]]]}}',
      set('a/~3"x"', 2),
      '{"a":{"$":["m",[["x",2]]]}}',
    ],
    [
      'adds a key to a map',
      '{"a":{"$":["m",[]]}}',
      set('a/~3"x~1"', 2),
      '{"a":{"$":["m",[["x/",2]]]}}',
    ],
    [
      'deletes a key of a map',
      '{"a":{"$":["m",[["x",1]]]}}',
      del('a/~3"x"'),
      '{"a":{"$":["m",[]]}}',
    ],
    ['adds a member to a set', '{"a":{"$":["s",[1]]}}', set('a/~42', 2), '{"a":{"$":["s",[1,2]]}}'],
    ['adds a member once', '{"a":{"$":["s",[1]]}}', set('a/~41', 1), '{"a":{"$":["s",[1]]}}'],
    ['deletes a member of a set', '{"a":{"$":["s",[1,2]]}}', del('a/~41'), '{"a":{"$":["s",[2]]}}'],
    ['claims a key', '{}', { kind: 'once', path: 'coupon' }, '{"~o":{"coupon":1}}'],
    [
      'has a key __proto__ like others',
      '{"a":{}}',
      set('__proto__', { a: 1 }),
      '{"a":{},"__proto__":{"a":1}}',
    ],
    ['has an empty key like others', '{"":{"":1}}', add('/'), '{"":{"":2}}'],
  ])('%s', (_what, before, op, after) => {
    const state = parsed(before)
    expect(canonical(applyOps(state, [op]))).toBe(canonical(parsed(after)))
    expect(canonical(state)).toBe(canonical(parsed(before)))
  })

  test('pollutes no prototype', () => {
    for (const op of [set('__proto__/polluted', 1), add('constructor/prototype/polluted')])
      applyOps({}, [op])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('never changes a state in place', () => {
    fc.assert(
      fc.property(fewStates, fewOps, (state, op) => {
        const before = canonical(state)
        applyOps(state, [op])
        expect(canonical(state)).toBe(before)
      }),
      often(1000),
    )
  })

  test('that sets or deletes does so once, however often it is done', () => {
    fc.assert(
      fc.property(fewStates, fewOps, (state, op) => {
        const once = applyOps(state, [op])
        if (op.kind === 'delete' || (op.kind === 'put' && !op.path.includes('/~2')))
          expect(canonical(applyOps(once, [op]))).toBe(canonical(once))
      }),
      often(1000),
    )
  })
})

describe('pruned entries', () => {
  test('lead to the same state, from any state and with any entries before, between and after them', () => {
    const flags = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(fewStates, someEntries(8), flags, (state, all, late) => {
        const { picked: stragglers, others } = partition(all, late)
        const pruned = inOrder(prune(others), stragglers)
        expect(canonical(stateAfter(state, pruned))).toBe(canonical(stateAfter(state, all)))
      }),
      often(10_000),
    )
  })

  test('do so too when they are pruned again, together with others', () => {
    const flags = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(fewStates, someEntries(8), flags, (state, all, first) => {
        const { picked, others } = partition(all, first)
        const pruned = prune(inOrder(prune(picked), others))
        expect(canonical(stateAfter(state, pruned))).toBe(canonical(stateAfter(state, all)))
      }),
      often(2000),
    )
  })

  test('keep their ids and their order, and are never more', () => {
    fc.assert(
      fc.property(someEntries(8), (all) => {
        const kept = prune(all).map(({ id }) => id)
        expect(all.map(({ id }) => id).filter((id) => kept.includes(id))).toEqual(kept)
        expect(prune(all).every(({ ops }) => ops.length > 0)).toBe(true)
        expect(prune(prune(all))).toEqual(prune(all))
      }),
      often(1000),
    )
  })

  test('leave the entries that they were made of alone', () => {
    fc.assert(
      fc.property(someEntries(6), (all) => {
        const before = JSON.stringify(all)
        prune(all)
        expect(JSON.stringify(all)).toBe(before)
      }),
      often(300),
    )
  })

  const entry = (n: number, ...ops: Op[]) => ({ id: idOf(n), ops })
  test.each<
    readonly [what: string, before: readonly Op[], later: readonly Op[], left: readonly Op[]]
  >([
    ['a set of the same path', [set('a', 1)], [set('a', 2)], []],
    ['an increment before a set', [add('a')], [set('a', 2)], []],
    ['an append before a set', [append('a', 1)], [set('a', 2)], []],
    ['a set before a delete', [set('a', 1)], [del('a')], []],
    ['what is inside something that is deleted', [set('a/b', 1), add('a/c')], [del('a')], []],
    ['what is inside something that a leaf replaces', [set('a/b', 1)], [set('a', 5)], []],
    ['a delete before a set', [del('a')], [set('a', 1)], []],
    [
      'the members that a later object has too',
      [set('a', { b: 1, c: 2 })],
      [set('a', { b: 3 })],
      [set('a', { c: 2 })],
    ],
    [
      'the members that are deleted later',
      [set('a', { b: 1, c: 2 })],
      [del('a/b')],
      [set('a', { c: 2 })],
    ],
  ])('do not hold what a later one replaces: %s', (_what, before, later, left) => {
    const kept = prune([entry(1, ...before), entry(2, ...later)]).find(({ id }) => id === idOf(1))
    expect(kept?.ops ?? []).toEqual(left)
  })

  test.each<readonly [what: string, before: readonly Op[], later: readonly Op[]]>([
    ['a set of another path', [set('a', 1)], [set('ab', 2)]],
    ['increments', [add('a')], [add('a')]],
    ['appends', [append('a', 1)], [append('a', 1)]],
    ['a set before an increment', [set('a', 1)], [add('a')]],
    ['a leaf before a set inside it', [set('a', 1)], [set('a/b', 1)]],
    ['a delete before an object', [del('a')], [set('a', { b: 1 })]],
    ['an object without members', [set('a', {})], [del('a/b')]],
    ['an object in which others may write', [set('a', {})], [set('a', { b: 1 })]],
    ['a list before a list', [set('a', [1])], [set('a', [2])]],
    [
      'what an entry hides that may be void',
      [set('a', 1)],
      [{ kind: 'once', path: 'x' }, set('a', 2)],
    ],
    ['what a set merges with whose operand lies in the store', [set('a', [1])], [set('a', CHECK)]],
    ['an object before a set in the store', [set('a', { b: 1 })], [set('a', CHECK)]],
    ['what is inside of a set in the store', [set('a/b', 1), add('a/c')], [set('a', CHECK)]],
    ['a set in the store before one', [set('a', CHECK)], [set('a', CHECK)]],
    ['what a set in the store may be inside of', [del('a')], [set('a', CHECK)]],
    ['what is inside of a member in the store', [add('a/b/c')], [set('a/b', CHECK)]],
    ['a value of a map', [set('a/~3"x"/n', 1)], [set('a/~3"x"', CHECK)]],
  ])('hold what still shows: %s', (_what, before, later) => {
    const all = [entry(1, ...before), entry(2, ...later)]
    expect(prune(all)).toEqual(all)
  })

  test('do not hold what is replaced whole by what lies in the store', () => {
    const put: Op = { kind: 'put', path: 'a', value: CHECK }
    const later = [set('a/b', 1), append('a', 1), set('a', CHECK)]
    expect(prune([entry(1, ...later), entry(2, put)])).toEqual([entry(2, put)])
  })

  test('never hold more ops than before, however often one path is written', () => {
    fc.assert(
      fc.property(
        fewValues.filter((value) => typeof value !== 'object'),
        someOps.map((ops) => ops.filter(({ kind }) => kind !== 'once')),
        (value, ops) => {
          const all = Array.from({ length: 50 }, (_, n) => entry(n, ...ops, set('last', value)))
          expect(
            prune(all).flatMap((each) => each.ops.filter(({ path }) => path === 'last')),
          ).toEqual([set('last', value)])
        },
      ),
      often(100),
    )
  })
})
