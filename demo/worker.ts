/**
 * The Worker that `wrangler.toml` deploys. What is too big for a cookie goes to Workers KV.
 */

import { type KVNamespaceLike, workersKV } from '../src/stores/workers-kv.ts'
import { createApp } from './app.ts'
import type { Env } from './env.ts'

interface WorkerEnv extends Env {
  readonly SESSIONS: KVNamespaceLike
}

export default createApp<WorkerEnv>((env) => workersKV(env.SESSIONS))
