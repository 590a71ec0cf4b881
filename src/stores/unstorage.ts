/**
 * Overflow values in anything that `unstorage` drives: Redis, files, Cloudflare KV over HTTP …
 *
 * @module
 */

import { ConfigError } from '../errors.ts'
import { MIN_TTL_SECONDS, type OverflowStore } from '../overflow/store.ts'

/** The part of a storage of `unstorage` that is used. The `Storage` of `createStorage()` fits. */
export interface UnstorageLike {
  /** Reads an item; `null` for a miss. */
  getItem(key: string): Promise<unknown>
  /** Writes an item. `ttl` in seconds, for the drivers that know it. */
  setItem(key: string, value: string, options: { readonly ttl: number }): Promise<void>
}

/** Options of {@link unstorageStore}. */
export interface UnstorageStoreOptions {
  /**
   * Put before each key, colon included. `unstorage` reads colons as folders and lets them choose
   * the mount. Nonempty parts of `[A-Za-z0-9_-]`, each followed by a colon. Default: `'carryon:'`.
   * Off: `''`.
   */
  readonly prefix?: string
  /** The time, in milliseconds since 1970. Default: `Date.now`. */
  readonly clock?: () => number
}

/**
 * What is stored: a mark, the expiry in seconds since 1970, the value. The mark begins with a
 * letter, since `unstorage` turns text that looks like JSON, a number or a literal into just that,
 * as some clients do (Upstash); and it is not `base64:`, which `unstorage` decodes.
 */
const ENVELOPE = /^carryon1\.(\d{1,15})\.(.+)$/s

/**
 * How much longer than its time to live a value is honoured, in seconds: the clock of the node that
 * reads may be ahead of the clock of the node that wrote, by 30 s either way.
 */
const CLOCK_SLACK_SECONDS = 60

const PREFIX_PATTERN = /^(?:[A-Za-z0-9_-]+:)*$/

/**
 * Keeps overflow values in a storage of `unstorage`.
 *
 * ```ts
 * import { createStorage } from 'unstorage'
 * import redis from 'unstorage/drivers/redis'
 *
 * overflow: unstorageStore(createStorage({ driver: redis({ url: process.env.REDIS_URL }) }))
 * ```
 *
 * **Expiry.** The time to live goes to the driver, in whole seconds. Redis, Upstash, Vercel KV, Deno
 * KV and Cloudflare KV delete by it. Most other drivers ignore it without a word, so the expiry is
 * also written in front of the value and checked when it is read: what is expired reads as missing
 * everywhere, at the latest 60 seconds after its time, which is what clocks may differ by. Nothing
 * deletes it, though: with the drivers `fs`, `fs-lite`, `memory`, `s3` or a database, sweep what is
 * older than the `absoluteTimeout` of the sessions and two minutes. For files of 12-hour sessions:
 * `find <base>/carryon -type f -mmin +722 -delete`.
 *
 * **Choosing a driver.** It must keep what it acknowledges. One that evicts (`lru-cache`; Redis with
 * an `allkeys-…` policy) or drops writes (`null`, `readOnly: true`) makes values unavailable. With
 * `memory`, `fs` and `fs-lite` only the processes on one machine share the sessions' big values.
 * Errors of the driver are passed on as they are and never retried here. The `fs` drivers return an
 * error instead of throwing it; it is thrown here.
 *
 * @param storage What `createStorage()` or `prefixStorage()` of `unstorage` returned.
 * @throws ConfigError if the storage is missing, or the prefix is not one that `unstorage` keeps.
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
