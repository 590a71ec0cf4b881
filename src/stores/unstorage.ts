/**
 * Stores on top of `unstorage`, in Redis, files, Cloudflare KV over HTTP and so on: for values that are too big for a
 * cookie, and for revocation.
 *
 * @module
 */

import { ConfigError } from '../errors.ts'
import { MIN_TTL_SECONDS, type OverflowStore } from '../overflow/store.ts'
import type { RevocationStore } from '../revocation/store.ts'
import { CLOCK, FLAG, requireOptions, TEXT } from './given.ts'

/** The part of `unstorage` that is used. The `Storage` that `createStorage()` returns has it. */
export interface UnstorageLike {
  /**
   * Reads an item. Resolves to `null` if there is none.
   *
   * @example
   * ```ts
   * const value = await storage.getItem('carryon:key')
   * ```
   */
  getItem(key: string): Promise<unknown>
  /**
   * Writes an item. `ttl` is in seconds, for the drivers that support it.
   *
   * @example
   * ```ts
   * await storage.setItem('carryon:key', 'value', { ttl: 3600 })
   * ```
   */
  setItem(key: string, value: string, options: { readonly ttl: number }): Promise<void>
}

/** The options of {@link unstorageStore}. */
export interface UnstorageStoreOptions {
  /**
   * The prefix of all keys: parts of `[A-Za-z0-9_-]`, each followed by a colon, or `''` for no
   * prefix. `unstorage` takes colons as folders and chooses the mount by them.
   *
   * @default 'carryon:'
   */
  readonly prefix?: string
  /**
   * Returns the time in milliseconds since 1970.
   *
   * @default Date.now
   */
  readonly clock?: () => number
}

/**
 * What is stored: a mark, the expiry in seconds since 1970, and the value. The mark begins with a
 * letter, because `unstorage` parses text that looks like JSON, a number or a literal, and so do
 * some clients (Upstash). It is not `base64:`, because `unstorage` decodes that.
 */
const ENVELOPE = /^carryon1\.(\d{1,15})\.(.+)$/s

/**
 * How many seconds a value stays valid after its time to live: the clock of the node that reads may
 * be ahead of the clock of the node that wrote. Each may be off by 30 s.
 */
const CLOCK_SLACK_SECONDS = 60

const PREFIX_PATTERN = /^(?:[A-Za-z0-9_-]+:)*$/

/**
 * Makes a store that keeps overflow values in a storage of `unstorage`.
 *
 * **Expiry.** The driver gets the time to live in whole seconds. Redis, Upstash, Vercel KV, Deno KV
 * and Cloudflare KV delete expired values. Most other drivers ignore the time to live silently, so
 * the expiry is also stored with the value and checked on each read. With every driver a value
 * reads as missing once the reader's clock is 60 seconds past its expiry, which is how far clocks
 * may be apart. But those other drivers delete nothing: with `fs`, `fs-lite`, `memory`, `s3` or a
 * database, delete what is older than the `absoluteTimeout` of the sessions plus two minutes. For
 * files of 12-hour sessions: `find <base>/carryon -type f -mmin +722 -delete`.
 *
 * **Choosing a driver.** It must keep what it has acknowledged. A driver that evicts (`lru-cache`;
 * Redis with an `allkeys-…` policy) or drops writes (`null`, `readOnly: true`) makes values
 * unavailable. With `memory` only one process has the values, and with `fs` and `fs-lite` only the
 * processes on one machine.
 *
 * **Errors.** Errors of the driver are passed on and never retried here. The `fs` drivers return
 * some errors instead of throwing them; those are thrown here.
 *
 * @param storage - what `createStorage()` or `prefixStorage()` of `unstorage` returned
 * @throws {@link ConfigError} if the storage is missing, if `unstorage` would change the prefix, or for an unknown option
 * @example
 * ```ts
 * import { session } from 'carryon/hono'
 * import { unstorageStore } from 'carryon/unstorage'
 * import { createStorage } from 'unstorage'
 * import redis from 'unstorage/drivers/redis'
 *
 * const storage = createStorage({ driver: redis({ url: 'redis://localhost:6379' }) })
 * app.use(session({ secrets, overflow: unstorageStore(storage) }))
 * ```
 */
export function unstorageStore(
  storage: UnstorageLike,
  options: UnstorageStoreOptions = {},
): OverflowStore {
  requireOptions('unstorageStore', options, { prefix: TEXT, clock: CLOCK })
  const { prefix = 'carryon:', clock = Date.now } = options
  requireStorage('unstorageStore', storage, prefix)

  return {
    async get(key) {
      const stored = await storage.getItem(prefix + key)
      if (stored === null || stored === undefined) return undefined
      if (stored instanceof Error) throw stored
      const [, expiry, value] = (typeof stored === 'string' && ENVELOPE.exec(stored)) || []
      if (expiry === undefined || value === undefined) {
        throw new Error(
          `unstorageStore: what is stored under ${prefix}${key} is not a value of ours.`,
        )
      }
      return Number(expiry) * 1000 > clock() ? value : undefined
    },

    async put(key, value, ttlSeconds) {
      const ttl = Math.max(MIN_TTL_SECONDS, Math.ceil(ttlSeconds))
      const expiry = Math.ceil(clock() / 1000) + ttl + CLOCK_SLACK_SECONDS
      await storage.setItem(prefix + key, `carryon1.${expiry}.${value}`, { ttl })
    },
  }
}

/** The part of `unstorage` that {@link unstorageMarks} uses. The `Storage` that `createStorage()` returns has it. */
export interface UnstorageMarksLike extends UnstorageLike {
  /**
   * Reads several items, at once where the driver can do that.
   *
   * @example
   * ```ts
   * const items = await storage.getItems(['carryon:a', 'carryon:b'])
   * ```
   */
  getItems(keys: string[]): Promise<readonly { readonly key: string; readonly value: unknown }[]>
}

/**
 * Makes a store that keeps revocation marks in a storage of `unstorage`.
 *
 * **Which driver.** One that shows what was written on every node at once, such as Redis without reading from replicas,
 * and that all nodes share. It must keep what it has acknowledged: a mark that is evicted, as Redis does with an
 * `allkeys-…` policy, brings back what it ended. With a driver that shows marks later, such as Cloudflare KV over HTTP, use
 * `isImmediate: false`.
 *
 * **Cost.** One read of all keys of a session for each check (`MGET` with Redis), one write for each mark and each logout.
 * Drivers that ignore the time to live keep marks for ever.
 *
 * It cannot list sessions.
 *
 * @param storage - what `createStorage()` or `prefixStorage()` of `unstorage` returned
 * @param options - `prefix` of all keys, default `'carryon:revoked:'`; `isImmediate`, default `true`
 * @throws {@link ConfigError} if the storage is missing, if `unstorage` would change the prefix, or for an unknown option
 * @example
 * ```ts
 * import { session } from 'carryon/hono'
 * import { unstorageMarks } from 'carryon/unstorage'
 * import { createStorage } from 'unstorage'
 * import redis from 'unstorage/drivers/redis'
 *
 * const storage = createStorage({ driver: redis({ url: 'redis://localhost:6379' }) })
 * app.use(session({ secrets, revocation: { store: unstorageMarks(storage), onUnavailable: 'deny' } }))
 * ```
 */
export function unstorageMarks(
  storage: UnstorageMarksLike,
  options: { readonly prefix?: string; readonly isImmediate?: boolean } = {},
): RevocationStore {
  requireOptions('unstorageMarks', options, { prefix: TEXT, isImmediate: FLAG })
  const { prefix = 'carryon:revoked:', isImmediate = true } = options
  requireStorage('unstorageMarks', storage, prefix)
  if (typeof storage.getItems !== 'function')
    throw new ConfigError('unstorageMarks: the storage has no getItems(); update unstorage.')

  let isApart = false
  const oneByOne = (names: readonly string[]) =>
    Promise.all(names.map(async (key) => ({ key, value: await storage.getItem(key) })))
  async function itemsOf(names: string[]) {
    if (isApart) return oneByOne(names)
    try {
      return await storage.getItems(names)
    } catch (error) {
      // A cluster of Redis reads several keys at once only where all lie in one slot.
      if (!/CROSSSLOT/.test(String(error))) throw error
      isApart = true
      return oneByOne(names)
    }
  }

  return {
    isImmediate,

    async get(keys) {
      const items = await itemsOf(keys.map((key) => prefix + key))
      // Drivers may name items in their own way.
      return keys.map((key) => {
        const item = items.find((each) => each.key.endsWith(key))
        if (!item) throw new Error(`unstorageMarks: no answer about ${prefix}${key}.`)
        const { value } = item
        if (value instanceof Error) throw value
        return value === null || value === undefined ? undefined : String(value)
      })
    },

    async put(key, mark, ttlSeconds) {
      const ttl = Math.max(MIN_TTL_SECONDS, Math.ceil(ttlSeconds))
      await storage.setItem(prefix + key, mark, { ttl })
    },
  }
}

/** @throws ConfigError */
function requireStorage(name: string, storage: UnstorageLike, prefix: string): void {
  if (typeof storage?.getItem !== 'function' || typeof storage.setItem !== 'function') {
    throw new ConfigError(
      `${name}: the storage is missing; pass what createStorage() of unstorage returned.`,
    )
  }
  if (!PREFIX_PATTERN.test(prefix)) {
    throw new ConfigError(
      `${name}: the prefix must be parts of letters, digits, _ and -, each followed by a colon, not ${JSON.stringify(prefix)}.`,
    )
  }
}
