/**
 * An ordinary cookie session, for comparison: one signed cookie with the whole session. Each answer writes all of it, as
 * its request has read it. Libraries that keep the session in one cookie do the same, signed or encrypted.
 */

import { type Context, Hono } from 'hono'
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie'
import type { Env } from './env.ts'
import { delay, nodeName } from './node.ts'

type OrdinaryContext = Context<{ Bindings: Env }>

/** What `GET /ordinary/session` answers. */
export interface OrdinaryReport {
  readonly node: string
  readonly user: string | null
  /** Which of the writes that were sent together are in the session. */
  readonly story: readonly number[]
}

interface OrdinarySession {
  user?: string
  story: number[]
}

const NAME = 'ordinary'
const PATH = '/ordinary'

async function read(c: OrdinaryContext): Promise<OrdinarySession> {
  const text = await getSignedCookie(c, c.env.SESSION_SECRETS, NAME)
  return text ? (JSON.parse(text) as OrdinarySession) : { story: [] }
}

async function save(c: OrdinaryContext, session: OrdinarySession): Promise<Response> {
  const secure = new URL(c.req.url).protocol === 'https:'
  await setSignedCookie(c, NAME, JSON.stringify(session), c.env.SESSION_SECRETS, {
    path: PATH,
    httpOnly: true,
    sameSite: 'Lax',
    secure,
  })
  return c.json({ node: nodeName(c) })
}

export const ordinary = new Hono<{ Bindings: Env }>()

ordinary.use(async (c, next) => {
  await next()
  c.header('cache-control', 'private, no-store')
})
ordinary.use(delay)

ordinary.get('/session', async (c) => {
  const { user, story } = await read(c)
  return c.json<OrdinaryReport>({ node: nodeName(c), user: user ?? null, story })
})

/** Begins the story anew. */
ordinary.post('/story', async (c) => save(c, { ...(await read(c)), story: [] }))

ordinary.post('/story/:n{[0-9]+}', async (c) => {
  const session = await read(c)
  return save(c, { ...session, story: [...session.story, Number(c.req.param('n'))] })
})

ordinary.post('/login', async (c) => save(c, { ...(await read(c)), user: 'Ada' }))

ordinary.post('/logout', (c) => {
  deleteCookie(c, NAME, { path: PATH })
  return c.json({ node: nodeName(c) })
})
