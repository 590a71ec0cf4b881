import connect from 'connect'
import { createSessions } from '../../../src/index.ts'
import { nodeSessions } from '../../../src/node.ts'

type Data = { cart: Record<string, number> }

export function createApp(secrets: string) {
  const onNode = nodeSessions(createSessions<Data>({ secrets, initial: () => ({ cart: {} }) }))
  const app = connect()
  app.use(onNode.middleware)

  app.use('/cart', (req, res) => {
    const { data } = onNode.of(req)
    if (req.method === 'POST') data.cart[req.url?.slice(1) ?? ''] = 1
    res.end(JSON.stringify(data.cart))
  })
  app.use('/pay', (req) => {
    onNode.of(req).data.cart = {}
    throw new Error('The payment failed.')
  })

  app.use(onNode.errors)
  return app
}
