/**
 * Fragments ↔ claims: the JSON text that is sealed into a cookie, with JWT names where they exist
 * (RFC 7519 §4.1). `docs/wire-format.md` is the specification.
 */
import { type Fragment } from './fragment.ts';
/** The wire format that this release writes and reads: the claim `v`. */
export declare const FORMAT_VERSION = 1;
/** The JSON text of a fragment's claims. */
export declare function encodeClaims(fragment: Fragment): string;
/** The fragment of claims, or `undefined` where they are not of format 1. Never throws. */
export declare function decodeClaims(text: string): Fragment | undefined;
