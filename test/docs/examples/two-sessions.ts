import { Hono } from 'hono'
import { type SessionVariables, session } from '../../../src/hono.ts'

type Shop = { cart: Record<string, number> }
type Admin = { draft?: string }

export function createApp(secrets: string) {
  const app = new Hono<{
    Variables: SessionVariables<Shop> & SessionVariables<Partial<Admin>, 'admin'>
  }>()
  app.use(session<Shop>({ secrets, initial: () => ({ cart: {} }) }))
  app.use(
    '/admin/*',
    session<Admin, 'admin'>(
      { secrets, cookie: { name: 'admin' }, idleTimeout: 300 },
      { variable: 'admin' },
    ),
  )
  app.post('/admin/draft', async (c) => {
    c.var.admin.data.draft = await c.req.text()
    c.var.session.data.cart['stamp'] = 1
    return c.text('ok')
  })
  app.get('/admin/draft', (c) => c.json([c.var.admin.data, c.var.session.data]))
  return app
}
