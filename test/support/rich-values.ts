/** Values of every kind that a session can hold, for fast-check, and a strict comparison of them. */
import fc from 'fast-check'
import { anyKey } from './arbitraries.ts'

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, Number.NaN, Infinity, -Infinity, -0, 0, undefined),
  fc.double(),
  fc.integer(),
  fc.string({ maxLength: 8, unit: 'binary' }),
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 8 }),
  fc.webUrl().map((href) => new URL(href)),
)

const key = fc.oneof(anyKey, fc.constant('$'))

const { value } = fc.letrec<{ value: unknown; inner: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('inner')),
  inner: fc.oneof(
    fc.array(tie('value'), { maxLength: 3 }),
    // In an object `undefined` is left out, as in JSON.
    fc
      .array(
        fc.tuple(
          key,
          tie('value').filter((each) => each !== undefined),
        ),
        { maxLength: 3 },
      )
      .map((pairs) => Object.fromEntries(pairs)),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
  ),
}))

/** A value of any kind that can be stored. */
export const anyValue: fc.Arbitrary<unknown> = value

/** Whether two values are the same, down to `-0`, own keys named `__proto__`, and the order in Maps and Sets. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  const [left, right] = [partsOf(a), partsOf(b)]
  return left.length === right.length && left.every((part, i) => isSame(part, right[i]))
}

function partsOf(value: object): readonly unknown[] {
  if (Array.isArray(value) || value instanceof Uint8Array || value instanceof Set) return [...value]
  if (value instanceof Map) return [...value].flat(1)
  if (value instanceof Date) return [value.getTime()]
  if (value instanceof URL) return [value.href]
  return Object.entries(value).flat(1)
}
