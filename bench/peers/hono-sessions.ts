/**
 * hono-sessions with its CookieStore, after the example in its README, options included:
 * `c.get('session')`, `session.get(key)`, `session.set(key, value)`, and `session.deleteSession()`.
 */
import { Hono } from 'hono'
import { CookieStore, type Session, sessionMiddleware } from 'hono-sessions'
import { type App, type Data, edited, PASSWORD, pick, pushed } from './app.ts'

type Variables = { session: Session<Data>; session_key_rotation: boolean }

export function honoSessions(pause: () => Promise<void>): App {
  const app = new Hono<{ Variables: Variables }>()
  app.use(
    '*',
    sessionMiddleware({
      store: new CookieStore(),
      encryptionKey: PASSWORD,
      expireAfterSeconds: 900,
      autoExtendExpiration: true,
      cookieOptions: { sameSite: 'Lax', path: '/', httpOnly: true },
    }),
  )

  app.get('/read/:keys', (c) => {
    const session = c.get('session')
    return c.json(pick((key) => session.get(key), c.req.param('keys')))
  })
  app.post('/set/:key/:value', (c) => {
    c.get('session').set(c.req.param('key'), c.req.param('value'))
    return c.text('ok')
  })
  app.post('/slow/:key/:value', async (c) => {
    const session = c.get('session')
    await pause()
    session.set(c.req.param('key'), c.req.param('value'))
    return c.text('ok')
  })
  app.post('/increment', (c) => {
    const session = c.get('session')
    session.set('n', (session.get('n') || 0) + 1)
    return c.text('ok')
  })
  app.post('/push/:id', (c) => {
    const session = c.get('session')
    session.set('items', pushed(session.get('items') ?? undefined, c.req.param('id')))
    return c.text('ok')
  })
  app.post('/edit/:id', (c) => {
    const session = c.get('session')
    session.set('items', edited(session.get('items') ?? undefined, c.req.param('id')))
    return c.text('ok')
  })
  app.post('/logout', (c) => {
    c.get('session').deleteSession()
    return c.text('ok')
  })
  app.get('/health', (c) => c.text('ok'))
  return { name: 'hono-sessions 0.8.1', fetch: (request) => app.fetch(request) }
}
