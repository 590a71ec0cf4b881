import { type Fragment } from '../codec/fragment.ts';
import type { TreeObject } from '../codec/tree.ts';
import { type RandomBytes } from './ids.ts';
import type { Current, View } from './merge.ts';
import type { Plan } from './plan.ts';
export { LATE_SECONDS } from './select.ts';
/** A new sid: 128 random bits in base64url. */
export declare function newSid(random: RandomBytes): string;
/** A new session, or a session that gets a new id. */
export interface Start {
    /** Its id: 128 random bits in base64url. */
    readonly sid: string;
    readonly state: TreeObject;
    readonly subject: string | undefined;
    /** The time of the write, in ms since 1970. */
    readonly now: number;
    /** The time at which the request came in: what had arrived by then is in its view. */
    readonly opened: number;
    /** How long after `now` the base is honoured, and how long after its start the session, in ms. */
    readonly idle: number;
    readonly absolute: number;
    readonly random: RandomBytes;
}
/**
 * Starts a session in a jar that has none. Of two sessions that start at once, the one whose request
 * came in later counts. Where there are cookies that this node cannot read, they may be a session that nodes
 * with more secrets know: the new one yields to it, unless it is a login.
 *
 * @param rank - 1 for a session that must win over those that parallel requests start without it,
 *   such as a login, otherwise 0
 */
export declare function planStart(view: View, start: Start, rank: 0 | 1): Plan;
/** Goes on with the state under a new id. Late answers to the old one lose. */
export declare function planRegenerate(view: View, current: Current, start: Start): Plan;
/** The end of a session. */
export interface End {
    /** The time of the write, and when the request came in, in ms since 1970. */
    readonly now: number;
    readonly opened: number;
    /** How long the tombstone counts: as long as any session that slower requests make of this one. */
    readonly expires: number;
    readonly random: RandomBytes;
}
/**
 * Ends a session: its cookies go, and a tombstone stays. Where there are cookies that this node cannot read,
 * the tombstone has the rank of a login, so that it ends the session that they may be.
 */
export declare function planEnd(view: View, current: Current | undefined, end: End): Plan;
/**
 * What of a view can go once another session, or a tombstone, takes its place. Logs whose base may be among the
 * cookies that this node cannot read stay.
 */
export declare function removable(view: View, opened: number): Fragment[];
