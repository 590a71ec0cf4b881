import { Hono } from 'hono'
import { type SessionVariables, session } from '../../../src/hono.ts'
import { findUser } from './users.ts'

type Data = { cart: Record<string, number>; mayRefund?: boolean }

export function createApp(secrets: string) {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(session<Data>({ secrets, initial: () => ({ cart: {} }) }))

  app.post('/login', async (c) => {
    const user = await findUser(await c.req.formData())
    if (!user) return c.text('Wrong name or password.', 401)
    c.var.session.login(user.id, { keep: ['cart'] }) // a new id
    return c.redirect('/', 303)
  })

  app.post('/refunds/unlock', async (c) => {
    const user = await findUser(await c.req.formData()) // asks for the password again
    if (!user || user.id !== c.var.session.subject) return c.text('Wrong password.', 401)
    c.var.session.regenerate() // more rights within one login: a new id
    c.var.session.data.mayRefund = true
    return c.redirect('/refunds', 303)
  })

  app.post('/logout', (c) => {
    c.var.session.destroy()
    return c.redirect('/', 303)
  })

  app.get('/', (c) => c.json({ user: c.var.session.subject, ...c.var.session.data }))
  return app
}
