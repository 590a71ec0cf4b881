import { type Tree, type TreeObject } from '../codec/tree.ts';
import { type OverflowFailure } from '../errors.ts';
import type { Keyring } from '../seal/keyring.ts';
import { type OverflowStore } from './store.ts';
/** A claim check, read. */
export interface ClaimCheck {
    /** The store's key: 128 random bits in base64url. */
    readonly key: string;
    /** The bytes that the value takes as JSON. */
    readonly bytes: number;
    /** 132 bits of the SHA-256 of the value's JSON, in base64url. */
    readonly digest: string;
}
/** What a call of the store is told, for `onEvent`. */
export type StoreReport = {
    readonly type: 'overflow-put' | 'overflow-get';
    readonly bytes: number;
    readonly ms: number;
} | {
    readonly type: 'overflow-miss';
    readonly ms: number;
} | {
    readonly type: 'overflow-error';
    readonly operation: 'get' | 'put';
    readonly failure: Exclude<OverflowFailure, 'missing'>;
    readonly ms: number;
};
/** A store with all that is needed to use it. */
export interface Depot {
    readonly store: OverflowStore;
    readonly keyring: Keyring;
    /** How long one call of the store may take, in ms. */
    readonly timeoutMs: number;
    /** The time in ms since 1970. */
    readonly clock: () => number;
    readonly report: (report: StoreReport) => void;
}
/** The tree of a claim check. */
export declare function claimCheckTree({ key, bytes, digest }: ClaimCheck): TreeObject;
/** The claim check that a tree is, or `undefined`. */
export declare function readClaimCheck(tree: Tree | undefined): ClaimCheck | undefined;
/**
 * Puts `value` into the store; it is there when the promise resolves.
 *
 * @param name - the key in the session, for the error
 * @param ttlSeconds - how long the session can still live
 * @throws {@link OverflowUnavailable} where the store fails or takes too long
 */
export declare function checkIn(depot: Depot, name: string, value: Tree, ttlSeconds: number): Promise<ClaimCheck>;
/**
 * Fetches the value of a claim check.
 *
 * @throws {@link OverflowUnavailable} where the store fails, takes too long, does not have it, or has
 *   something else
 */
export declare function checkOut(depot: Depot, name: string, check: ClaimCheck): Promise<Tree>;
