/**
 * The data that handlers see ↔ trees. In a state the top-level keys of the data stand as they are, but `$` and
 * those that begin with `~` with one more `~`; under `~f` stands what is flashed, under `~v` the data's version.
 */
import { type Tree, type TreeObject } from '../codec/tree.ts';
import { OverflowUnavailable } from '../errors.ts';
import { type ClaimCheck } from '../overflow/claim-check.ts';
/** The key in a state of a top-level key of the data. */
export declare function stateKey(key: string): string;
/** The top-level keys of the data in a state, with their trees. */
export declare function dataEntries(state: TreeObject): [string, Tree][];
/** The claim checks in a state, by the top-level key of the data. */
export declare function claimChecks(state: TreeObject): Map<string, ClaimCheck>;
/** What is flashed in a state: `[key, value]` by a random name each. */
export declare function flashOf(state: TreeObject): TreeObject;
/** `state` with `flash` as all that is flashed. */
export declare function withFlash(state: TreeObject, flash: TreeObject): TreeObject;
/**
 * `state` with an object for what is flashed, though it may be empty: then values are added and taken out one by
 * one, and what a parallel request flashed stays.
 */
export declare function flashApart(state: TreeObject): TreeObject;
/** The version of a state's data; 0 where none was told. */
export declare function versionOf(state: TreeObject): number;
/** `state` with its data's version. */
export declare function withVersion(state: TreeObject, version: number): TreeObject;
/**
 * The data of a state. A claim check becomes a property that throws when it is read: then nobody mistakes a
 * value that is not here for one that was never set.
 *
 * @param failures - why values could not be fetched
 */
export declare function toData(state: TreeObject, failures: ReadonlyMap<string, OverflowUnavailable>): object;
/** Puts a value that was fetched later into the data, unless one was assigned since. */
export declare function fillIn(data: object, key: string, tree: Tree): void;
/** Whether a value of `data` is not here. */
export declare function hasAbsent(data: object): boolean;
/**
 * The state that `data` leads to; what is flashed and the version are not in it.
 *
 * @param shown - the state that `data` was made from; it has the claim checks of values that are not here
 * @param transient - keys that are not stored
 * @param name - what `data` is called, for the error
 * @throws {@link ValueError} where something cannot be stored
 */
export declare function toState(data: unknown, shown: TreeObject, transient: readonly string[], name?: string): TreeObject;
/** Defines a property as an assignment would, but `__proto__` as well. */
export declare function defineValue(data: object, key: string, value: unknown): void;
