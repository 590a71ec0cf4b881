/**
 * The overflow store: where values go that are too big for a cookie.
 *
 * The interface has two methods, so any key-value service can implement it. Two are enough because
 * the caller is careful: each value gets a fresh random key and is written once, and its key leaves
 * for the browser only after the store has acknowledged the write. So a store needs no
 * transactions, no compare-and-set, no deletes, and no read-after-write on a key that changes.
 *
 * @module
 */
import { hasMethod } from '../tree/unknown.ts'

/**
 * The shortest time to live that is ever passed to `put`, in seconds. Workers KV refuses anything
 * shorter, so this is the minimum for all stores.
 */
export const MIN_TTL_SECONDS: number = 60

/** The longest key that is ever passed to a store, in characters. */
export const MAX_KEY_LENGTH: number = 64

/**
 * What a key looks like: 1 to 64 characters of the base64url alphabet (RFC 4648 §5). None of them
 * needs escaping in a URL, a file name or a Redis key. Keys carry at least 128 random bits, so a
 * store may ignore the difference between upper and lower case. It must not change or cut a key
 * otherwise.
 */
export const KEY_PATTERN: RegExp = /^[A-Za-z0-9_-]{1,64}$/

/**
 * A store for values that are too big for a cookie. Implement it to use a service of your own.
 *
 * What carryon promises to a store:
 *
 * - A key is 1 to 64 characters of `[A-Za-z0-9_-]`.
 * - A key is put at most once, even if that put failed: the next attempt uses a fresh key.
 * - A key is never read before its put was acknowledged. So caching misses does no harm.
 * - A value is one or more printable ASCII characters (0x20 to 0x7E). It is already encrypted (RFC
 *   7516 §7.1).
 * - A time to live is a finite number of seconds, at least 60.
 *
 * What a store promises:
 *
 * - `get` returns exactly what was put, or nothing. Never a part of it, never another type, and
 *   never the value of another key.
 * - `put` resolves only when the value is acknowledged. From then on the value survives the end of
 *   the process that wrote it, as far as the store outlives processes at all.
 * - A miss is not an outage: `get` resolves to `undefined` for the one and rejects for the other.
 * - A value stays for at least `ttlSeconds`. After that it may go at any time, and should: nothing
 *   but expiry ever deletes values.
 *
 * A store need not make a value visible everywhere as soon as `put` resolves. An eventually
 * consistent store may miss it for a while: that is a miss, and a later read finds it.
 *
 * Both methods should settle in finite time. Many clients wait for ever while they reconnect: give
 * yours a timeout. carryon itself stops waiting after `overflowTimeout`.
 *
 * @example
 * ```ts
 * import type { OverflowStore } from 'carryon'
 * import { Redis } from 'ioredis'
 *
 * const redis = new Redis({ commandTimeout: 2000 })
 * const overflow: OverflowStore = {
 *   get: async (key) => (await redis.get(`session:${key}`)) ?? undefined,
 *   put: async (key, value, ttlSeconds) => {
 *     await redis.set(`session:${key}`, value, 'EX', Math.ceil(ttlSeconds))
 *   },
 * }
 * createSessions({ secrets, overflow })
 * ```
 */
export interface OverflowStore {
  /**
   * Reads the value of a key.
   *
   * @param key - a key that was put before
   * @returns the value, or `undefined` if the store does not have it: expired, evicted, or not here
   *   yet
   * @throws the error of the service, if the store could not be asked or holds something other than
   *   what was put
   * @example
   * ```ts
   * import { memoryStore } from 'carryon/memory'
   *
   * const value = await memoryStore().get('key') // undefined
   * ```
   */
  get(key: string): Promise<string | undefined>

  /**
   * Writes a value under a fresh key. Resolves once the store has acknowledged it.
   *
   * @param key - a key that was never put and never read before
   * @param value - printable ASCII, not empty
   * @param ttlSeconds - how long the value must stay, in seconds from now: at least 60. A store
   *   that counts whole seconds rounds up.
   * @throws the error of the service. The value may have been written or not.
   * @example
   * ```ts
   * import { memoryStore } from 'carryon/memory'
   *
   * await memoryStore().put('key', 'value', 3600)
   * ```
   */
  put(key: string, value: string, ttlSeconds: number): Promise<void>
}

/** Whether a value is a store. A KV namespace or an R2 bucket has these methods as well, and keeps to neither interface. */
export function isStore(value: unknown): boolean {
  const isBinding = hasMethod(value, 'getWithMetadata') || hasMethod(value, 'head')
  return hasMethod(value, 'get') && hasMethod(value, 'put') && !isBinding
}
