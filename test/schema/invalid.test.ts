import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { SchemaInvalid, type StandardSchema } from '../../src/index.ts'
import { errorOf, type Loose } from '../support/visitor.ts'
import { bare, Site } from './support.ts'

const schema = z.strictObject({ name: z.string(), note: z.string().optional() })
const NEWER = { fullName: 'Ada Lovelace', secretive: { pin: 'pin-1234' } }

/** A site on which a newer version of the app has stored what `schema` rejects. */
async function newerSite() {
  const site = new Site()
  const newer = site.node({ version: 2 })
  await newer.visit((session) => {
    Object.assign(session.data, NEWER)
    session.flash('hint', 'from the newer one')
  })
  return { site, newer }
}

describe("a session that the schema rejects, with onInvalid: 'fail'", () => {
  test('throws when its data is looked at, and at no other time', async () => {
    const { site, newer } = await newerSite()
    const older = site.node({ schema, version: 1 })
    await older.visit(async (session) => {
      expect(await errorOf(() => session.data)).toBeInstanceOf(SchemaInvalid)
      expect(await errorOf(() => session.increment('count'))).toBeInstanceOf(SchemaInvalid)
      expect(session.isNew).toBe(false)
      expect(session.flashed).toEqual({ hint: 'from the newer one' })
      session.flash('hint', 'from the older one')
    })
    await newer.visit((session) => {
      expect(session.data).toEqual(NEWER)
      expect(session.flashed).toEqual({ hint: 'from the older one' })
    })
  })

  test('keeps its data through a new id, a renewal and a subject', async () => {
    const { site, newer } = await newerSite()
    const older = site.node({ schema, version: 1 })
    await older.visit((session) => session.regenerate())
    await older.visit((session) => {
      session.subject = 'u1'
    })
    site.clock.advance(600)
    await older.visit((session) => expect(session.subject).toBe('u1'))
    expect(older.told('renewed')).toHaveLength(1)
    expect(await newer.look()).toEqual(NEWER)
  })

  test('can be ended, and replaced', async () => {
    const { site, newer } = await newerSite()
    const older = site.node({
      schema,
      version: 1,
      migrate: () => expect.fail('it is of this version'),
    })
    await older.visit((session) => {
      session.data = { name: 'Ada' }
    })
    expect(await older.look()).toEqual({ name: 'Ada' })
    let from = 0
    const migrate = (_: Loose, version: number) => {
      from = version
      return { fullName: 'Ada' }
    }
    expect(await site.node({ version: 2, migrate }).look()).toEqual({ fullName: 'Ada' })
    expect(from).toBe(1)
    await older.visit((session) => session.destroy())
    expect(await newer.look()).toEqual({})
  })

  test('says nothing of what it holds', async () => {
    const { site } = await newerSite()
    const session = await site.node({ schema }).sessions.open(site.visitor.request())
    const error = await errorOf(() => session.data)
    expect(error).toMatchObject({ when: 'open', name: 'SchemaInvalid' })
    expect(String(error)).toContain('data.name')
    expect(String(error)).toContain("onInvalid: 'new'")
    expect(JSON.stringify([String(error), error])).not.toMatch(/Lovelace|pin-1234/)
  })
})

describe("a session that the schema rejects, with onInvalid: 'new'", () => {
  test('is treated as new, and stays for others as long as nothing is stored', async () => {
    const { site, newer } = await newerSite()
    const older = site.node({ schema, onInvalid: 'new', initial: () => ({ name: 'nobody' }) })
    const cookie = site.visitor.cookie
    await older.visit((session) => {
      expect(session.isNew).toBe(true)
      expect(session.subject).toBe(undefined)
      expect(session.flashed).toEqual({})
      expect(session.data).toEqual({ name: 'nobody' })
    })
    expect(site.visitor.setCookies).toEqual([])
    expect(site.visitor.cookie).toBe(cookie)
    expect(await newer.look()).toEqual(NEWER)
  })

  test('once something is stored the new one counts, and that answer deletes nothing', async () => {
    const { site, newer } = await newerSite()
    const before = site.visitor.jar.cookies(site.visitor.origin).map(({ name }) => name)
    const older = site.node({ schema, onInvalid: 'new', initial: () => ({ name: 'nobody' }) })
    await older.visit(({ data }) => {
      data['note'] = 'stored'
    })
    const after = site.visitor.jar.cookies(site.visitor.origin).map(({ name }) => name)
    expect(after).toEqual(expect.arrayContaining(before))
    expect(await older.look()).toEqual({ name: 'nobody', note: 'stored' })
    expect(await newer.look()).toEqual({ name: 'nobody', note: 'stored' })
  })

  test('a logout ends what is there, though it could not be read', async () => {
    const { site, newer } = await newerSite()
    await site.node({ schema, onInvalid: 'new' }).visit((session) => session.destroy())
    expect(await newer.look()).toEqual({})
  })

  test('an outage of the store is none of its business', async () => {
    const site = new Site()
    const store = { get: () => Promise.reject(new Error('down')), put: () => Promise.resolve() }
    await site.node({ overflow: store }).visit(({ data }) => {
      data['name'] = 'x'.repeat(5000)
    })
    const older = site.node({ schema, onInvalid: 'new', overflow: store })
    await older.visit(async (session) => {
      expect(session.isNew).toBe(false)
      expect(await errorOf(() => session.data['name'])).toMatchObject({
        code: 'ERR_OVERFLOW_UNAVAILABLE',
      })
    })
  })
})

describe('data that the schema rejects when it is saved', () => {
  test('is not saved; issues tell the paths and messages, the message no values', async () => {
    const site = new Site()
    const node = site.node({ schema, initial: () => ({ name: 'Ada' }) })
    await node.visit(({ data }) => {
      data['note'] = 'kept'
    })
    const cookie = site.visitor.cookie
    const error = await errorOf(() =>
      node.visit(({ data }) => {
        data['note'] = 'not kept'
        data['name'] = 12_345
        data['extra-key'] = 'value-of-extra'
      }),
    )
    expect(error).toBeInstanceOf(SchemaInvalid)
    expect(error).toMatchObject({ when: 'save', code: 'ERR_SCHEMA' })
    expect(error instanceof SchemaInvalid && error.issues[0]).toEqual({
      path: 'data.name',
      message: 'Invalid input: expected string, received number',
    })
    expect(String(error)).not.toMatch(/12345|value-of-extra/)
    expect(site.visitor.cookie).toBe(cookie)
    expect(await bare(site)).toEqual({ name: 'Ada', note: 'kept' })
  })

  test('can be put right in the same request', async () => {
    const site = new Site()
    const node = site.node({ schema, initial: () => ({ name: 'Ada' }) })
    await node.visit(async (session) => {
      session.data['name'] = 1
      expect(await errorOf(() => session.commit())).toBeInstanceOf(SchemaInvalid)
      session.data['name'] = 'Grace'
    })
    expect(await bare(site)).toEqual({ name: 'Grace' })
  })

  test('a new session without initial is checked when it is saved', async () => {
    const site = new Site()
    const node = site.node({ schema })
    const error = await errorOf(() =>
      node.visit(({ data }) => {
        data['note'] = 'no name'
      }),
    )
    expect(error).toMatchObject({ when: 'save', issues: [{ path: 'data.name' }] })
    expect(site.visitor.cookie).toBe('')
  })

  test('paths are written as in code', async () => {
    const site = new Site()
    const wide = z.object({ 'a-b': z.array(z.object({ n: z.number() })) })
    const node = site.node({ schema: wide, initial: () => ({ 'a-b': [] }) })
    const error = await errorOf(() =>
      node.visit(({ data }) => {
        data['a-b'] = [{ n: 1 }, { n: 'x' }]
      }),
    )
    expect(error).toMatchObject({ issues: [{ path: 'data["a-b"][1].n' }] })
  })

  test('keys of Maps and items of Sets do not stand in them', async () => {
    const map = z.map(z.string(), z.object({ n: z.number() }))
    for (const schema of [
      z.object({ m: map, s: z.set(z.number()) }),
      v.object({
        m: v.map(v.string(), v.object({ n: v.number() })),
        s: v.set(v.number()),
      }),
    ]) {
      const m = new Map([
        ['bob@example.com', { n: 1 }],
        ['alice@example.com', { n: 'secret' }],
      ])
      const error = await errorOf(() =>
        new Site().node({ schema }).visit((session) => {
          session.data = { m, s: new Set(['secret']) }
        }),
      )
      expect(String(error)).toContain('data.m.values()[1]')
      expect(String(error)).toMatch(/data\.s(\.values\(\))?/)
      expect(String(error)).not.toMatch(/example\.com|secret/)
    }
  })

  test('of many only five are named, and none is the data', async () => {
    const issues = Array.from({ length: 1000 }, (_, i) => ({ message: 'no', path: [`k${i}`] }))
    expect(
      String(
        new SchemaInvalid(
          'save',
          issues.map(({ path }) => ({ message: '', path: `data.${path}` })),
        ),
      ),
    ).toContain('at data.k0, data.k1, data.k2, data.k3, data.k4 and 995 more.')
    expect(String(new SchemaInvalid('open', []))).toContain('does not match the schema at data.')
  })

  test('a schema that gives no object is an error of its own', async () => {
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { a: 1 }))
    const validate = () => ({ value: JSON.parse('5') })
    const schema: StandardSchema<Loose> = { '~standard': { version: 1, vendor: 'test', validate } }
    const session = await site.node({ schema }).sessions.open(site.visitor.request())
    expect(await errorOf(() => session.data)).toMatchObject({
      issues: [{ path: 'data', message: 'the schema must give an object' }],
    })
  })
})
