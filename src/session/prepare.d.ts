/** From a sealed state to the data that handlers get: fetched, brought up to date, checked. */
import type { TreeObject } from '../codec/tree.ts';
import { OverflowUnavailable } from '../errors.ts';
import { type Depot } from '../overflow/claim-check.ts';
import type { ResolvedOptions } from './resolve.ts';
/** A session's data, ready for handlers. */
export interface Prepared {
    /** The state as it is sealed; empty where there is no session. */
    readonly sealed: TreeObject;
    /** The state as it is sealed, with the values that were fetched. */
    readonly origin: TreeObject;
    /** The state, brought up to the app's version. */
    readonly plain: TreeObject;
    /** The state that the data shows: what the schema made of `plain`, without transient keys. */
    readonly shown: () => TreeObject;
    /** The data, or the error that looking at it throws. */
    readonly data: () => object;
    /** Whether the data was of an older version. */
    readonly outdated: boolean;
    /** Why the data cannot be used, if it cannot: what `data` throws. */
    readonly refused: unknown;
}
/** Prepares a session's data. Does not throw for what is in it: `data()` does. */
export declare function prepare(sealed: TreeObject, options: ResolvedOptions, depot: Depot | undefined): Promise<Prepared>;
/** The data of a session that does not exist yet. */
export declare function prepareNew({ initial, transient }: ResolvedOptions): Prepared;
/** The error for a value that lies in a store where this node has none. */
export declare function noStore(key: string): OverflowUnavailable;
