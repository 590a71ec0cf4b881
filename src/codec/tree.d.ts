/**
 * Trees: what a session's data becomes before it is JSON. They are never changed in place; a
 * change makes a new tree that shares what stayed.
 */
/** A value that JSON can hold. Rich values stand in it as `{"$": [tag, …]}` (see `values.ts`). */
export type Tree = null | boolean | number | string | readonly Tree[] | TreeObject;
/** A JSON object. Its own properties count, whatever their names; `__proto__` is a key like others. */
export interface TreeObject {
    readonly [key: string]: Tree;
}
/** The key that marks a rich value. A plain object with this key of its own is wrapped as well. */
export declare const TAG_KEY = "$";
/** Whether `tree` is an array. */
export declare function isArray(tree: Tree | undefined): tree is readonly Tree[];
/** Whether `tree` is a JSON object of any kind, rich values included. */
export declare function isObject(tree: Tree | undefined): tree is TreeObject;
/** Whether `tree` is a plain object, so that it merges by path. All else is a leaf. */
export declare function isPlain(tree: Tree | undefined): tree is TreeObject;
/** The property `key` of `tree`'s own, or `undefined`. Never one of a prototype. */
export declare function child(tree: TreeObject, key: string): Tree | undefined;
/** `tree` with `key` set to `value`. */
export declare function withChild(tree: TreeObject, key: string, value: Tree): TreeObject;
/** `tree` without `key`. */
export declare function withoutChild(tree: TreeObject, key: string): TreeObject;
/** Whether two trees are the same JSON value; the order of keys does not count. */
export declare function equal(a: Tree | undefined, b: Tree | undefined): boolean;
