import { Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { type SessionVariables, session } from '../../../src/hono.ts'

type Data = { email: string }

export function createApp(secrets: string) {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(csrf({ origin: 'https://shop.example' }))
  app.use(session<Data>({ secrets, initial: () => ({ email: '' }) }))

  app.post('/email', async (c) => {
    c.var.session.data.email = String((await c.req.formData()).get('email'))
    return c.text('saved')
  })
  return app
}
