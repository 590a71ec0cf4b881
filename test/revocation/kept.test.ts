/** What a login, a session and a list keep beside marks, whatever comes in between. */
import { describe, expect, test } from 'vitest'
import { RevocationUnavailable, TooManySessions } from '../../src/index.ts'
import { memoryMarks } from '../../src/stores/memory.ts'
import { errorOf } from '../support/visitor.ts'
import { breakable, copyOf, Fleet, withoutRegistry } from './fleet.ts'

const memory = (clock: () => number) => memoryMarks({ clock })

describe('a session that writes in each request', () => {
  test.each([10, 170])('every %i s stays in the list, and counts', async (seconds) => {
    const all = new Fleet({ lag: 60, maxSessions: 1 })
    const browser = await all.loggedIn()
    const before = all.store.calls.ask.filter((each) => each === 'renew').length
    let requests = 0
    for (let past = 0; past < 4500; past += seconds) {
      all.clock.advance(seconds)
      await all.at(browser, requests++, (session) => session.increment('n'))
    }
    const [session, ...others] = await all.node().sessions.list('ada')
    expect(others).toEqual([])
    expect(all.clock.now - (session?.lastSeenAt.getTime() ?? 0)).toBeLessThanOrEqual(360_000)
    expect(await errorOf(() => all.loggedIn())).toBeInstanceOf(TooManySessions)
    const told = all.store.calls.ask.filter((each) => each === 'renew').length - before
    expect(told).toBeLessThanOrEqual(4500 / 180 + 1)
  })

  test('and keeps itself longer or shorter is listed for as long', async () => {
    const all = new Fleet({
      lag: 60,
      options: { maxIdleTimeout: 86_400, maxAbsoluteTimeout: 86_400 },
    })
    const [long, short] = [
      await all.loggedIn('ada', 0, 'long'),
      await all.loggedIn('ada', 0, 'short'),
    ]
    await all.at(long, 0, (session) => session.keepFor({ idle: 40_000 }))
    await all.at(short, 0, (session) => session.keepFor({ idle: 60 }))
    all.clock.advance(3000)
    expect((await all.node().sessions.list('ada')).map(({ label }) => label)).toEqual(['long'])
    expect(await all.who(long)).toBe('ada')
    expect(await all.who(short)).toBe(undefined)
  })
})

describe('with deny, a login while a session is hidden', () => {
  test.each([0, 60])('is refused, and works once the store does, lag %i', async (lag) => {
    const { plan, store } = breakable(memory)
    const all = new Fleet({ nodes: 1, lag, store })
    const browser = await all.loggedIn('ada')
    all.clock.advance(100)
    plan.isDown = true
    expect(await all.who(browser)).toBe(undefined)
    const login = () => all.at(browser, 0, (session) => session.login('bob'))
    const error = await errorOf(login)
    expect(error).toBeInstanceOf(RevocationUnavailable)
    expect(error).toMatchObject({ operation: 'admit', failure: 'failed' })
    plan.isDown = false
    all.clock.advance(1)
    // This node has not asked again yet: one more is refused, and then it has.
    if (lag > 0) expect(await errorOf(login)).toBeInstanceOf(RevocationUnavailable)
    await login()
    for (const seconds of [0, 10, 100]) {
      all.clock.advance(seconds)
      expect(await all.who(browser)).toBe('bob')
    }
    const { sessions } = all.node()
    expect(
      [await sessions.list('ada'), await sessions.list('bob')].map(({ length }) => length),
    ).toEqual([0, 1])
  })
})

test('with deny, a login whose request could not be checked is refused, though the store is back', async () => {
  const { plan, store } = breakable(memory)
  const all = new Fleet({ nodes: 1, lag: 0, store })
  const browser = await all.loggedIn('ada')
  plan.isDown = true
  const login = all.at(browser, 0, (session) => {
    plan.isDown = false
    session.login('bob')
  })
  expect(await errorOf(() => login)).toMatchObject({ operation: 'admit', failure: 'failed' })
  expect(await all.who(browser)).toBe('ada')
  expect(await all.node().sessions.list('bob')).toEqual([])
})

describe('of two logins of one browser that did not see each other', () => {
  test.each(['read', 'write', 'logout', 'another login', 'the same login'] as const)(
    'the one that lost is over with the next %s, also in copies',
    async (deed) => {
      for (const order of [
        [0, 1],
        [1, 0],
      ]) {
        const all = new Fleet({ lag: 0, nodes: 2 })
        const browser = all.browser()
        const { sessions } = all.node()
        const [first, second] = [
          await sessions.open(browser.request()),
          await (async () => {
            all.clock.advance(0.08)
            return sessions.open(browser.request())
          })(),
        ]
        const answers: Response[] = []
        for (const session of [first, second]) {
          session.login('ada')
          answers.push(await sessions.commit(session, new Response()))
          all.clock.advance(0.03)
        }
        const copies = answers.map((answer) => {
          const copy = all.browser()
          copy.take(answer)
          return copy
        })
        for (const i of order) browser.take(answers[i] ?? new Response())
        all.clock.advance(1)
        await all.at(browser, 1, (session) => {
          expect(session.subject).toBe('ada')
          if (deed === 'write') session.increment('n')
          if (deed === 'logout') session.destroy()
          if (deed === 'another login') session.login('bob')
          if (deed === 'the same login') session.login('ada')
        })
        all.clock.advance(100)
        const who = await Promise.all(copies.map((copy) => all.who(copy)))
        const isOn = deed === 'read' || deed === 'write'
        expect(who).toEqual([undefined, isOn ? 'ada' : undefined])
        const left = isOn || deed === 'the same login' ? 1 : 0
        expect(await sessions.list('ada')).toHaveLength(left)
      }
    },
  )

  test('the later one stays, though it was saved first and the oldest ends', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const all = new Fleet({ lag: 0, nodes: 1, maxSessions: 1, onTooMany: 'end-oldest' })
      const browser = all.browser()
      const { sessions } = all.node()
      const first = await sessions.open(browser.request())
      all.clock.advance(0.08)
      const second = await sessions.open(browser.request())
      first.login('ada')
      second.login('ada')
      const later = await sessions.commit(second, new Response())
      all.clock.advance(0.03)
      const answers = [await sessions.commit(first, new Response()), later]
      for (const i of order) browser.take(answers[i] ?? later)
      all.clock.advance(1)
      expect(await all.who(browser)).toBe('ada')
      expect(await sessions.list('ada')).toHaveLength(1)
    }
  })

  test('what is saved after a logout of the browser is over, and is not counted', async () => {
    const all = new Fleet({ lag: 0, nodes: 1, maxSessions: 1 })
    const browser = all.browser()
    const { sessions } = all.node()
    await all.at(browser, 0, (session) => session.increment('n'))
    const slow = await sessions.open(browser.request())
    await all.at(browser, 0, (session) => session.login('ada'))
    all.clock.advance(1)
    await all.at(browser, 0, (session) => session.destroy())
    slow.login('ada')
    const answer = await sessions.commit(slow, new Response())
    const copy = all.browser()
    copy.take(answer)
    browser.take(answer)
    all.clock.advance(1)
    expect(await all.who(browser)).toBe(undefined)
    expect(await all.who(copy)).toBe(undefined)
    expect(await sessions.list('ada')).toEqual([])
    expect(await all.who(await all.loggedIn())).toBe('ada')
  })
})

describe('a mark that spares nobody', () => {
  test('is not weakened by one for all others that comes between its read and its write', async () => {
    for (const isImmediate of [true, false]) {
      let halt: Promise<void> | undefined
      const all = new Fleet({
        lag: 0,
        nodes: 3,
        store: ({ read }) => {
          const marks = { ...withoutRegistry(memoryMarks({ clock: read })), isImmediate }
          return {
            ...marks,
            put: async (...args) => {
              const halted = halt
              halt = undefined
              await halted
              return marks.put(...args)
            },
          }
        },
      })
      const thief = await all.loggedIn()
      const id = await all.id(thief)
      all.clock.advance(1)
      let go = () => {}
      halt = new Promise((resolve) => {
        go = resolve
      })
      // The thief's request has read the marks, and writes its own later.
      const others = all.node(1).sessions.revoke({ subject: 'ada', except: id })
      await new Promise((resolve) => setTimeout(resolve))
      await all.node(0).sessions.revoke({ subject: 'ada' })
      go()
      await others
      all.clock.advance(1)
      expect(await all.who(thief, 2)).toBe(undefined)
    }
  })
})

describe('what is revoked between a login and its save', () => {
  test.each([true, false])('ends it, whatever it was revoked by; listed: %s', async (isListed) => {
    const cases = [true, false].flatMap((hasLooked) =>
      [{ subject: 'ada' }, { key: 'tenant' }].map((target) => ({ hasLooked, target })),
    )
    for (const { hasLooked, target } of cases) {
      const all = new Fleet({
        lag: 60,
        store: ({ read }) => (isListed ? memory(read) : withoutRegistry(memory(read))),
      })
      const browser = all.browser()
      await all.at(browser, 0, async (session) => {
        session.login('ada')
        session.keys = ['tenant']
        // The store may be asked already, or not yet.
        if (hasLooked) await new Promise((resolve) => setTimeout(resolve))
        all.clock.advance(10)
        await all.node(1).sessions.revoke(target)
        all.clock.advance(10)
      })
      all.clock.advance(61)
      for (const node of [0, 1]) expect(await all.who(browser, node)).toBe(undefined)
      if (isListed) expect(await all.node().sessions.list('ada')).toEqual([])
    }
  })
})

describe('with allow, a login after a mark', () => {
  test.each([true, false])(
    'stays though the store is down for it; listed: %s',
    async (isListed) => {
      for (const node of [0, 1])
        for (const seconds of [0.1, 5, 59]) {
          const { plan, store } = breakable((clock) =>
            isListed ? memory(clock) : withoutRegistry(memory(clock)),
          )
          const all = new Fleet({ lag: 60, onUnavailable: 'allow', store })
          const before = await all.loggedIn()
          all.clock.advance(1)
          await all.node(0).sessions.revoke({ subject: 'ada' })
          all.clock.advance(seconds)
          plan.isDown = true
          const browser = await all.loggedIn('ada', node)
          plan.isDown = false
          for (const past of [0, 1, 61, 200]) {
            all.clock.advance(past)
            expect(await all.who(browser, 0)).toBe('ada')
            expect(await all.who(browser, 1)).toBe('ada')
          }
          expect(await all.who(before, 1)).toBe(undefined)
          // What comes later ends it as any other.
          await all.node(0).sessions.revoke({ subject: 'ada' })
          all.clock.advance(61)
          expect(await all.who(browser, 1)).toBe(undefined)
        }
    },
  )
})

describe('a session that was ended by a key', () => {
  test.each(['reject', 'end-oldest'] as const)(
    'is neither listed nor counted, %s',
    async (onTooMany) => {
      const all = new Fleet({ lag: 0, maxSessions: 2, onTooMany })
      const kept = await all.loggedIn()
      const browser = all.browser()
      all.clock.advance(1)
      await all.at(browser, 0, (session) => {
        session.login('ada')
        session.keys = ['oidc:1']
      })
      all.clock.advance(1)
      await all.node().sessions.revoke({ key: 'oidc:1' })
      all.clock.advance(1)
      const fresh = await all.loggedIn('ada', 1)
      expect(await Promise.all([kept, browser, fresh].map((each) => all.who(each)))).toEqual([
        'ada',
        undefined,
        'ada',
      ])
      expect(await all.node().sessions.list('ada')).toHaveLength(2)
      // By its id alone, without the user.
      await all.node().sessions.revoke({ session: await all.id(fresh) })
      expect(await all.who(await all.loggedIn('ada', 1))).toBe('ada')
      expect(await all.who(kept)).toBe('ada')
    },
  )

  test('is not listed though it got the key after the login', async () => {
    const all = new Fleet({ lag: 0 })
    const browser = await all.loggedIn()
    all.clock.advance(1)
    await all.at(browser, 0, (session) => {
      session.keys = ['tenant']
    })
    expect(await all.node().sessions.list('ada')).toHaveLength(1)
    all.clock.advance(1)
    await all.node().sessions.revoke({ key: 'tenant' })
    expect(await all.node(1).sessions.list('ada')).toEqual([])
  })
})

describe('a session that gets a key later', () => {
  test.each([0, 60])('falls to no mark of it from before it began, lag %i', async (lag) => {
    for (const subject of ['ada', undefined])
      for (const seconds of [0.5, 30, 70]) {
        const all = new Fleet({ lag })
        await all.node(1).sessions.revoke({ key: 'tenant' })
        all.clock.advance(seconds)
        const browser = all.browser()
        await all.at(browser, 0, (session) => {
          if (subject) session.login(subject)
          session.increment('n')
        })
        all.clock.advance(1)
        await all.at(browser, 1, (session) => {
          session.keys = ['tenant']
        })
        const isThere = (node: number) => all.at(browser, node, ({ isNew }) => !isNew)
        for (const past of [0, 1, 61]) {
          all.clock.advance(past)
          expect([await isThere(0), await isThere(1)]).toEqual([true, true])
        }
        await all.node(1).sessions.revoke({ key: 'tenant' })
        all.clock.advance(61)
        expect([await isThere(0), await isThere(1)]).toEqual([false, false])
      }
  })

  test('falls to one from after it began', async () => {
    const all = new Fleet({ lag: 0 })
    const browser = await all.loggedIn()
    all.clock.advance(1)
    await all.node(1).sessions.revoke({ key: 'tenant' })
    all.clock.advance(1)
    await all.at(browser, 0, (session) => {
      session.keys = ['tenant']
    })
    expect(await all.who(browser, 1)).toBe(undefined)
  })
})

test('a login that cannot be saved ends no other session', async () => {
  const all = new Fleet({ lag: 0, maxSessions: 2, onTooMany: 'end-oldest' })
  const browsers = [await all.loggedIn(), await all.loggedIn()]
  all.clock.advance(1)
  const error = await errorOf(() =>
    all.at(all.browser(), 0, (session) => {
      session.login('ada')
      session.data['big'] = 'x'.repeat(5000)
    }),
  )
  expect(error).toBeInstanceOf(Error)
  expect(await Promise.all(browsers.map((each) => all.who(each)))).toEqual(['ada', 'ada'])
  expect(await all.node().sessions.list('ada')).toHaveLength(2)
})

test('a login whose admission was answered too late does not count', async () => {
  let isLost = false
  const all = new Fleet({
    lag: 0,
    maxSessions: 1,
    store: ({ read }) => {
      const marks = memory(read)
      return {
        ...marks,
        registry: {
          ask: async (subject, request) => {
            const reply = await marks.registry.ask(subject, request)
            if (isLost && request.do === 'admit') throw new Error('the connection was lost')
            return reply
          },
        },
      }
    },
  })
  isLost = true
  expect(await errorOf(() => all.loggedIn())).toBeInstanceOf(RevocationUnavailable)
  isLost = false
  expect(await all.node().sessions.list('ada')).toEqual([])
  expect(await all.who(await all.loggedIn())).toBe('ada')
})

test('the list has the id of now, though the clock of the node that gave it is behind', async () => {
  for (const behind of [1, 28]) {
    const all = new Fleet({ lag: 0 })
    all.ahead.splice(0, 2, 0, -behind)
    const browser = await all.loggedIn()
    for (let i = 0; i < 3; i++) {
      all.clock.advance(0.1)
      await all.at(browser, 1, (session) => session.regenerate())
      const [listed] = await all.node().sessions.list('ada')
      expect(listed?.id).toBe(await all.id(browser))
    }
    // A renewal of an old id that arrives late does not bring that back.
    const copy = copyOf(browser, all.clock)
    await all.at(browser, 1, (session) => session.regenerate())
    all.clock.advance(200)
    await all.who(copy, 0)
    const [listed] = await all.node().sessions.list('ada')
    expect(listed?.id).toBe(await all.id(browser))
  }
})

test('a registry that answers with something else counts as one that fails', async () => {
  const good = { mark: null, isEnded: false, isAdmitted: true, sessions: [] }
  const answers: unknown[] = [
    {},
    42,
    null,
    [],
    'x',
    { sessions: [] },
    { ...good, mark: 'x' },
    { ...good, mark: 5 },
    { ...good, isEnded: 'no' },
    { ...good, isAdmitted: undefined },
    { ...good, sessions: [{}] },
  ]
  for (const answer of answers)
    for (const onUnavailable of ['allow', 'deny'] as const) {
      let isWrong = false
      const all = new Fleet({
        lag: 0,
        onUnavailable,
        store: ({ read }) => {
          const marks = memory(read)
          const ask = marks.registry.ask
          // What a service answers has no type.
          const registry = {
            ask: (...args: Parameters<typeof ask>) =>
              isWrong
                ? Promise.resolve(JSON.parse(JSON.stringify(answer) ?? 'null'))
                : ask(...args),
          }
          return { ...marks, registry }
        },
      })
      const browser = await all.loggedIn()
      isWrong = true
      const { sessions } = all.node()
      for (const call of [() => sessions.revoke({ subject: 'ada' }), () => sessions.list('ada')])
        expect(await errorOf(call)).toMatchObject({
          code: 'ERR_REVOCATION_UNAVAILABLE',
          failure: 'invalid',
        })
      const login = () => all.loggedIn('bob')
      if (onUnavailable === 'deny')
        expect(await errorOf(login)).toMatchObject({ failure: 'invalid' })
      else await login()
      expect(await all.who(browser)).toBe(onUnavailable === 'allow' ? 'ada' : undefined)
    }
  // Nor is a mark that it has not put.
  const marks = memoryMarks()
  const all = new Fleet({ store: () => ({ ...marks, registry: { ask: async () => good } }) })
  expect(await errorOf(() => all.node().sessions.revoke({ subject: 'ada' }))).toMatchObject({
    failure: 'invalid',
  })
})

test('verify() after a login in the same request keeps it', async () => {
  const all = new Fleet({ lag: 60 })
  const browser = all.browser()
  await all.at(browser, 0, async (session) => {
    session.login('ada')
    expect(await session.verify()).toBe(true)
    expect(session.subject).toBe('ada')
  })
  await all.node(1).sessions.revoke({ subject: 'ada' })
  await all.at(browser, 0, async (session) => {
    session.login('bob')
    expect(await session.verify()).toBe(true)
  })
  expect(await all.who(browser)).toBe('bob')
})
