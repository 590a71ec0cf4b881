/**
 * An overflow store in the memory of this process, for tests and for development.
 *
 * @module
 */

import { ConfigError } from '../errors.ts'
import type { OverflowStore } from '../overflow/store.ts'

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
 * @throws {@link ConfigError} if `maxEntries` is neither a whole number from 1 on nor `Infinity`
 * @example
 * ```ts
 * import { session } from 'carryon/hono'
 * import { memoryStore } from 'carryon/memory'
 *
 * app.use(session({ secrets, overflow: memoryStore({ maxEntries: 1000 }) }))
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): OverflowStore {
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
