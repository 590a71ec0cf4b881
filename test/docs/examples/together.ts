import { Hono } from 'hono'
import { type SessionVariables, session } from '../../../src/hono.ts'

type Data = {
  user?: { tenant: string; roles: string[] }
  points: number
  seen: Record<string, number>
}

export function createApp(secrets: string, rolesIn: (tenant: string) => Promise<string[]>) {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(session<Data>({ secrets, atomic: ['user'], initial: () => ({ points: 0, seen: {} }) }))

  app.post('/tenant/:tenant', async (c) => {
    const { tenant } = c.req.param()
    c.var.session.data.user = { tenant, roles: await rolesIn(tenant) } // both or neither
    return c.text('ok')
  })

  app.post('/welcome', (c) => {
    if (c.var.session.once('welcome')) c.var.session.increment('points', 10)
    return c.text('ok')
  })

  app.post('/seen/:topic/:message', (c) => {
    const { topic, message } = c.req.param()
    c.var.session.advance(['seen', topic], Number(message)) // never goes back
    return c.text('ok')
  })

  app.get('/', (c) => c.json(c.var.session.data))
  return app
}
