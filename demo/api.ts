/**
 * What the page calls. Every handler changes plain data in place; nothing here saves anything.
 */

import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { ConfigError, OverflowUnavailable, RevocationUnavailable } from '../src/errors.ts'
import { type CookieSize, cookieSizes } from './cookies.ts'
import { deviceOf } from './device.ts'
import type { DemoVariables, Env } from './env.ts'
import { filler } from './filler.ts'
import { inCluster, nodeName } from './node.ts'

type ApiContext = Context<{ Bindings: Env; Variables: DemoVariables }>

/** One of the user's sessions. */
export interface Device {
  readonly id: string
  readonly label: string
  readonly startedAt: Date
  readonly lastSeenAt: Date
  /** Whether it is that of this browser. */
  readonly isThis: boolean
}

/** What `GET /api/session` answers. */
export interface SessionReport {
  readonly node: string
  /** Whether the local cluster runs it: nodes can then be killed. */
  readonly cluster: boolean
  readonly id: string
  readonly isNew: boolean
  readonly user: { readonly id: string; readonly name: string } | null
  readonly cart: Record<string, number>
  readonly count: number
  readonly hits: number
  /** Which of the writes that were sent together are in the session. */
  readonly story: readonly number[]
  /** Size of the note; `null` without one; `'unavailable'` while the store does not give it back. */
  readonly note: number | 'unavailable' | null
  /** Where the user is logged in; `null` while nobody knows. */
  readonly devices: readonly Device[] | null
  readonly cookies: readonly CookieSize[]
  /** The whole Cookie header, in bytes. */
  readonly headerBytes: number
}

const SKU = /^[a-z]{1,20}$/
const MAX_NOTE_BYTES = 1_000_000
const MAX_NAME_LENGTH = 40

function noteSize(c: ApiContext): SessionReport['note'] {
  try {
    return c.var.session.data.note?.length ?? null
  } catch (error) {
    if (error instanceof OverflowUnavailable) return 'unavailable'
    throw error
  }
}

async function devicesOf({
  var: { session, sessions },
}: ApiContext): Promise<SessionReport['devices']> {
  if (session.subject === undefined) return []
  try {
    const listed = await sessions.list(session.subject)
    return listed.map((each) => ({ ...each, isThis: isSameLogin(each.id, session.id) }))
  } catch (error) {
    // The store is down, or keeps no list.
    if (error instanceof RevocationUnavailable || error instanceof ConfigError) return null
    throw error
  }
}

/** A device gets new ids between the page and the click. What stands for its login stays. */
function isSameLogin(one: string, other: string): boolean {
  return one.length === other.length && one.slice(-14) === other.slice(-14)
}

export const api = new Hono<{ Bindings: Env; Variables: DemoVariables }>()

api.get('/session', async (c) => {
  const { data, id, isNew } = c.var.session
  const header = c.req.header('cookie')
  return c.json<SessionReport>({
    node: nodeName(c),
    cluster: inCluster(c),
    id,
    isNew,
    user: data.user ?? null,
    cart: data.cart,
    count: data.count,
    hits: data.hits,
    story: data.story ?? [],
    note: noteSize(c),
    devices: await devicesOf(c),
    cookies: cookieSizes(header),
    headerBytes: header?.length ?? 0,
  })
})

/** Begins a session and changes nothing else: first requests do not merge, so one goes ahead. */
api.post('/session', (c) => {
  c.var.session.data.begun = true
  return c.json({ node: nodeName(c) })
})

/** Begins the story anew. */
api.post('/story', (c) => {
  c.var.session.data.story = []
  return c.json({ node: nodeName(c) })
})

api.post('/story/:n{[0-9]+}', (c) => {
  c.var.session.data.story = [...(c.var.session.data.story ?? []), Number(c.req.param('n'))]
  return c.json({ node: nodeName(c) })
})

api.post('/cart/:sku', (c) => {
  const sku = c.req.param('sku')
  const by = Number(c.req.query('by') ?? 1)
  if (!SKU.test(sku) || !Number.isInteger(by)) throw new HTTPException(400, { message: 'Which?' })
  const { cart } = c.var.session.data
  const pieces = (cart[sku] ?? 0) + by
  if (pieces > 0) cart[sku] = pieces
  else delete cart[sku]
  return c.json({ node: nodeName(c), cart })
})

api.post('/login', (c) => {
  const { session } = c.var
  const name = (c.req.query('name') ?? 'Ada').slice(0, MAX_NAME_LENGTH)
  const user = { id: name.toLowerCase(), name }
  // A new id, too: one planted before the login is worth nothing, and no slower request undoes it.
  session.login(user.id, { label: deviceOf(c.req.header('user-agent') ?? '') })
  session.data.user = user
  return c.json({ node: nodeName(c), user })
})

api.post('/logout', (c) => {
  c.var.session.destroy()
  return c.json({ node: nodeName(c) })
})

/** Signs out another device of the user, or all others. */
api.delete('/devices/:id', async (c) => {
  const { session, sessions } = c.var
  const { subject } = session
  // A device that was signed out must not sign out others.
  if (subject === undefined || !(await session.verify()))
    throw new HTTPException(401, { message: 'Log in first.' })
  const id = c.req.param('id')
  if (id === 'others') await sessions.revoke({ subject, except: session.id })
  else {
    // Only what is in the list: nobody signs out somebody else.
    const listed = await sessions.list(subject)
    const device = listed.find((each) => isSameLogin(each.id, id))
    if (!device) throw new HTTPException(404, { message: 'This device is signed out already.' })
    await sessions.revoke({ session: device.id, subject })
  }
  return c.json({ node: nodeName(c) })
})

/** Two at once count one: both read the same number. */
api.post('/increment', (c) => {
  c.var.session.data.count++
  return c.json({ node: nodeName(c), count: c.var.session.data.count })
})

/** Two at once count two: what is stored is "one more". */
api.post('/increment/hits', (c) => {
  c.var.session.increment('hits')
  return c.json({ node: nodeName(c), hits: c.var.session.data.hits })
})

api.post('/big', (c) => {
  const bytes = Number(c.req.query('bytes') ?? 20_000)
  if (!(bytes > 0 && bytes <= MAX_NOTE_BYTES)) throw new HTTPException(400, { message: 'How big?' })
  c.var.session.data.note = filler(c.var.session.id, bytes)
  return c.json({ node: nodeName(c), bytes })
})

api.delete('/big', (c) => {
  delete c.var.session.data.note
  return c.json({ node: nodeName(c), bytes: 0 })
})
