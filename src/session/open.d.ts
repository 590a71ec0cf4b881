import { type CookieAttributes } from '../jar/cookies.ts';
import { type Current, type View } from '../jar/merge.ts';
import type { ResolvedOptions } from './resolve.ts';
/** What a request's cookies amount to. */
export interface OpenedView {
    readonly view: View;
    /** Ids of cookies that are of no use any more, so that the next write deletes them. */
    readonly useless: readonly string[];
    /** A session that is treated as if there were none. Its cookies are not deleted unless it is ended. */
    readonly setAside: Current | undefined;
    /** Whether a fragment of the session was sealed with another secret than the newest. */
    readonly oldSecret: boolean;
}
/** Opens and merges our cookies. What is wrong with them is told to `onEvent`; this never throws. */
export declare function openView(header: string, attributes: CookieAttributes, options: ResolvedOptions, now: number): Promise<OpenedView>;
