/**
 * Overflow values in Workers KV, through a binding.
 *
 * @module
 */
import { type OverflowStore } from './store.ts';
/**
 * The part of a KV namespace that is used. The `KVNamespace` of `wrangler types` and of
 * `@cloudflare/workers-types` fits, and so does anything of this shape in a test.
 */
export interface KVNamespaceLike {
    /** Reads a value as text; `null` for a miss. `cacheTtl` in seconds. */
    get(key: string, options: {
        readonly type: 'text';
        readonly cacheTtl: number;
    }): Promise<string | null>;
    /** Writes a value. `expirationTtl` in seconds. */
    put(key: string, value: string, options: {
        readonly expirationTtl: number;
    }): Promise<void>;
}
/** Options of {@link workersKV}. */
export interface WorkersKVOptions {
    /**
     * Put before each key, so that one namespace can serve several purposes. At most 448 bytes of
     * UTF-8: KV takes keys of 512. Default: `''`, none.
     */
    readonly prefix?: string;
    /**
     * For how many seconds a location that has read a value keeps it at hand, a whole number of at
     * least 30. Values never change, so what is cached is never stale: longer only saves reads that
     * go further. Expiry wins over it, and it is not how long the value is stored. What speaks
     * against much longer is only that a value deleted by hand stays readable for so long.
     * Default: 3600.
     */
    readonly cacheTtl?: number;
}
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
export declare function workersKV(namespace: KVNamespaceLike, options?: WorkersKVOptions): OverflowStore;
