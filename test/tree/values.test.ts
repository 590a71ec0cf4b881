import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ValueError } from '../../src/errors.ts'
import type { Tree } from '../../src/tree/tree.ts'
import { decodeValue, encodeValue, MAX_DEPTH, memberPath } from '../../src/tree/values.ts'
import { anyTree, often } from '../support/arbitraries.ts'
import { isSame, richItem } from '../support/rich-values.ts'

/** What becomes of a value on its way through a cookie. */
const travel = (value: unknown): unknown =>
  decodeValue(JSON.parse(JSON.stringify(encodeValue(value, 'data'))))

function errorOf(value: unknown): ValueError {
  try {
    encodeValue(value, 'data')
  } catch (error) {
    if (error instanceof ValueError) return error
    throw error
  }
  return expect.fail('it was encoded')
}

describe('a value', () => {
  test('of any kind comes back as it was', () => {
    fc.assert(
      fc.property(richItem, (value) => {
        expect(isSame(travel(value), value)).toBe(true)
      }),
      often(3000),
    )
  })

  test.each<readonly [what: string, value: unknown, json: string]>([
    ['a Date', new Date(12), '{"$":["d",12]}'],
    ['an invalid Date', new Date(Number.NaN), '{"$":["d",null]}'],
    ['a Map', new Map([[{ k: 1 }, 2n]]), '{"$":["m",[[{"k":1},{"$":["n","2"]}]]]}'],
    ['a Set', new Set([1, [2]]), '{"$":["s",[1,[2]]]}'],
    ['a bigint', -12n, '{"$":["n","-12"]}'],
    ['bytes', Uint8Array.of(251, 255, 0), '{"$":["b","-_8A"]}'],
    ['undefined in an array', [undefined], '[{"$":["u"]}]'],
    ['a hole in an array', new Array(1), '[{"$":["u"]}]'],
    ['NaN', Number.NaN, '{"$":["f","NaN"]}'],
    ['Infinity', Infinity, '{"$":["f","Infinity"]}'],
    ['-Infinity', -Infinity, '{"$":["f","-Infinity"]}'],
    ['-0', -0, '{"$":["f","-0"]}'],
    ['a URL', new URL('https://a.example/b?c#d'), '{"$":["l","https://a.example/b?c#d"]}'],
    ['an object with the key $', { $: ['d', 1] }, '{"~$":["d",1]}'],
    ['an object with the key ~$', { '~$': 1 }, '{"~~$":1}'],
    ['an undefined member', { a: undefined, b: 1 }, '{"b":1}'],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ])('is written for ever as it is now: %s', (_what, value, json) => {
    expect(JSON.stringify(encodeValue(value, 'data'))).toBe(json)
  })

  test('named __proto__ stays a member, and pollutes nothing', () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":1},"a":{"__proto__":null}}')
    const back = travel(value)
    expect(isSame(back, value)).toBe(true)
    expect(Object.keys(Object(back))).toEqual(['__proto__', 'a'])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('may appear twice, as long as it does not contain itself', () => {
    const shared = { n: 1 }
    expect(travel([shared, { shared }])).toEqual([shared, { shared }])
  })

  test('comes back fresh: changing it leaves the tree alone', () => {
    const tree: Tree = { list: [1], map: { $: ['m', [[1, [2]]]] }, in: { a: 1 } }
    const before = JSON.stringify(tree)
    const change = (value: unknown): void => {
      if (Array.isArray(value)) value.push('changed')
      else if (value instanceof Map) for (const item of value.values()) change(item)
      else if (typeof value === 'object' && value !== null) {
        for (const item of Object.values(value)) change(item)
        Reflect.set(value, 'changed', true)
      }
    }
    change(decodeValue(tree))
    expect(JSON.stringify(tree)).toBe(before)
  })

  test.each<readonly [what: string, wrap: (value: unknown) => unknown]>([
    ['objects', (inside) => ({ inside })],
    ['lists', (inside) => [inside]],
    ['Maps', (inside) => new Map([['key', inside]])],
    ['keys of Maps', (inside) => new Map([[inside, 1]])],
    ['Sets', (inside) => new Set([inside])],
  ])('may be nested in 100 %s and not in 101', (_what, wrap) => {
    let value: unknown = 1
    for (let i = 0; i < MAX_DEPTH; i++) value = wrap(value)
    expect(isSame(travel(value), value)).toBe(true)
    expect(MAX_DEPTH).toBe(100)
    expect(errorOf(wrap(value)).message).toContain('nested deeper than 100 levels')
  })
})

describe('the error of a value that cannot be stored says where it stands', () => {
  const no = () => 1
  test.each<readonly [path: string, value: unknown]>([
    ['data', no],
    ['data.a.b[2]', { a: { b: [0, 0, no] } }],
    ['data["a-b"]["0"]', { 'a-b': { 0: no } }],
    ['data["quote\\"d"]', { 'quote"d': no }],
    ['data[""].__proto__', JSON.parse('{"":{"__proto__":0}}', (_, at) => (at === 0 ? no : at))],
    ['data.values()[1]', new Set([1, no])],
    ['data.m.values()[0].x', { m: new Map([['key', { x: no }]]) }],
    [
      'data.keys()[1]',
      new Map<unknown, number>([
        [1, 1],
        [no, 1],
      ]),
    ],
  ])('%s', (path, value) => {
    expect(errorOf(value).path).toBe(path)
    expect(errorOf(value).message).toMatch(/ cannot be stored: a function is not data$/)
  })

  test('and never shows a value or a key of a Map, which are data', () => {
    const value = { list: ['secret-1', new Map([['secret-2', no]])], other: 'secret-3' }
    expect(errorOf(value).message).not.toContain('secret')
  })

  test.each([
    ['a', 'data.a'],
    ['$a_1', 'data.$a_1'],
    ['1a', 'data["1a"]'],
    ['ä', 'data["ä"]'],
    ['a\n', 'data["a\\n"]'],
  ])('as it would be written in code: %j', (key, path) => {
    expect(memberPath('data', key)).toBe(path)
  })
})

describe('a tag that is not one of ours', () => {
  const tags: readonly Tree[] = [
    { $: 1 },
    { $: null },
    { $: {} },
    { $: [] },
    { $: ['z', 1] },
    { $: ['D', 1] },
    { $: [['d'], 1] },
    { $: ['d', '1'] },
    { $: ['d'] },
    { $: ['m', [[1]]] },
    { $: ['m', [[1, 2, 3]]] },
    { $: ['m', { 0: [1, 2] }] },
    { $: ['s', 'text'] },
    { $: ['n', 1] },
    { $: ['n', '1.5'] },
    { $: ['n', '0x10'] },
    { $: ['n', ''] },
    { $: ['n', '1\n'] },
    { $: ['b', 'A'] },
    { $: ['b', '++++'] },
    { $: ['f', '1'] },
    { $: ['f', 'nan'] },
    { $: ['l', '/relative'] },
    { $: ['o', [1]] },
    { $: ['o', null] },
    { $: ['c', 'key', 1, 'digest'] },
    { $: ['__proto__'] },
    { $: ['toString', 1] },
  ]

  test.each(tags.map((tree) => [JSON.stringify(tree), tree] as const))(
    '%s stays the plain object that it is, also when it is written again',
    (_json, tree) => {
      expect(decodeValue(tree)).toEqual(tree)
      expect(travel(decodeValue(tree))).toEqual(tree)
    },
  )

  test('is decoded inside', () => {
    expect(decodeValue({ $: ['z', { $: ['n', '1'] }], more: [{ $: ['n', '2'] }] })).toEqual({
      $: ['z', 1n],
      more: [2n],
    })
  })

  test('and any other tree: decoding never throws, and what it gives can be stored', () => {
    const withTags = fc.letrec<{ tree: Tree; any: Tree }>((tie) => ({
      tree: fc.oneof({ depthSize: 'small' }, anyTree, tie('any')),
      any: fc
        .tuple(fc.constantFrom(...'dmsnbuflozc'), fc.array(tie('tree'), { maxLength: 2 }))
        .map(([name, content]) => ({ $: [name, ...content] })),
    })).tree
    fc.assert(
      fc.property(withTags, (tree) => {
        const value = travel(decodeValue(tree))
        expect(isSame(travel(value), value)).toBe(true)
      }),
      often(2000),
    )
  })

  test.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
    ['tags', '{"$":["o",{"a":', '}]}'],
  ])('does not matter in %s nested as deep as a cookie can hold', (_what, open, close) => {
    const depth = Math.floor(3000 / (open.length + close.length))
    const tree: Tree = JSON.parse(`${open.repeat(depth)}1${close.repeat(depth)}`)
    expect(() => decodeValue(tree)).not.toThrow()
  })
})
