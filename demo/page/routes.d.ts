/**
 * The page: three static files as text, so that workerd and Node serve them alike, without a build.
 */
import { Hono } from 'hono';
export declare const page: Hono<import("hono/types").BlankEnv, import("hono/types").BlankSchema, "/">;
