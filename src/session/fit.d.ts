import type { Op, SessionHead } from '../codec/fragment.ts';
import { type TreeObject } from '../codec/tree.ts';
import { type Depot } from '../overflow/claim-check.ts';
import type { ResolvedOptions } from './resolve.ts';
import type { SessionState } from './state.ts';
/** With a store, values are checked in once the base's cookie would have more bytes than this. */
export declare const BASE_BUDGET_BYTES = 3200;
/** With a store, and while parallel requests write, a value of more bytes than this is checked in. */
export declare const DELTA_BUDGET_BYTES = 512;
/** Where a state has to fit. */
export interface Room {
    readonly options: ResolvedOptions;
    readonly depot: Depot | undefined;
    /** Characters of the cookie's prefix. */
    readonly prefixLength: number;
    /** What the session will be called, for the size of its base. */
    readonly head: SessionHead;
    /** How long the session can still live, in seconds. */
    readonly ttlSeconds: number;
}
/** A state that fits, and the ops that lead to it from the one that is sealed. */
export interface Fitted {
    readonly state: TreeObject;
    readonly ops: readonly Op[];
}
/**
 * `wanted`, with claim checks in place of the values that do not fit.
 *
 * @param renew - whether values that lie in the store already must be put there anew, since the session
 *   will live longer than they do
 * @throws SessionTooLarge, OverflowUnavailable
 */
export declare function fitState(room: Room, state: SessionState, wanted: Fitted, renew: boolean): Promise<Fitted>;
