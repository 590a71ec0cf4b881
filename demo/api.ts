/**
 * What the page calls. Every handler changes plain data in place; nothing here saves anything.
 */

import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { OverflowUnavailable } from '../src/errors.ts'
import type { SessionVariables } from '../src/hono.ts'
import { type CookieSize, cookieSizes } from './cookies.ts'
import type { Data, Env } from './env.ts'
import { filler } from './filler.ts'
import { inCluster, nodeName } from './node.ts'

type ApiContext = Context<{ Bindings: Env; Variables: SessionVariables<Data> }>

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
  /** Size of the note; `null` without one; `'unavailable'` while the store does not give it back. */
  readonly note: number | 'unavailable' | null
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

export const api = new Hono<{ Bindings: Env; Variables: SessionVariables<Data> }>()

api.get('/session', (c) => {
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
    note: noteSize(c),
    cookies: cookieSizes(header),
    headerBytes: header?.length ?? 0,
  })
})

/** Begins a session and changes nothing else: first requests do not merge, so one goes ahead. */
api.post('/session', (c) => {
  c.var.session.data.begun = true
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
  session.subject = user.id
  session.data.user = user
  return c.json({ node: nodeName(c), user })
})

api.post('/logout', (c) => {
  c.var.session.destroy()
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
