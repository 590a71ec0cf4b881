/** What several `session()` of one app are to each other. */
import { ConfigError } from './errors.ts'
import type { ResolvedOptions } from './options/resolve.ts'

/** A session in a request. */
export interface Registration {
  readonly variable: string
  readonly options: ResolvedOptions
  readonly session: object
}

const byRequest = new WeakMap<object, Registrations>()

/** The sessions of one request. */
export class Registrations {
  readonly #registrations: Registration[] = []

  /** Those of a request, by its context. */
  static of(context: object): Registrations {
    const known = byRequest.get(context) ?? new Registrations()
    byRequest.set(context, known)
    return known
  }

  add(registration: Registration): void {
    this.#registrations.push(registration)
  }

  /**
   * The session with the same cookie name, if it is open already.
   *
   * @throws {@link ConfigError} if it has another variable, or other options: each would use the other's
   */
  find(variable: string, options: ResolvedOptions): object | undefined {
    const other = this.#registrations.find((each) => each.options.name === options.name)
    if (!other) return undefined
    if (other.variable !== variable) {
      throw new ConfigError(
        `The sessions "${other.variable}" and "${variable}" have the same cookies, or at least the same keys: give one of them another cookie.name.`,
      )
    }
    const different = differences(other.options, options)
    if (different.length > 0) {
      throw new ConfigError(
        `session() is there twice for this request, with one cookie.name and different options (${different.join(', ')}): the second would be ignored. ` +
          'Register one middleware in both places, or give one of them another cookie.name and another variable.',
      )
    }
    return other.session
  }
}

/** What follows from the other options. */
const DERIVED: readonly string[] = [
  'seen',
  'recent',
  'isAtomic',
  'emit',
  'watch',
  'keysOf',
] satisfies (keyof ResolvedOptions)[]

/** What an option is called for which something else stands in the resolved ones. */
const NAMES: Readonly<Record<string, string>> = {
  keyring: 'secrets',
  cookies: 'cookie',
  migration: 'version and migrate',
  overflowTimeoutMs: 'overflowTimeout',
}

/** The names of the options that are not the same in both. */
function differences(one: ResolvedOptions, other: ResolvedOptions): string[] {
  const others: Readonly<Record<string, unknown>> = { ...other }
  const names = Object.entries(one).flatMap(([name, value]) =>
    DERIVED.includes(name) || isSameOption(name, value, others[name]) ? [] : [NAMES[name] ?? name],
  )
  // Keys also follow from these.
  const isOther = ['maxAbsoluteTimeout', 'audience', 'cookie'].some((name) => names.includes(name))
  return isOther ? names.filter((name) => name !== 'secrets') : names
}

/** Stores and schemas are the same only if they are one: what is in them cannot be compared. */
const UNIQUE: readonly string[] = ['overflow', 'schema'] satisfies (keyof ResolvedOptions)[]

function isSameOption(name: string, one: unknown, other: unknown): boolean {
  return UNIQUE.includes(name) ? one === other : isSame(one, other)
}

/** Functions are the same if they are written the same: two calls of one function that makes options give two. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one === 'function' && typeof other === 'function') return String(one) === String(other)
  return isPlain(one) && isPlain(other) && hasSameMembers(one, other)
}

function hasSameMembers(one: object, other: object): boolean {
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every(
      (key) => Object.hasOwn(other, key) && isSame(Reflect.get(one, key), Reflect.get(other, key)),
    )
  )
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype
}
