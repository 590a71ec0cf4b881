import { Hono } from 'hono'
import { type SessionVariables, session } from '../../../src/hono.ts'

/** A user as the app's database has it. */
interface User {
  readonly isBanned: boolean
  /** In ms since 1970: the last change of the password, or of what else ends sessions. */
  readonly notBefore: number
}

interface Users {
  readonly find: (id: string) => Promise<User | undefined>
  /** Keeps the later of both, as `MAX(not_before, ?)` in SQL: two changes may overlap. */
  readonly setNotBefore: (id: string, time: number) => Promise<void>
}

export function createApp(secrets: string, users: Users) {
  const app = new Hono<{ Variables: SessionVariables }>()
  app.use(
    session({
      secrets,
      async accept({ subject, startedAt }) {
        if (subject === undefined) return true
        const user = await users.find(subject)
        return user !== undefined && !user.isBanned && startedAt.getTime() > user.notBefore
      },
    }),
  )
  app.post('/login/:user', (c) => {
    c.var.session.login(c.req.param('user')) // after the password was checked
    return c.text('ok')
  })
  app.post('/password', async (c) => {
    const { session } = c.var
    const { subject } = session
    if (subject === undefined) return c.text('Log in first.', 401)
    // … store the new password, then: a login starts when its request came in, so what began before that ends.
    session.login(subject)
    await users.setNotBefore(subject, session.startedAt.getTime() - 1)
    return c.text('ok')
  })
  app.get('/', (c) => c.json({ user: c.var.session.subject ?? null }))
  return app
}
