import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSessions } from '../../../src/index.ts'
import { nodeSessions } from '../../../src/node.ts'

type Data = { cart: Record<string, number> }

export function createApp(secrets: string) {
  const onNode = nodeSessions(createSessions<Data>({ secrets, initial: () => ({ cart: {} }) }))

  return createServer(
    onNode.handle(
      (request: IncomingMessage, response: ServerResponse, session) => {
        const [, page, sku] = (request.url ?? '').split('/')
        if (request.method === 'POST' && sku) session.data.cart[sku] = 1
        if (page === 'pay') {
          session.data.cart = {}
          throw new Error('The payment failed.') // so the cart stays as it was
        }
        response.setHeader('Content-Type', 'application/json')
        response.end(JSON.stringify(session.data.cart))
      },
      (error, _request, response) => {
        console.error(error)
        if (response.headersSent) response.destroy()
        else response.writeHead(500).end('Sorry.')
      },
    ),
  )
}
