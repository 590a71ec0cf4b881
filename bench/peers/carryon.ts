/** carryon as the head of `src/hono.ts` shows it. `increment` is its own verb. */
import { Hono } from 'hono'
import { type SessionVariables, session } from '../../src/hono.ts'
import { type App, type Data, PASSWORD, pick } from './app.ts'

export function carryon(pause: () => Promise<void>): App {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(session<Data>({ secrets: PASSWORD, initial: () => ({ n: 0 }) }))

  app.get('/read/:keys', (c) => {
    const { data } = c.var.session
    return c.json(pick((key) => data[key], c.req.param('keys')))
  })
  app.post('/set/:key/:value', (c) => {
    c.var.session.data[c.req.param('key')] = c.req.param('value')
    return c.text('ok')
  })
  app.post('/slow/:key/:value', async (c) => {
    const { data } = c.var.session
    await pause()
    data[c.req.param('key')] = c.req.param('value')
    return c.text('ok')
  })
  app.post('/increment', (c) => {
    c.var.session.increment('n')
    return c.text('ok')
  })
  app.post('/logout', (c) => {
    c.var.session.destroy()
    return c.text('ok')
  })
  app.get('/health', (c) => c.text('ok'))
  return { name: 'carryon', fetch: (request) => app.fetch(request) }
}
