import { createSessions, type Sessions } from '../../../src/index.ts'
import { type KVNamespaceLike, workersKV } from '../../../src/stores/workers-kv.ts'

type Data = { visits: number }
type Env = { SESSION_SECRETS: string; SESSIONS: KVNamespaceLike }

const known = new WeakMap<Env, Sessions<Data>>()

function sessionsOf(env: Env): Sessions<Data> {
  const sessions =
    known.get(env) ??
    createSessions<Data>({
      secrets: env.SESSION_SECRETS,
      overflow: workersKV(env.SESSIONS),
      initial: () => ({ visits: 0 }),
    })
  known.set(env, sessions)
  return sessions
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const sessions = sessionsOf(env)
    const session = await sessions.open(request)
    session.increment('visits')
    return sessions.commit(session, Response.json(session.data))
  },
}
