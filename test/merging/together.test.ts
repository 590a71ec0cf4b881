/** What holds together, and what counts once, against somebody who sends requests with old cookies. */
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { Clock, type Loose, Shop } from '../support/visitor.ts'
import { each, type Handler, parallel } from './parallel.ts'

type Role = { tenant: string; role: string }
const START: Role = { tenant: 'start', role: 'viewer' }
const OWN: Role = { tenant: 'own', role: 'admin' }
const VICTIM: Role = { tenant: 'victim', role: 'viewer' }

describe('a role and its tenant, atomic', () => {
  const ways: Readonly<Record<string, (data: Loose, to: Role) => void>> = {
    'as a new object': (data, to) => {
      data['auth'] = { ...to }
    },
    'in place': (data, to) => {
      data['auth'] ??= {}
      Object.assign(data['auth'] ?? {}, to)
    },
    'as a map': (data, to) => {
      data['auth'] = new Map(Object.entries(to))
    },
    'in a map': (data, to) => {
      const map = data['auth'] instanceof Map ? data['auth'] : new Map()
      for (const [key, value] of Object.entries(to)) map.set(key, value)
      data['auth'] = map
    },
  }
  const roleOf = ({ auth }: Loose) => (auth instanceof Map ? Object.fromEntries(auth) : auth)

  for (const [way, put] of Object.entries(ways)) {
    for (const stored of [false, true]) {
      test(`${way} ${stored ? 'in a store' : 'in the cookie'} are never mixed from two requests`, async () => {
        for (const [first, second] of [
          [OWN, VICTIM],
          [VICTIM, OWN],
        ] as const) {
          for (const arrivals of [[0, 1], [1, 0], [0], [1]]) {
            const clock = new Clock()
            const overflow = stored ? memoryStore({ clock: clock.read }) : undefined
            const shop = new Shop({ atomic: ['auth'], overflow }, { clock })
            await shop.visit((session) => {
              session.subject = 'mallory'
              put(session.data, START)
              session.data['pad'] = 'x'.repeat(stored ? 4000 : 10)
            })
            const to =
              (role: Role): Handler<Loose> =>
              ({ data }) =>
                put(data, role)
            await parallel(shop, [to(first), to(second)], arrivals)
            const last = arrivals.length === 2 || arrivals[0] === 1 ? second : first
            expect(roleOf(await shop.look())).toEqual(last)
          }
        }
      })
    }
  }

  test('where the two are keys of their own, an object for both is what has to be atomic', async () => {
    const shop = new Shop({ atomic: ['tenant', 'role'] })
    await shop.visit(({ data }) => Object.assign(data, START))
    await parallel(shop, [
      ({ data }) => Object.assign(data, OWN),
      ({ data }) => Object.assign(data, VICTIM),
    ])
    expect(await shop.look()).toEqual({ tenant: 'victim', role: 'admin' })
  })
})

describe('what 30 requests with the same cookies do once', () => {
  async function bonus(handler: Handler<Loose>): Promise<Loose[]> {
    const initial = (): Loose => ({ points: 0, discounts: [], paid: {} })
    const shop = new Shop({ initial })
    await shop.visit((session) => {
      session.subject = 'mallory'
    })
    await parallel(shop, each<Loose>(30, handler))
    const seen = [structuredClone(await shop.look())]
    for (let i = 0; i < 8; i++) {
      shop.clock.advance(400)
      await shop.visit((session) => session.increment('visits'))
    }
    const { visits: _, ...data } = await shop.look()
    seen.push(data)
    // Later it does not happen at all.
    await shop.visit(handler)
    const { visits: __, ...last } = await shop.look()
    return [...seen, last]
  }

  test('with once() happens once', async () => {
    const results = await bonus((session) => {
      if (!session.once('welcome')) return
      session.increment('points', 10)
      ;(session.data['discounts'] as string[]).push('SAVE10')
    })
    for (const result of results)
      expect(result).toEqual({ points: 10, discounts: ['SAVE10'], paid: {} })
  })

  test('with a flag beside increment() counts 30 times', async () => {
    const [first] = await bonus((session) => {
      if (session.data['claimed']) return
      session.data['claimed'] = true
      session.increment('points', 10)
    })
    expect(first).toMatchObject({ points: 300 })
  })

  test('is whole: what else a void request wrote is void as well', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    await parallel(
      shop,
      each<Loose>(3, (session, i) => {
        if (session.once('coupon')) session.data[`by ${i}`] = true
      }),
    )
    expect(await shop.look()).toEqual({ a: 1, 'by 0': true })
  })
})

describe('an object that goes to the store', () => {
  const user = { suspended: true, mustChange: true, limit: 100, bio: 'hi', views: 0 }
  const bio: Handler<Loose> = ({ data }) =>
    Object.assign(data['user'] ?? {}, { bio: 'B'.repeat(3000) })
  const view: Handler<Loose> = (session) => session.increment('user.views')
  const language: Handler<Loose> = ({ data }) => Object.assign(data['user'] ?? {}, { lang: 'de' })

  for (const overflowLoad of ['eager', 'lazy'] as const) {
    test(`${overflowLoad}: keeps all of its members beside parallel writes`, async () => {
      for (const handlers of [
        [bio, view, language],
        [view, language, bio],
        [language, bio, view],
      ]) {
        for (const arrivals of [
          [0, 1, 2],
          [2, 1, 0],
        ]) {
          const clock = new Clock()
          const overflow = memoryStore({ clock: clock.read })
          const shop = new Shop({ overflow, overflowLoad }, { clock })
          await shop.visit((session) => {
            session.subject = 'mallory'
            session.data['user'] = user
          })
          await parallel(shop, handlers, arrivals)
          const after = { ...user, bio: 'B'.repeat(3000), views: 1, lang: 'de' }
          await shop.visit(async (session) => {
            expect(await session.load('user')).toEqual(after)
          })
          clock.advance(400)
          await shop.visit(({ data }) => {
            data['other'] = 1
          })
          await shop.visit(async (session) => {
            expect(await session.load('user')).toEqual(after)
          })
        }
      }
    })
  }
})

describe('a key that is awkward', () => {
  for (const key of ['$', '~', '~1', '/', '', '__proto__', '~f']) {
    test(`such as "${key}" keeps what stands beside it`, async () => {
      for (const arrivals of [
        [0, 1],
        [1, 0],
      ]) {
        const shop = new Shop()
        await shop.visit(({ data }) => {
          data['user'] = { suspended: true, limit: 100 }
        })
        const put = (name: string): Handler<Loose> => {
          const [value, enumerable, configurable, writable] = ['x', true, true, true]
          return ({ data }) =>
            Object.defineProperty(data['user'], name, { value, enumerable, configurable, writable })
        }
        await parallel(shop, [put(key), put('lang')], arrivals)
        const found = Object.entries((await shop.look())['user'] ?? {})
        const names = ['suspended', 'limit', key, 'lang']
        expect(found.map(([name]) => name).sort()).toEqual(names.sort())
      }
    })
  }
})

test('once() is true the first time in a request, and false the second', async () => {
  const shop = new Shop<{ n?: number }>()
  const answers = await shop.visit((session) => {
    const both = [session.once('coupon'), session.once('coupon')]
    if (both[0]) session.increment('n')
    return both
  })
  expect(answers).toEqual([true, false])
  expect(await shop.visit((session) => session.once('coupon'))).toBe(false)
})
