/** A store with faults. */
import { KEY_PATTERN, MIN_TTL_SECONDS, type OverflowStore } from '../overflow/store.ts'

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
  /** The key of the value. */
  readonly key: string
  /** 1 for the first put (or get) of this store, 2 for the second … */
  readonly count: number
}

/** How often what happened. A get is exactly one of hit, miss, failure, or it hangs. */
export interface FaultCounts {
  /** Calls of `put`. */
  readonly puts: number
  /** Calls of `get`. */
  readonly gets: number
  /** Gets that found a value. */
  readonly hits: number
  /** Gets that found none. */
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

/**
 * Thrown for a fault of the plan, so that a test can tell it from a real error.
 *
 * @example
 * ```ts
 * import { memoryStore } from 'carryon/memory'
 * import { faultyStore, InjectedFault } from 'carryon/testing'
 *
 * const store = faultyStore(memoryStore(), { get: 'rejects' })
 * const reason = await Promise.resolve(store.get('a')).catch((error: unknown) => error)
 * console.log(reason instanceof InjectedFault) // true
 * ```
 */
export class InjectedFault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'InjectedFault'
  }
}

/**
 * Wraps a store and lets happen to it what the real services do not do on command: values that
 * arrive late, misses that stay, 429s, outages, calls that never settle, values that are lost.
 *
 * With an empty plan it changes nothing. The order of the faults: the fault of the call itself
 * first; then a cached miss; then whether the value is visible yet; then the wrapped store.
 *
 * @param inner - the store that does the work
 * @param plan - what goes wrong. Kept, not copied: change it during the test. Default: nothing
 * @param clock - the time in milliseconds. Default: `Date.now`
 * @example
 * ```ts
 * import { memoryStore } from 'carryon/memory'
 * import { type FaultPlan, faultyStore } from 'carryon/testing'
 *
 * const plan: FaultPlan = {}
 * const sessions = createSessions({ secrets, overflow: faultyStore(memoryStore(), plan) })
 * plan.put = 'rejects' // from here on the store is down
 * ```
 */
export function faultyStore(
  inner: OverflowStore,
  plan: FaultPlan = {},
  clock: () => number = Date.now,
): FaultyStore {
  return new Faults(inner, plan, clock)
}

class Faults implements FaultyStore {
  readonly plan: FaultPlan
  readonly counts = { puts: 0, gets: 0, hits: 0, misses: 0, failures: 0 }
  readonly violations: string[] = []
  readonly keys: string[] = []
  readonly #inner: OverflowStore
  readonly #clock: () => number
  readonly #acknowledged = new Set<string>()
  readonly #putAt = new Map<string, number>()
  readonly #earlyGets = new Map<string, number>()
  readonly #missedUntil = new Map<string, number>()

  constructor(inner: OverflowStore, plan: FaultPlan, clock: () => number) {
    this.#inner = inner
    this.plan = plan
    this.#clock = clock
  }

  readonly get = async (key: string): Promise<string | undefined> => {
    const { counts, plan } = this
    const count = ++counts.gets
    if (!KEY_PATTERN.test(key)) this.violations.push(`get of a malformed key: ${key}`)
    if (!this.#acknowledged.has(key)) this.violations.push(`get before an acknowledged put: ${key}`)
    const fault = typeof plan.get === 'function' ? plan.get({ key, count }) : plan.get
    if (fault === 'rejects') this.#fail('KV GET failed: 500 Internal Server Error')
    if (fault === 'rejects-429') this.#fail('KV GET failed: 429 Too Many Requests')
    if (fault === 'hangs') return new Promise<never>(() => {})
    const value = await this.#counting(() => this.#read(key, fault))
    if (value === undefined) counts.misses += 1
    else counts.hits += 1
    return value !== undefined && fault === 'garbles' ? garble(value) : value
  }

  readonly put = async (key: string, value: string, ttlSeconds: number): Promise<void> => {
    const { plan } = this
    const count = ++this.counts.puts
    this.#checkPut(key, value, ttlSeconds)
    this.keys.push(key)
    const fault = typeof plan.put === 'function' ? plan.put({ key, count }) : plan.put
    if (fault === 'rejects') this.#fail('KV PUT failed: 500 Internal Server Error')
    if (fault === 'rejects-429') this.#fail('KV PUT failed: 429 Too Many Requests')
    if (fault === 'hangs') return new Promise<never>(() => {})
    this.#putAt.set(key, this.#clock())
    if (fault !== 'is-lost')
      await this.#counting(async () => this.#inner.put(key, value, ttlSeconds))
    if (fault === 'rejects-after-writing') this.#fail('KV PUT failed: 504 Gateway Timeout')
    this.#acknowledged.add(key)
    return undefined
  }

  #checkPut(key: string, value: string, ttlSeconds: number): void {
    const { violations } = this
    if (!KEY_PATTERN.test(key)) violations.push(`put of a malformed key: ${key}`)
    if (this.keys.includes(key)) violations.push(`put of a key for the second time: ${key}`)
    if (!/^[\x20-\x7e]+$/.test(value)) violations.push(`put of a value that is not ASCII: ${key}`)
    if (!(ttlSeconds >= MIN_TTL_SECONDS && ttlSeconds < Infinity))
      violations.push(`put with a time to live of ${ttlSeconds} s: ${key}`)
  }

  #fail(message: string): never {
    this.counts.failures += 1
    throw new InjectedFault(message)
  }

  async #counting<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      this.counts.failures += 1
      throw error
    }
  }

  async #read(key: string, fault: GetFault | undefined): Promise<string | undefined> {
    if (fault === 'misses') return undefined
    if (this.#clock() < (this.#missedUntil.get(key) ?? 0)) return undefined
    const value = this.#isVisible(key) ? await this.#inner.get(key) : undefined
    if (value === undefined)
      this.#missedUntil.set(key, this.#clock() + (this.plan.missCachedMs ?? 0))
    return value
  }

  #isVisible(key: string): boolean {
    const at = this.#putAt.get(key)
    if (at === undefined) return true
    if (this.#clock() < at + (this.plan.visibleAfterMs ?? 0)) return false
    const early = this.#earlyGets.get(key) ?? 0
    if (early >= (this.plan.visibleAfterGets ?? 0)) return true
    this.#earlyGets.set(key, early + 1)
    return false
  }
}

/** The same text, but for one character in the middle. */
function garble(value: string): string {
  const middle = Math.floor(value.length / 2)
  const other = value[middle] === 'A' ? 'B' : 'A'
  return value.slice(0, middle) + other + value.slice(middle + 1)
}
