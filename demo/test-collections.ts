/**
 * Routes for the tests of the cluster: collections so big that each of them goes to the overflow store, and small
 * changes inside of them.
 */

import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { SessionVariables } from '../src/hono.ts'
import type { Session } from '../src/session/session.ts'
import type { Collections, Data, Env } from './env.ts'
import { filler } from './filler.ts'

type CollectionsEnv = { Bindings: Env; Variables: SessionVariables<Data> }

/** What they are, as JSON. */
export interface CollectionsReport extends Omit<Collections, 'map' | 'set'> {
  map: [string, string][]
  set: string[]
}

const ITEMS = 12
const ITEM_BYTES = 500

async function loaded<Key extends keyof Collections>(
  session: Session<Data>,
  key: Key,
): Promise<Collections[Key]> {
  // Where all is loaded at once, this returns what is there already.
  await session.load(key)
  const value: Partial<Collections>[Key] = session.data[key]
  if (value === undefined) throw new HTTPException(409, { message: `Begin ${key} first.` })
  return value
}

type Change = (session: Session<Data>, id: string, text: string) => Promise<unknown>

const changes: Readonly<Record<string, Change>> = {
  push: async (session, id, text) => (await loaded(session, 'list')).push({ id, text }),
  edit: async (session, id, text) => {
    for (const item of await loaded(session, 'list')) if (item.id === id) item.text = text
  },
  remove: async (session, id) => {
    const list = await loaded(session, 'list')
    session.data.list = list.filter((item) => item.id !== id)
  },
  key: async (session, id, text) => {
    const keys = await loaded(session, 'keys')
    keys[id] = text
  },
  count: async (session) => {
    await loaded(session, 'counts')
    session.increment('counts.hits')
  },
  put: async (session, id, text) => (await loaded(session, 'map')).set(id, text),
  drop: async (session, id) => (await loaded(session, 'map')).delete(id),
  add: async (session, id) => (await loaded(session, 'set')).add(id),
  discard: async (session, id) => (await loaded(session, 'set')).delete(id),
}

export const testCollections = new Hono<CollectionsEnv>()

testCollections.post('/begin', (c) => {
  const items = Array.from({ length: ITEMS }, (_, i) => {
    const id = `0-${i}`
    return { id, text: filler(id, ITEM_BYTES) }
  })
  const texts = items.map(({ id, text }) => [id, text] as const)
  Object.assign(c.var.session.data, {
    list: items,
    keys: Object.fromEntries(texts),
    counts: { hits: 0, text: filler('counts', ITEMS * ITEM_BYTES) },
    map: new Map(texts),
    set: new Set(texts.map(([, text]) => text)),
  } satisfies Collections)
  return c.json({ items: ITEMS })
})

/** `?id=…&bytes=…`: what is changed, and how much text is written. */
testCollections.post('/change/:how', async (c) => {
  const change = changes[c.req.param('how')]
  if (!change) throw new HTTPException(400, { message: 'How?' })
  const id = c.req.query('id') ?? ''
  await change(c.var.session, id, filler(id, Number(c.req.query('bytes') ?? 100)))
  return c.json({ id })
})

testCollections.get('/', async (c) => c.json<CollectionsReport>(await report(c)))

async function report(c: Context<CollectionsEnv>): Promise<CollectionsReport> {
  const { session } = c.var
  return {
    list: await loaded(session, 'list'),
    keys: await loaded(session, 'keys'),
    counts: await loaded(session, 'counts'),
    map: [...(await loaded(session, 'map'))],
    set: [...(await loaded(session, 'set'))],
  }
}
