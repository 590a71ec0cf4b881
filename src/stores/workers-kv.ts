/**
 * Stores in Workers KV, through a binding: for values that are too big for a cookie, and for revocation.
 *
 * @module
 */

import { ConfigError } from '../errors.ts'
import { MAX_KEY_LENGTH, MIN_TTL_SECONDS, type OverflowStore } from '../overflow/store.ts'
import type { RevocationStore } from '../revocation/store.ts'

/**
 * The part of a KV namespace that is used. The `KVNamespace` of `wrangler types` and of
 * `@cloudflare/workers-types` has it. In a test, use any object with these two methods.
 *
 * @example
 * ```ts
 * import { type KVNamespaceLike, workersKV } from 'carryon/workers-kv'
 *
 * const values = new Map<string, string>()
 * const fake: KVNamespaceLike = {
 *   get: async (key) => values.get(key) ?? null,
 *   put: async (key, value) => void values.set(key, value),
 * }
 * const overflow = workersKV(fake)
 * ```
 */
export interface KVNamespaceLike {
  /**
   * Reads a value as text. Resolves to `null` if there is none. `cacheTtl` is in seconds.
   *
   * @example
   * ```ts
   * const value = await env.SESSIONS.get('key', { type: 'text', cacheTtl: 3600 })
   * ```
   */
  get(
    key: string,
    options: { readonly type: 'text'; readonly cacheTtl: number },
  ): Promise<string | null>
  /**
   * Writes a value. `expirationTtl` is in seconds.
   *
   * @example
   * ```ts
   * await env.SESSIONS.put('key', 'value', { expirationTtl: 3600 })
   * ```
   */
  put(key: string, value: string, options: { readonly expirationTtl: number }): Promise<void>
}

/** The options of {@link workersKV}. */
export interface WorkersKVOptions {
  /**
   * The prefix of all keys, so that one namespace can serve several purposes. At most 448 bytes of
   * UTF-8, because KV allows keys of 512. `''` for no prefix.
   *
   * @default ''
   */
  readonly prefix?: string
  /**
   * How many seconds a location caches a value that it has read: a whole number from 30 on.
   *
   * Values never change, so a cached value is never stale, and a longer time only saves reads that
   * go further. This is not how long the value is stored: an expired value is gone even if it is
   * cached. The only reason against a much longer time is that a value that you delete by hand
   * stays readable that long. The cache cannot be switched off.
   *
   * @default 3600
   */
  readonly cacheTtl?: number
}

const DEFAULT_CACHE_TTL_SECONDS = 3600

/** The shortest `cacheTtl` that KV accepts. */
const MIN_CACHE_TTL_SECONDS = 30

/** The longest key that KV accepts. */
const KV_MAX_KEY_BYTES = 512

/**
 * Makes a store that keeps overflow values in Workers KV.
 *
 * **Cost.** One write for each value that is stored, and one read for each value that a request
 * uses. KV deletes expired values itself: each has a time to live, of at least the 60 seconds that
 * KV asks for.
 *
 * **Errors.** Errors of KV are passed on and never retried here. Each key is written once, so the
 * limit of one write per second and key cannot be exceeded. A 429 means that a quota is used up,
 * and trying again would not help.
 *
 * **Misses.** KV caches misses too, for as long as `cacheTtl` says. A location that asks before a
 * value has arrived there would not see it for an hour. So this store asks once more after a miss,
 * with the shortest `cacheTtl` there is, and KV looks again if its answer is older than 30 seconds.
 * That costs a second read for a miss and nothing for a hit.
 *
 * @param namespace - the binding, such as `c.env.SESSIONS`
 * @throws {@link ConfigError} if the binding is missing or not a KV namespace, or if an option is
 *   out of range
 * @example
 * ```ts
 * import { session } from 'carryon/hono'
 * import { workersKV } from 'carryon/workers-kv'
 *
 * app.use(
 *   session((c) => ({
 *     secrets: c.env.SESSION_SECRETS,
 *     overflow: workersKV(c.env.SESSIONS),
 *   })),
 * )
 * ```
 */
export function workersKV(
  namespace: KVNamespaceLike,
  options: WorkersKVOptions = {},
): OverflowStore {
  const { prefix = '', cacheTtl = DEFAULT_CACHE_TTL_SECONDS } = options
  if (!isNamespace(namespace)) {
    throw new ConfigError(
      'workersKV: the KV namespace is missing; add it to kv_namespaces in the wrangler configuration and pass the binding, as in workersKV(c.env.SESSIONS).',
    )
  }
  if (!Number.isSafeInteger(cacheTtl) || cacheTtl < MIN_CACHE_TTL_SECONDS) {
    throw new ConfigError(
      `workersKV: cacheTtl must be a whole number of seconds, at least ${MIN_CACHE_TTL_SECONDS}, not ${cacheTtl}.`,
    )
  }
  requirePrefix('workersKV', prefix)

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

/**
 * The part of a KV namespace that {@link workersKVMarks} uses. In a test, use any object with these two methods.
 *
 * @example
 * ```ts
 * import { type KVMarksNamespaceLike, workersKVMarks } from 'carryon/workers-kv'
 *
 * const marks = new Map<string, string>()
 * const fake: KVMarksNamespaceLike = {
 *   get: async (keys) => new Map(keys.map((key) => [key, marks.get(key) ?? null])),
 *   put: async (key, mark) => void marks.set(key, mark),
 * }
 * const store = workersKVMarks(fake)
 * ```
 */
export interface KVMarksNamespaceLike {
  /**
   * Reads several values as text, in one operation. `cacheTtl` is in seconds.
   *
   * @example
   * ```ts
   * const marks = await env.SESSIONS.get(['a', 'b'], { type: 'text', cacheTtl: 30 })
   * ```
   */
  get(
    keys: string[],
    options: { readonly type: 'text'; readonly cacheTtl: number },
  ): Promise<ReadonlyMap<string, string | null>>
  /**
   * Writes a value. `expirationTtl` is in seconds.
   *
   * @example
   * ```ts
   * await env.SESSIONS.put('key', 'value', { expirationTtl: 3600 })
   * ```
   */
  put(key: string, value: string, options: { readonly expirationTtl: number }): Promise<void>
}

/** The options of {@link workersKVMarks}. */
export interface WorkersKVMarksOptions {
  /**
   * The prefix of all keys, so that one namespace can serve several purposes. At most 448 bytes of UTF-8.
   *
   * @default 'revoked/'
   */
  readonly prefix?: string
}

/**
 * Makes a store that keeps revocation marks in Workers KV.
 *
 * **How late.** KV shows a new mark in other locations after up to 60 seconds, or more, as Cloudflare states. That
 * includes the 30 seconds for which a location caches what it has read, the shortest time there is. So a session that was
 * revoked is over after `lag` + 60 s, if KV keeps to its time. Where a minute is too long, use a Durable Object.
 *
 * **Cost.** One read operation for each check, for all keys of a session; one write for each mark and each logout. A login
 * reads once. Nothing is stored for sessions that nobody revokes.
 *
 * **Errors.** KV takes one write a second for each key. So `revoke()` of the same user or key twice within a second can
 * reject: then try again. Errors are passed on.
 *
 * It cannot list sessions.
 *
 * @param namespace - the binding, such as `c.env.MARKS`
 * @throws {@link ConfigError} if the binding is missing or not a KV namespace, or the prefix too long
 * @example
 * ```ts
 * import { session } from 'carryon/hono'
 * import { workersKVMarks } from 'carryon/workers-kv'
 *
 * app.use(
 *   session((c) => ({
 *     secrets: c.env.SESSION_SECRETS,
 *     revocation: { store: workersKVMarks(c.env.SESSIONS), onUnavailable: 'allow' },
 *   })),
 * )
 * ```
 */
export function workersKVMarks(
  namespace: KVMarksNamespaceLike,
  options: WorkersKVMarksOptions = {},
): RevocationStore {
  const { prefix = 'revoked/' } = options
  if (!isNamespace(namespace)) {
    throw new ConfigError(
      'workersKVMarks: the KV namespace is missing; add it to kv_namespaces in the wrangler configuration and pass the binding, as in workersKVMarks(c.env.MARKS).',
    )
  }
  requirePrefix('workersKVMarks', prefix)

  return {
    isImmediate: false,

    async get(keys) {
      const names = keys.map((key) => prefix + key)
      const marks = await namespace.get(names, { type: 'text', cacheTtl: MIN_CACHE_TTL_SECONDS })
      return names.map((name) => marks.get(name) ?? undefined)
    },

    async put(key, mark, ttlSeconds) {
      const expirationTtl = Math.max(MIN_TTL_SECONDS, Math.ceil(ttlSeconds))
      await namespace.put(prefix + key, mark, { expirationTtl })
    },
  }
}

/** An R2 bucket has these methods as well, and `head()`. */
function isNamespace(namespace: object | undefined): boolean {
  const has = (method: string) => typeof Reflect.get(Object(namespace), method) === 'function'
  return has('get') && has('put') && !has('head')
}

/** @throws ConfigError */
function requirePrefix(name: string, prefix: string): void {
  const maxPrefixBytes = KV_MAX_KEY_BYTES - MAX_KEY_LENGTH
  if (new TextEncoder().encode(prefix).length > maxPrefixBytes) {
    throw new ConfigError(`${name}: the prefix must not be longer than ${maxPrefixBytes} bytes.`)
  }
}
