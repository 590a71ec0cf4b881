// Compiled with the oldest TypeScript, and never run.
import { type SessionVariables, session } from 'carryon/hono'
import { unstorageStore } from 'carryon/unstorage'
import { Hono } from 'hono'
import { createStorage } from 'unstorage'

type Data = { cart: Record<string, number> }

const app = new Hono<{ Bindings: { SESSION_SECRETS: string }; Variables: SessionVariables<Data> }>()
app.use(
  session<Data>(({ env }) => ({
    secrets: env.SESSION_SECRETS,
    overflow: unstorageStore(createStorage()),
    initial: () => ({ cart: {} }),
  })),
)
app.post('/cart/:sku', (c) => {
  c.var.session.data.cart[c.req.param('sku')] = 1
  c.var.session.increment('cart.tea')
  return c.text('ok')
})
export default app
