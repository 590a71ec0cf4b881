/**
 * Paths into a tree, as text: JSON Pointer (RFC 6901) without its leading slash. `cart/a~1b` is the
 * key `a/b` of `cart`. A path always names at least one key.
 */
import { type Tree, type TreeObject } from './tree.ts';
/** The path of `keys`. */
export declare function toPointer(keys: readonly string[]): string;
/** `pointer` followed by `key`. */
export declare function appendKey(pointer: string | undefined, key: string): string;
/** The keys of a path, outermost first. */
export declare function keysOf(pointer: string): string[];
/** Whether `above` is `pointer`, or a path that leads to it. */
export declare function isAtOrAbove(above: string, pointer: string): boolean;
/** What stands at a path, or `undefined`. */
export declare function valueAt(tree: TreeObject, pointer: string): Tree | undefined;
