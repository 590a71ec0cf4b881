import { defineHandler, H3 } from 'h3'
import { createSessions, type Session } from '../../../src/index.ts'

type Data = { cart: Record<string, number> }

export function createApp(secrets: string) {
  const sessions = createSessions<Data>({ secrets, initial: () => ({ cart: {} }) })
  const app = new H3()

  const withSession = (handler: (session: Session<Data>, sku: string) => unknown) =>
    defineHandler(async (event) => {
      const session = await sessions.open(event.req)
      const body = await handler(session, event.context.params?.['sku'] ?? '')
      for (const [name, value] of await sessions.headers(session))
        event.res.headers.append(name, value)
      return body
    })

  app.post(
    '/cart/:sku',
    withSession((session, sku) => {
      session.data.cart[sku] = 1
      return 'ok'
    }),
  )
  app.get(
    '/cart',
    withSession((session) => session.data.cart),
  )
  app.post(
    '/pay',
    withSession((session) => {
      session.data.cart = {}
      throw new Error('The payment failed.') // so the cart stays as it was
    }),
  )
  return app
}
