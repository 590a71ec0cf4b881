import type { RejectionReason } from '../errors.ts';
import type { Keyring } from './keyring.ts';
/** What opening a token gave. */
export type Opened = {
    readonly ok: true;
    readonly text: string;
    readonly current: boolean;
} | {
    readonly ok: false;
    readonly reason: RejectionReason;
};
/** Characters of a sealed text that holds nothing; the text adds four for each three bytes. */
export declare const SEAL_OVERHEAD_LENGTH = 105;
/** How many characters a text of `bytes` bytes takes once it is sealed. */
export declare function sealedLength(bytes: number): number;
/** Seals `text` with the newest secret. `now` is in ms since 1970. */
export declare function sealText(text: string, keyring: Keyring, now: number): Promise<string>;
/** Opens a token. What is not one of ours, or cannot be, has a reason; this never throws. */
export declare function openText(token: string, keyring: Keyring, now: number): Promise<Opened>;
