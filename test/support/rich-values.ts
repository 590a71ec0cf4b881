/** Values of every kind that a session can hold, and of kinds that it cannot, for fast-check; and a strict comparison. */
import fc from 'fast-check'
import { anyKey } from './arbitraries.ts'

/** Any key, and more often than by chance those that mean something in a cookie. */
const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: anyKey },
  fc.string(),
  fc.constantFrom('$', '~', '~f', '~v', 'a~1b', 'toString'),
)

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, false, Number.NaN, Infinity, -Infinity, -0, 0, -1e-7, '\ud800'),
  fc.double(),
  fc.integer(),
  fc.string({ unit: 'binary' }),
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Uint8Array.from(bytes)),
  fc.webUrl().map((href) => new URL(href)),
)

const { value, item } = fc.letrec<{ value: unknown; item: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'rich value', withCrossShrink: true },
    leaf,
    fc.array(tie('item'), { maxLength: 4 }),
    // In an object `undefined` is left out, as in JSON.
    fc
      .array(fc.tuple(key, tie('value')), { maxLength: 4 })
      .map((pairs) => Object.fromEntries(pairs)),
    fc.array(fc.tuple(tie('item'), tie('item')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    fc.array(tie('item'), { maxLength: 4 }).map((items) => new Set(items)),
  ),
  item: fc.oneof({ weight: 5, arbitrary: tie('value') }, fc.constant(undefined)),
}))

/** A value of any kind that can be stored under a key, nested in others. */
export const richValue: fc.Arbitrary<unknown> = value

/** A value of any kind that can be stored in a list, a Map or a Set: `undefined`, too. */
export const richItem: fc.Arbitrary<unknown> = item

/** Data of a session: an object with any keys and rich values. */
export const richData: fc.Arbitrary<Record<string, unknown>> = fc
  .array(fc.tuple(key, richValue), { maxLength: 4 })
  .map((pairs) => Object.fromEntries(pairs))

/**
 * Whether two values are the same: their kinds, `-0`, NaN, `undefined` in lists, own keys named `__proto__`, the order in
 * Maps and Sets and that of keys in objects.
 *
 * @param keyOrder - `any` where a session may keep keys in the places that they had before
 */
export function isSame(a: unknown, b: unknown, keyOrder: 'same' | 'any' = 'same'): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  const [left, right] = [partsOf(a, keyOrder), partsOf(b, keyOrder)]
  return left.length === right.length && left.every((part, i) => isSame(part, right[i], keyOrder))
}

function partsOf(value: object, keyOrder: 'same' | 'any'): readonly unknown[] {
  if (value instanceof Date) return [value.getTime()]
  if (value instanceof URL) return [value.href]
  if (value instanceof Map) return [...value].flat(1)
  if (value instanceof Set || value instanceof Uint8Array) return [...value]
  const entries = Object.entries(value)
  if (keyOrder === 'any') entries.sort(([a], [b]) => (a < b ? -1 : 1))
  // A list may end with holes, which have no entries.
  return Array.isArray(value) ? [value.length, ...entries.flat(1)] : entries.flat(1)
}

class Money {
  readonly cents = 1
}
class Later extends Date {}
class Wide extends Map<string, number> {}
class Bytes extends Uint8Array {}

/** Values that cannot be stored; made anew each time. */
const unstorable = fc.constantFrom<() => unknown>(
  () => () => 1,
  () => Symbol('s'),
  () => Money,
  () => new Money(),
  () => new Later(0),
  () => new Wide(),
  () => new Bytes(2),
  () => new Error('x'),
  () => /x/,
  () => Promise.resolve(1),
  () => new WeakSet(),
  () => new ArrayBuffer(2),
  () => new Float64Array(1),
  () => ({ [Symbol('key')]: 1 }),
  () => Object.create({ inherited: 1 }),
)

/** A way into something, and how it is told. */
interface Step {
  readonly told: string
  readonly wrap: (inside: unknown) => unknown
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.stringMatching(/^[a-z_$][a-z0-9_$]{0,5}$/).map((key) => ({
    told: `.${key}`,
    wrap: (inside: unknown) => ({ before: 1, [key]: inside }),
  })),
  fc.constantFrom('', 'a b', '1st', 'ü', '"', '__proto__ ').map((key) => ({
    told: `[${JSON.stringify(key)}]`,
    wrap: (inside: unknown) => ({ [key]: inside, after: new Date(0) }),
  })),
  fc.nat(3).map((i) => ({
    told: `[${i}]`,
    wrap: (inside: unknown) => [...Array(i).fill(1n), inside, 'after'],
  })),
  fc.string().map((key) => ({
    told: '.values()[0]',
    wrap: (inside: unknown) => new Map([[key, inside]]),
  })),
  fc.constant({
    told: '.keys()[1]',
    wrap: (inside: unknown) =>
      new Map<unknown, number>([
        ['a', 1],
        [inside, 2],
      ]),
  }),
  fc.constant({ told: '.values()[1]', wrap: (inside: unknown) => new Set(['a', inside]) }),
)

/** Something with a value inside that cannot be stored, and the path to it. */
export const brokenValue: fc.Arbitrary<{ value: unknown; path: string }> = fc
  .tuple(fc.array(step, { maxLength: 5 }), unstorable)
  .map(([steps, make]) => ({
    value: steps.reduceRight<unknown>((inside, { wrap }) => wrap(inside), make()),
    path: steps.map(({ told }) => told).join(''),
  }))
