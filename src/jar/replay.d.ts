/** Ops onto states, and which ops later ones replace. */
import type { Entry, Op } from '../codec/fragment.ts';
import { type TreeObject } from '../codec/tree.ts';
/** The state after `entries`, which are in the order of their ids, onto `state`. */
export declare function replay(state: TreeObject, entries: readonly Entry[]): TreeObject;
/** The state after one op. Where a path leads through something that is no plain object, that gives way. */
export declare function applyOp(state: TreeObject, op: Op): TreeObject;
/**
 * `entries` without the ops that later ones of them replace, so that the state that they lead to is
 * the same, from any state and with any other entries in between.
 */
export declare function prune(entries: readonly Entry[]): Entry[];
