import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { SessionTooLarge } from '../src/errors.ts';
/** An error as the demo's API tells it. Nothing was saved when one is told. */
export interface Explanation {
    readonly status: ContentfulStatusCode;
    readonly error: string;
    readonly code?: string;
    readonly largest?: SessionTooLarge['largest'];
}
/** Turns what a handler or the commit threw into an answer. */
export declare function explain(error: unknown): Explanation;
