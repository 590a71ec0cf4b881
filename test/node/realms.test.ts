/** What `structuredClone()` and `response.json()` make under Jest and in vm pools is of another realm. */
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { ValueError } from '../../src/index.ts'
import { errorOf, Shop } from '../support/visitor.ts'

const foreign = (code: string): unknown => runInNewContext(`(${code})`)

describe('objects of another realm are stored as ours are:', () => {
  test.each<[string, unknown]>([
    ['{ a: { b: [1, { c: 2 }] } }', { a: { b: [1, { c: 2 }] } }],
    ['[1, [2]]', [1, [2]]],
    ['JSON.parse(\'{"a":[{}]}\')', { a: [{}] }],
    ['new Date(7)', new Date(7)],
    ['new Map([["k", { a: [] }]])', new Map([['k', { a: [] }]])],
    ['new Set([1, { a: 1 }])', new Set([1, { a: 1 }])],
    ['new Uint8Array([1, 2])', new Uint8Array([1, 2])],
    ['Object.create(null)', {}],
    ['{ $: ["d", 1], constructor: 1 }', { $: ['d', 1], constructor: 1 }],
  ])('%s', async (code, value) => {
    expect(foreign(code)).not.toBeInstanceOf(Object)
    const shop = new Shop()
    await shop.visit((session) => {
      session.data['it'] = foreign(code)
      session.flash('it', foreign(code))
    })
    const seen = await shop.visit((session) => [session.data['it'], session.flashed['it']])
    expect(seen).toEqual([value, value])
  })

  test('also as all of the data, and on the way of increment() and advance()', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.data = foreign('{ cart: { apples: 1 } }') as Record<string, unknown>
      session.increment('cart.apples')
      session.advance('cart.seen', 3)
      session.increment('visits')
    })
    expect(await shop.look()).toEqual({ cart: { apples: 2, seen: 3 }, visits: 1 })
  })
})

describe('instances of classes of another realm are refused as ours are:', () => {
  test.each([
    'new (class Money {})()',
    'new (class Object {})()',
    'new (class Date { getTime() { return 1 } })()',
    'new (class Late extends Date {})()',
    'new (class Pairs extends Map {})()',
    'new (class Lines extends Array {})()',
    'Object.create({})',
    'Object.create(Object.create(null))',
    'Object.create(Map.prototype)',
    'Object.create(Date.prototype)',
    'Object.create(Set.prototype)',
    'new Uint16Array(1)',
    '/x/',
    'new Error("x")',
  ])('%s', async (code) => {
    const shop = new Shop()
    const error = await errorOf(() =>
      shop.visit(({ data }) => {
        data['it'] = foreign(code)
      }),
    )
    expect(error).toBeInstanceOf(ValueError)
    expect(error).toMatchObject({ path: 'data.it' })
  })
})
