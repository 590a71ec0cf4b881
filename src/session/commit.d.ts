import { type CookieAttributes } from '../jar/cookies.ts';
import type { RandomBytes } from '../jar/ids.ts';
import type { Depot } from '../overflow/claim-check.ts';
import type { OpenedView } from './open.ts';
import type { ResolvedOptions } from './resolve.ts';
import type { SessionState } from './state.ts';
/**
 * The Set-Cookie headers of one response stay under this: by default nginx buffers 4 KB of response
 * headers and answers 502 beyond. Deletions that do not fit are left to a later response.
 */
export declare const MAX_SET_COOKIE_BYTES = 3500;
/** All that a commit needs. */
export interface Committing {
    readonly options: ResolvedOptions;
    readonly attributes: CookieAttributes;
    readonly opened: OpenedView;
    readonly state: SessionState;
    readonly depot: Depot | undefined;
    /** The id that a session that starts now gets. */
    readonly sid: string;
    readonly random: RandomBytes;
}
/**
 * The Set-Cookie headers that save what changed; none where nothing did.
 *
 * @throws ValueError, SessionTooLarge, OverflowUnavailable: nothing is saved, the old state is whole
 */
export declare function commitState(committing: Committing): Promise<readonly string[]>;
