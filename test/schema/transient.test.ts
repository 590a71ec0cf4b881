import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createSessions } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { type Loose, SECRET } from '../support/visitor.ts'
import { bare, Site } from './support.ts'

const connection = { query: () => 'rows' }

function transientNode(site = new Site(), options: Loose = {}) {
  const node = site.node({
    transient: ['db', 'scratch'],
    initial: () => ({ count: 0, db: connection, scratch: [] }),
    ...options,
  })
  return { site, node }
}

describe('transient keys', () => {
  test('are there in every request, as initial gives them, and are never stored', async () => {
    const { site, node } = transientNode()
    for (let visit = 0; visit < 3; visit++) {
      await node.visit((session) => {
        expect(session.data['db']).toBe(connection)
        expect(session.data['scratch']).toEqual([])
        session.data['scratch'] = [visit, () => visit]
        session.increment('count')
      })
    }
    expect(await bare(site)).toEqual({ count: 3 })
  })

  test('are no change, whatever becomes of them', async () => {
    const { site, node } = transientNode()
    await node.visit((session) => {
      session.data['scratch'] = 'changed'
      delete session.data['db']
    })
    expect(site.visitor.setCookies).toEqual([])
    await node.visit((session) => session.increment('count'))
    await node.visit((session) => {
      session.data = { count: 1, scratch: new WeakMap() }
    })
    expect(site.visitor.setCookies).toEqual([])
  })

  test('may be incremented, without effect on what is stored', async () => {
    const { site, node } = transientNode(new Site(), {
      initial: () => ({ count: 0, scratch: { hits: 0 } }),
    })
    await node.visit((session) => {
      session.increment('scratch.hits', 5)
      session.increment('count')
      expect(session.data).toEqual({ count: 1, scratch: { hits: 5 } })
    })
    expect(await bare(site)).toEqual({ count: 1 })
  })

  test('that another version stores are not shown, and stay', async () => {
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { count: 1, scratch: 'stored' }))
    const { node } = transientNode(site)
    await node.visit((session) => {
      expect(session.data['scratch']).toEqual([])
      session.increment('count')
    })
    await node.visit((session) => session.regenerate())
    expect(await bare(site)).toEqual({ count: 2, scratch: 'stored' })
  })

  test('go with a migration, whose result is stored without them', async () => {
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { count: 1, scratch: 'stored' }))
    const migrate = (data: Loose) => ({ ...data, db: connection })
    const { node } = transientNode(site, { version: 1, migrate })
    await node.visit((session) => session.increment('count'))
    expect(await bare(site)).toEqual({ count: 2 })
  })

  test('go through the schema', async () => {
    const schema = z.object({
      count: z.number(),
      db: z.custom<typeof connection>((value) => value === connection),
      scratch: z.array(z.unknown()).default([]),
    })
    const { site, node } = transientNode(new Site(), { schema })
    await node.visit((session) => session.increment('count'))
    await node.visit(({ data }) => {
      expect(data['db']).toBe(connection)
      data['count'] = 7
    })
    expect(await bare(site)).toEqual({ count: 7 })
    await node.visit(({ data }) => {
      data['scratch'] = [() => 1]
    })
    expect(site.visitor.setCookies).toEqual([])
  })

  test('are what the schema makes of them, or not there where it leaves them out', async () => {
    const site = new Site()
    await site.node().visit(({ data }) => {
      data['count'] = 1
    })
    const made = z.object({ count: z.number(), scratch: z.array(z.unknown()).transform(String) })
    await transientNode(site, { schema: made }).node.visit(({ data }) => {
      expect(data).toEqual({ count: 1, scratch: '' })
    })
    const without = z.object({ count: z.number() })
    await transientNode(site, { schema: without }).node.visit(({ data }) => {
      expect(data).toEqual({ count: 1 })
    })
    expect(site.visitor.setCookies).toEqual([])
  })

  test('are not loaded, and what another release stored under their name stays', async () => {
    const site = new Site()
    const overflow = memoryStore({ clock: site.clock.read })
    await site.node({ overflow }).visit(({ data }) => {
      data['scratch'] = 'x'.repeat(6000)
    })
    const { node } = transientNode(site, { overflow, overflowLoad: 'lazy' })
    await node.visit(async (session) => {
      expect(await session.load('scratch')).toEqual([])
      session.data['count'] = 9
    })
    expect(await bare(site, { overflow })).toEqual({ scratch: 'x'.repeat(6000), count: 9 })
  })

  test('can be flashed by name, and named like a key that lies in the store', async () => {
    const site = new Site()
    const overflow = memoryStore({ clock: site.clock.read })
    await site.node({ overflow }).visit(({ data }) => {
      data['scratch'] = 'x'.repeat(6000)
    })
    const { node } = transientNode(site, { overflow })
    await node.visit((session) => {
      expect(session.data['scratch']).toEqual([])
      session.flash('scratch', 'flashed')
    })
    await node.visit((session) => expect(session.flashed).toEqual({ scratch: 'flashed' }))
    expect(await bare(site, { overflow })).toEqual({ scratch: 'x'.repeat(6000) })
  })

  test('without initial start as undefined', async () => {
    const sessions = createSessions<{ n: number; db: object }>({
      secrets: SECRET,
      transient: ['db'],
    })
    const session = await sessions.open(new Request('https://shop.example/'))
    session.data.db = connection
    session.data.n = 1
    const response = await sessions.commit(session, new Response())
    const cookie = response.headers.getSetCookie().map((line) => line.split(';')[0])
    const next = await sessions.read(new Headers({ cookie: cookie.join('; ') }))
    expect(next.data).toEqual({ n: 1 })
  })
})
