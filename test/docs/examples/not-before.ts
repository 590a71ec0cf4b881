import { Hono } from 'hono'
import { type SessionVariables, session } from '../../../src/hono.ts'

/** A user as the app's database has it. */
interface User {
  readonly isBanned: boolean
  /** In ms since 1970: the last change of the password, or of what else ends sessions. */
  readonly notBefore: number
}

export function createApp(secrets: string, userOf: (id: string) => Promise<User | undefined>) {
  const app = new Hono<{ Variables: SessionVariables }>()
  app.use(
    session({
      secrets,
      async accept({ subject, startedAt }) {
        if (subject === undefined) return true
        const user = await userOf(subject)
        return user !== undefined && !user.isBanned && startedAt.getTime() > user.notBefore
      },
    }),
  )
  app.post('/login/:user', (c) => {
    c.var.session.login(c.req.param('user')) // after the password was checked
    return c.text('ok')
  })
  app.get('/', (c) => c.json({ user: c.var.session.subject ?? null }))
  return app
}
