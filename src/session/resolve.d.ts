import { type CookieAttributes } from '../jar/cookies.ts';
import type { OverflowStore } from '../overflow/store.ts';
import { Keyring } from '../seal/keyring.ts';
import type { SessionEvent } from './events.ts';
import type { AnySessionOptions } from './options.ts';
import { type Migration } from './schema.ts';
import type { StandardSchema } from './standard-schema.ts';
/** Options with all defaults filled in. Frozen. It holds keys, not secrets. */
export interface ResolvedOptions {
    readonly keyring: Keyring;
    /** The cookies over https, and over plain http on a host of the machine's own. */
    readonly cookies: {
        readonly secure: CookieAttributes;
        readonly local: CookieAttributes;
    };
    /** In seconds. */
    readonly idleTimeout: number;
    /** In seconds. */
    readonly absoluteTimeout: number;
    readonly overflow: OverflowStore | undefined;
    readonly overflowLoad: 'eager' | 'lazy';
    readonly overflowTimeoutMs: number;
    readonly maxSessionBytes: number;
    readonly initial: () => object;
    readonly schema: StandardSchema | undefined;
    readonly migration: Migration | undefined;
    readonly transient: readonly string[];
    readonly onInvalid: 'fail' | 'new';
    readonly cacheControl: string | false;
    readonly emit: (event: SessionEvent) => void;
    readonly clock: () => number;
}
/**
 * Checks `options` and fills in the defaults.
 *
 * @throws ConfigError with one sentence that says what to change
 */
export declare function resolveOptions<Data extends object>(options: AnySessionOptions<Data>): ResolvedOptions;
/** The attributes for a request: those over https, unless it came over plain http to this very machine. */
export declare function cookiesFor(url: URL, { cookies }: ResolvedOptions): CookieAttributes;
