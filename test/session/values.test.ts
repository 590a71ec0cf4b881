import { describe, expect, test } from 'vitest'
import { ValueError } from '../../src/index.ts'
import { errorOf, Shop } from '../support/visitor.ts'

class Money {
  readonly cents = 1
}

const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = { in: value }
  return value
}

const unstorable: readonly (readonly [
  what: string,
  value: unknown,
  path: string,
  problem: string,
])[] = [
  ['a function', () => 1, 'data.it', 'a function is not data'],
  ['a symbol', Symbol('s'), 'data.it', 'a symbol is not data'],
  ['a function in a list', { list: [1, () => 1] }, 'data.it.list[1]', 'a function'],
  ['a key that needs quotes', { 'a-b': [Symbol('s')] }, 'data.it["a-b"][0]', 'a symbol'],
  ['an instance', new Money(), 'data.it', 'Money is an instance of a class'],
  ['a list of a class', new (class Lines extends Array {})(), 'data.it', 'Lines is an instance'],
  ['an Error', new RangeError('x'), 'data.it', 'RangeError is an instance'],
  ['a RegExp', /x/, 'data.it', 'RegExp is an instance'],
  ['a Promise', Promise.resolve(), 'data.it', 'Promise is an instance'],
  ['a WeakMap', new WeakMap(), 'data.it', 'WeakMap is an instance'],
  ['an ArrayBuffer', new ArrayBuffer(1), 'data.it', 'ArrayBuffer is an instance'],
  ['a Uint16Array', new Uint16Array(1), 'data.it', 'Uint16Array is an instance'],
  ['a cycle', cyclic, 'data.it.self', 'it contains itself'],
  ['a symbol as a key', { [Symbol('s')]: 1 }, 'data.it', 'it has a symbol as a key'],
  ['an instance in a Map', new Map([['k', new Money()]]), 'data.it.values()[0]', 'Money'],
  ['an instance in a Set', new Set([new Money()]), 'data.it.values()[0]', 'Money'],
  ['something too deep', deep(101), `data.it${'.in'.repeat(100)}`, 'deeper than 100 levels'],
]

describe('a value that cannot be stored throws, with its path, and nothing is saved', () => {
  for (const [what, value, path, problem] of unstorable) {
    test(what, async () => {
      const shop = new Shop()
      await shop.visit(({ data }) => {
        data['kept'] = 1
      })
      const before = shop.visitor.cookie
      const error = await errorOf(() =>
        shop.visit(({ data }) => {
          data['kept'] = 2
          data['it'] = value
        }),
      )
      expect(error).toBeInstanceOf(ValueError)
      expect(error).toMatchObject({ code: 'ERR_VALUE', path })
      expect(String(error)).toContain(`${path} cannot be stored: `)
      expect(String(error)).toContain(problem)
      expect(shop.visitor.cookie).toBe(before)
      expect(await shop.look()).toEqual({ kept: 1 })
    })

    test(`${what}, in flash()`, async () => {
      const shop = new Shop()
      const error = await errorOf(() => shop.visit((session) => session.flash('it', value)))
      expect(error).toMatchObject({ path: path.replace('data.it', 'flash("it")') })
    })
  }

  for (const [what, data] of [
    ['null', null],
    ['a list', []],
    ['text', 'text'],
    ['an instance', new Money()],
    ['a Map', new Map()],
    ['nothing', undefined],
  ] as const) {
    test(`${what} as the data`, async () => {
      const shop = new Shop()
      const error = await errorOf(() =>
        shop.visit((session) => {
          Reflect.set(session, 'data', data)
        }),
      )
      expect(error).toMatchObject({ code: 'ERR_VALUE', path: 'data' })
    })
  }

  for (const subject of [null, 7, {}, true]) {
    test(`${JSON.stringify(subject)} as the subject`, async () => {
      const shop = new Shop()
      const error = await errorOf(() =>
        shop.visit((session) => {
          Reflect.set(session, 'subject', subject)
        }),
      )
      expect(error).toMatchObject({ code: 'ERR_VALUE', path: 'subject' })
    })
  }
})

describe('what can be stored comes back as it was', () => {
  const storable: Record<string, unknown> = {
    JSON: { a: [1, 'two', null, true, { b: {} }] },
    'a Date': new Date(1),
    'a Map': new Map<unknown, unknown>([[{ k: 1 }, new Set([1n])]]),
    'a bigint': 2n ** 80n,
    bytes: new Uint8Array([0, 255]),
    'NaN, infinities and -0': [Number.NaN, Infinity, -Infinity, -0],
    'undefined in a list': [undefined, 1],
    'a URL': new URL('https://example.com/?a=b#c'),
    'text of all kinds': 'ä€😀\u0000\ud800"\\\u2028',
    'keys of all kinds': { $: 1, '~': 2, '/': 3, '': 4, 'a.b': 5, '~f': 6, constructor: 7 },
  }
  for (const [what, value] of Object.entries(storable)) {
    test(what, async () => {
      const shop = new Shop()
      await shop.visit(({ data }) => {
        data['it'] = value
      })
      expect(await shop.look()).toStrictEqual({ it: value })
      await shop.visit(({ data }) => {
        expect(data['it']).toStrictEqual(value)
      })
      expect(shop.visitor.setCookies).toEqual([])
    })
  }

  test('keys of the data that look like our own', async () => {
    const shop = new Shop()
    const data = {
      '~': 1,
      '~f': { x: 1 },
      '~v': 2,
      '~~f': 3,
      $: ['c', 'k', 1, 'd'],
      d: { $: ['c', 'k', 1, 'd'] },
    }
    await shop.visit((session) => {
      session.data = data
      session.flash('f', 1)
    })
    expect(await shop.look()).toEqual(data)
    await shop.visit((session) => {
      expect(session.flashed).toEqual({ f: 1 })
      session.increment(['~'], 1)
    })
    expect(await shop.look()).toEqual({ ...data, '~': 2 })
  })

  test('a key __proto__ stays a key, and no prototype changes', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.data['it'] = JSON.parse('{"__proto__": {"polluted": true}}')
      Object.defineProperty(session.data, '__proto__', { value: { top: 1 }, enumerable: true })
      session.increment(['x', '__proto__', 'y'])
    })
    const data = await shop.look()
    expect(JSON.stringify(data)).toBe(
      '{"x":{"__proto__":{"y":1}},"it":{"__proto__":{"polluted":true}},"__proto__":{"top":1}}',
    )
    expect(Reflect.get({}, 'polluted')).toBe(undefined)
    expect(Reflect.get({}, 'y')).toBe(undefined)
  })

  test('what one request changes in its data does not show in another', async () => {
    const shared = { list: [1] }
    const shop = new Shop({ initial: () => ({ shared }) })
    await shop.visit(({ data }) => data['shared'] !== shared)
    const request = await shop.begin()
    const { list } = request.session.data['shared'] as { list: number[] }
    list.push(2)
    expect(shared).toEqual({ list: [1] })
  })
})
