import { Hono } from 'hono'
import { type SessionVariables, session } from '../../../src/hono.ts'
import { CarryonError } from '../../../src/index.ts'

type Data = { notes: string[] }

export function createApp(secrets: string) {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(session<Data>({ secrets, initial: () => ({ notes: [] }) }))

  app.onError((error, c) => {
    if (error instanceof CarryonError && error.code === 'ERR_TOO_LARGE')
      return c.text('There is no room for this note.', 413)
    return c.text('Sorry.', 500)
  })

  app.post('/notes', async (c) => {
    c.var.session.data.notes.push(await c.req.text())
    return c.text('saved')
  })
  app.get('/notes', (c) => c.json(c.var.session.data.notes))
  return app
}
