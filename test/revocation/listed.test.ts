/** What a list and `maxSessions` know of sessions that renew themselves, in any order. */
import { describe, expect, test } from 'vitest'
import { TooManySessions } from '../../src/index.ts'
import { errorOf } from '../support/visitor.ts'
import { Fleet } from './fleet.ts'

const DAY = 86_400

/** One more login of the user, which there is no room for. */
const refused = async (all: Fleet) =>
  expect(await errorOf(() => all.loggedIn())).toBeInstanceOf(TooManySessions)

describe('a session that lives is listed, and counts,', () => {
  test('to its last second, whenever it wrote', async () => {
    for (let first = 0; first < 200; first += 20) {
      const all = new Fleet({ lag: 0, maxSessions: 1 })
      all.clock.advance(first)
      const browser = await all.loggedIn()
      all.clock.advance(90)
      await all.at(browser, 1, (session) => session.increment('n'))
      all.clock.advance(1798)
      expect(await all.node().sessions.list('ada')).toHaveLength(1)
      await refused(all)
      // And soon after it has expired it is not any more.
      all.clock.advance(183)
      expect(await all.node().sessions.list('ada')).toEqual([])
      await all.loggedIn()
    }
  })

  test.each([true, false])(
    'though a slower request tells of it after keepFor(), first: %s',
    async (isFirst) => {
      const all = new Fleet({
        ...{ lag: 0, maxSessions: 1 },
        options: { maxIdleTimeout: 30 * DAY, maxAbsoluteTimeout: 90 * DAY },
      })
      const browser = await all.loggedIn()
      all.clock.advance(400)
      const { sessions } = all.node(1)
      const slow = await sessions.open(browser.request())
      slow.increment('n')
      const write = async () => browser.take(await sessions.commit(slow, new Response()))
      if (isFirst) await write()
      await all.at(browser, 0, (session) => session.keepFor({ idle: 30 * DAY, absolute: 90 * DAY }))
      all.clock.advance(0.5)
      if (!isFirst) await write()
      all.clock.advance(2 * 3600)
      expect(await all.who(browser)).toBe('ada')
      expect(await sessions.list('ada')).toHaveLength(1)
      await refused(all)
      all.clock.advance(28 * DAY)
      expect(await sessions.list('ada')).toHaveLength(1)
      expect(await all.who(browser, 1)).toBe('ada')
    },
  )
})

test('a session that keepFor() shortens after its login has its place as long as its cookies count', async () => {
  const all = new Fleet({ lag: 0, maxSessions: 1 })
  const browser = await all.loggedIn()
  await all.at(browser, 0, (session) => session.keepFor({ idle: 60 }))
  all.clock.advance(120)
  // Its cookies count until their old timeout, or the new one after the hour in which they were sealed.
  expect(await all.who(browser)).toBe('ada')
  expect(await all.node().sessions.list('ada')).toHaveLength(1)
  await refused(all)
  all.clock.advance(2000)
  expect(await all.who(browser)).toBeUndefined()
  expect(await all.node().sessions.list('ada')).toEqual([])
})

test('one that keepFor() shortens, and that gets a new id then, leaves the list when it ends', async () => {
  const all = new Fleet({ lag: 0, maxSessions: 1 })
  const browser = await all.loggedIn()
  await all.at(browser, 0, (session) => session.keepFor({ idle: 600 }))
  all.clock.advance(1)
  await all.at(browser, 0, (session) => session.regenerate())
  all.clock.advance(500)
  expect(await all.node().sessions.list('ada')).toHaveLength(1)
  all.clock.advance(200)
  expect(await all.who(browser)).toBeUndefined()
  expect(await all.node().sessions.list('ada')).toEqual([])
  await all.loggedIn()
})

test.each([true, false])(
  'a session that was ended by a key is not listed, though a slower request told of it without, first: %s',
  async (isFirst) => {
    const all = new Fleet({ lag: 0, maxSessions: 1 })
    const browser = await all.loggedIn()
    all.clock.advance(400)
    const { sessions } = all.node(1)
    const slow = await sessions.open(browser.request())
    slow.increment('n')
    const write = async () => browser.take(await sessions.commit(slow, new Response()))
    if (isFirst) await write()
    await all.at(browser, 0, (session) => {
      session.keys = ['tenant']
    })
    all.clock.advance(0.5)
    if (!isFirst) await write()
    await sessions.revoke({ key: 'tenant' })
    expect(await all.who(browser)).toBe(undefined)
    expect(await sessions.list('ada')).toEqual([])
    await all.loggedIn()
  },
)

test('a login whose session was ended in the same request says nothing of too many sessions', async () => {
  const all = new Fleet({ lag: 0 })
  const browser = all.browser()
  await all.at(browser, 0, async (session) => {
    session.login('ada')
    await all.node().sessions.revoke({ session: session.id, subject: 'ada' })
  })
  expect(await all.who(browser, 1)).toBe(undefined)
  expect(await all.node().sessions.list('ada')).toEqual([])
})
