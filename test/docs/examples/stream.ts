import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { type SessionVariables, session } from '../../../src/hono.ts'

type Data = { streams: number }

export function createApp(secrets: string) {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(session<Data>({ secrets, initial: () => ({ streams: 0 }) }))

  app.get('/events', async (c) => {
    c.var.session.increment('streams')
    await c.var.session.commit() // the last moment to change the session
    return streamSSE(c, async (events) => {
      await events.writeSSE({ data: `stream ${c.var.session.data.streams}` })
    })
  })
  return app
}
