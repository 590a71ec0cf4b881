import { Hono } from 'hono'
import { html } from 'hono/html'
import { type SessionVariables, session } from '../../../src/hono.ts'

type Data = { cart: Record<string, number> }

export function createApp(
  secrets: string,
  verify: (fields: FormData) => Promise<{ id: string } | undefined>,
) {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(session<Data>({ secrets, initial: () => ({ cart: {} }) }))

  app.post('/cart/:sku', (c) => {
    c.var.session.increment(['cart', c.req.param('sku')])
    return c.text('ok')
  })
  app.get('/cart', (c) => c.json(c.var.session.data.cart))

  // Where the other site sends the browser: without the cookies, so it does not look at the session.
  app.post('/payment/back', async (c) => {
    const fields = [...(await c.req.formData())].map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${String(value)}" />`,
    )
    return c.html(
      html`<form method="post" action="/payment/done">${fields}<button>Continue</button></form>`,
    )
  })

  // From our own site: with the cookies. What the fields say is believed by their signature alone.
  app.post('/payment/done', async (c) => {
    const payment = await verify(await c.req.formData())
    if (!payment) return c.text('This payment is not known.', 400)
    if (c.var.session.once(`payment ${payment.id}`)) c.var.session.data.cart = {}
    return c.redirect('/thanks', 303)
  })
  return app
}
