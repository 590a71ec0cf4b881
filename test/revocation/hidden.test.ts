/** What a browser has of a session that is hidden, or over: what starts beside it goes on, and stays small. */
import { describe, expect, test } from 'vitest'
import { memoryMarks } from '../../src/stores/memory.ts'
import { breakable, Fleet, withoutRegistry } from './fleet.ts'

const plain = (clock: () => number) => withoutRegistry(memoryMarks({ clock }))

/** Requests that each count, until the store is back. What the last one saw. */
async function count(all: Fleet, browser: ReturnType<Fleet['browser']>, times: number) {
  let seen: unknown[] = []
  for (let i = 0; i < times; i++) {
    all.clock.advance(3)
    seen = await all.at(browser, i, (session) => {
      session.increment('visits')
      return [session.subject, session.data['visits']]
    })
  }
  return seen
}

describe('with deny, what a request starts beside a hidden session', () => {
  test.each(['ada', undefined])(
    'goes on until the store is back, and then yields: %s',
    async (user) => {
      for (const lag of [0, 60]) {
        const { plan, store } = breakable(plain)
        const all = new Fleet({ lag, store })
        const browser = all.browser()
        await all.at(browser, 0, (session) => {
          if (user) session.login(user)
          session.data['visits'] = 1000
        })
        all.clock.advance(61)
        plan.isDown = true
        // Nothing of the hidden session shows, and 80 requests leave a few cookies.
        expect(await count(all, browser, 80)).toEqual([undefined, 80])
        expect(browser.cookie.split('; ').length).toBeLessThanOrEqual(6)
        expect(browser.cookie.length).toBeLessThan(3000)
        plan.isDown = false
        all.clock.advance(6)
        expect(await count(all, browser, 2)).toEqual([user, 1002])
      }
    },
  )

  test('still yields when it gets a new id, and a logout ends both', async () => {
    const { plan, store } = breakable(plain)
    const all = new Fleet({ lag: 0, store })
    const browser = await all.loggedIn()
    const visitor = all.browser()
    await all.at(visitor, 0, (session) => session.increment('visits'))
    all.clock.advance(61)
    plan.isDown = true
    for (const each of [browser, visitor]) {
      await count(all, each, 2)
      await all.at(each, 0, (session) => session.regenerate())
      await count(all, each, 2)
    }
    plan.isDown = false
    all.clock.advance(6)
    expect(await all.who(browser)).toBe('ada')
    expect(await count(all, visitor, 1)).toEqual([undefined, 2])
    plan.isDown = true
    await count(all, browser, 2)
    await all.at(browser, 0, (session) => session.destroy())
    plan.isDown = false
    all.clock.advance(6)
    expect(await all.at(browser, 0, ({ isNew }) => isNew)).toBe(true)
  })

  test('is over where this node knows that, and verify() says no to it', async () => {
    const { plan, store } = breakable(plain)
    const all = new Fleet({ lag: 60, nodes: 1, store })
    const browser = await all.loggedIn()
    all.clock.advance(61)
    plan.isDown = true
    await count(all, browser, 2)
    await all.at(browser, 0, async (session) => {
      expect(session.isNew).toBe(false)
      session.data['kept'] = 1
      expect(await session.verify()).toBe(false)
    })
    const id = await all.at(browser, 0, (session) => {
      expect(session.data).toEqual({ visits: 2, kept: 1 })
      return session.id
    })
    plan.isDown = false
    await all.node().sessions.revoke({ session: id })
    plan.isDown = true
    expect(await count(all, browser, 1)).toEqual([undefined, 1])
  })
})

describe('a login by a form of another site', () => {
  const headers = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://id.example' }

  test.each(['revoked', 'refused'] as const)('lives beside a session that was %s', async (why) => {
    for (const lag of [0, 60]) {
      let refused: string | undefined
      const accept = ({ id }: { id: string }) => id !== refused
      const all = new Fleet({ lag, options: why === 'refused' ? { accept } : {} })
      const browser = await all.loggedIn()
      const id = await all.id(browser)
      all.clock.advance(1)
      if (why === 'refused') refused = id
      else await all.node().sessions.revoke({ session: id })
      all.clock.advance(61)
      const withheld = new Request('https://shop.example/', { method: 'POST', headers })
      const { sessions } = all.node()
      const session = await sessions.open(withheld)
      session.login('bob')
      browser.take(await sessions.commit(session, new Response()))
      for (const node of [0, 1, 0]) {
        all.clock.advance(10)
        expect(await all.who(browser, node)).toBe('bob')
      }
      // The next write takes away what is over.
      await all.at(browser, 1, (each) => each.increment('n'))
      await all.at(browser, 1, (each) => each.increment('n'))
      expect(browser.cookie.split('; ').length).toBeLessThanOrEqual(2)
      expect(await all.who(browser)).toBe('bob')
      expect(await sessions.list('bob')).toHaveLength(1)
    }
  })

  test('yields to a session that counts', async () => {
    const all = new Fleet({ lag: 0 })
    const browser = await all.loggedIn()
    const { sessions } = all.node()
    const session = await sessions.open(
      new Request('https://shop.example/', { method: 'POST', headers }),
    )
    session.login('bob')
    browser.take(await sessions.commit(session, new Response()))
    expect(await all.who(browser)).toBe('ada')
  })
})

test('where a store fails, a login that lost is told of again only after five seconds', async () => {
  const { plan, store } = breakable((clock) => memoryMarks({ clock }))
  const all = new Fleet({ nodes: 1, store })
  const browser = all.browser()
  const { sessions } = all.node()
  const first = await sessions.open(browser.request())
  all.clock.advance(0.1)
  const second = await sessions.open(browser.request())
  for (const session of [first, second]) {
    session.login('ada')
    browser.take(await sessions.commit(session, new Response()))
  }
  plan.isDown = true
  const calls = () => all.store.calls.ask.filter((each) => each === 'end').length
  const before = calls()
  for (let i = 0; i < 10; i++) expect(await all.who(browser)).toBe('ada')
  expect(calls() - before).toBe(1)
  plan.isDown = false
  all.clock.advance(6)
  await all.who(browser)
  expect(await sessions.list('ada')).toHaveLength(1)
})

test('destroy() ends each part of a first visit, in copies as well', async () => {
  const all = new Fleet({ lag: 0 })
  const browser = all.browser()
  const { sessions } = all.node()
  const parts = [all.browser(), all.browser()]
  const visits = await Promise.all(parts.map(() => sessions.open(browser.request())))
  for (const [i, session] of visits.entries()) {
    session.data[`n${i}`] = 1
    const answer = await sessions.commit(session, new Response())
    parts[i]?.take(answer)
    browser.take(answer)
  }
  all.clock.advance(1)
  await all.at(browser, 0, (session) => {
    expect(session.data).toEqual({ n0: 1, n1: 1 })
    session.destroy()
  })
  all.clock.advance(1)
  for (const part of parts) expect(await all.at(part, 1, ({ isNew }) => isNew)).toBe(true)
})
