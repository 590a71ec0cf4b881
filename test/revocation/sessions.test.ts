import { describe, expect, test } from 'vitest'
import { ConfigError, createSessions, SessionCommitted, TooManySessions } from '../../src/index.ts'
import { memoryMarks } from '../../src/stores/memory.ts'
import { errorOf, SECRET, Shop } from '../support/visitor.ts'
import { copyOf, Fleet, withoutRegistry } from './fleet.ts'

/** Stores that list sessions, and those that do not. */
const KINDS = [
  [
    'a store that lists sessions',
    (clock: { read: () => number }) => memoryMarks({ clock: clock.read }),
  ],
  [
    'a store for marks alone',
    (clock: { read: () => number }) => withoutRegistry(memoryMarks({ clock: clock.read })),
  ],
] as const

describe.each(KINDS)('with %s, each request checked', (_, store) => {
  const fleet = (more: ConstructorParameters<typeof Fleet>[0] = {}) =>
    new Fleet({ store, lag: 0, ...more })

  test('revoking a user ends the session of each browser on each node, and nobody else', async () => {
    const all = fleet({ nodes: 4 })
    const browsers = await Promise.all([0, 1, 2, 3, 4].map((i) => all.loggedIn('ada', i)))
    const bob = await all.loggedIn('bob')
    await all.node(2).sessions.revoke({ subject: 'ada' })
    for (const browser of browsers)
      for (const node of [0, 1, 2, 3]) expect(await all.who(browser, node)).toBe(undefined)
    expect(await all.who(bob, 1)).toBe('bob')
    expect(all.node(1).told('revoked')).toContainEqual({ type: 'revoked', by: 'subject' })
  })

  test('a copy of the cookies is refused on every node once the browser has logged out', async () => {
    const all = fleet({ nodes: 4 })
    const browser = await all.loggedIn()
    const copy = copyOf(browser, all.clock)
    expect(await all.who(copy, 3)).toBe('ada')
    await all.at(browser, 1, (session) => session.destroy())
    for (const node of [0, 1, 2, 3]) expect(await all.who(copy, node)).toBe(undefined)
  })

  test('a login after the mark stays: in the same ms, a second later, and beside clocks that differ', async () => {
    for (const [marks, logs] of [
      [0, 0],
      [29, -29],
      [-29, 29],
    ]) {
      const all = fleet()
      all.ahead.splice(0, 2, marks ?? 0, logs ?? 0)
      const before = await all.loggedIn('ada', 1)
      await all.node(0).sessions.revoke({ subject: 'ada' })
      const same = await all.loggedIn('ada', 1)
      all.clock.advance(1)
      const later = await all.loggedIn('ada', 1)
      for (const node of [0, 1]) {
        expect(await all.who(before, node)).toBe(undefined)
        expect(await all.who(same, node)).toBe('ada')
        expect(await all.who(later, node)).toBe('ada')
      }
      await all.node(1).sessions.revoke({ subject: 'ada' })
      for (const browser of [same, later]) expect(await all.who(browser, 0)).toBe(undefined)
    }
  })

  test('a request may revoke a user and log the same user in', async () => {
    const all = fleet()
    const other = await all.loggedIn()
    const browser = all.browser()
    await all.at(browser, 0, async (session) => {
      all.clock.advance(1)
      await all.node(0).sessions.revoke({ subject: 'ada' })
      session.login('ada')
    })
    expect(await all.who(browser, 1)).toBe('ada')
    expect(await all.who(other, 1)).toBe(undefined)
  })

  test('other devices are signed out, and this one stays, whatever came before', async () => {
    const all = fleet()
    const [one, two, three] = await Promise.all([all.loggedIn(), all.loggedIn(), all.loggedIn()])
    all.clock.advance(100)
    const { sessions } = all.node(0)
    await sessions.revoke({ subject: 'ada', except: await all.id(one) })
    expect(await Promise.all([one, two, three].map((each) => all.who(each, 1)))).toEqual([
      'ada',
      undefined,
      undefined,
    ])
    const copy = copyOf(two, all.clock)
    // It had been ended before: an exception does not bring it back.
    await sessions.revoke({ subject: 'ada', except: await twoId(all, copy) })
    expect(await all.who(two, 1)).toBe(undefined)
    expect(await all.who(one, 1)).toBe(undefined)
  })

  test('an id of any time of a login ends all of it, what regenerate() made as well', async () => {
    for (const which of ['old', 'new'] as const) {
      const all = fleet()
      const browser = await all.loggedIn()
      const old = await all.id(browser)
      const thief = copyOf(browser, all.clock)
      await all.at(browser, 0, (session) => session.regenerate())
      const fresh = await all.id(browser)
      expect(fresh).not.toBe(old)
      expect(fresh.slice(0, 8)).not.toBe(old.slice(0, 8))
      await all.at(thief, 1, (session) => session.regenerate())
      await all.node(1).sessions.revoke({ session: which === 'old' ? old : fresh })
      expect(await all.who(browser, 0)).toBe(undefined)
      expect(await all.who(thief, 1)).toBe(undefined)
    }
  })

  test('an id ends its session, though the user was told wrongly', async () => {
    const all = fleet()
    const browser = await all.loggedIn('ada')
    const session = await all.id(browser)
    await all.node(1).sessions.revoke({ session, subject: 'adam' })
    expect(await all.who(browser, 0)).toBe(undefined)
  })

  test('a key of the app ends the sessions that carry it, and a login drops it', async () => {
    const all = fleet()
    const login = async (subject: string, keys: string[]) => {
      const browser = all.browser()
      await all.at(browser, 0, (session) => {
        session.login(subject)
        session.keys = keys
      })
      return browser
    }
    const ada = await login('ada', ['tenant:acme', 'oidc:https://id.example#1'])
    const bob = await login('bob', ['tenant:acme'])
    const eve = await login('eve', ['tenant:other'])
    expect(await all.at(ada, 1, ({ keys }) => keys)).toEqual([
      'tenant:acme',
      'oidc:https://id.example#1',
    ])
    await all.at(ada, 1, (session) => session.regenerate())
    await all.node(1).sessions.revoke({ key: 'tenant:acme' })
    expect(await all.who(ada)).toBe(undefined)
    expect(await all.who(bob)).toBe(undefined)
    expect(await all.who(eve)).toBe('eve')
    await all.at(eve, 0, (session) => session.login('eve'))
    expect(await all.at(eve, 1, ({ keys }) => keys)).toEqual([])
  })

  test('a login in the place of another one ends that, also in copies', async () => {
    const all = fleet()
    const browser = await all.loggedIn('ada')
    const copy = copyOf(browser, all.clock)
    await all.at(browser, 1, (session) => session.login('bob'))
    expect(await all.who(copy, 0)).toBe(undefined)
    const second = copyOf(browser, all.clock)
    await all.at(browser, 0, (session) => session.login('bob'))
    expect(await all.who(second, 0)).toBe(undefined)
    const third = copyOf(browser, all.clock)
    await all.at(browser, 0, (session) => {
      session.subject = undefined
    })
    expect(await all.who(third, 0)).toBe(undefined)
  })

  test('what starts in the place of a session that was revoked is not ended with it', async () => {
    const all = fleet()
    const browser = await all.loggedIn()
    await all.node(1).sessions.revoke({ subject: 'ada' })
    await all.at(browser, 0, ({ data, isNew }) => {
      expect(isNew).toBe(true)
      data['cart'] = 1
    })
    expect(await all.at(browser, 1, ({ data }) => data)).toEqual({ cart: 1 })
    await all.at(browser, 1, (session) => session.login('ada'))
    expect(await all.who(browser, 0)).toBe('ada')
  })
})

async function twoId(all: Fleet, browser: Parameters<Fleet['id']>[0]): Promise<string> {
  // An app without revocation still reads what is in the cookies.
  const plain = new Shop({}, { clock: all.clock, visitor: browser })
  return (await plain.sessions.open(browser.request())).id
}

describe('a check', () => {
  test('is made at most once in the lag on each node, and sets no cookie by itself', async () => {
    const all = new Fleet({ nodes: 4, lag: 60 })
    const browser = await all.loggedIn()
    all.clock.advance(61)
    const before = all.store.calls.ask.length
    for (let i = 0; i < 1000; i++) {
      await all.who(browser, i)
      expect(browser.setCookies).toEqual([])
      all.clock.advance(0.059)
    }
    expect(all.store.calls.ask.length - before).toBe(4)
  })

  test('is made once for requests that come at once', async () => {
    const all = new Fleet({ nodes: 1, lag: 60 })
    const browser = await all.loggedIn()
    all.clock.advance(61)
    const before = all.store.calls.get
    await Promise.all(Array.from({ length: 20 }, () => all.node().sessions.open(browser.request())))
    expect(all.store.calls.get - before).toBe(1)
  })

  test('is not made within the lag of a login, and is sealed with what is written', async () => {
    const all = new Fleet({ nodes: 2, lag: 60 })
    const browser = await all.loggedIn()
    const calls = () => [all.store.calls.get, all.store.calls.ask.length]
    const start = calls()
    all.clock.advance(59)
    await all.who(browser, 1)
    expect(calls()).toEqual(start)
    all.clock.advance(1)
    await all.at(browser, 1, ({ data }) => {
      data['a'] = 1
    })
    const [reads = 0] = calls()
    expect(reads).toBe((start[0] ?? 0) + 1)
    all.clock.advance(59)
    // Another node finds in the cookies when that was.
    await all.who(browser, 0)
    expect(calls()[0]).toBe(reads)
    all.clock.advance(1)
    await all.who(browser, 0)
    expect(calls()[0]).toBe(reads + 1)
  })

  test('is made in each request with a lag of 0, and on demand by verify()', async () => {
    const all = new Fleet({ lag: 0 })
    const browser = await all.loggedIn()
    const before = all.store.calls.get
    for (let i = 0; i < 5; i++) await all.who(browser, i)
    expect(all.store.calls.get - before).toBe(5)

    const seldom = new Fleet({ lag: 3600 })
    const other = await seldom.loggedIn()
    await seldom.node(1).sessions.revoke({ subject: 'ada' })
    expect(await seldom.who(other, 0)).toBe('ada')
    await seldom.at(other, 0, async (session) => {
      session.data['lost'] = 1
      expect(await session.verify()).toBe(false)
      expect(session.subject).toBe(undefined)
      expect(session.isNew).toBe(true)
      expect(session.data).toEqual({})
      session.data['kept'] = 1
    })
    expect(await seldom.at(other, 1, ({ data }) => data)).toEqual({ kept: 1 })
  })

  test('by verify() lets a session pass that nobody has ended, and changes nothing of it', async () => {
    const all = new Fleet({ lag: 3600 })
    const browser = await all.loggedIn()
    await all.at(browser, 0, async (session) => {
      session.data['a'] = 1
      expect(await session.verify()).toBe(true)
      session.data['b'] = 2
    })
    expect(await all.at(browser, 0, ({ data }) => data)).toEqual({ a: 1, b: 2 })
    expect(await all.at(all.browser(), 0, (session) => session.verify())).toBe(false)
  })

  test('is forgotten by nobody: what a node has found to be over stays so, though the store forgets', async () => {
    let isForgetful = false
    const all = new Fleet({
      lag: 0,
      nodes: 1,
      store: (clock) => {
        const store = withoutRegistry(memoryMarks({ clock: clock.read }))
        return {
          ...store,
          get: async (keys) => (isForgetful ? keys.map(() => undefined) : store.get(keys)),
        }
      },
    })
    const other = new Fleet({ lag: 0, nodes: 1, store: () => all.store })
    const browser = await all.loggedIn()
    await other.node().sessions.revoke({ subject: 'ada' })
    expect(await all.who(copyOf(browser, all.clock))).toBe(undefined)
    isForgetful = true
    expect(await all.who(copyOf(browser, all.clock))).toBe(undefined)
  })
})

describe('without the option', () => {
  test('nothing is asked, and cookies are what they were: no byte, no call', async () => {
    const shop = new Shop()
    await shop.visit((session) => session.login('ada'))
    const id = await shop.visit((session) => session.id)
    await shop.visit((session) => session.regenerate())
    const after = await shop.visit((session) => session.id)
    expect(after.slice(8)).not.toBe(id.slice(8))
    expect(shop.told('revocation-check', 'revoked', 'revocation-error')).toEqual([])
  })

  test('revoke(), list() and verify() say what to configure', async () => {
    const { sessions, visitor } = new Shop()
    for (const call of [
      () => sessions.revoke({ subject: 'ada' }),
      () => sessions.list('ada'),
      async () => (await sessions.open(visitor.request())).verify(),
    ]) {
      const error = await errorOf(call)
      expect(error).toBeInstanceOf(ConfigError)
      expect(String(error)).toMatch(/option revocation/)
    }
    const { sessions: listless } = new Fleet({ store: () => withoutRegistry(memoryMarks()) }).node()
    expect(String(await errorOf(() => listless.list('ada')))).toMatch(/durableObjectMarks/)
  })
})

describe('accept', () => {
  test('is asked about each request with a session, and ends it', async () => {
    const asked: unknown[] = []
    let notBefore = 0
    const shop = new Shop({
      accept: (session) => {
        asked.push(session)
        return session.startedAt.getTime() > notBefore
      },
    })
    await shop.visit((session) => session.login('ada'))
    expect(asked).toEqual([])
    const id = await shop.visit((session) => session.id)
    const at = new Date(shop.clock.now)
    expect(asked).toEqual([{ id, subject: 'ada', startedAt: at, authenticatedAt: at }])
    notBefore = shop.clock.now
    expect(await shop.visit(({ subject }) => subject)).toBe(undefined)
    expect(shop.told('revoked')).toEqual([{ type: 'revoked', by: 'accept' }])
    shop.clock.advance(1)
    await shop.visit((session) => session.login('ada'))
    expect(await shop.visit(({ subject }) => subject)).toBe('ada')
    await shop.visit(async (session) => {
      expect(await session.verify()).toBe(true)
      notBefore = shop.clock.now
      expect(await session.verify()).toBe(false)
    })
  })

  test('fails the request with what it throws', async () => {
    const shop = new Shop({
      accept: () => {
        throw new Error('the database is down')
      },
    })
    await shop.visit((session) => session.login('ada'))
    expect(String(await errorOf(() => shop.visit(({ subject }) => subject)))).toMatch(/database/)
  })
})

describe('maxSessions', () => {
  test.each([
    ['reject', 7],
    ['end-oldest', 0],
  ] as const)('3, %s: of ten logins at once exactly three live', async (onTooMany, refused) => {
    const all = new Fleet({ nodes: 4, lag: 0, maxSessions: 3, onTooMany })
    const browsers = Array.from({ length: 10 }, () => all.browser())
    const outcomes = await Promise.allSettled(
      browsers.map((browser, i) => all.at(browser, i, (session) => session.login('ada'))),
    )
    const errors = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    expect(errors.every((error) => error instanceof TooManySessions && error.limit === 3)).toBe(
      true,
    )
    expect(errors).toHaveLength(refused)
    const who = await Promise.all(browsers.map((browser, i) => all.who(browser, i + 1)))
    expect(who.filter((subject) => subject === 'ada')).toHaveLength(3)
    expect(await all.node().sessions.list('ada')).toHaveLength(3)
  })

  test('counts a login in the place of another one once', async () => {
    const all = new Fleet({ lag: 0, maxSessions: 1 })
    const browser = await all.loggedIn()
    await all.at(browser, 1, (session) => session.login('ada'))
    expect(await all.who(browser)).toBe('ada')
    expect(await errorOf(() => all.loggedIn())).toBeInstanceOf(TooManySessions)
    await all.at(browser, 1, (session) => session.destroy())
    expect(await all.who(await all.loggedIn())).toBe('ada')
  })

  test('does not count a login whose session could not be saved', async () => {
    const all = new Fleet({ lag: 0, maxSessions: 1 })
    await errorOf(() =>
      all.at(all.browser(), 0, (session) => {
        session.login('ada')
        session.data['big'] = 'x'.repeat(5000)
      }),
    )
    expect(await all.node().sessions.list('ada')).toEqual([])
    const browser = all.browser()
    await all.at(browser, 0, async (session) => {
      session.login('ada')
      session.data['big'] = 'x'.repeat(5000)
      expect(await errorOf(() => session.commit())).toBeInstanceOf(Error)
      delete session.data['big']
      await session.commit()
    })
    expect(await all.who(browser, 1)).toBe('ada')
  })

  test('needs a store that can count', () => {
    const store = withoutRegistry(memoryMarks())
    const revocation = { store, onUnavailable: 'deny', maxSessions: 3 } as const
    expect(() => createSessions({ secrets: SECRET, revocation })).toThrow(/lists sessions/)
  })
})

describe('list()', () => {
  test('has the sessions of a user with their labels and times, the newest first', async () => {
    const all = new Fleet({ lag: 0 })
    const phone = await all.loggedIn('ada', 0, 'phone')
    const at = new Date(all.clock.now)
    all.clock.advance(10)
    const laptop = await all.loggedIn('ada', 1, 'laptop')
    await all.loggedIn('bob')
    all.clock.advance(600)
    await all.who(phone, 1)
    await all.at(phone, 1, (session) => session.regenerate())
    const seen = new Date(all.clock.now)
    const { sessions } = all.node()
    expect(await sessions.list('ada')).toEqual([
      {
        id: await all.id(laptop),
        startedAt: new Date(at.getTime() + 10_000),
        lastSeenAt: expect.any(Date),
        label: 'laptop',
      },
      { id: await all.id(phone), startedAt: at, lastSeenAt: seen, label: 'phone' },
    ])
    await sessions.revoke({ session: await all.id(laptop) })
    expect((await sessions.list('ada')).map(({ label }) => label)).toEqual(['phone'])
    // To the end of the tenth of the idle timeout in which it expires.
    all.clock.advance(1801 + 180)
    expect(await sessions.list('ada')).toEqual([])
  })
})

describe('keys', () => {
  test('are a few short texts, of an open session', async () => {
    const shop = new Shop()
    await shop.visit(async (session) => {
      session.data['a'] = 1
      for (const keys of ['a', [1], [''], ['x'.repeat(201)], Array.from({ length: 9 }, () => 'a')])
        expect(await errorOf(() => Reflect.set(session, 'keys', keys))).toBeInstanceOf(Error)
      session.keys = ['a', 'a', 'b']
      expect(session.keys).toEqual(['a', 'b'])
      await session.commit()
      expect(await errorOf(() => Reflect.set(session, 'keys', []))).toBeInstanceOf(SessionCommitted)
    })
    expect(await shop.visit(({ keys }) => keys)).toEqual(['a', 'b'])
    await shop.visit((session) => {
      session.keys = []
    })
    expect(await shop.visit(({ keys }) => keys)).toEqual([])
  })
})

test('options that are wrong say what to change', () => {
  const store = memoryMarks()
  for (const [revocation, sentence] of [
    [{ store }, /onUnavailable is missing/],
    [{ onUnavailable: 'allow' }, /store is missing/],
    [{ store: {}, onUnavailable: 'allow' }, /durableObjectMarks/],
    [{ store, onUnavailable: 'maybe' }, /'allow' or 'deny'/],
    [{ store, onUnavailable: 'allow', lag: -1 }, /lag/],
    [{ store, onUnavailable: 'allow', timeout: 0 }, /timeout/],
    [{ store, onUnavailable: 'allow', maxSession: 3 }, /Unknown option revocation.maxSession/],
    [[], /must be an object/],
  ] as const) {
    const options = { secrets: SECRET, revocation }
    expect(() => Reflect.apply(createSessions, undefined, [options])).toThrow(sentence)
  }
})

test('what is no target is refused', async () => {
  const { sessions } = new Fleet().node()
  for (const target of [
    {},
    { session: 'short' },
    { subject: '' },
    { subject: 'ada', except: 'x' },
    { key: 'a', subject: 'ada' },
    { subject: 'ada', exept: 'x'.repeat(22) },
    { subject: 'ada', except: undefined, key: undefined, session: 5 },
  ])
    expect(await errorOf(() => Reflect.apply(sessions.revoke, undefined, [target]))).toBeInstanceOf(
      ConfigError,
    )
})
