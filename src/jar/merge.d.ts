/**
 * The view of one request: its fragments, merged into one state. Merging takes the union of what
 * the fragments hold, so their order does not matter and neither does how often one appears.
 */
import type { Base, Entry, Fragment, Log, SessionHead } from '../codec/fragment.ts';
import type { TreeObject } from '../codec/tree.ts';
import { type Dropped } from './select.ts';
/** The session of a view. */
export interface Current {
    readonly head: SessionHead;
    /** Until when it is honoured unless it is renewed, in ms since 1970. */
    readonly expires: number;
    readonly base: Base;
    /** The log that stands in the base's own cookie. */
    readonly embedded: Log | undefined;
    /** All that was changed since the base's horizon, without what later changes replace. */
    readonly entries: readonly Entry[];
    /** Digests of entries of which nothing shows any more. */
    readonly retired: readonly string[];
    /** The newest entries: those which no other entry of the view had seen. */
    readonly tips: readonly string[];
    /** The newest id of the view; what is written next sorts after it. */
    readonly newest: string;
    /** The state that all this leads to. */
    readonly state: TreeObject;
    /** The cookie of the base. */
    readonly baseFragment: Fragment;
    /** All fragments that it was merged from. */
    readonly fragments: readonly Fragment[];
}
/** What the fragments of one request amount to. */
export interface View {
    /** The session, or `undefined` where there is none, or it has ended. */
    readonly current: Current | undefined;
    readonly tombstones: readonly Fragment[];
    readonly dropped: readonly Dropped[];
    /** All fragments that were given: the next session must start later than each of them. */
    readonly fragments: readonly Fragment[];
    /** Whether the jar has cookies that this node cannot read, and perhaps another can. */
    readonly unread: boolean;
}
/**
 * Merges the fragments of one request.
 *
 * A session is honoured as long as one of its fragments is, since each tells of a time when it was used,
 * and until then all of them count. For some minutes more it keeps
 * its place, so that no older session, which a late answer has just renewed, comes back in its stead.
 *
 * @param now - in ms since 1970
 * @param unread - whether there are cookies that this node cannot read, and perhaps another can
 */
export declare function merge(fragments: readonly Fragment[], now: number, unread?: boolean): View;
