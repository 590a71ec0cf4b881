/**
 * The demo, the same on every node: deployed Worker, workerd and Node servers of the local cluster.
 */

import { Hono } from 'hono'
import { type SessionVariables, session } from '../src/hono.ts'
import type { OverflowStore } from '../src/overflow/store.ts'
import { api } from './api.ts'
import type { Data, Env } from './env.ts'
import { explain } from './explain.ts'
import { delay, dieBeforeTheAnswer, nodeName } from './node.ts'
import { page } from './page/routes.ts'
import { testRoutes } from './test-routes.ts'

export type DemoEnv<E extends Env = Env> = { Bindings: E; Variables: SessionVariables<Data> }

/** @param overflow Where this node keeps what is too big for a cookie. */
export function createApp<E extends Env>(overflow: (env: E) => OverflowStore): Hono<DemoEnv<E>> {
  const app = new Hono<DemoEnv<E>>()

  // First and thus outermost: it runs when the session is committed and the answer is ready.
  app.use(async (c, next) => {
    await next()
    await dieBeforeTheAnswer(c)
    c.header('x-node', nodeName(c))
  })
  app.route('/', page)

  const sessions = (overflowLoad: 'eager' | 'lazy') =>
    session<Data, 'session', E>(({ env }) => ({
      secrets: env.SESSION_SECRETS,
      overflow: overflow(env),
      overflowLoad,
      initial: () => ({ cart: {}, count: 0, hits: 0 }),
    }))
  const eager = sessions('eager')
  app.use('/api/*', eager, delay)
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
