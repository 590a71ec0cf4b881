import { Hono } from 'hono'
import { type SessionVariables, session } from '../../../src/hono.ts'

type Data = { name?: string }

export function createApp(secrets: string) {
  const app = new Hono<{ Variables: SessionVariables<Partial<Data>> }>()
  app.use('/api/*', session<Data>({ secrets }))

  app.get('/api/me', (c) => {
    const { subject, data, expiresAt } = c.var.session
    return c.json({ user: subject ?? null, name: data.name ?? null, expiresAt: expiresAt ?? null })
  })

  app.post('/api/login', async (c) => {
    const name = (await c.req.text()).trim() // after your check of the password
    c.var.session.login(name.toLowerCase())
    c.var.session.data.name = name
    return c.body(null, 204)
  })

  app.post('/api/logout', (c) => {
    c.var.session.destroy()
    return c.body(null, 204)
  })
  return app
}
