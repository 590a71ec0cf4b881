import fastify from 'fastify'
import { createSessions } from '../../../src/index.ts'
import { nodeSessions } from '../../../src/node.ts'

type Data = { cart: Record<string, number> }

export function createApp(secrets: string) {
  const onNode = nodeSessions(createSessions<Data>({ secrets, initial: () => ({ cart: {} }) }))
  const app = fastify()
  app.register(onNode.fastify)

  app.post<{ Params: { sku: string } }>('/cart/:sku', async (request) => {
    onNode.of(request).data.cart[request.params.sku] = 1
    return 'ok'
  })
  app.get('/cart', async (request) => onNode.of(request).data.cart)
  app.post('/pay', async (request) => {
    onNode.of(request).data.cart = {}
    throw new Error('The payment failed.') // so the cart stays as it was
  })
  return app
}
