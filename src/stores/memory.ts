/**
 * Stores in the memory of this process, for tests and for development: for values that are too big for a cookie, and
 * for revocation.
 *
 * @module
 */

import { ConfigError } from '../errors.ts'
import type { OverflowStore } from '../overflow/store.ts'
import type { Mark } from '../revocation/marks.ts'
import { answer, KEPT_MS, type Records, type SessionRow } from '../revocation/registry.ts'
import type { RevocationStore, SessionRegistry } from '../revocation/store.ts'
import { ANYTHING, CLOCK, requireOptions } from './given.ts'

/** The options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /**
   * Returns the time in milliseconds since 1970.
   *
   * @default Date.now
   */
  readonly clock?: () => number
  /**
   * The largest number of values that the store holds: a whole number from 1 on, or `Infinity` for
   * no limit. When it is full and nothing in it has expired, `put` rejects. The store never drops a
   * value to make room for another.
   *
   * @default 10_000
   */
  readonly maxEntries?: number
}

interface HeldValue {
  readonly value: string
  readonly expiresAt: number
}

const DEFAULT_MAX_ENTRIES = 10_000

/**
 * Makes a store that keeps overflow values in the memory of one process.
 *
 * It is meant for tests, and for development with one process. Other processes, other isolates and
 * this process after a restart do not see the values. On Workers each isolate has its own memory,
 * and you control neither how long it lives nor which one serves a request: use Workers KV there.
 *
 * Make the store once, not in a function that runs for each request. An expired value is missing at
 * once; its memory is freed when it is read, or when the store is full. A second `put` of a key
 * rejects: callers promise never to do that, and a test finds out here.
 *
 * @throws {@link ConfigError} if `maxEntries` is neither a whole number from 1 on nor `Infinity`, or for an unknown option
 * @example
 * ```ts
 * import { session } from 'carryon/hono'
 * import { memoryStore } from 'carryon/memory'
 *
 * app.use(session({ secrets, overflow: memoryStore({ maxEntries: 1000 }) }))
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): OverflowStore {
  requireOptions('memoryStore', options, { clock: CLOCK, maxEntries: ANYTHING })
  const { clock = Date.now, maxEntries = DEFAULT_MAX_ENTRIES } = options
  if (!(maxEntries === Infinity || (Number.isSafeInteger(maxEntries) && maxEntries >= 1))) {
    throw new ConfigError(
      `memoryStore: maxEntries must be a whole number of at least 1, or Infinity, not ${maxEntries}.`,
    )
  }
  const held = new Map<string, HeldValue>()

  function dropExpired(now: number): void {
    for (const [key, one] of held) {
      if (one.expiresAt <= now) held.delete(key)
    }
  }

  return {
    async get(key) {
      const one = held.get(key)
      if (one === undefined) return undefined
      if (one.expiresAt > clock()) return one.value
      held.delete(key)
      return undefined
    },

    async put(key, value, ttlSeconds) {
      const now = clock()
      if (held.has(key)) throw new Error(`memoryStore: the key ${key} was put before.`)
      if (held.size >= maxEntries) dropExpired(now)
      if (held.size >= maxEntries) {
        throw new Error(`memoryStore: full, with ${held.size} values that have not expired.`)
      }
      held.set(key, { value, expiresAt: now + ttlSeconds * 1000 })
    },
  }
}

/** What {@link memoryMarks} makes: it always lists sessions. */
export type MemoryMarks = RevocationStore & { readonly registry: SessionRegistry }

/**
 * Makes a store that keeps revocation marks, and lists sessions, in the memory of one process.
 *
 * It is meant for tests, and for development with one process: others do not see the marks, and after a restart all
 * of them are gone, so that what was revoked counts again. Make the store once, not in a function that runs for each
 * request. Expired marks are dropped when others are put.
 *
 * @param options - `clock`: returns the time in milliseconds since 1970. Default: `Date.now`
 * @throws {@link ConfigError} for any other option
 * @example
 * ```ts
 * import { memoryMarks } from 'carryon/memory'
 *
 * const sessions = createSessions({
 *   secrets,
 *   revocation: { store: memoryMarks(), onUnavailable: 'deny' },
 * })
 * await sessions.revoke({ subject: 'ada' })
 * ```
 */
export function memoryMarks(options: { readonly clock?: () => number } = {}): MemoryMarks {
  requireOptions('memoryMarks', options, { clock: CLOCK })
  const { clock = Date.now } = options
  const marks = new Expiring<string>(clock)
  const users = new Map<string, UserRecords>()
  return {
    isImmediate: true,
    get: async (keys) => keys.map((key) => marks.get(key)),
    put: async (key, mark, ttlSeconds) => marks.set(key, mark, clock() + ttlSeconds * 1000),
    registry: {
      async ask(subject, request) {
        const user = users.get(subject) ?? new UserRecords(clock)
        users.set(subject, user)
        return answer(user, request)
      },
    },
  }
}

class UserRecords implements Records {
  readonly #marks: Expiring<Mark>
  readonly #ended: Expiring<true>
  readonly #sessions: Expiring<SessionRow>

  constructor(clock: () => number) {
    this.#marks = new Expiring(clock)
    this.#ended = new Expiring(clock)
    this.#sessions = new Expiring(clock)
  }

  mark(): Mark | undefined {
    return this.#marks.get('')
  }

  setMark(mark: Mark, until: number): void {
    this.#marks.set('', mark, until)
  }

  isEnded(login: string): boolean {
    return this.#ended.get(login) !== undefined
  }

  setEnded(login: string, until: number): void {
    this.#ended.set(login, true, until)
  }

  sessions(): readonly SessionRow[] {
    return this.#sessions.values()
  }

  session(login: string): SessionRow | undefined {
    return this.#sessions.get(login)
  }

  setSession(row: SessionRow): void {
    this.#sessions.set(row.login, row, row.expires + KEPT_MS)
  }

  removeSession(login: string): void {
    this.#sessions.delete(login)
  }
}

/** Values that go at a time of their own. */
class Expiring<Value> {
  readonly #clock: () => number
  readonly #held = new Map<string, { readonly value: Value; readonly until: number }>()

  constructor(clock: () => number) {
    this.#clock = clock
  }

  get(key: string): Value | undefined {
    const one = this.#held.get(key)
    return one && one.until > this.#clock() ? one.value : undefined
  }

  set(key: string, value: Value, until: number): void {
    const now = this.#clock()
    for (const [each, one] of this.#held) if (one.until <= now) this.#held.delete(each)
    this.#held.set(key, { value, until })
  }

  delete(key: string): void {
    this.#held.delete(key)
  }

  values(): readonly Value[] {
    const now = this.#clock()
    return [...this.#held.values()].flatMap(({ value, until }) => (until > now ? [value] : []))
  }
}
