/** How long sessions live. Times in ms since 1970, unless a name says otherwise. */
import type { Fragment } from '../codec/fragment.ts';
import type { RejectionReason } from '../errors.ts';
/** A session's limits, in seconds. */
export interface Limits {
    readonly idleTimeout: number;
    readonly absoluteTimeout: number;
}
/** When a session that started at `start` ends in any case. */
export declare function endOf(start: number, { absoluteTimeout }: Limits): number;
/** Until when a session is honoured that is renewed at `now`. Whole seconds, rounded down. */
export declare function renewedUntil(now: number, start: number, limits: Limits): number;
/** Whether a session that is honoured until `expires` is to be renewed at `now`. */
export declare function isRenewalDue(now: number, start: number, expires: number, limits: Limits): boolean;
/**
 * Why a fragment is not to be honoured at `now`, or `undefined`. Whether its session has been renewed in
 * time shows only when all of them are merged.
 */
export declare function untimely(fragment: Fragment, now: number, limits: Limits): RejectionReason | undefined;
