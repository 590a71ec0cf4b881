/**
 * iron-session, after its README: `getIronSession()` with `webCookies(request, response)`, the adapter
 * that it names for Hono; then `session.key = value`, `await session.save()`, `session.destroy()`.
 */
import { type Context, Hono } from 'hono'
import { getIronSession, type IronSession, webCookies } from 'iron-session'
import { type App, type Data, edited, PASSWORD, pick, pushed } from './app.ts'

function open(c: Context): Promise<IronSession<Data>> {
  const cookies = webCookies(c.req.raw, c.res)
  return getIronSession<Data>(cookies, { password: PASSWORD, cookieName: 'session' })
}

async function put(session: IronSession<Data>, key: string, value: string): Promise<void> {
  Object.assign(session, { [key]: value })
  await session.save()
}

export function ironSession(pause: () => Promise<void>): App {
  const app = new Hono()
  app.get('/read/:keys', async (c) => {
    const session = await open(c)
    return c.json(pick((key) => session[key], c.req.param('keys')))
  })
  app.post('/set/:key/:value', async (c) => {
    await put(await open(c), c.req.param('key'), c.req.param('value'))
    return c.text('ok')
  })
  app.post('/slow/:key/:value', async (c) => {
    const session = await open(c)
    await pause()
    await put(session, c.req.param('key'), c.req.param('value'))
    return c.text('ok')
  })
  app.post('/increment', async (c) => {
    const session = await open(c)
    session.n = (session.n ?? 0) + 1
    await session.save()
    return c.text('ok')
  })
  app.post('/push/:id', async (c) => {
    const session = await open(c)
    session.items = pushed(session.items, c.req.param('id'))
    await session.save()
    return c.text('ok')
  })
  app.post('/edit/:id', async (c) => {
    const session = await open(c)
    session.items = edited(session.items, c.req.param('id'))
    await session.save()
    return c.text('ok')
  })
  app.post('/logout', async (c) => {
    const session = await open(c)
    session.destroy()
    return c.text('ok')
  })
  app.get('/health', (c) => c.text('ok'))
  return { name: 'iron-session 9.0.1', fetch: (request) => app.fetch(request) }
}
