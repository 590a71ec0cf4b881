/** What a handler changed, as ops on the state that is sealed. */
import type { Op } from '../codec/fragment.ts';
import { type Tree, type TreeObject } from '../codec/tree.ts';
/** What the data showed, and what became of it. */
export interface Change {
    /** The state without what the schema left out, added or made something else of. */
    readonly plain: TreeObject;
    /** The state that the data showed at first. */
    readonly shown: TreeObject;
    /** The state that the data leads to now. */
    readonly after: TreeObject;
    readonly increments: readonly Op[];
}
/** What one request changes. */
export interface Changes {
    /** What follows from the state that was read: what a migration changed. */
    readonly earlier: readonly Op[];
    /** What the handler changed, after that. */
    readonly ops: readonly Op[];
}
/** The ops on `plain` for what was changed between `shown` and `after`. What was not shown stays. */
export declare function opsOf({ plain, shown, after, increments }: Change): readonly Op[];
/**
 * `ops` onto `sealed`, where values that lie in the overflow store are replaced whole if they changed.
 *
 * @param origin - `sealed` with the values that were fetched
 */
export declare function wholeValues(sealed: TreeObject, origin: TreeObject, ops: readonly Op[]): readonly Op[];
/** The ops that put `value` in the place of whatever stands under a top-level key of the state. */
export declare function replaceOps(key: string, value: Tree | undefined): Op[];
