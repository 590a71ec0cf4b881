import { KEY_PATTERN, MIN_TTL_SECONDS, type OverflowStore } from '../../src/overflow/store.ts'

/**
 * What can happen to a put:
 *
 * - `rejects`: an outage; nothing is written.
 * - `rejects-429`: as Workers KV does beyond its limits; nothing is written.
 * - `rejects-after-writing`: the value is written, the acknowledgement is lost.
 * - `hangs`: never settles; nothing is written.
 * - `is-lost`: acknowledged, and never seen again.
 */
export type PutFault = 'rejects' | 'rejects-429' | 'rejects-after-writing' | 'hangs' | 'is-lost'

/**
 * What can happen to a get:
 *
 * - `rejects`: an outage.
 * - `rejects-429`: as Workers KV does beyond its limits.
 * - `hangs`: never settles.
 * - `misses`: the store does not find the value this time.
 * - `garbles`: one character in the middle of the value is another one.
 */
export type GetFault = 'rejects' | 'rejects-429' | 'hangs' | 'misses' | 'garbles'

/** What goes wrong. The test changes it whenever it likes; nothing happens by chance. */
export interface FaultPlan {
  /** What happens to each put, or to the one that the function picks. Default: nothing. */
  put?: PutFault | ((call: FaultCall) => PutFault | undefined) | undefined
  /** What happens to each get, or to the one that the function picks. Default: nothing. */
  get?: GetFault | ((call: FaultCall) => GetFault | undefined) | undefined
  /** A value is seen so many ms after its put began, by the clock. Default: 0, at once. */
  visibleAfterMs?: number
  /** A value is seen after so many gets of it have missed. Default: 0, at once. */
  visibleAfterGets?: number
  /** A key that was missed stays missing for so many ms, by the clock. Default: 0, not at all. */
  missCachedMs?: number
}

/** One operation, for a plan that picks by it. */
export interface FaultCall {
  readonly key: string
  /** 1 for the first put (or get) of this store, 2 for the second … */
  readonly count: number
}

/** How often what happened. A get is exactly one of hit, miss, failure, or it hangs. */
export interface FaultCounts {
  readonly puts: number
  readonly gets: number
  readonly hits: number
  readonly misses: number
  /** Puts and gets that rejected. */
  readonly failures: number
}

/** A store with faults, and what it has seen. */
export interface FaultyStore extends OverflowStore {
  /** What goes wrong from now on; the very object that was passed in. */
  readonly plan: FaultPlan
  /** What has happened so far. */
  readonly counts: Readonly<FaultCounts>
  /** What the caller did that callers of a store promise never to do, in words. */
  readonly violations: readonly string[]
  /** The keys that were put, oldest first, whatever became of the put. */
  readonly keys: readonly string[]
}

/** Thrown for a fault of the plan, so that a test can tell it from a real error. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault'
}

/**
 * Wraps a store and lets happen to it what the real services do not do on command: values that
 * arrive late, misses that stay, 429s, outages, calls that never settle, values that are lost.
 *
 * With an empty plan it changes nothing. The order of the faults: the fault of the call itself
 * first; then a cached miss; then whether the value is visible yet; then the wrapped store.
 *
 * @param inner The store that does the work.
 * @param plan What goes wrong. Kept, not copied: change it during the test.
 * @param clock The time in milliseconds. Default: `Date.now`.
 */
export function faultyStore(
  inner: OverflowStore,
  plan: FaultPlan = {},
  clock: () => number = Date.now,
): FaultyStore {
  const counts = { puts: 0, gets: 0, hits: 0, misses: 0, failures: 0 }
  const violations: string[] = []
  const keys: string[] = []
  const acknowledged = new Set<string>()
  const putAt = new Map<string, number>()
  const earlyGets = new Map<string, number>()
  const missedUntil = new Map<string, number>()

  function fail(message: string): never {
    counts.failures += 1
    throw new InjectedFault(message)
  }

  function isVisible(key: string): boolean {
    const at = putAt.get(key)
    if (at === undefined) return true
    if (clock() < at + (plan.visibleAfterMs ?? 0)) return false
    const early = earlyGets.get(key) ?? 0
    if (early >= (plan.visibleAfterGets ?? 0)) return true
    earlyGets.set(key, early + 1)
    return false
  }

  async function read(key: string, fault: GetFault | undefined): Promise<string | undefined> {
    if (fault === 'misses') return undefined
    if (clock() < (missedUntil.get(key) ?? 0)) return undefined
    const value = isVisible(key) ? await inner.get(key) : undefined
    if (value === undefined) missedUntil.set(key, clock() + (plan.missCachedMs ?? 0))
    return value
  }

  return {
    plan,
    counts,
    violations,
    keys,

    async get(key) {
      const count = ++counts.gets
      if (!KEY_PATTERN.test(key)) violations.push(`get of a malformed key: ${key}`)
      if (!acknowledged.has(key)) violations.push(`get before an acknowledged put: ${key}`)
      const fault = typeof plan.get === 'function' ? plan.get({ key, count }) : plan.get
      if (fault === 'rejects') fail('KV GET failed: 500 Internal Server Error')
      if (fault === 'rejects-429') fail('KV GET failed: 429 Too Many Requests')
      if (fault === 'hangs') return new Promise<never>(() => {})
      const value = await read(key, fault).catch((error: unknown) => {
        counts.failures += 1
        throw error
      })
      if (value === undefined) counts.misses += 1
      else counts.hits += 1
      return value !== undefined && fault === 'garbles' ? garble(value) : value
    },

    async put(key, value, ttlSeconds) {
      const count = ++counts.puts
      if (!KEY_PATTERN.test(key)) violations.push(`put of a malformed key: ${key}`)
      if (keys.includes(key)) violations.push(`put of a key for the second time: ${key}`)
      if (!/^[\x20-\x7e]+$/.test(value)) violations.push(`put of a value that is not ASCII: ${key}`)
      if (!(ttlSeconds >= MIN_TTL_SECONDS && ttlSeconds < Infinity)) {
        violations.push(`put with a time to live of ${ttlSeconds} s: ${key}`)
      }
      keys.push(key)
      const fault = typeof plan.put === 'function' ? plan.put({ key, count }) : plan.put
      if (fault === 'rejects') fail('KV PUT failed: 500 Internal Server Error')
      if (fault === 'rejects-429') fail('KV PUT failed: 429 Too Many Requests')
      if (fault === 'hangs') return new Promise<never>(() => {})
      putAt.set(key, clock())
      if (fault !== 'is-lost') {
        await inner.put(key, value, ttlSeconds).catch((error: unknown) => {
          counts.failures += 1
          throw error
        })
      }
      if (fault === 'rejects-after-writing') fail('KV PUT failed: 504 Gateway Timeout')
      acknowledged.add(key)
    },
  }
}

/** The same text, but for one character in the middle. */
function garble(value: string): string {
  const middle = Math.floor(value.length / 2)
  const other = value[middle] === 'A' ? 'B' : 'A'
  return value.slice(0, middle) + other + value.slice(middle + 1)
}
