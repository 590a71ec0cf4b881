/**
 * What the page calls. Every handler changes plain data in place; nothing here saves anything.
 */
import { Hono } from 'hono';
import type { SessionVariables } from '../src/hono.ts';
import { type CookieSize } from './cookies.ts';
import type { Data, Env } from './env.ts';
/** What `GET /api/session` answers. */
export interface SessionReport {
    readonly node: string;
    /** Whether the local cluster runs it: nodes can then be killed. */
    readonly cluster: boolean;
    readonly id: string;
    readonly isNew: boolean;
    readonly user: {
        readonly id: string;
        readonly name: string;
    } | null;
    readonly cart: Record<string, number>;
    readonly count: number;
    readonly hits: number;
    /** Size of the note; `null` without one; `'unavailable'` while the store does not give it back. */
    readonly note: number | 'unavailable' | null;
    readonly cookies: readonly CookieSize[];
    /** The whole Cookie header, in bytes. */
    readonly headerBytes: number;
}
export declare const api: Hono<{
    Bindings: Env;
    Variables: SessionVariables<Data>;
}, import("hono/types").BlankSchema, "/">;
