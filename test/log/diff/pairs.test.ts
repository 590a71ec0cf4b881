/** Which element of a list is which of another one, and what became another value. */
import { describe, expect, test } from 'vitest'
import { commonPrefix, commonSuffix, isAnotherValue, match } from '../../../src/log/diff/pairs.ts'
import type { Tree } from '../../../src/tree/tree.ts'
import { encodeValue } from '../../../src/tree/values.ts'

const gone = undefined

describe('two lists have in common', () => {
  test.each<readonly [before: Tree[], after: Tree[], prefix: number, suffix: number]>([
    [[], [], 0, 0],
    [[1], [2], 0, 0],
    [[1, 2, 3], [1, 2, 4], 2, 0],
    [[1, 2, 3], [4, 2, 3], 0, 2],
    [[1, 2, 3], [1, 9, 3], 1, 1],
    [[{ a: [1] }, 2], [{ a: [1] }, 2, 3], 2, 0],
    // No element counts at both ends.
    [[1, 1], [1, 1, 1], 2, 0],
    [[1, 1, 1], [1, 1], 2, 0],
    [[1, 2, 1], [1], 1, 0],
  ])('%j and %j', (before, after, prefix, suffix) => {
    expect(commonPrefix(before, after)).toBe(prefix)
    expect(commonSuffix(before, after, prefix)).toBe(suffix)
    expect(commonPrefix(after, before)).toBe(prefix)
    expect(commonSuffix(after, before, prefix)).toBe(suffix)
  })
})

const item = (id: string, more: Record<string, Tree> = {}): Tree => ({ id, n: 0, ...more })
const note = (text: string, done = false): Tree => ({ text, done })

describe('of the elements of a list, there is for each new one the old one that it is:', () => {
  test.each<
    readonly [what: string, old: Tree[], now: Tree[], from: readonly (number | undefined)[]]
  >([
    ['nothing of nothing', [], [], []],
    ['all that is the same', ['a', 'b'], ['a', 'b'], [0, 1]],
    ['what is left', ['a', 'b', 'c'], ['a', 'c'], [0, 2]],
    ['nothing of what is new', ['a', 'c'], ['a', 'b', 'c'], [0, gone, 1]],
    ['another text in its place', ['a', 'b'], ['a', 'x'], [0, 1]],
    ['no other text, if one is gone', ['a', 'b', 'c'], ['a', 'x'], [0, gone]],
    ['no other number, if one is gone', [1, 2, 4], [1, 3], [0, gone]],
    ['what has moved to the end', ['a', 'b', 'c'], ['b', 'c', 'a'], [1, 2, 0]],
    ['what has moved to the beginning', ['a', 'b', 'c'], ['c', 'a', 'b'], [2, 0, 1]],
    ['what has moved beside a new one', ['a', 'b'], ['b', 'x', 'a'], [1, gone, 0]],
    ['of two that are equal, each once', ['a', 'a', 'b'], ['b', 'a', 'a'], [2, 0, 1]],
    ['of two that are equal, one', ['a', 'a'], ['a'], [0]],
    ['one more of an equal one is new', ['a'], ['a', 'a'], [0, gone]],
    ['what was edited in its place', [note('a'), note('b')], [note('a', true), note('b')], [0, 1]],
    [
      'what was edited and moved',
      [note('a'), note('b'), note('c')],
      [note('b'), note('c'), note('a', true)],
      [1, 2, 0],
    ],
    [
      'what was edited beside one that is gone',
      [note('a'), note('b'), note('c')],
      [note('b', true), note('c')],
      [1, 2],
    ],
    [
      'of several that look the same, the one in its place',
      [note('a'), note('a'), note('a')],
      [note('a'), note('a', true), note('a')],
      [0, 1, 2],
    ],
    [
      'of several that look the same, also where another one is gone',
      [note('a'), note('a'), note('a'), note('z')],
      [note('a'), note('a', true), note('a')],
      [0, 1, 2],
    ],
    [
      'the one with its identity, whatever else was edited',
      [item('x', { t: 'one' }), item('y', { t: 'two' })],
      [item('y', { t: 'new' }), item('x', { t: 'text' })],
      [1, 0],
    ],
    [
      'nothing for another identity, however alike',
      [item('x', { t: 'same' }), item('y')],
      [item('z', { t: 'same' }), item('y')],
      [gone, 1],
    ],
    [
      'the more alike of two',
      [
        { a: 1, b: 2, c: 3, d: 4 },
        { a: 1, b: 2, c: 9, d: 9 },
      ],
      [{ a: 1, b: 2, c: 3, d: 5 }],
      [0],
    ],
    [
      'the more alike of two, although the other comes first',
      [{ a: 1, b: 2, c: 9, d: 9 }, 'y', { a: 1, b: 2, c: 3, d: 4 }],
      [{ a: 1, b: 2, c: 3, d: 5 }],
      [2],
    ],
    ['what half of is left', [{ a: 1, b: 2 }, 'x'], ['y', { a: 1, b: 3 }], [gone, 0]],
    [
      'nothing where less than half is left',
      [{ a: 1, b: 2, c: 3 }, 'x', 'z'],
      ['y', { a: 1, b: 4, c: 5 }],
      [gone, gone],
    ],
    [
      'a text counts as much as two numbers',
      [{ t: 'text', a: 1, b: 2 }, 'x'],
      ['y', { t: 'text', a: 3, b: 4 }],
      [gone, 0],
    ],
    [
      'so it does where it is another one',
      [{ t: 'text', a: 1 }, 'x', 'z'],
      ['y', { t: 'other', a: 1 }],
      [gone, gone],
    ],
    ['a list by what it has at both ends', [[1, 2, 3, 4], 'x'], ['y', [1, 2, 9, 4]], [gone, 0]],
    ['a list that grew', [[1, 2], 'x'], ['y', [1, 2, 3, 4, 5, 6]], [gone, 0]],
    ['no list with nothing in common', [[1, 2], 'x', 'z'], ['y', [3, 4]], [gone, gone]],
    ['an object that is empty as before', [{}, 'x'], ['y', {}], [gone, 0]],
    [
      'the one in its place where nothing else can be told',
      [{ a: 1, b: 2, c: 3 }, 'x'],
      [{ a: 1, b: 5, c: 6 }, 'x'],
      [0, 1],
    ],
    [
      'but not one with other members',
      [{ a: 1, b: 2, c: 3 }, 'x'],
      [{ d: 1, e: 5, f: 6 }, 'x'],
      [gone, 1],
    ],
    [
      'nor one of whose several members hardly anything is left',
      [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, 'x'],
      [{ a: 1, b: 6, c: 7, d: 8, e: 9 }, 'x'],
      [gone, 1],
    ],
    ['but one whose only member is another', [{ a: 1 }, 'x'], [{ a: 2 }, 'x'], [0, 1]],
    ['and one that was empty', [{}, 'x'], [{ a: 2 }, 'x'], [0, 1]],
    [
      'but nothing in another place',
      [{ a: 1, b: 2, c: 3 }, 'x', 'z'],
      ['x', { a: 1, b: 5, c: 6 }, 'z'],
      [1, gone, 2],
    ],
  ])('%s', (_what, old, now, from) => {
    expect(match(old, now)).toEqual(from)
  })

  test.each(['id', '_id', 'uuid', 'key', 'sku', 'slug', 'code', 'name'])(
    'a member called %s tells one from another',
    (key) => {
      const one = (value: Tree): Tree => ({ [key]: value, a: 1, b: 2, c: 3, d: 4 })
      expect(match([one(1), 'x', 'z'], ['y', one(2)])).toEqual([gone, gone])
      const other: Tree = { [key]: 1, a: 5, b: 6, c: 7, d: 8 }
      expect(match([one(1), 'x', 'z'], ['y', other])).toEqual([gone, 0])
      expect(match([one(1)], [one(2)])).toEqual([gone])
    },
  )
})

describe('what stands in the place of a value is another one', () => {
  const rich = (value: unknown): Tree => encodeValue(value, 'data', 'x')
  test.each<readonly [old: Tree, value: Tree, isAnother: boolean]>([
    [1, 2, true],
    ['a', { a: 1 }, true],
    [{ a: 1 }, [1], true],
    [{ a: 1 }, { b: 2 }, false],
    [[1, 2], [3], true],
    [[1, 2], [2, 3], false],
    [[], [1], false],
    [[1], [], false],
    [[{ a: 1 }], [{ a: 1 }, 2], false],
    [rich(new Map([[1, 2]])), rich(new Map([[3, 4]])), false],
    [rich(new Set([1])), rich(new Set([2])), false],
    [rich(new Map([[1, 2]])), rich(new Set([2])), true],
    [rich(new Map([[1, 2]])), rich(new Date(1)), true],
    [rich(new Date(1)), rich(new Map([[1, 2]])), true],
    [rich(new Set([1])), rich(new Date(1)), true],
    [rich(new Date(1)), rich(new Date(2)), true],
  ])('%j and %j', (old, value, isAnother) => {
    expect(isAnotherValue(old, value)).toBe(isAnother)
  })
})
