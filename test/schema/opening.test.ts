import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type StandardSchema, ValueError } from '../../src/index.ts'
import { errorOf, type Loose } from '../support/visitor.ts'
import { bare, part, Site } from './support.ts'

describe('a default of the schema', () => {
  const schema = z.object({
    tags: z.array(z.string()).default([]),
    start: z.array(z.string()).default(['first']),
    count: z.number().default(0),
    credit: z.number().default(10),
    name: z.string().optional(),
  })

  async function siteWith(data: Loose) {
    const site = new Site()
    await site.node().visit((session) => Object.assign(session.data, data))
    return { site, node: site.node({ schema }) }
  }

  test('is not stored until a handler changes it', async () => {
    const { site, node } = await siteWith({ name: 'Ada' })
    await node.visit(({ data }) => {
      data['name'] = 'Grace'
    })
    expect(await bare(site)).toEqual({ name: 'Grace' })
  })

  test('is what pushing and increment() build on', async () => {
    const { site, node } = await siteWith({ name: 'Ada' })
    await node.visit((session) => {
      part(session.data, 'tags', ['']).push('a')
      part(session.data, 'start', ['']).push('second')
      session.increment('count')
      session.increment('credit', 5)
    })
    const stored = { tags: ['a'], start: ['first', 'second'], count: 1, credit: 15 }
    expect(await bare(site)).toEqual({ name: 'Ada', ...stored })
    await node.visit((session) => {
      part(session.data, 'start', ['']).push('third')
      session.increment('credit')
    })
    expect(await node.look()).toMatchObject({ start: ['first', 'second', 'third'], credit: 16 })
  })

  test('increment() counts on though the schema does not show the number', async () => {
    const { site, node } = await siteWith({ hits: 5 })
    for (let i = 0; i < 3; i++) await node.visit((session) => session.increment('hits', 2))
    expect(await bare(site)).toEqual({ hits: 11 })
  })

  test('counts and lists that begin empty take the changes of parallel requests', async () => {
    const { node } = await siteWith({ name: 'Ada' })
    const requests = await Promise.all(Array.from({ length: 4 }, () => node.begin()))
    for (const [i, { session }] of requests.entries()) {
      part(session.data, 'tags', ['']).push(`t${i}`)
      session.increment('count')
    }
    for (const { end } of requests) await end()
    const { tags, count } = await node.look()
    expect(count).toBe(4)
    expect(tags).toHaveLength(4)
  })

  test('is not shared between requests, though the schema gives one object for all', async () => {
    const prefs = z.object({
      flags: z.array(z.string()),
      deep: z.object({ list: z.array(z.any()) }),
    })
    const schema = z.object({
      name: z.string(),
      prefs: prefs.default({ flags: [], deep: { list: [] } }),
      caught: prefs.catch({ flags: [], deep: { list: [] } }),
    })
    for (const name of ['Ada', 'Grace']) {
      const site = new Site()
      await site.node().visit(({ data }) => Object.assign(data, { name, caught: 'broken' }))
      const node = site.node({ schema })
      await node.visit(({ data }) => {
        const { flags, deep } = part(data, 'prefs', { flags: [''], deep: { list: [''] } })
        expect(flags).toEqual([])
        expect(deep.list).toEqual([])
        flags.push(name)
        deep.list.push(name)
        const caught = part(data, 'caught', { flags: [''], deep: { list: [''] } })
        expect(caught).toEqual({ flags: [], deep: { list: [] } })
        caught.flags.push(name)
        caught.deep.list.push(name)
      })
      const stored = { flags: [name], deep: { list: [name] } }
      expect(await node.look()).toEqual({ name, prefs: stored, caught: stored })
    }
  })
})

describe('a schema that makes something else of the data', () => {
  test('coerced values are stored only where a handler changed them', async () => {
    const schema = z.object({ at: z.coerce.date(), n: z.coerce.number(), other: z.string() })
    const site = new Site()
    const at = '2026-11-22T00:00:00.000Z'
    await site.node().visit(({ data }) => Object.assign(data, { at, n: '41', other: 'a' }))
    const node = site.node({ schema })
    await node.visit((session) => {
      expect(session.data).toEqual({ at: new Date(at), n: 41, other: 'a' })
      session.data['other'] = 'b'
    })
    expect(await bare(site)).toEqual({ at, n: '41', other: 'b' })
    await node.visit((session) => {
      session.increment('n')
      part(session.data, 'at', new Date()).setUTCFullYear(2027)
    })
    const later = new Date('2027-11-22T00:00:00.000Z')
    expect(await bare(site)).toEqual({ at: later, n: 42, other: 'b' })
  })

  test('a transform that is not idempotent does not pile up', async () => {
    const schema = z.object({ greeting: z.string().transform((text) => `${text}!`), n: z.number() })
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { greeting: 'hi', n: 0 }))
    const node = site.node({ schema })
    for (let n = 1; n < 4; n++) {
      await node.visit(({ data }) => {
        expect(data['greeting']).toBe('hi!')
        data['n'] = n
      })
    }
    expect(await bare(site)).toEqual({ greeting: 'hi', n: 3 })
  })

  test('a transform whose result the schema itself rejects can be read, and not saved', async () => {
    const schema = z.object({ text: z.string().transform((text) => text.length), n: z.number() })
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { text: 'four', n: 0 }))
    const node = site.node({ schema })
    expect(await node.look()).toEqual({ text: 4, n: 0 })
    const error = await errorOf(() =>
      node.visit(({ data }) => {
        data['n'] = 1
      }),
    )
    expect(error).toMatchObject({ code: 'ERR_SCHEMA', issues: [{ path: 'data.text' }] })
  })

  test('what it makes must be storable', async () => {
    const schema = z.object({ n: z.number().transform((n) => ({ deep: { get: () => n } })) })
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { n: 1 }))
    const session = await site.node({ schema }).sessions.open(site.visitor.request())
    const error = await errorOf(() => session.data)
    expect(error).toBeInstanceOf(ValueError)
    expect(error).toMatchObject({ path: 'data.n.deep.get' })
  })
})

describe('a schema', () => {
  test('may be asynchronous, and is asked once to open and once to save', async () => {
    let asked = 0
    const schema: StandardSchema<Loose> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: async (value) => {
          await Promise.resolve()
          asked++
          return { value: Object.assign({}, value) }
        },
      },
    }
    const site = new Site()
    const node = site.node({ schema })
    await node.visit(({ data }) => Object.assign(data, { a: { b: 1 }, list: [1, { c: 2 }] }))
    expect(asked).toBe(1)
    await node.visit(({ data }) => expect(data).toEqual({ a: { b: 1 }, list: [1, { c: 2 }] }))
    expect(asked).toBe(2)
    await node.visit(({ data }) => {
      data['a'] = 1
    })
    expect(asked).toBe(4)
  })

  test('sees rich values, keys of all kinds and nothing of what is flashed', async () => {
    const seen: unknown[] = []
    const schema: StandardSchema<Loose> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => {
          seen.push(structuredClone(value))
          return { value: Object.assign({}, value) }
        },
      },
    }
    const data = { '~f': 1, '~v': 2, '~~': 3, $: 4, m: new Map([['k', new Set([1n])]]), z: -0 }
    const site = new Site()
    await site.node().visit((session) => {
      Object.assign(session.data, data)
      session.flash('hint', 'saved')
    })
    const node = site.node({ schema })
    await node.visit((session) => {
      expect(session.data).toEqual(data)
      expect(session.flashed).toEqual({ hint: 'saved' })
      session.data['more'] = 1
    })
    expect(seen[0]).toEqual(data)
    expect(await bare(site)).toEqual({ ...data, more: 1 })
  })

  test('that gives one object of its own to all, where they hold the same, shares nothing', async () => {
    const interned = { flags: ['a'], deep: { list: [1] } }
    const schema: StandardSchema<Loose> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => ({ value: { prefs: interned } }),
      },
    }
    const site = new Site()
    await site.node().visit(({ data }) => {
      data['prefs'] = { flags: ['a'], deep: { list: [1] } }
    })
    await site.node({ schema }).visit(({ data }) => {
      part(data, 'prefs', { flags: [''] }).flags.push('b')
    })
    expect(interned).toEqual({ flags: ['a'], deep: { list: [1] } })
    expect(Object.isFrozen(interned.deep)).toBe(false)
    expect(await bare(site)).toEqual({ prefs: { flags: ['a', 'b'], deep: { list: [1] } } })
  })

  test('what it puts into its input for its own use is neither shown nor stored', async () => {
    const schema = z.preprocess(
      (value) => Object.assign(Object(value), { scratch: 1 }),
      z.object({ name: z.string() }),
    )
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { name: 'Ada', other: 2 }))
    await site.node({ schema }).visit(({ data }) => {
      expect(data).toEqual({ name: 'Ada' })
      data['name'] = 'Grace'
    })
    expect(await bare(site)).toEqual({ name: 'Grace', other: 2 })
    const strict = new Site()
    await strict.node().visit(({ data }) => Object.assign(data, { name: 'Ada' }))
    await strict.node({ schema }).visit(({ data }) => {
      expect(data).toEqual({ name: 'Ada' })
    })
    expect(await bare(strict)).toEqual({ name: 'Ada' })
  })

  test('takes as long for deep data as for wide data, though it leaves something out', async () => {
    const level = (depth: number): Loose =>
      depth === 0 ? { field: 'a', more: 1 } : { field: 'a', not: level(depth - 1) }
    const filter: z.ZodType<object> = z.object({
      field: z.string(),
      get not() {
        return filter.optional()
      },
    })
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { filter: level(90) }))
    await site.node({ schema: z.object({ filter }) }).visit(({ data }) => {
      expect(JSON.stringify(data)).not.toContain('more')
      expect(JSON.stringify(data).length).toBe(JSON.stringify({ filter: level(90) }).length - 9)
    })
  })

  test('that puts an object of its own into its input shares nothing', async () => {
    const plan = { id: 'free', limits: { a: 1 }, tags: new Map([['k', { n: 1 }]]) }
    const schema = z.preprocess(
      (value) => Object.assign(Object(value), { plan }),
      z.object({ plan: z.any() }),
    )
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, structuredClone({ plan })))
    await site.node({ schema }).visit(({ data }) => {
      const shown = part(data, 'plan', plan)
      shown.limits.a = 2
      const item = shown.tags.get('k')
      if (item) item.n = 2
    })
    expect(plan).toEqual({ id: 'free', limits: { a: 1 }, tags: new Map([['k', { n: 1 }]]) })
    expect(await bare(site)).toEqual({
      plan: { id: 'free', limits: { a: 2 }, tags: new Map([['k', { n: 2 }]]) },
    })
  })

  test('what it puts deep into its input is neither shown nor stored', async () => {
    const schema: StandardSchema<Loose> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => {
          const copy = structuredClone(Object(value))
          Object.assign(Object(value).user, { scratch: 1 })
          return { value: copy }
        },
      },
    }
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { n: 1, user: { name: 'Ada' } }))
    await site.node({ schema }).visit(({ data }) => {
      expect(data['user']).toEqual({ name: 'Ada' })
      data['n'] = 2
    })
    expect(await bare(site)).toEqual({ n: 2, user: { name: 'Ada' } })
  })

  test.each([
    ['a class instance', new (class Shop {})()],
    ['a Map', new Map()],
    ['a list', []],
    ['a Date', new Date(0)],
    ['an object that inherits', Object.create({ a: 'x' })],
  ])('must give a plain object, and not %s', async (_, value) => {
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { a: 'x' }))
    const schema = z.looseObject({}).transform(() => value)
    await site.node({ schema }).visit(async (session) => {
      const error = await errorOf(() => session.data)
      expect(error).toBeInstanceOf(ValueError)
      expect(error).toMatchObject({ path: 'data' })
    })
  })

  test('that changes what it is given changes nothing of what is saved, nor of what the handler has', async () => {
    const schema = z.preprocess(
      (value) => {
        const { list, ...rest } = Object(value)
        if (Array.isArray(list)) list.sort()
        return { ...rest, list }
      },
      z.object({ list: z.array(z.number()) }),
    )
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { list: [1] }))
    await site.node({ schema }).visit(async (session) => {
      session.data['list'] = [3, 2]
      await session.commit()
      expect(session.data['list']).toEqual([3, 2])
    })
    expect(await bare(site)).toEqual({ list: [3, 2] })
  })

  test('drops nothing from lists that only grew; a list that changed is written whole', async () => {
    const schema = z.object({ list: z.array(z.object({ id: z.number() })) })
    const site = new Site()
    await site.node().visit(({ data }) => {
      data['list'] = [{ id: 1, newer: true }]
    })
    const node = site.node({ schema })
    await node.visit(({ data }) => {
      part(data, 'list', [{ id: 0 }]).push({ id: 2 })
    })
    expect(await bare(site)).toEqual({ list: [{ id: 1, newer: true }, { id: 2 }] })
    await node.visit(({ data }) => {
      part(data, 'list', [{ id: 0 }]).shift()
    })
    expect(await bare(site)).toEqual({ list: [{ id: 2 }] })
  })
})
