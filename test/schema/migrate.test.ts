import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ConfigError, createSessions, type Migrate } from '../../src/index.ts'
import { errorOf, type Loose, SECRET } from '../support/visitor.ts'
import { bare, part, Site } from './support.ts'

/** Versions 0 → 1 → 2 → 3, of which 1 → 2 has no step. */
const steps: Migrate = {
  0: (data) => {
    data['steps'] = ['0']
  },
  2: async ({ name, ...rest }) => ({ ...rest, fullName: `${name}!` }),
}

const single: Migrate = (data, from) => {
  if (from < 1) data['steps'] = ['0']
  const { name, ...rest } = data
  return from < 3 ? { ...rest, fullName: `${name}!` } : data
}

describe.each([
  ['steps', steps],
  ['one function', single],
])('migrate as %s', (_, migrate) => {
  test('brings data of every older version up to date', async () => {
    for (const version of [undefined, 1, 2]) {
      const site = new Site()
      const older = site.node(version === undefined ? {} : { version })
      await older.visit(({ data }) => Object.assign(data, { name: 'Ada', cart: { a: 1 } }))
      const expected = { cart: { a: 1 }, fullName: 'Ada!' }
      expect(await site.node({ version: 3, migrate }).look()).toEqual(
        version === undefined ? { ...expected, steps: ['0'] } : expected,
      )
    }
  })

  test('leaves data of its own version and of newer ones alone', async () => {
    const site = new Site()
    const node = site.node({ version: 3, migrate })
    await node.visit(({ data }) => Object.assign(data, { fullName: 'Ada' }))
    await node.visit(({ data }) => Object.assign(data, { more: 1 }))
    expect(await node.look()).toEqual({ fullName: 'Ada', more: 1 })
    expect(await site.node({ version: 2, migrate: {} }).look()).toEqual({
      fullName: 'Ada',
      more: 1,
    })
  })
})

describe('what a migration changed is written', () => {
  async function migratingSite() {
    const site = new Site()
    await site.node({ version: 2 }).visit(({ data }) => Object.assign(data, { name: 'Ada' }))
    let runs = 0
    const migrate: Migrate = {
      2: ({ name, ...rest }) => {
        runs++
        return { ...rest, fullName: name }
      },
    }
    return { site, node: site.node({ version: 3, migrate }), runs: () => runs }
  }

  test('not by a request that only reads', async () => {
    const { site, node, runs } = await migratingSite()
    await node.visit(({ data }) => expect(data).toEqual({ fullName: 'Ada' }))
    expect(site.visitor.setCookies).toEqual([])
    expect(await bare(site)).toEqual({ name: 'Ada' })
    await node.look()
    expect(runs()).toBe(2)
  })

  test('with the next change', async () => {
    const { site, node, runs } = await migratingSite()
    await node.visit(({ data }) => {
      data['n'] = 1
    })
    expect(await bare(site)).toEqual({ fullName: 'Ada', n: 1 })
    await node.look()
    expect(runs()).toBe(1)
  })

  test('with a renewal', async () => {
    const { site, node, runs } = await migratingSite()
    site.clock.advance(300)
    await node.visit(({ data }) => expect(data).toEqual({ fullName: 'Ada' }))
    expect(await bare(site)).toEqual({ fullName: 'Ada' })
    await node.look()
    expect(runs()).toBe(1)
  })

  test('with something flashed, and with a new id', async () => {
    for (const change of ['flash', 'regenerate'] as const) {
      const { site, node, runs } = await migratingSite()
      await node.visit((session) => {
        if (change === 'flash') session.flash('hint', 1)
        else session.regenerate()
      })
      expect(await bare(site)).toEqual({ fullName: 'Ada' })
      await node.look()
      expect(runs()).toBe(1)
    }
  })

  test('a version without a migration is told at the next write, too', async () => {
    const site = new Site()
    await site.node({ version: 1 }).visit(({ data }) => Object.assign(data, { a: 1 }))
    await site.node({ version: 2 }).visit((session) => session.regenerate())
    const seen: number[] = []
    const migrate = (data: Loose, from: number) => {
      seen.push(from)
      return data
    }
    await site.node({ version: 3, migrate }).look()
    expect(seen).toEqual([2])
  })

  test('and does not undo what a parallel request has written since', async () => {
    const { site, node } = await migratingSite()
    const slow = await node.begin()
    slow.session.data['slow'] = 1
    site.clock.advance(1)
    await node.visit(({ data }) => {
      data['fullName'] = 'Ada Lovelace'
    })
    await node.visit(({ data }) => {
      data['fullName'] = 'Countess Lovelace'
    })
    site.clock.advance(1)
    await slow.end()
    expect(await bare(site)).toEqual({ fullName: 'Countess Lovelace', slow: 1 })
  })

  test('by parallel requests alike, and every count counts', async () => {
    const { site, node } = await migratingSite()
    const requests = await Promise.all(Array.from({ length: 6 }, () => node.begin()))
    for (const [i, { session }] of requests.entries()) {
      session.data[`k${i}`] = i
      session.increment('count')
    }
    const answers = await Promise.all(requests.map(({ answer }) => answer()))
    for (const arrive of answers.reverse()) arrive()
    const written = Object.fromEntries(requests.map((_, i) => [`k${i}`, i]))
    expect(await bare(site)).toEqual({ fullName: 'Ada', ...written, count: 6 })
  })
})

/** What a handler does to a list of `{ id, n }`. */
const changesOfLists = {
  edit: (items: { id: string; n: number }[]) => {
    for (const item of items) if (item.id === 'a') item.n++
  },
  remove: (items: { id: string; n: number }[]) => void items.shift(),
  reorder: (items: { id: string; n: number }[]) => void items.reverse(),
}

const WAYS = ['edit', 'remove', 'reorder'] as const

describe('a response that brings a session up to date can', () => {
  const added: Migrate = ({ items, ...rest }) => ({
    ...rest,
    items: z
      .array(z.looseObject({}))
      .parse(items)
      .map((item) => ({ ...item, added: 1 })),
  })
  const beside: Migrate = (data) => ({ ...data, added: 1 })

  async function changed(migrate: Migrate, change: (typeof WAYS)[number]): Promise<void> {
    const site = new Site()
    const [older, newer] = [site.node(), site.node({ version: 1, migrate })]
    const like = [{ id: '', n: 0 }]
    await older.visit(({ data }) => {
      data['items'] = ['a', 'b', 'c'].map((id) => ({ id, n: 0 }))
    })
    site.clock.advance(10)
    await older.visit(({ data }) => changesOfLists.edit(part(data, 'items', like)))
    site.clock.advance(10)
    const wanted = await newer.visit(({ data }) => {
      changesOfLists[change](part(data, 'items', like))
      return structuredClone(data)
    })
    site.clock.advance(1)
    expect(await bare(site)).toEqual(wanted)
  }

  // A bug: ops on elements are named without what the migration's own entry, or an edit of the last minutes, made
  // the list remember; so they find nothing.
  test.each(WAYS)('%s elements that the migration changed', (change) => changed(added, change))

  test.each(WAYS)('%s elements that the older release has just edited', (change) =>
    changed(beside, change),
  )
})

describe('a migration', () => {
  test('comes before the schema, whose newer shape the data then has', async () => {
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { name: 'Ada Lovelace', v: 1 }))
    const schema = z.object({ first: z.string(), last: z.string(), v: z.number() })
    const migrate: Migrate = (data) => {
      const [first, last] = String(data['name']).split(' ')
      return { v: data['v'], first, last }
    }
    const node = site.node({ version: 1, migrate, schema })
    await node.visit((session) => session.increment('v'))
    expect(await bare(site)).toEqual({ first: 'Ada', last: 'Lovelace', v: 2 })
  })

  test('gets rich values, and may leave rich values', async () => {
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { seen: new Set(['a', 'b']) }))
    const migrate: Migrate = {
      0: ({ seen }) => ({
        seen: new Map([...(seen instanceof Set ? seen : [])].map((k) => [k, 1n])),
      }),
    }
    const node = site.node({ version: 1, migrate })
    await node.visit(({ data }) => {
      part(data, 'seen', new Map<string, bigint>()).set('c', 2n)
    })
    const seen = new Map(Object.entries({ a: 1n, b: 1n, c: 2n }))
    expect(await bare(site)).toEqual({ seen })
  })

  test('that fails is what looking at the data throws; nothing is lost', async () => {
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { name: 'Ada' }))
    const migrate = () => {
      throw new RangeError('a mistake in the migration')
    }
    const node = site.node({ version: 1, migrate, onInvalid: 'new' })
    await node.visit(async (session) => {
      expect(session.isNew).toBe(false)
      expect(await errorOf(() => session.data)).toBeInstanceOf(RangeError)
    })
    expect(await bare(site)).toEqual({ name: 'Ada' })
  })

  test.each<readonly [what: string, result: unknown]>([
    ['a Date, as of an assignment', new Date(0)],
    ['a list', []],
    ['a Map', new Map()],
    ['true', true],
  ])('that returns %s instead of the data says so, and nothing is lost', async (_, result) => {
    for (const migrate of [{ 1: () => result }, () => result]) {
      const site = new Site()
      await site.node({ version: 1 }).visit(({ data }) => Object.assign(data, { name: 'Ada' }))
      const node = site.node({ version: 2, migrate: migrate as Migrate })
      await node.visit(async (session) => {
        const error = await errorOf(() => session.data)
        expect(error).toMatchObject({ code: 'ERR_VALUE' })
        expect(String(error)).toContain('a migration must return a plain object')
      })
      expect(await bare(site)).toEqual({ name: 'Ada' })
    }
  })

  test('may return null where it changed the data in place', async () => {
    const site = new Site()
    await site.node({ version: 1 }).visit(({ data }) => Object.assign(data, { name: 'Ada' }))
    const step = (data: Loose) => {
      data['more'] = 1
      return null
    }
    for (const migrate of [{ 1: step }, step])
      expect(
        await site.node({ version: 2, migrate: migrate as unknown as Migrate }).look(),
      ).toEqual({
        name: 'Ada',
        more: 1,
      })
  })

  test('that leaves what cannot be stored says where', async () => {
    const site = new Site()
    await site.node().visit(({ data }) => Object.assign(data, { name: 'Ada' }))
    const node = site.node({ version: 1, migrate: () => ({ user: { greet: () => 'hi' } }) })
    const session = await node.sessions.open(site.visitor.request())
    expect(await errorOf(() => session.data)).toMatchObject({ path: 'data.user.greet' })
  })

  test('of a rolled-back version is not run on newer data', async () => {
    const site = new Site()
    const migrate: Migrate = { 1: () => ({ fields: 'of version 2' }) }
    await site.node({ version: 3 }).visit(({ data }) => Object.assign(data, { newest: 1 }))
    const older = site.node({ version: 2, migrate })
    await older.visit(({ data }) => Object.assign(data, { older: 1 }))
    const untouched = () => expect.fail('the session is of version 3 still')
    expect(await site.node({ version: 3, migrate: untouched }).look()).toEqual({
      newest: 1,
      older: 1,
    })
  })
})

test.each([
  [{ migrate: {} }, 'migrate needs version'],
  [{ version: 0 }, 'version must be a whole number from 1 on'],
  [{ version: 1.5 }, 'version must be'],
  [{ version: 2, migrate: { 2: () => ({}) } }, 'a step from 2, but version is 2'],
  [{ version: 2, migrate: { 0.5: () => ({}) } }, 'a step from 0.5'],
  [{ version: 2, migrate: { [-1]: () => ({}) } }, 'a step from -1'],
])('%j is refused at once', (options, problem) => {
  expect(() => createSessions({ secrets: SECRET, ...options })).toThrow(ConfigError)
  expect(() => createSessions({ secrets: SECRET, ...options })).toThrow(problem)
})
