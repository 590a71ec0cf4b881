import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  child,
  equal,
  isArray,
  isObject,
  isPlain,
  type Tree,
  withChild,
  withoutChild,
} from '../../src/tree/tree.ts'
import { anyKey, anyState, anyTree, canonical, often } from '../support/arbitraries.ts'

/** JSON's own `__proto__`, which an object literal cannot have. */
const parsed = (json: string): Tree => JSON.parse(json)

describe('the kind of a tree', () => {
  test.each<readonly [json: string, array: boolean, object: boolean, plain: boolean]>([
    ['null', false, false, false],
    ['1', false, false, false],
    ['"text"', false, false, false],
    ['[]', true, false, false],
    ['{}', false, true, true],
    ['{"a":1}', false, true, true],
    ['{"__proto__":{"$":1}}', false, true, true],
    ['{"$":["d",1]}', false, true, false],
    ['{"$":1,"a":2}', false, true, false],
  ])('%s: array %s, object %s, plain %s', (json, array, object, plain) => {
    const tree = parsed(json)
    expect([isArray(tree), isObject(tree), isPlain(tree)]).toEqual([array, object, plain])
  })
})

describe('two trees are equal', () => {
  test.each([
    ['{"a":1,"b":[2,{"c":null}]}', '{"b":[2,{"c":null}],"a":1}'],
    ['{"__proto__":1}', '{"__proto__":1}'],
    ['[]', '[]'],
  ])('%s and %s', (a, b) => {
    expect(equal(parsed(a), parsed(b))).toBe(true)
  })

  test.each([
    ['{}', '[]'],
    ['[]', '{}'],
    ['null', '{}'],
    ['0', 'false'],
    ['1', '"1"'],
    ['[1,2]', '[2,1]'],
    ['[1]', '[1,1]'],
    ['{"a":1}', '{"a":1,"b":1}'],
    ['{"a":1}', '{"b":1}'],
    ['{"__proto__":1}', '{"constructor":1}'],
    ['{"__proto__":{}}', '{"a":{}}'],
    ['{"toString":1}', '{"valueOf":1}'],
  ])('but not %s and %s', (a, b) => {
    expect(equal(parsed(a), parsed(b))).toBe(false)
    expect(equal(parsed(b), parsed(a))).toBe(false)
  })

  test('exactly when their JSON is, whatever the order of their keys', () => {
    fc.assert(
      fc.property(anyTree, anyTree, (a, b) => {
        expect(equal(a, b)).toBe(canonical(a) === canonical(b))
        expect(equal(a, parsed(canonical(a)))).toBe(true)
      }),
      often(1000),
    )
  })

  test('and what is not there equals only what is not there', () => {
    expect(equal(undefined, undefined)).toBe(true)
    expect(equal(undefined, null)).toBe(false)
    expect(equal({}, undefined)).toBe(false)
  })
})

describe('a change of a tree', () => {
  test('sets, shows and removes any key as its own, and leaves the tree itself alone', () => {
    fc.assert(
      fc.property(anyState, anyKey, anyTree, (tree, key, value) => {
        const before = canonical(tree)
        const withKey = withChild(tree, key, value)
        expect(child(withKey, key)).toBe(value)
        expect(Object.getPrototypeOf(withKey)).toBe(Object.prototype)
        const without = withoutChild(withKey, key)
        expect(Object.hasOwn(without, key)).toBe(false)
        expect(equal(without, withoutChild(tree, key))).toBe(true)
        expect(canonical(tree)).toBe(before)
      }),
      often(1000),
    )
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'never shows %s of a prototype',
    (key) => {
      expect(child({}, key)).toBeUndefined()
    },
  )
})
