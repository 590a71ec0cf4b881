/**
 * The demo, the same on every node: deployed Worker, workerd and Node servers of the local cluster.
 */

import { Hono } from 'hono'
import { createSessions } from '../src/fetch.ts'
import { session } from '../src/hono.ts'
import type { SessionOptions } from '../src/options/options.ts'
import type { OverflowStore } from '../src/overflow/store.ts'
import type { RevocationStore } from '../src/revocation/store.ts'
import { api } from './api.ts'
import type { Data, DemoVariables, Env } from './env.ts'
import { explain } from './explain.ts'
import { delay, dieBeforeTheAnswer, nodeName } from './node.ts'
import { ordinary } from './ordinary.ts'
import { page } from './page/routes.ts'
import { testRoutes } from './test-routes.ts'

export type DemoEnv<E extends Env = Env> = { Bindings: E; Variables: DemoVariables }

/** What a node keeps elsewhere: what is too big for a cookie, and who is signed out. */
export interface Stores<E> {
  readonly overflow: (env: E) => OverflowStore
  readonly marks: (env: E) => RevocationStore
}

type Options = SessionOptions<Data> & { readonly schema?: undefined }

export function createApp<E extends Env>({ overflow, marks }: Stores<E>): Hono<DemoEnv<E>> {
  const app = new Hono<DemoEnv<E>>()
  const optionsOf = once(
    (env: E): Options => ({
      secrets: env.SESSION_SECRETS,
      overflow: overflow(env),
      initial: () => ({ cart: {}, count: 0, hits: 0 }),
      // The page shows what goes on without the store.
      revocation: {
        store: marks(env),
        onUnavailable: 'allow',
        lag: Number(env.REVOCATION_LAG ?? 5),
      },
    }),
  )
  const sessionsOf = once((env: E) => createSessions<Data>(optionsOf(env)))

  // First and thus outermost: it runs when the session is committed and the answer is ready.
  app.use(async (c, next) => {
    await next()
    await dieBeforeTheAnswer(c)
    c.header('x-node', nodeName(c))
  })
  app.route('/', page)
  app.route('/ordinary', ordinary)

  const sessions = (overflowLoad: 'eager' | 'lazy') =>
    session<Data, 'session', E>(({ env }) => ({
      ...optionsOf(env),
      overflowLoad,
    }))
  const eager = sessions('eager')
  app.use('/api/*', eager, delay)
  app.use('/api/*', async (c, next) => {
    c.set('sessions', sessionsOf(c.env))
    await next()
  })
  app.use('/test/*', eager, delay)
  app.use('/test-lazy/*', sessions('lazy'), delay)
  app.route('/api', api)
  app.route('/test', testRoutes)
  app.route('/test-lazy', testRoutes)

  app.notFound((c) => c.json({ error: 'There is nothing here.' }, 404))
  app.onError((error, c) => {
    const { status, ...body } = explain(error)
    return c.json({ ...body, node: nodeName(c) }, status)
  })
  return app
}

/** Makes a value for each environment once. */
function once<E extends Env, Value>(make: (env: E) => Value): (env: E) => Value {
  const known = new WeakMap<E, { readonly value: Value }>()
  return (env) => {
    const found = known.get(env) ?? { value: make(env) }
    known.set(env, found)
    return found.value
  }
}
