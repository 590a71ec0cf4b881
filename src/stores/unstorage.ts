/**
 * An overflow store on top of `unstorage`: in Redis, files, Cloudflare KV over HTTP and so on.
 *
 * @module
 */

import { ConfigError } from '../errors.ts'
import { MIN_TTL_SECONDS, type OverflowStore } from '../overflow/store.ts'

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
 * @throws {@link ConfigError} if the storage is missing, or if `unstorage` would change the prefix
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
  const { prefix = 'carryon:', clock = Date.now } = options
  if (typeof storage?.getItem !== 'function' || typeof storage.setItem !== 'function') {
    throw new ConfigError(
      'unstorageStore: the storage is missing; pass what createStorage() of unstorage returned.',
    )
  }
  if (!PREFIX_PATTERN.test(prefix)) {
    throw new ConfigError(
      `unstorageStore: the prefix must be parts of letters, digits, _ and -, each followed by a colon, not ${JSON.stringify(prefix)}.`,
    )
  }

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
