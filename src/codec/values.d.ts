import { type Tree } from './tree.ts';
/** How deep values may be nested. Deeper ones throw rather than overflow the stack somewhere. */
export declare const MAX_DEPTH = 100;
/**
 * `value` as a tree. Properties that are `undefined` are left out, as in JSON.
 *
 * @param path - where `value` stands, for the error's message
 * @throws {@link ValueError} with the path, for functions, symbols, cycles, class instances and
 *   values that are nested deeper than {@link MAX_DEPTH}
 */
export declare function encodeValue(value: unknown, path: string): Tree;
/** `path` followed by `key`, as it would be written in code. */
export declare function memberPath(path: string, key: string): string;
/**
 * The value of a tree: fresh objects throughout, so that changing them leaves the tree alone. A tag
 * that is not one of ours is left as the plain object that it is; this never throws.
 */
export declare function decodeValue(tree: Tree): unknown;
