/** Fragments ↔ JWE. */
import type { Fragment } from '../codec/fragment.ts';
import type { RejectionReason } from '../errors.ts';
import type { Keyring } from './keyring.ts';
/** What opening a cookie gave: a fragment, and whether the newest secret sealed it; or a reason. */
export type OpenedFragment = {
    readonly ok: true;
    readonly fragment: Fragment;
    readonly current: boolean;
} | {
    readonly ok: false;
    readonly reason: RejectionReason;
};
/** How far clocks of nodes may differ from the right time, either way. */
export declare const SKEW_SECONDS = 30;
/** Seals a fragment into the value of its cookie. */
export declare function sealFragment(fragment: Fragment, keyring: Keyring, now: number): Promise<string>;
/** How many characters the value of a fragment's cookie takes. */
export declare function sealedFragmentLength(fragment: Fragment): number;
/**
 * Opens the value of the cookie with `id` in its name. Never throws.
 *
 * @param now - in ms since 1970; what has expired by then is not honoured
 */
export declare function openFragment(id: string, token: string, keyring: Keyring, now: number): Promise<OpenedFragment>;
