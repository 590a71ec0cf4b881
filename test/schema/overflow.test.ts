import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Migrate } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { type FaultPlan, faultyStore } from '../../src/testing/faulty-store.ts'
import { errorOf } from '../support/visitor.ts'
import { bare, part, Site } from './support.ts'

const ROWS = Array.from({ length: 600 }, (_, id) => ({ id, newer: `n${id}` }))

/** A site with a store, in which `big` lies. */
async function stockedSite(overflowLoad: 'eager' | 'lazy' = 'eager') {
  const site = new Site()
  const plan: FaultPlan = {}
  const overflow = faultyStore(memoryStore({ clock: site.clock.read }), plan, site.clock.read)
  const shared = { overflow, overflowLoad }
  await site.node(shared).visit(({ data }) => {
    Object.assign(data, { big: { rows: ROWS, title: 'big', newer: 1 }, small: 1 })
  })
  expect(overflow.counts.puts).toBe(1)
  return { site, shared, overflow, plan, eager: { overflow } }
}

const rename: Migrate = {
  0: ({ big, ...rest }) => ({ ...rest, large: big }),
}

describe('a value in the overflow store', () => {
  test('keeps what the schema left out when another part of it changes', async () => {
    const { site, shared, overflow } = await stockedSite()
    const schema = z.object({
      big: z.object({ rows: z.array(z.object({ id: z.number() })), title: z.string() }),
      small: z.number(),
    })
    const node = site.node({ ...shared, schema })
    await node.visit(({ data }) => {
      expect(Object.keys(part(data, 'big', {}))).toEqual(['rows', 'title'])
      data['small'] = 2
    })
    expect(overflow.counts.puts).toBe(1)
    await node.visit(({ data }) => {
      part(data, 'big', { title: '' }).title = 'changed'
    })
    expect(await bare(site, shared)).toEqual({
      big: { rows: ROWS, title: 'changed', newer: 1 },
      small: 2,
    })
    expect(overflow.counts.puts).toBe(1)
  })

  test.each(['eager', 'lazy'] as const)('can be migrated (%s)', async (overflowLoad) => {
    const { site, shared, overflow, eager } = await stockedSite(overflowLoad)
    const node = site.node({ ...shared, version: 1, migrate: rename })
    await node.visit(async (session) => {
      expect(await session.load('large')).toMatchObject({ title: 'big' })
      session.data['small'] = 2
    })
    expect(overflow.counts.puts).toBe(2)
    const large = { rows: ROWS, title: 'big', newer: 1 }
    expect(await bare(site, eager)).toEqual({ large, small: 2 })
    const gets = overflow.counts.gets
    await node.visit((session) => expect(session.data['small']).toBe(2))
    expect(overflow.counts.gets - gets).toBe(overflowLoad === 'lazy' ? 0 : 1)
  })

  test('is not written again by a migration of something else', async () => {
    const { site, shared, overflow } = await stockedSite()
    const migrate: Migrate = { 0: ({ small, ...rest }) => ({ ...rest, tiny: small }) }
    const node = site.node({ ...shared, version: 1, migrate })
    await node.visit((session) => session.increment('tiny'))
    expect(overflow.counts.puts).toBe(1)
    expect(await bare(site, shared)).toMatchObject({ tiny: 2, big: { title: 'big' } })
  })

  test('may be changed in place by a migration, and by the handler after it', async () => {
    const { site, shared } = await stockedSite()
    const migrate: Migrate = {
      0: (data) => {
        part(data, 'big', { title: '' }).title = 'migrated'
      },
    }
    const node = site.node({ ...shared, version: 1, migrate })
    await node.visit(({ data }) => {
      part(data, 'big', { rows: [{ id: 0 }] }).rows.push({ id: 600 })
    })
    expect(await bare(site, shared)).toEqual({
      big: { rows: [...ROWS, { id: 600 }], title: 'migrated', newer: 1 },
      small: 1,
    })
  })

  test('that is missing is no obstacle for a migration that does without it', async () => {
    const { site, shared, plan } = await stockedSite()
    const migrate: Migrate = {
      0: (data) => {
        data['small'] = 'one'
      },
    }
    const node = site.node({ ...shared, version: 1, migrate })
    plan.get = () => 'rejects'
    await node.visit(async ({ data }) => {
      expect(data['small']).toBe('one')
      expect(await errorOf(() => data['big'])).toMatchObject({ key: 'big' })
      data['more'] = 1
    })
    plan.get = () => undefined
    expect(await bare(site, shared)).toMatchObject({
      small: 'one',
      more: 1,
      big: { title: 'big' },
    })
  })

  test('that is missing makes one fail that needs it, until it is back', async () => {
    const { site, shared, plan } = await stockedSite()
    const node = site.node({ ...shared, version: 1, migrate: rename })
    plan.get = () => 'rejects'
    await node.visit(async (session) => {
      expect(await errorOf(() => session.data)).toMatchObject({ key: 'big', failure: 'failed' })
      session.flash('hint', 1)
    })
    plan.get = () => undefined
    expect(await node.look()).toMatchObject({ large: { title: 'big' }, small: 1 })
  })

  test('may be assigned to by a migration though it is missing', async () => {
    const { site, shared, plan } = await stockedSite()
    const migrate: Migrate = {
      0: (data) => {
        data['big'] = 'replaced'
      },
    }
    const node = site.node({ ...shared, version: 1, migrate })
    plan.get = () => 'misses'
    await node.visit((session) => {
      expect(session.data['big']).toBe('replaced')
      session.increment('small')
    })
    expect(await bare(site, shared)).toEqual({ big: 'replaced', small: 2 })
  })

  test('that is not loaded keeps the schema from being asked', async () => {
    const { site, shared, eager } = await stockedSite('lazy')
    const schema = z.object({ big: z.string(), small: z.string() })
    const node = site.node({ ...shared, schema })
    await node.visit((session) => {
      expect(session.data['small']).toBe(1)
      session.data['small'] = 2
    })
    expect(await bare(site, eager)).toMatchObject({ small: 2, big: { title: 'big' } })
    const error = await errorOf(() =>
      node.visit(async (session) => {
        await session.load('big')
        session.data['small'] = 3
      }),
    )
    expect(error).toMatchObject({ when: 'save', code: 'ERR_SCHEMA' })
  })
})
