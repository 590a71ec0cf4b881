import { Hono } from 'hono'
import { type SessionVariables, session } from '../../../src/hono.ts'

export function createApp(secrets: string) {
  const app = new Hono<{ Variables: SessionVariables }>()
  app.use(session({ secrets }))

  app.post('/orders/:id', (c) => {
    c.var.session.flash('notice', `Order ${c.req.param('id')} is on its way.`)
    return c.redirect('/orders', 303)
  })

  app.get('/orders', (c) => {
    const lines = c.var.session.flashes.map(({ key, value }) => `${key}: ${value}`)
    return c.text(lines.join('\n'))
  })
  return app
}
