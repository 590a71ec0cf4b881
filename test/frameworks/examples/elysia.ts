import { Elysia } from 'elysia'
import { createSessions } from '../../../src/index.ts'

type Data = { cart: Record<string, number> }

export function createApp(secrets: string) {
  const sessions = createSessions<Data>({ secrets, initial: () => ({ cart: {} }) })

  const session = new Elysia({ name: 'session' })
    .derive({ as: 'global' }, async ({ request }) => ({ session: await sessions.open(request) }))
    .onError({ as: 'global' }, ({ session }) => {
      if (session) sessions.discard(session)
    })
    .onAfterHandle({ as: 'global' }, async ({ session, set }) => {
      for (const [name, value] of await sessions.headers(session)) {
        if (name !== 'set-cookie') set.headers[name] = value
      }
      const cookies = (await sessions.headers(session)).getSetCookie()
      if (cookies.length > 0) Reflect.set(set.headers, 'set-cookie', cookies)
    })

  return new Elysia()
    .use(session)
    .post('/cart/:sku', ({ session, params }) => {
      session.data.cart[params.sku] = 1
      return 'ok'
    })
    .get('/cart', ({ session }) => session.data.cart)
    .post('/pay', ({ session }) => {
      session.data.cart = {}
      throw new Error('The payment failed.') // so the cart stays as it was
    })
}
