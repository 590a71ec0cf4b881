import type { RejectionReason } from '../errors.ts';
/** A key to open with, or why there is none. */
export type KeyLookup = {
    readonly ok: true;
    readonly key: CryptoKey;
    readonly current: boolean;
} | {
    readonly ok: false;
    readonly reason: Extract<RejectionReason, 'unknown-key' | 'key-window' | 'malformed'>;
};
/** The keys of one cookie name. Keys are derived when they are first needed, and kept. */
export declare class Keyring {
    #private;
    /**
     * @param secrets - the first seals, all open; see `parseSecrets`
     * @param name - the configured name of the cookie; other names have other keys
     * @param maxAgeSeconds - how old a sealed text can be at the most
     */
    constructor(secrets: readonly string[], name: string, maxAgeSeconds: number);
    /** The kid and key to seal with at `now`, in ms since 1970. */
    sealing(now: number): Promise<{
        kid: string;
        key: CryptoKey;
    }>;
    /** The key of a kid. An hour in which nothing that lives at `now` can have been sealed has none. */
    opening(kid: string, now: number): Promise<KeyLookup>;
}
