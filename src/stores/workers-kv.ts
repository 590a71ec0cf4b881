/**
 * Overflow values in Workers KV, through a binding.
 *
 * @module
 */

import { ConfigError } from '../errors.ts'
import { MAX_KEY_LENGTH, MIN_TTL_SECONDS, type OverflowStore } from '../overflow/store.ts'

/**
 * The part of a KV namespace that is used. The `KVNamespace` of `wrangler types` and of
 * `@cloudflare/workers-types` fits, and so does anything of this shape in a test.
 */
export interface KVNamespaceLike {
  /** Reads a value as text; `null` for a miss. `cacheTtl` in seconds. */
  get(
    key: string,
    options: { readonly type: 'text'; readonly cacheTtl: number },
  ): Promise<string | null>
  /** Writes a value. `expirationTtl` in seconds. */
  put(key: string, value: string, options: { readonly expirationTtl: number }): Promise<void>
}

/** Options of {@link workersKV}. */
export interface WorkersKVOptions {
  /**
   * Put before each key, so that one namespace can serve several purposes. At most 448 bytes of
   * UTF-8: KV takes keys of 512. Default: `''`, none.
   */
  readonly prefix?: string
  /**
   * For how many seconds a location that has read a value keeps it at hand, a whole number of at
   * least 30. Values never change, so what is cached is never stale: longer only saves reads that
   * go further. Expiry wins over it, and it is not how long the value is stored. What speaks
   * against much longer is only that a value deleted by hand stays readable for so long.
   * Default: 3600.
   */
  readonly cacheTtl?: number
}

const DEFAULT_CACHE_TTL_SECONDS = 3600

/** The shortest `cacheTtl` that KV takes. */
const MIN_CACHE_TTL_SECONDS = 30

/** The longest key that KV takes. */
const KV_MAX_KEY_BYTES = 512

/**
 * Keeps overflow values in Workers KV.
 *
 * ```ts
 * overflow: workersKV(c.env.SESSIONS)
 * ```
 *
 * One write per value that is checked in, one read per value and request that asks for it. KV
 * collects the garbage itself: values carry their time to live, raised to the 60 seconds that KV
 * asks for at least. Errors of KV are passed on as they are and never retried here. The one write
 * a second that KV allows for a key cannot be exceeded, since each key is written once: a 429
 * means that a quota is used up, and trying again would not help.
 *
 * KV caches misses, too, for as long as `cacheTtl` says. A location that asks before a value has
 * spread would so go without it for an hour. Therefore a miss is asked for once more with the
 * shortest `cacheTtl` there is, which makes KV look again if its answer is older than 30 seconds.
 * It costs a second read on a miss, and nothing on a hit.
 *
 * @param namespace The binding, such as `c.env.SESSIONS`.
 * @throws ConfigError if the binding is missing or no KV namespace, or an option is out of bounds.
 */
export function workersKV(
  namespace: KVNamespaceLike,
  options: WorkersKVOptions = {},
): OverflowStore {
  const { prefix = '', cacheTtl = DEFAULT_CACHE_TTL_SECONDS } = options
  if (typeof namespace?.get !== 'function' || typeof namespace.put !== 'function') {
    throw new ConfigError(
      'workersKV: the KV namespace is missing; add it to kv_namespaces in the wrangler configuration and pass the binding, as in workersKV(c.env.SESSIONS).',
    )
  }
  if (!Number.isSafeInteger(cacheTtl) || cacheTtl < MIN_CACHE_TTL_SECONDS) {
    throw new ConfigError(
      `workersKV: cacheTtl must be a whole number of seconds, at least ${MIN_CACHE_TTL_SECONDS}, not ${cacheTtl}.`,
    )
  }
  const maxPrefixBytes = KV_MAX_KEY_BYTES - MAX_KEY_LENGTH
  if (new TextEncoder().encode(prefix).length > maxPrefixBytes) {
    throw new ConfigError(`workersKV: the prefix must not be longer than ${maxPrefixBytes} bytes.`)
  }

  return {
    async get(key) {
      const name = prefix + key
      const value = await namespace.get(name, { type: 'text', cacheTtl })
      if (value !== null) return value
      if (cacheTtl === MIN_CACHE_TTL_SECONDS) return undefined
      const again = await namespace.get(name, { type: 'text', cacheTtl: MIN_CACHE_TTL_SECONDS })
      return again ?? undefined
    },

    async put(key, value, ttlSeconds) {
      const expirationTtl = Math.max(MIN_TTL_SECONDS, Math.ceil(ttlSeconds))
      await namespace.put(prefix + key, value, { expirationTtl })
    },
  }
}
