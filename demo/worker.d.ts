/**
 * The Worker that `wrangler.toml` deploys. What is too big for a cookie goes to Workers KV.
 */
import { type KVNamespaceLike } from '../src/overflow/workers-kv.ts';
import type { Env } from './env.ts';
interface WorkerEnv extends Env {
    readonly SESSIONS: KVNamespaceLike;
}
declare const _default: import("hono").Hono<import("./app.ts").DemoEnv<WorkerEnv>, import("hono/types").BlankSchema, "/">;
export default _default;
