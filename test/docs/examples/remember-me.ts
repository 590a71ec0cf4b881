import { Hono } from 'hono'
import { type SessionVariables, session } from '../../../src/hono.ts'
import { findUser } from './users.ts'

const DAY_SECONDS = 24 * 3600

export function createApp(secrets: string, clock?: () => number) {
  const app = new Hono<{ Variables: SessionVariables }>()
  app.use(
    session({
      secrets,
      maxIdleTimeout: 30 * DAY_SECONDS,
      maxAbsoluteTimeout: 90 * DAY_SECONDS,
      ...(clock && { clock }),
    }),
  )

  app.post('/login', async (c) => {
    const form = await c.req.formData()
    const user = await findUser(form)
    if (!user) return c.text('Wrong name or password.', 401)
    c.var.session.login(user.id)
    if (form.has('remember'))
      c.var.session.keepFor({ idle: 30 * DAY_SECONDS, absolute: 90 * DAY_SECONDS })
    return c.redirect('/', 303)
  })

  app.get('/', (c) => c.json({ user: c.var.session.subject ?? null }))
  return app
}
