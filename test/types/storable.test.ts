/** Types that accept what comes back as it was. */
import { describe, expectTypeOf, test } from 'vitest'
import type { NotStorable, Storable, Stored } from '../../src/index.ts'

interface Nested {
  a?: Date
  readonly b: Map<string, Set<bigint>>
  c: [number, URL, ...string[]]
  bytes: Uint8Array | Uint8Array<ArrayBuffer> | undefined
  again?: Nested
}
interface Data {
  cart: Record<string, number>
  user?: { id: string; roles: readonly ('admin' | 'user')[] }
  nested: Nested
  anything: unknown
  problem: { name: string; message: string; code: number }
}
type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

class Money {
  readonly #cents = 1
  get cents(): number {
    return this.#cents
  }
  add(): Money {
    return this
  }
}
class Later extends Date {
  readonly zone = 'UTC'
}
class Bytes extends Uint8Array {
  readonly encoding = 'hex'
}
class Counts extends Map<string, number> {
  readonly total = 0
}

type IsStorable<T> = T extends Storable<T> ? true : false

describe('Storable accepts', () => {
  test('interfaces, type aliases, JSON, rich values, unknown and any', () => {
    expectTypeOf<IsStorable<Data>>().toEqualTypeOf<true>()
    expectTypeOf<IsStorable<Nested>>().toEqualTypeOf<true>()
    expectTypeOf<Stored<{ json: Json }>['json']>().toEqualTypeOf<Json>()
    expectTypeOf<Stored<Data>>().toEqualTypeOf<Data>()
    expectTypeOf<Stored<Record<string, unknown>>>().toEqualTypeOf<Record<string, unknown>>()
    expectTypeOf<IsStorable<ReadonlyMap<Nested, ReadonlySet<URL>>>>().toEqualTypeOf<true>()
    expectTypeOf<IsStorable<string & { readonly brand: 'id' }>>().toEqualTypeOf<true>()
    expectTypeOf<IsStorable<readonly [1, 'a', null, undefined, true]>>().toEqualTypeOf<true>()
    expectTypeOf<IsStorable<unknown>>().toEqualTypeOf<true>()
  })
})

describe('Storable refuses', () => {
  test('functions and symbols, wherever they stand', () => {
    expectTypeOf<Storable<() => void>>().toEqualTypeOf<NotStorable<'a function'>>()
    expectTypeOf<Storable<symbol>>().toEqualTypeOf<NotStorable<'a symbol'>>()
    expectTypeOf<Storable<typeof Money>>().toEqualTypeOf<NotStorable<'a class'>>()
    expectTypeOf<IsStorable<{ f(): void }>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<{ f?: (() => void) | undefined }>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<{ deep: { list: { s: symbol }[] } }>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<Map<string, () => void>>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<Set<symbol>>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<{ [key: symbol]: number }>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<[string, () => void]>>().toEqualTypeOf<false>()
  })

  test('instances of classes, as far as their types tell', () => {
    expectTypeOf<IsStorable<Money>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<Later>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<Bytes>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<Counts>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<Error>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<RegExp>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<Promise<number>>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<ArrayBuffer>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<Float64Array>>().toEqualTypeOf<false>()
    expectTypeOf<IsStorable<WeakMap<object, number>>>().toEqualTypeOf<false>()
  })

  test('with Stored, where the type is written', () => {
    // @ts-expect-error a method is no data
    type WithMethod = Stored<{ total(): number }>
    // @ts-expect-error nor is an instance
    type WithInstance = Stored<{ price: Money }>
    // @ts-expect-error nor a promise in a list
    type WithPromise = Stored<{ list: Promise<string>[] }>
    expectTypeOf<WithMethod | WithInstance | WithPromise>().not.toBeNever()
  })
})
