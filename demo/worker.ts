/**
 * The Worker that `wrangler.toml` deploys. What is too big for a cookie goes to Workers KV; who is signed out, and where
 * everybody is logged in, stands in Durable Objects.
 */

import {
  type DurableObjectNamespaceLike,
  durableObjectMarks,
} from '../src/stores/durable-object.ts'
import { type KVNamespaceLike, workersKV } from '../src/stores/workers-kv.ts'
import { createApp } from './app.ts'
import type { Env } from './env.ts'

interface WorkerEnv extends Env {
  readonly SESSIONS: KVNamespaceLike
  readonly REVOCATIONS: DurableObjectNamespaceLike<object>
}

export { RevocationObject } from '../src/stores/durable-object.ts'

export default createApp<WorkerEnv>({
  overflow: (env) => workersKV(env.SESSIONS),
  marks: (env) => durableObjectMarks(env.REVOCATIONS),
})
