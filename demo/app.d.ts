/**
 * The demo, the same on every node: deployed Worker, workerd and Node servers of the local cluster.
 */
import { Hono } from 'hono';
import { type SessionVariables } from '../src/hono.ts';
import type { OverflowStore } from '../src/overflow/store.ts';
import type { Data, Env } from './env.ts';
export type DemoEnv<E extends Env = Env> = {
    Bindings: E;
    Variables: SessionVariables<Data>;
};
/** @param overflow Where this node keeps what is too big for a cookie. */
export declare function createApp<E extends Env>(overflow: (env: E) => OverflowStore): Hono<DemoEnv<E>>;
