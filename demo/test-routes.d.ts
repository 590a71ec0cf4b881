/**
 * Routes for the tests of the cluster; they answer only inside it.
 */
import { Hono } from 'hono';
import type { SessionVariables } from '../src/hono.ts';
import type { Data, Env } from './env.ts';
export declare const testRoutes: Hono<{
    Bindings: Env;
    Variables: SessionVariables<Data>;
}, import("hono/types").BlankSchema, "/">;
