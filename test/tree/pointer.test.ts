import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { appendKey, keysOf, pathsAbove, toPointer, valueAt } from '../../src/tree/pointer.ts'
import { child, isPlain, type Tree, type TreeObject } from '../../src/tree/tree.ts'
import { anyKey, anyPath, anyState, often } from '../support/arbitraries.ts'

const keys = fc.array(anyKey, { minLength: 1, maxLength: 4 })

const isAtOrAbove = (above: string, pointer: string): boolean =>
  [pointer, ...pathsAbove(pointer)].includes(above)

describe('a pointer', () => {
  test.each([
    [['a'], 'a'],
    [['a', 'b'], 'a/b'],
    [['cart', 'a/b'], 'cart/a~1b'],
    [['~'], '~0'],
    [['~1'], '~01'],
    [['~01/'], '~001~1'],
    [[''], ''],
    [['', ''], '/'],
    [['a', ''], 'a/'],
    [['', 'a'], '/a'],
    [['__proto__', 'polluted'], '__proto__/polluted'],
  ])('of %j is %j', (keys, pointer) => {
    expect(toPointer(keys)).toBe(pointer)
    expect(keysOf(pointer)).toEqual(keys)
  })

  test('gives its keys back, whatever they are', () => {
    fc.assert(
      fc.property(keys, (all) => {
        expect(keysOf(toPointer(all))).toEqual(all)
      }),
      often(1000),
    )
  })

  test('grows key by key', () => {
    fc.assert(
      fc.property(keys, (all) => {
        const grown = all.reduce<string | undefined>(appendKey, undefined)
        expect(grown).toBe(toPointer(all))
      }),
      often(1000),
    )
  })

  test('is above another exactly when its keys are the first of the other', () => {
    fc.assert(
      fc.property(keys, fc.array(anyKey, { maxLength: 2 }), anyPath, (all, more, other) => {
        expect(isAtOrAbove(toPointer(all), toPointer([...all, ...more]))).toBe(true)
        const begins = keysOf(other).every((key, i) => key === all[i])
        expect(isAtOrAbove(other, toPointer(all))).toBe(begins)
      }),
      often(1000),
    )
  })

  test('tells all paths that lead to it, the longest first', () => {
    fc.assert(
      fc.property(keys, (all) => {
        const above = all.slice(1).map((_, i) => toPointer(all.slice(0, i + 1)))
        expect(pathsAbove(toPointer(all))).toEqual(above.reverse())
      }),
      often(1000),
    )
  })

  test.each([
    ['a', 'ab', false],
    ['a', 'a~1b', false],
    ['a/b', 'a', false],
    ['', 'a', false],
    ['', '/a', true],
    ['a', 'a/', true],
  ])('%j above %j: %s', (above, pointer, expected) => {
    expect(isAtOrAbove(above, pointer)).toBe(expected)
  })
})

describe('the value at a pointer', () => {
  const tree: TreeObject = JSON.parse(
    '{"a":{"":{"x":1},"b/c":null},"list":[{"x":1}],"date":{"$":["d",1]},"__proto__":{"y":2}}',
  )

  test.each<readonly [string, Tree | undefined]>([
    ['a//x', 1],
    ['a/b~1c', null],
    ['__proto__/y', 2],
    ['list', [{ x: 1 }]],
    ['date', { $: ['d', 1] }],
  ])('%j is there', (pointer, value) => {
    expect(valueAt(tree, pointer)).toEqual(value)
  })

  test.each(['b', '', 'a/b', 'a/x', 'toString', 'constructor/name', 'a/constructor'])(
    '%j is not there',
    (pointer) => {
      expect(valueAt(tree, pointer)).toBeUndefined()
    },
  )

  test.each(['list/0', 'list/0/x', 'list/length', 'date/$', 'date/$/0', 'a//x/y'])(
    '%j is not there either: only plain objects have paths inside',
    (pointer) => {
      expect(valueAt(tree, pointer)).toBeUndefined()
    },
  )

  test('is what one finds key by key', () => {
    fc.assert(
      fc.property(anyState, keys, (state, all) => {
        const found = all.reduce<Tree | undefined>(
          (at, key) => (isPlain(at) ? child(at, key) : undefined),
          state,
        )
        expect(valueAt(state, toPointer(all))).toBe(isPlain(state) ? found : undefined)
      }),
      often(1000),
    )
  })
})
