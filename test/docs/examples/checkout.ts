import { Hono } from 'hono'
import { type SessionVariables, session } from '../../../src/hono.ts'

type Data = { cart: Record<string, number> }
type Order = { id: string; buyer: string; lines: { sku: string; count: number; cents: number }[] }

export function createApp(
  secrets: string,
  shop: { centsOf(sku: string): Promise<number>; place(order: Order): Promise<void> },
) {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(session<Data>({ secrets, initial: () => ({ cart: {} }) }))

  app.post('/login', (c) => {
    c.var.session.login('ada', { keep: ['cart'] }) // after your check of the password
    return c.redirect('/cart', 303)
  })

  app.post('/cart/:sku', (c) => {
    c.var.session.increment(['cart', c.req.param('sku')])
    return c.redirect('/cart', 303)
  })

  app.get('/cart', (c) => c.json({ order: crypto.randomUUID(), ...c.var.session.data }))

  app.post('/checkout/:order', async (c) => {
    const { subject: buyer, data } = c.var.session
    if (buyer === undefined) return c.redirect('/login', 303)
    const id = c.req.param('order')
    const lines = []
    for (const [sku, count] of Object.entries(data.cart))
      lines.push({ sku, count, cents: await shop.centsOf(sku) }) // not from the session
    if (lines.length > 0) await shop.place({ id, buyer, lines }) // the id is unique in its table
    if (c.var.session.once(`order ${id}`)) data.cart = {}
    return c.redirect(`/orders/${id}`, 303)
  })
  return app
}
