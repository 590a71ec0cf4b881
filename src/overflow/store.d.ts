/**
 * The overflow store: where values lie that are too big for a cookie.
 *
 * The interface is two calls wide, so that any key-value service can stand behind it. What makes
 * two calls enough is the discipline of the caller: every value gets a fresh random key, is written
 * once, and its key leaves for the browser only after the write was acknowledged. A store therefore
 * needs no transactions, no compare-and-set, no deletes and no read-after-write on a changing key.
 *
 * @module
 */
/**
 * The shortest time to live that is ever asked for, in seconds. Workers KV refuses anything
 * shorter, so it is the floor for all stores.
 */
export declare const MIN_TTL_SECONDS: number;
/** The longest key that is ever asked for, in characters. */
export declare const MAX_KEY_LENGTH: number;
/**
 * What a key looks like: 1 to 64 characters of the base64url alphabet. Nothing in it needs to be
 * escaped in a URL, a file name or a Redis key. Keys carry at least 128 random bits, so a store may
 * ignore the difference between upper and lower case; it must not change or cut a key otherwise.
 */
export declare const KEY_PATTERN: RegExp;
/**
 * A place for values that are too big for a cookie.
 *
 * What the caller promises, and a store may rely on:
 *
 * - A key matches {@link KEY_PATTERN}.
 * - A key is put at most once, even when that put failed: a second attempt uses a fresh key.
 * - A key is never read before its put was acknowledged. A negative cache is thus harmless.
 * - A value is one or more printable ASCII characters (0x20 to 0x7E). It is encrypted already.
 * - A time to live is a finite number of seconds, at least {@link MIN_TTL_SECONDS}.
 *
 * What a store promises:
 *
 * - What `get` returns is what was put, to the character, or nothing. Never a part of it, never
 *   another type, never another key's value.
 * - `put` resolves only when the value is acknowledged: from then on it survives the end of the
 *   process that wrote it, as far as the store outlives processes at all.
 * - A miss and an outage are told apart: `get` resolves to `undefined` for the first and rejects
 *   for the second.
 * - A value stays at least `ttlSeconds`. Later it may go at any time, and should: nothing but
 *   expiry ever collects the garbage.
 *
 * What a store need not promise: that a value is visible everywhere as soon as `put` resolves. An
 * eventually consistent store may miss it for a while; that is a miss, and a later read finds it.
 *
 * Both calls should settle in finite time. A client that can wait for ever, as many do while they
 * reconnect, should be given a timeout where it is configured.
 */
export interface OverflowStore {
    /**
     * Reads the value under a key.
     *
     * @param key A key that was put before.
     * @returns The value, or `undefined` when the store does not have it: expired, evicted, or not
     *   arrived here yet.
     * @throws Rejects with the error of the service when the store could not be asked, and when what
     *   it holds is not what was put.
     */
    get(key: string): Promise<string | undefined>;
    /**
     * Writes a value under a fresh key and resolves once it is acknowledged.
     *
     * @param key A key that was never put and never read before.
     * @param value Printable ASCII, not empty.
     * @param ttlSeconds How long the value must stay, in seconds from now, at least
     *   {@link MIN_TTL_SECONDS}. A store that counts whole seconds rounds up.
     * @throws Rejects with the error of the service. The value may have been written or not.
     */
    put(key: string, value: string, ttlSeconds: number): Promise<void>;
}
