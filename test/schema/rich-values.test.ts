import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type StandardSchema, ValueError } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { encodeValue } from '../../src/tree/values.ts'
import { brokenValue, isSame, richData, richValue } from '../support/rich-values.ts'
import { errorOf, type Loose } from '../support/visitor.ts'
import { Site } from './support.ts'

const RUNS = { numRuns: 150 }

/** Small enough for a cookie without a store. */
const small = richValue.filter((value) => JSON.stringify(encodeValue(value, 'it')).length < 700)
const smallData = richData.filter((data) => JSON.stringify(encodeValue(data, 'it')).length < 700)

const passing: StandardSchema<Loose> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => ({ value: Object.fromEntries(Object.entries(value ?? {})) }),
  },
}

/** Keys that stay keep the places that they had, so their order does not count. */
function expectSame(actual: unknown, expected: unknown): void {
  const same = isSame(actual, expected, 'any')
  // Shows what differs.
  if (!same) expect(actual).toStrictEqual(expected)
  expect(same).toBe(true)
}

describe('every rich value comes back as it was', () => {
  test('from the data of a new session, whatever its keys', () =>
    fc.assert(
      fc.asyncProperty(smallData, fc.boolean(), async (data, checked) => {
        const site = new Site()
        const node = site.node(checked ? { schema: passing } : {})
        await node.visit((session) => {
          session.data = data
        })
        expectSame(await node.look(), data)
        await node.visit((session) => expectSame(session.data, data))
        expect(site.visitor.setCookies).toEqual([])
      }),
      RUNS,
    ))

  test('from what later responses changed', () =>
    fc.assert(
      fc.asyncProperty(fc.array(small, { minLength: 2, maxLength: 4 }), async (values) => {
        const site = new Site()
        const node = site.node()
        for (const [i, value] of values.entries()) {
          site.clock.advance(i)
          await node.visit(({ data }) => {
            data['it'] = value
            data[`k${i}`] = i
          })
          expectSame((await node.look())['it'], value)
        }
        expect(Object.keys(await node.look())).toHaveLength(values.length + 1)
      }),
      RUNS,
    ))

  test('from whole data that later responses assigned', () =>
    fc.assert(
      fc.asyncProperty(smallData, smallData, async (first, second) => {
        const node = new Site().node()
        for (const data of [first, second, first]) {
          await node.visit((session) => {
            session.data = data
          })
          const found = await node.look()
          expectSame(found, data)
        }
      }),
      RUNS,
    ))

  test('from the parallel writes of several responses', () =>
    fc.assert(
      fc.asyncProperty(fc.array(small, { minLength: 2, maxLength: 4 }), async (values) => {
        const node = new Site().node()
        await node.visit(({ data }) => Object.assign(data, { first: 1 }))
        const requests = await Promise.all(values.map(() => node.begin()))
        for (const [i, { session }] of requests.entries()) session.data[`k${i}`] = values[i]
        for (const { end } of requests.reverse()) await end()
        const data = await node.look()
        for (const [i, value] of values.entries()) expectSame(data[`k${i}`], value)
      }),
      RUNS,
    ))

  test('from what is flashed', () =>
    fc.assert(
      fc.asyncProperty(small, fc.string({ maxLength: 20 }), async (value, key) => {
        const node = new Site().node()
        await node.visit((session) => session.flash(key, value))
        await node.visit(({ flashed }) => {
          expectSame(Object.entries(flashed), [[key, value]])
        })
        await node.visit(({ flashed }) => expect(flashed).toEqual({}))
      }),
      RUNS,
    ))

  test.each(['eager', 'lazy'] as const)('from the overflow store (%s)', (overflowLoad) =>
    fc.assert(
      fc.asyncProperty(small, small, async (value, other) => {
        const site = new Site()
        const overflow = memoryStore({ clock: site.clock.read })
        const node = site.node({ overflow, overflowLoad })
        const big = 'x'.repeat(4000)
        for (const it of [value, other]) {
          await node.visit(({ data }) => {
            data['big'] = [big, it]
          })
          expect(site.visitor.cookie.length).toBeLessThan(4000)
          await node.visit(async (session) => {
            expectSame(await session.load('big'), [big, it])
            expectSame(session.data['big'], [big, it])
          })
          await node.visit((session) => session.regenerate())
        }
      }),
      { numRuns: 50 },
    ),
  )

  test('from initial, and through a migration', () =>
    fc.assert(
      fc.asyncProperty(smallData, small, async (data, value) => {
        const site = new Site()
        const given = Object.fromEntries([...Object.entries(data), ['n', 1]])
        await site.node({ initial: () => given }).visit((session) => session.increment('n'))
        const migrate = ({ n, ...rest }: Loose) => ({ ...rest, n, it: value })
        const node = site.node({ version: 1, migrate })
        await node.visit((session) => session.increment('n'))
        const expected = [...Object.entries(given), ['n', 3], ['it', value]] as const
        for (const [key, item] of new Map<string, unknown>(expected))
          expectSame(Object.getOwnPropertyDescriptor(await node.look(), key)?.value, item)
      }),
      RUNS,
    ))

  test('but properties that are undefined are left out', async () => {
    const node = new Site().node()
    await node.visit(({ data }) => {
      data['it'] = {
        a: undefined,
        list: [undefined, undefined, 1],
        map: new Map([[undefined, undefined]]),
      }
      data['gone'] = undefined
    })
    expectSame(await node.look(), {
      it: { list: [undefined, undefined, 1], map: new Map([[undefined, undefined]]) },
    })
  })
})

describe('what cannot be stored throws with its path, and nothing changes', () => {
  test('in data', () =>
    fc.assert(
      fc.asyncProperty(brokenValue, small, async ({ value, path }, before) => {
        const site = new Site()
        const node = site.node()
        await node.visit(({ data }) => Object.assign(data, { it: before, n: 1 }))
        const { cookie } = site.visitor
        const request = await node.begin()
        request.session.data['n'] = 2
        request.session.data['it'] = value
        const error = await errorOf(() => request.end())
        expect(error).toBeInstanceOf(ValueError)
        expect(error).toMatchObject({ path: `data.it${path}` })
        expect(site.visitor.cookie).toBe(cookie)
        expectSame(await node.look(), { it: before, n: 1 })
      }),
      RUNS,
    ))

  test('in what would go to the overflow store', () =>
    fc.assert(
      fc.asyncProperty(brokenValue, async ({ value, path }) => {
        const site = new Site()
        let puts = 0
        const store = memoryStore({ clock: site.clock.read })
        const put = (...given: Parameters<typeof store.put>) => {
          puts++
          return store.put(...given)
        }
        const node = site.node({ overflow: { get: store.get.bind(store), put } })
        const error = await errorOf(() =>
          node.visit(({ data }) => {
            data['other'] = 'y'.repeat(5000)
            data['it'] = ['x'.repeat(5000), value]
          }),
        )
        expect(error).toMatchObject({ path: `data.it[1]${path}` })
        expect([puts, site.visitor.cookie]).toEqual([0, ''])
      }),
      RUNS,
    ))

  test('in what is flashed, at once', () =>
    fc.assert(
      fc.asyncProperty(brokenValue, async ({ value, path }) => {
        const site = new Site()
        const node = site.node()
        await node.visit(async (session) => {
          const error = await errorOf(() => session.flash('a key', value))
          expect(error).toMatchObject({ code: 'ERR_VALUE', path: `flash("a key")${path}` })
        })
        expect(site.visitor.cookie).toBe('')
      }),
      RUNS,
    ))

  test('in initial', () =>
    fc.assert(
      fc.asyncProperty(brokenValue, async ({ value, path }) => {
        const site = new Site()
        const node = site.node({ initial: () => ({ it: value }) })
        const error = await errorOf(() => node.look())
        expect(error).toMatchObject({ code: 'ERR_VALUE', path: `initial().it${path}` })
      }),
      RUNS,
    ))
})
