import type { Fragment, Op } from '../codec/fragment.ts';
import { type RandomBytes } from './ids.ts';
import type { Current } from './merge.ts';
/** Cookies to set and to delete. */
export interface Plan {
    readonly put: readonly Fragment[];
    readonly remove: readonly Fragment[];
}
/** What a response wants to write, and when. */
export interface Write {
    /** What it changed; empty where it only renews. */
    readonly ops: readonly Op[];
    /** The time of the write, in ms since 1970. */
    readonly now: number;
    /** The time at which the request came in: what had arrived by then is in its view. */
    readonly opened: number;
    /** Until when the session is honoured that is written now, in ms. */
    readonly expires: number;
    /** Whether a new base is wanted, as it is when an older secret sealed the one that there is. */
    readonly renew: boolean;
    readonly random: RandomBytes;
}
/** Plans the cookies of a response that changed, or has to renew, the session of its view. */
export declare function planWrite(current: Current, write: Write): Plan;
