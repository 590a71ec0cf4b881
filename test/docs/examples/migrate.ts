import { Hono } from 'hono'
import { deleteCookie, getCookie } from 'hono/cookie'
import { type SessionVariables, session } from '../../../src/hono.ts'

type Data = { theme: string }
type Old = { userId?: string; theme?: string }

export function createApp(
  secrets: string,
  readOld: (cookie: string) => Promise<Old | undefined>, // never throws
) {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(session<Data>({ secrets, initial: () => ({ theme: 'light' }) }))
  app.use(async (c, next) => {
    const cookie = getCookie(c, 'old-session')
    if (cookie !== undefined) {
      const old = c.var.session.isNew ? await readOld(cookie) : undefined
      if (old?.userId !== undefined) c.var.session.login(old.userId)
      if (old?.theme !== undefined) c.var.session.data.theme = old.theme
      deleteCookie(c, 'old-session')
    }
    await next()
  })

  app.get('/', (c) => c.json({ user: c.var.session.subject ?? null, ...c.var.session.data }))
  app.post('/logout', (c) => {
    c.var.session.destroy()
    return c.text('ok')
  })
  return app
}
