import fc from 'fast-check'

const KEYS = ['__proto__', 'constructor', 'toString', '$', '~', '~f', '~v', '', '0', 'a/b', 'a~1b']

const key = fc.oneof({ weight: 3, arbitrary: fc.string() }, fc.constantFrom(...KEYS))

const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.integer(),
  fc.constantFrom(null, true, false, Number.NaN, -0, Number.POSITIVE_INFINITY, '\ud800', -1e-7),
  fc.date({ noInvalidDate: false }),
  fc.bigInt(),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Uint8Array.from(bytes)),
  fc.webUrl().map((url) => new URL(url)),
)

/** Values of all kinds that can be stored, nested in each other. */
export const richValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => {
  const value = tie('value')
  const item = fc.oneof({ weight: 5, arbitrary: value }, fc.constant(undefined))
  const few = { maxLength: 4 }
  return {
    value: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'value', withCrossShrink: true },
      leaf,
      fc.array(item, few),
      fc.array(fc.tuple(key, value), few).map((entries) => Object.fromEntries(entries)),
      fc.array(fc.tuple(item, item), few).map((entries) => new Map(entries)),
      fc.array(item, few).map((items) => new Set(items)),
    ),
  }
}).value

/** Data of a session: an object with any keys and rich values. */
export const richData: fc.Arbitrary<Record<string, unknown>> = fc
  .array(fc.tuple(key, richValue), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries))

/** Whether `b` is `a` in every respect: kinds, keys, order of Maps and Sets, -0, NaN, undefined in lists. */
export function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Object.is(a, b)
  const kind: unknown = Object.getPrototypeOf(a)
  if (kind !== Object.getPrototypeOf(b)) return false
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime())
  if (a instanceof URL && b instanceof URL) return a.href === b.href
  if (a instanceof Map && b instanceof Map) return isSame([...a], [...b])
  if (a instanceof Set && b instanceof Set) return isSame([...a], [...b])
  const [keys, others] = [Object.keys(a), Object.keys(b)]
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(Reflect.get(a, key), Reflect.get(b, key)))
  )
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
