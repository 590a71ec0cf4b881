/** What a schema gave, against what it was given. */
import { type TreeObject } from '../codec/tree.ts';
/**
 * The part of `tree` that `value` shows, or `undefined` where `value` shows anything else. It shares with
 * `tree` all that is the same, so that nothing is copied where a schema only checks.
 *
 * @param except - keys of `value` that do not count
 * @param treeKey - the key in `tree` of a key of `value`
 */
export declare function mirrored(value: object, tree: TreeObject, except?: readonly string[], treeKey?: (key: string) => string): TreeObject | undefined;
