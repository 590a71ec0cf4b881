/** Random bytes, `count` of them: `crypto.getRandomValues`, or a test's own. */
export type RandomBytes = (count: number) => Uint8Array;
/** The id of an entry that is made at `ms`: it sorts by time, and is like no other. */
export declare function entryId(ms: number, random: RandomBytes): string;
/** The last id that an entry of the time `ms` can have. */
export declare function lastIdAt(ms: number): string;
/** The time in ms of an entry's id. */
export declare function timeOf(id: string): number;
/**
 * The id of a fragment that was made of others: a hash, so that nodes that make the same fragment of
 * the same view write the same cookie. The inputs are ids that nodes chose at random, so nobody
 * else can look for collisions, and 48 bits are enough for the few fragments of one jar.
 */
export declare function derivedId(kind: string, inputs: readonly string[]): string;
/**
 * {@link DIGEST_LENGTH} characters that stand for an entry's id: its time in steps of 131 ms, modulo
 * 4,096, and its random characters.
 */
export declare function digestOf(id: string): string;
/**
 * The latest time in ms up to about `now` at which the entry of a digest can have been made. It may
 * have been made earlier by a multiple of nine minutes, never later.
 */
export declare function latestTimeOf(digest: string, now: number): number;
