import { Hono } from 'hono'
import { type SessionVariables, session } from '../../../src/hono.ts'
import { createSessions, type RevocationStore, TooManySessions } from '../../../src/index.ts'
import { findUser } from './users.ts'

type Data = { cart: Record<string, number> }

/** A device gets new ids between the page and the click. What stands for its login stays. */
function isSameLogin(one: string, other: string) {
  return one.length === other.length && one.slice(-14) === other.slice(-14)
}

const labelOf = (agent: string | undefined) => ({ label: agent?.slice(0, 200) })

export function createApp(secrets: string, store: RevocationStore) {
  const options = {
    secrets,
    revocation: { store, onUnavailable: 'deny', maxSessions: 5 },
    initial: (): Data => ({ cart: {} }),
  } as const
  const sessions = createSessions<Data>(options) // revoke() and list()
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(session<Data>(options))

  app.post('/login', async (c) => {
    const user = await findUser(await c.req.formData())
    if (!user) return c.text('Wrong name or password.', 401)
    c.var.session.login(user.id, labelOf(c.req.header('User-Agent')))
    return c.redirect('/', 303)
  })

  // Password changed: who knew the old one is out, and who copied cookies of this browser, which stays.
  app.post('/password', async (c) => {
    const { session } = c.var
    const { subject } = session
    if (subject === undefined || !(await session.verify())) return c.redirect('/login', 303)
    // … store the new password, then:
    session.login(subject, labelOf(c.req.header('User-Agent')))
    await sessions.revoke({ subject, except: session.id })
    return c.redirect('/devices', 303)
  })

  // Your devices.
  app.get('/devices', async (c) => {
    const { subject, id } = c.var.session
    if (subject === undefined) return c.redirect('/login', 303)
    const devices = await sessions.list(subject)
    return c.json(devices.map((device) => ({ ...device, isThis: isSameLogin(device.id, id) })))
  })

  app.post('/devices/:id/sign-out', async (c) => {
    const { session } = c.var
    const { subject } = session
    if (subject === undefined || !(await session.verify())) return c.redirect('/login', 303)
    // Only what is in the list, so that nobody ends the session of somebody else.
    const devices = await sessions.list(subject)
    const device = devices.find(({ id }) => isSameLogin(id, c.req.param('id')))
    if (!device) return c.text('This device has been signed out already.', 404)
    await sessions.revoke({ session: device.id, subject })
    return c.redirect('/devices', 303)
  })

  app.post('/devices/sign-out-others', async (c) => {
    const { session } = c.var
    const { subject, id } = session
    // A device that was signed out must not sign out the others.
    if (subject === undefined || !(await session.verify())) return c.redirect('/login', 303)
    await sessions.revoke({ subject, except: id })
    return c.redirect('/devices', 303)
  })

  // For administrators: a user's sessions, and the end of all of them.
  app.use('/admin/*', async (c, next) => {
    const isAdmin = c.var.session.subject === 'root' && (await c.var.session.verify())
    return isAdmin ? next() : c.text('For administrators.', 403)
  })
  app.get('/admin/users/:user/sessions', async (c) =>
    c.json(await sessions.list(c.req.param('user'))),
  )
  app.post('/admin/users/:user/ban', async (c) => {
    const subject = c.req.param('user')
    // … first mark the user as banned, so that no login succeeds from here on, then:
    await sessions.revoke({ subject })
    return c.text('Signed out everywhere.')
  })

  app.onError((error, c) => {
    if (error instanceof TooManySessions) return c.text('Log out somewhere else first.', 409)
    return c.text('Sorry.', 500)
  })
  app.get('/', (c) => c.json({ user: c.var.session.subject }))
  return app
}
