/**
 * Routes for the tests of the cluster; they answer only inside it.
 */

import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { SessionVariables } from '../src/hono.ts'
import type { Data, Env, Journal } from './env.ts'
import { filler } from './filler.ts'
import { inCluster, nodeName } from './node.ts'
import { testCollections } from './test-collections.ts'

export const testRoutes = new Hono<{ Bindings: Env; Variables: SessionVariables<Data> }>()

testRoutes.use(async (c, next) => (inCluster(c) ? next() : c.notFound()))

testRoutes.route('/collections', testCollections)

/** What `/test/journal` answers. */
export interface JournalReport {
  readonly node: string
  readonly id: string
  /** What was there when the request came in. */
  readonly saw: Journal
}

/** `?write=…` adds this name to the journal. */
testRoutes.post('/journal', (c) => {
  const { session } = c.var
  const { log = [], last = '', count = 0 } = session.data.journal ?? {}
  const saw = { log: [...log], last, count }
  const name = c.req.query('write')
  if (name !== undefined) {
    session.data.journal ??= { log: [], last, count }
    session.data.journal.log.push(name)
    session.data.journal.last = name
    session.increment('journal.count')
  }
  return c.json<JournalReport>({ node: nodeName(c), id: session.id, saw })
})

/** An image that counts: what pages do with 60 `<img>`. */
testRoutes.get('/pixel', (c) => {
  c.var.session.increment('hits')
  return c.body('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', 200, {
    'content-type': 'image/svg+xml',
  })
})

/** Stores `bytes` bytes under a key of their own. */
testRoutes.post('/set', (c) => {
  const key = c.req.query('key') ?? 'test'
  const bytes = Number(c.req.query('bytes') ?? 1)
  c.var.session.data[`x-${key}`] = filler(key, bytes)
  return c.json({ node: nodeName(c), key, bytes })
})

/** The stored text itself, so that every byte of it can be compared. */
testRoutes.get('/get', (c) => {
  const value = c.var.session.data[`x-${c.req.query('key') ?? 'test'}`]
  return value === undefined ? c.notFound() : c.text(value)
})

// Answers that are not made by `c.json()`. The cookies have to survive each of them.

testRoutes.post('/raw', (c) => {
  c.var.session.data.count++
  return new Response('raw', { headers: { 'x-raw': '1' } })
})

testRoutes.post('/redirect', (c) => {
  c.var.session.data.count++
  return Response.redirect(new URL('/api/session', c.req.url).href, 303)
})

testRoutes.post('/stream', (c) => {
  c.var.session.data.count++
  const encoder = new TextEncoder()
  const parts = ['a', 'b', 'c']
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const part = parts.shift()
      if (part === undefined) controller.close()
      else controller.enqueue(encoder.encode(part))
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/plain' } })
})

/** The changes are rolled back: nothing is saved. */
testRoutes.post('/throw', (c) => {
  c.var.session.data.count++
  c.var.session.data.cart['ghost'] = 1
  throw new HTTPException(409, { message: 'No.' })
})
