/**
 * An overflow store in the memory of this process, for tests and for development.
 *
 * @module
 */
import type { OverflowStore } from './store.ts';
/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
    /** The time, in milliseconds since 1970. Default: `Date.now`. */
    readonly clock?: () => number;
    /**
     * How many values the store holds at most, an integer of at least 1. When it is full and nothing
     * in it has expired, `put` rejects: a value that was acknowledged is never dropped to make room.
     * Default: 10,000. Off: `Infinity`.
     */
    readonly maxEntries?: number;
}
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
export declare function memoryStore(options?: MemoryStoreOptions): OverflowStore;
