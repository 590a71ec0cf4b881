/** Logins: whose data the session has, when it began, and how long it lives. */
import { describe, expect, test } from 'vitest'
import { ValueError } from '../../src/index.ts'
import type { Session } from '../../src/session/session.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { Clock, errorOf, type Loose, Shop } from '../support/visitor.ts'

const initial = (): Loose => ({ theme: 'light', cart: {} })

async function adas(options: ConstructorParameters<typeof Shop<Loose>>[0] = {}): Promise<Shop> {
  const shop = new Shop<Loose>({ initial, ...options })
  await shop.visit((session) => {
    session.login('ada')
    Object.assign(session.data, { theme: 'dark', isAdmin: true, address: 'Long Lane 1' })
    session.once('coupon')
    session.flash('notice', 'for ada')
  })
  return shop
}

describe('a login as another user', () => {
  const ways: Readonly<Record<string, (session: Session<Loose>) => void>> = {
    'login()': (session) => session.login('bob'),
    subject: (session) => {
      session.subject = 'bob'
    },
    'subject, by way of nobody': (session) => {
      session.subject = undefined
      session.subject = 'bob'
    },
    'login(), after regenerate()': (session) => {
      session.regenerate()
      session.login('bob')
    },
  }
  for (const [name, login] of Object.entries(ways)) {
    test(`starts from initial(), without anything of the user before: ${name}`, async () => {
      for (const reads of [true, false]) {
        const shop = await adas()
        await shop.visit((session) => {
          if (reads) Object.assign(session.data, { isAdmin: 'still' })
          session.increment('visits')
          session.flash('notice', 'by ada')
          login(session)
          expect(session.data).toEqual(initial())
          expect(session.flashed).toEqual({})
          session.data['own'] = 1
        })
        await shop.visit((session) => {
          expect(session.subject).toBe('bob')
          expect(session.data).toEqual({ ...initial(), own: 1 })
          expect(session.flashed).toEqual({})
          expect(session.once('coupon')).toBe(true)
        })
      }
    })
  }

  test('keeps the keys that it names, and no other', async () => {
    const shop = await adas()
    await shop.visit((session) => session.login('bob', { keep: ['theme', 'nowhere'] }))
    expect(await shop.look()).toEqual({ ...initial(), theme: 'dark' })
  })

  test('keeps a key that lies in the store', async () => {
    const clock = new Clock()
    const shop = await adas({ overflow: memoryStore({ clock: clock.read }) })
    const long = 'x'.repeat(5000)
    await shop.visit(({ data }) => Object.assign(data, { long, other: long }))
    await shop.visit((session) => session.login('bob', { keep: ['long'] }))
    expect(await shop.look()).toEqual({ ...initial(), long })
  })

  test('as nobody leaves nothing of the user either', async () => {
    const shop = await adas()
    await shop.visit((session) => {
      session.subject = undefined
    })
    await shop.visit((session) => {
      expect([session.subject, session.authenticatedAt]).toEqual([undefined, undefined])
      expect(session.data).toEqual(initial())
    })
  })
})

test('a login out of an anonymous session keeps its data, and so does one of the same user', async () => {
  const shop = new Shop<Loose>({ initial })
  await shop.visit(({ data }) => {
    data['cart'] = { apples: 1 }
  })
  const ids = new Set<string>()
  for (let i = 0; i < 3; i++) {
    await shop.visit((session) => {
      session.login('ada')
      ids.add(session.id)
    })
    expect(await shop.look()).toEqual({ theme: 'light', cart: { apples: 1 } })
  }
  expect(ids.size).toBe(3)
})

test('authenticatedAt is the time of the last login, through every new id', async () => {
  const shop = new Shop<Loose>({ initial })
  const at = async () => {
    let time: number | undefined
    await shop.visit((session) => {
      time = session.authenticatedAt?.getTime()
    })
    return time === undefined ? undefined : Math.round((time - start) / 1000)
  }
  const start = shop.clock.now
  await shop.visit((session) => session.regenerate())
  expect(await at()).toBe(undefined)
  shop.clock.advance(10)
  await shop.visit((session) => {
    session.login('ada')
    expect(session.authenticatedAt?.getTime()).toBe(shop.clock.now)
  })
  for (const seconds of [0, 10, 400]) {
    shop.clock.advance(seconds)
    await shop.visit((session) => session.regenerate())
    expect(await at()).toBe(10)
  }
  await shop.visit((session) => session.login('ada'))
  expect(await at()).toBe(420)
})

describe('keepFor()', () => {
  const days = 24 * 3600
  const long = { maxIdleTimeout: 30 * days, maxAbsoluteTimeout: 90 * days }

  test('gives one session longer limits, and another one none', async () => {
    const shop = new Shop<Loose>(long)
    await shop.visit((session) => {
      session.login('ada')
      session.keepFor({ idle: 30 * days, absolute: 90 * days })
      expect((session.expiresAt.getTime() - shop.clock.now) / 1000).toBeCloseTo(30 * days, -1)
    })
    for (const wait of [29, 29, 29]) {
      shop.clock.advance(wait * days)
      await shop.visit((session) => expect(session.subject).toBe('ada'))
    }
    shop.clock.advance(4 * days)
    await shop.visit((session) => expect(session.subject).toBe(undefined))
    await shop.visit((session) => session.login('bob'))
    shop.clock.advance(1801)
    await shop.visit((session) => expect(session.subject).toBe(undefined))
  })

  test('gives a session shorter ones, which hold at once and through a new id', async () => {
    const shop = new Shop<Loose>()
    await shop.visit((session) => session.login('ada'))
    await shop.visit((session) => session.keepFor({ idle: 60, absolute: 100 }))
    await shop.visit((session) => session.regenerate())
    shop.clock.advance(59)
    await shop.visit((session) => expect(session.subject).toBe('ada'))
    shop.clock.advance(39)
    await shop.visit((session) => expect(session.subject).toBe('ada'))
    shop.clock.advance(3)
    await shop.visit((session) => expect(session.subject).toBe(undefined))
  })

  test('is over with a login, and with keepFor({})', async () => {
    const shop = new Shop<Loose>()
    await shop.visit((session) => {
      session.login('ada')
      session.keepFor({ idle: 60 })
    })
    await shop.visit((session) => session.login('ada'))
    shop.clock.advance(100)
    await shop.visit((session) => {
      expect(session.subject).toBe('ada')
      session.keepFor({ idle: 60 })
    })
    await shop.visit((session) => session.keepFor({}))
    shop.clock.advance(100)
    await shop.visit((session) => expect(session.subject).toBe('ada'))
  })

  test('throws for what is no limit, or more than the options allow', async () => {
    const shop = new Shop<Loose>({ maxIdleTimeout: 3600 })
    for (const limits of [{ idle: 3601 }, { idle: 0 }, { idle: 1.5 }, { absolute: 43_201 }])
      await shop.visit((session) => {
        expect(() => session.keepFor(limits)).toThrow(ValueError)
        expect(() => session.keepFor(limits)).toThrow(/maxIdleTimeout|maxAbsoluteTimeout/)
      })
  })
})

test('timeouts that were lowered hold for older sessions, the idle one within an hour', async () => {
  const days = 24 * 3600
  const lax = { idleTimeout: 30 * days, absoluteTimeout: 90 * days }
  for (const [strict, seconds] of [
    [{ idleTimeout: 1800, absoluteTimeout: 90 * days }, 3600 + 1800],
    [{ idleTimeout: 1800, absoluteTimeout: 3600 }, 3600],
  ] as const) {
    const shop = new Shop<Loose>(lax)
    await shop.visit((session) => session.login('ada'))
    const { clock, visitor } = shop
    const later = new Shop<Loose>(strict, { clock, visitor })
    clock.advance(1700)
    const session = await later.sessions.open(visitor.request())
    expect(session.subject).toBe('ada')
    clock.advance(seconds - 1700)
    const over = await later.sessions.open(visitor.request())
    expect(over.subject).toBe(undefined)
  }
})

test('a login that is not one throws', async () => {
  const shop = new Shop<Loose>()
  await shop.visit(async (session) => {
    for (const wrong of [7, null, undefined, {}])
      expect(await errorOf(() => Reflect.apply(session.login, session, [wrong]))).toBeInstanceOf(
        ValueError,
      )
    expect(
      await errorOf(() => Reflect.apply(session.login, session, ['ada', { keep: 'theme' }])),
    ).toBeInstanceOf(ValueError)
  })
})
