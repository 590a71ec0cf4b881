/**
 * @hono/session, stateless, after its README: `useSession()`, `session.get()`, `session.update(fn)` with
 * the function that gets the previous data, `session.delete()`, and `duration` as it recommends.
 */
import { type SessionEnv, useSession } from '@hono/session'
import { Hono } from 'hono'
import {
  type App,
  type Data,
  edited,
  IDLE_SECONDS,
  LIFETIME_SECONDS,
  PASSWORD,
  pick,
  pushed,
} from './app.ts'

export function honoSession(pause: () => Promise<void>): App {
  const app = new Hono<SessionEnv<Partial<Data>>>()
  const duration = { absolute: LIFETIME_SECONDS, inactivity: IDLE_SECONDS }
  app.use(useSession<Partial<Data>>({ secret: PASSWORD, duration }))

  app.get('/read/:keys', async (c) => {
    const data = await c.var.session.get()
    return c.json(pick((key) => data?.[key], c.req.param('keys')))
  })
  app.post('/set/:key/:value', async (c) => {
    const { key, value } = c.req.param()
    await c.var.session.update((data) => ({ ...data, [key]: value }))
    return c.text('ok')
  })
  app.post('/slow/:key/:value', async (c) => {
    const { key, value } = c.req.param()
    await c.var.session.get()
    await pause()
    await c.var.session.update((data) => ({ ...data, [key]: value }))
    return c.text('ok')
  })
  app.post('/increment', async (c) => {
    await c.var.session.update((data) => ({ ...data, n: (data?.n ?? 0) + 1 }))
    return c.text('ok')
  })
  app.post('/push/:id', async (c) => {
    const { id } = c.req.param()
    await c.var.session.update((data) => ({ ...data, items: pushed(data?.items, id) }))
    return c.text('ok')
  })
  app.post('/edit/:id', async (c) => {
    const { id } = c.req.param()
    await c.var.session.update((data) => ({ ...data, items: edited(data?.items, id) }))
    return c.text('ok')
  })
  app.post('/logout', async (c) => {
    await c.var.session.get()
    c.var.session.delete()
    return c.text('ok')
  })
  app.get('/health', (c) => c.text('ok'))
  return { name: '@hono/session 0.2.1', fetch: (request) => app.fetch(request) }
}
