import { Hono } from 'hono'
import { upgradeWebSocket } from 'hono/cloudflare-workers'
import { describe, expect, test } from 'vitest'
import { type SessionVariables, session } from '../../src/hono.ts'
import { createSessions } from '../../src/index.ts'
import { Clock, type Loose, SECRET, Visitor } from '../support/visitor.ts'

type ServerSocket = WebSocket & { accept(): void }
declare const WebSocketPair: new () => Record<'0' | '1', ServerSocket>

const UPGRADE = { headers: { Upgrade: 'websocket' } }

/** Says something over the socket of a response, and waits for the answer. */
async function talk(response: Response): Promise<unknown> {
  const socket: unknown = Reflect.get(response, 'webSocket')
  if (!(socket instanceof WebSocket)) throw new Error('there is no WebSocket on the response')
  Reflect.apply(Reflect.get(socket, 'accept'), socket, [])
  const answer = new Promise<unknown>((resolve) => {
    socket.addEventListener('message', ({ data }) => resolve(data), { once: true })
  })
  socket.send('hello')
  const data = await answer
  socket.close()
  return data
}

function echoApp(touch: (session: SessionVariables<Loose>['session']) => unknown) {
  const app = new Hono<{ Variables: SessionVariables<Loose> }>()
  app.use(session<Loose>({ secrets: SECRET }))
  app.use(async (c, next) => {
    touch(c.var.session)
    await next()
  })
  app.get(
    '/',
    upgradeWebSocket(() => ({ onMessage: (event, socket) => socket.send(`echo ${event.data}`) })),
  )
  return app
}

describe('a WebSocket upgrade', () => {
  test('works where the session was not touched, and where it was read', async () => {
    for (const touch of [() => undefined, ({ data }: { data: Loose }) => data]) {
      const response = await echoApp(touch).request('https://shop.example/', UPGRADE)
      expect(response.status).toBe(101)
      expect(response.headers.get('Cache-Control')).toBe(null)
      expect(await talk(response)).toBe('echo hello')
    }
  })

  test('works where the session was written, and sets its cookies', async () => {
    const visitor = new Visitor(new Clock())
    const app = echoApp((session) => session.increment('sockets'))
    const response = await app.request('https://shop.example/', UPGRADE)
    expect(response.status).toBe(101)
    expect(response.headers.getSetCookie()).toHaveLength(1)
    visitor.jar.store(response.headers.getSetCookie(), visitor.origin)
    expect(await talk(response)).toBe('echo hello')
  })

  test('works without a framework', async () => {
    const sessions = createSessions<Loose>({ secrets: SECRET })
    const fetch = sessions.handle((_, session) => {
      session.increment('sockets')
      const { 0: client, 1: server } = new WebSocketPair()
      server.accept()
      server.addEventListener('message', ({ data }) => server.send(`echo ${data}`))
      return new Response(null, { status: 101, webSocket: client } as ResponseInit)
    })
    const response = await fetch(new Request('https://shop.example/', UPGRADE))
    expect(response.status).toBe(101)
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(await talk(response)).toBe('echo hello')
  })
})
