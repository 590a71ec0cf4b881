import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSame, richItem, richValue } from './rich-values.ts'

const unlike: readonly (readonly [what: string, a: unknown, b: unknown])[] = [
  ['-0 and 0', -0, 0],
  ['a number and a bigint', 1, 1n],
  ['null and undefined', null, undefined],
  ['a list and an object', [1], { 0: 1 }],
  ['a list with a hole and one with undefined', [undefined], new Array(1)],
  ['a list and a longer one of holes', [], new Array(1)],
  ['Dates of other times', new Date(1), new Date(2)],
  ['a Date and an invalid one', new Date(0), new Date(Number.NaN)],
  ['URLs', new URL('https://a.example/#1'), new URL('https://a.example/#2')],
  ['bytes', Uint8Array.of(1), Uint8Array.of(2)],
  ['bytes and a list of them', Uint8Array.of(1), [1]],
  [
    'the order in a Map',
    new Map(Object.entries({ a: 1, b: 2 })),
    new Map(Object.entries({ b: 2, a: 1 })),
  ],
  ['the order in a Set', new Set([1, 2]), new Set([2, 1])],
  ['a key with undefined and none', { a: undefined }, {}],
  ['an own key __proto__ and none', JSON.parse('{"__proto__":{}}'), {}],
  ['an instance and a plain object', Object.create({}), {}],
]

describe('isSame tells apart', () => {
  test.each(unlike)('%s', (_what, a, b) => {
    for (const order of ['same', 'any'] as const) {
      expect([isSame(a, a, order), isSame(b, b, order)]).toEqual([true, true])
      expect([isSame(a, b, order), isSame(b, a, order)]).toEqual([false, false])
      expect(isSame([{ a }], [{ a: b }], order)).toBe(false)
    }
  })

  test('the order of keys, unless that does not count', () => {
    const [a, b] = [[{ a: 1, b: { c: 1, d: 2 } }], [{ b: { d: 2, c: 1 }, a: 1 }]]
    expect(isSame(a, b)).toBe(false)
    expect(isSame(a, b, 'any')).toBe(true)
  })
})

test('rich values are of all kinds, and only in a list may they be undefined', () => {
  const kindOf = (value: unknown) => Object.prototype.toString.call(value).slice(8, -1)
  const runs = { numRuns: 500, seed: 1 }
  const kinds = 'Array BigInt Boolean Date Map Null Number Object Set String Uint8Array URL'.split(
    ' ',
  )
  expect([...new Set(fc.sample(richValue, runs).map(kindOf))].sort()).toEqual(kinds.sort())
  expect(fc.sample(richItem, runs)).toContain(undefined)
})
