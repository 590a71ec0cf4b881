/** How entries settle into a base, and how a base and the entries after it share a cookie. */
import type { Base, Entry, Log } from '../codec/fragment.ts';
/** Nodes that see the same entries cut alike: at a multiple of this. */
export declare const CUT_SECONDS = 60;
/**
 * Entries settle when they are at least this old: an answer may be in flight for two minutes, and
 * clocks may differ by 30 s either way.
 */
export declare const SETTLE_SECONDS = 180;
/** How many entries stay unsettled at the most; beyond it the oldest settle, however young. */
export declare const MAX_ENTRIES = 64;
/** The id up to which entries are old enough to settle at `now`, in ms. */
export declare function cutAt(now: number): string;
/** The part of a session that is not settled. */
export interface Unsettled {
    readonly entries: readonly Entry[];
    readonly retired: readonly string[];
    readonly tips: readonly string[];
}
/** The unsettled part of a view, with the entry that a response adds to it. */
export declare function withEntry({ entries, retired }: Omit<Unsettled, 'tips'>, own: Entry): Unsettled;
/** Settles the entries up to `cut` into the base; the rest stays unsettled. */
export declare function settle(base: Base, unsettled: Unsettled, cut: string, now: number): {
    base: Base;
    rest: Unsettled;
};
/**
 * A base that shows already what the entries after it set and delete. Such ops stay in the log, so
 * that the order with entries that come later is kept, but on the wire they need no values.
 */
export declare function embed(base: Base, rest: Unsettled): {
    base: Base;
    log: Log | undefined;
};
/** The id up to which entries must settle so that about `most` remain, or `''` where no more are there. */
export declare function crowdedCut({ entries, retired }: Omit<Unsettled, 'tips'>, most: number, now: number): string;
