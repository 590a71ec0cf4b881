/**
 * An overflow store in the memory of this process, for tests and for development.
 *
 * @module
 */

import { ConfigError } from '../errors.ts'
import type { OverflowStore } from '../overflow/store.ts'

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** The time, in milliseconds since 1970. Default: `Date.now`. */
  readonly clock?: () => number
  /**
   * How many values the store holds at most, an integer of at least 1. When it is full and nothing
   * in it has expired, `put` rejects: a value that was acknowledged is never dropped to make room.
   * Default: 10,000. Off: `Infinity`.
   */
  readonly maxEntries?: number
}

interface Entry {
  readonly value: string
  readonly expiresAt: number
}

const DEFAULT_MAX_ENTRIES = 10_000

/**
 * Keeps overflow values in the memory of one process.
 *
 * For tests, and for development with one process. Other processes, other isolates and the next
 * start of this one do not see the values. On Workers each isolate has its own memory, and neither
 * its life nor the choice of isolate is ours: use Workers KV there.
 *
 * Expired values read as missing at once. Their memory is freed when the store is full, at the
 * latest.
 *
 * A second `put` of one key rejects, because callers promise never to do it: a test finds out here.
 *
 * @throws ConfigError if `maxEntries` is not a whole number of at least 1, or `Infinity`.
 */
export function memoryStore(options: MemoryStoreOptions = {}): OverflowStore {
  const { clock = Date.now, maxEntries = DEFAULT_MAX_ENTRIES } = options
  if (!(maxEntries === Infinity || (Number.isSafeInteger(maxEntries) && maxEntries >= 1))) {
    throw new ConfigError(
      `memoryStore: maxEntries must be a whole number of at least 1, or Infinity, not ${maxEntries}.`,
    )
  }
  const entries = new Map<string, Entry>()

  function dropExpired(now: number): void {
    for (const [key, entry] of entries) {
      if (entry.expiresAt <= now) entries.delete(key)
    }
  }

  return {
    async get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      if (entry.expiresAt > clock()) return entry.value
      entries.delete(key)
      return undefined
    },

    async put(key, value, ttlSeconds) {
      const now = clock()
      if (entries.has(key)) throw new Error(`memoryStore: the key ${key} was put before.`)
      if (entries.size >= maxEntries) dropExpired(now)
      if (entries.size >= maxEntries) {
        throw new Error(`memoryStore: full, with ${entries.size} values that have not expired.`)
      }
      entries.set(key, { value, expiresAt: now + ttlSeconds * 1000 })
    },
  }
}
