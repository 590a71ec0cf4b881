import { Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { HTTPException } from 'hono/http-exception'
import { type SessionVariables, session } from '../../../src/hono.ts'
import { CarryonError } from '../../../src/index.ts'
import { type KVNamespaceLike, workersKV } from '../../../src/stores/workers-kv.ts'
import { findUser } from './users.ts'

type Data = { name?: string; cart: Record<string, number>; draft?: string }
type Bindings = { SESSION_SECRETS: string; SESSIONS: KVNamespaceLike }

export const app = new Hono<{ Bindings: Bindings; Variables: SessionVariables<Data> }>()

app.use(csrf())
app.use(
  session<Data>(({ env }) => ({
    secrets: env.SESSION_SECRETS,
    overflow: workersKV(env.SESSIONS), // only if values may be too big for a cookie
    initial: () => ({ cart: {} }),
  })),
)

app.post('/login', async (c) => {
  const user = await findUser(await c.req.formData()) // your check of the password
  if (!user) return c.text('Wrong name or password.', 401)
  c.var.session.login(user.id) // a new id; first login(), then write
  c.var.session.data.name = user.id
  return c.redirect('/', 303)
})

app.post('/cart/:sku', (c) => {
  c.var.session.increment(['cart', c.req.param('sku')]) // counts, also in parallel requests
  c.var.session.flash('notice', 'It is in your cart.')
  return c.redirect('/', 303)
})

app.delete('/cart/:sku', (c) => {
  delete c.var.session.data.cart[c.req.param('sku')] // plain data, changed in place
  return c.body(null, 204)
})

app.put('/draft', async (c) => {
  c.var.session.data.draft = await c.req.text() // goes to the store if it does not fit
  return c.body(null, 204)
})

app.post('/logout', (c) => {
  c.var.session.destroy()
  c.var.session.flash('notice', 'Goodbye.')
  return c.redirect('/', 303)
})

app.get('/', (c) => {
  const { subject, data, flashed } = c.var.session // flashed: shown once
  return c.json({ user: subject ?? null, cart: data.cart, notice: flashed['notice'] ?? null })
})

app.onError((error, c) => {
  if (error instanceof CarryonError && error.code === 'ERR_TOO_LARGE')
    return c.text('There is no room for this in your session.', 413)
  if (error instanceof HTTPException) return error.getResponse() // such as that of csrf()
  return c.text('Sorry.', 500)
})
