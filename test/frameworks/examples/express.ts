import express from 'express'
import { createSessions } from '../../../src/index.ts'
import { nodeSessions } from '../../../src/node.ts'

type Data = { cart: Record<string, number> }

export function createApp(secrets: string) {
  const onNode = nodeSessions(createSessions<Data>({ secrets, initial: () => ({ cart: {} }) }))
  const app = express()
  app.use(onNode.middleware) // before the routes

  app.post('/cart/:sku', (req, res) => {
    onNode.of(req).data.cart[req.params.sku] = 1
    res.send('ok')
  })
  app.get('/cart', (req, res) => {
    res.json(onNode.of(req).data.cart)
  })
  app.post('/pay', (req) => {
    onNode.of(req).data.cart = {}
    throw new Error('The payment failed.') // so the cart stays as it was
  })

  app.use(onNode.errors) // after the routes, before your own error handlers
  return app
}
