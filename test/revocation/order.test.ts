/** What came first, a login or a mark: told by what the login has seen, and not by two clocks. */
import { describe, expect, test } from 'vitest'
import type { RevocationStore } from '../../src/index.ts'
import { memoryMarks } from '../../src/stores/memory.ts'
import { Fleet, withoutRegistry } from './fleet.ts'

type Make = (fleet: Fleet['clock']) => RevocationStore

const KINDS: readonly (readonly [string, Make])[] = [
  ['a list', ({ read }) => memoryMarks({ clock: read })],
  ['marks alone', ({ read }) => withoutRegistry(memoryMarks({ clock: read }))],
]

/** A store of which each call can be made to wait, before it or after it. */
function slowed(make: Make) {
  const hooks: { before?: () => Promise<void>; after?: () => Promise<void> } = {}
  const store: Make = (clock) => {
    const inner = make(clock)
    const slow = async <T>(call: () => Promise<T>) => {
      await hooks.before?.()
      const result = await call()
      await hooks.after?.()
      return result
    }
    const { registry } = inner
    return {
      isImmediate: inner.isImmediate,
      get: (keys) => slow(() => inner.get(keys)),
      put: (...args) => slow(() => inner.put(...args)),
      registry: registry && { ask: (...args) => slow(() => registry.ask(...args)) },
    }
  }
  return { hooks, store }
}

/** Some turns of the event loop. */
async function turns(count: number) {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve))
}

describe.each(KINDS)('with %s', (_, make) => {
  test('a login after revoke() lives, though the clock of that node is ahead and reads are slow', async () => {
    for (const ahead of [-55, -1, 0.02, 0.2, 5, 55])
      for (const gap of [0, 0.01, 0.1, 0.3, 4.95]) {
        const { hooks, store } = slowed(make)
        const all = new Fleet({ lag: 0, nodes: 3, store })
        all.ahead.splice(1, 1, ahead)
        const before = await all.loggedIn()
        all.clock.advance(1)
        await all.node(1).sessions.revoke({ subject: 'ada' })
        all.clock.advance(gap)
        hooks.after = async () => all.clock.advance(0.05)
        const browser = await all.loggedIn('ada', 0)
        delete hooks.after
        for (const past of [0, 61]) {
          all.clock.advance(past)
          expect([await all.who(browser, 0), await all.who(browser, 2)]).toEqual(['ada', 'ada'])
          expect(await all.who(before, 2)).toBe(undefined)
        }
      }
  })

  test('a revoke() that goes on while a login asks the store ends that, whatever the clocks', async () => {
    for (const ahead of [-55, -1, 0, 0.2, 5, 55]) {
      const { hooks, store } = slowed(make)
      const all = new Fleet({ lag: 0, nodes: 3, store })
      all.ahead.splice(1, 1, ahead)
      const browser = all.browser()
      const session = await all.node(0).sessions.open(browser.request())
      // The login asks once the revocation has been written for the first time.
      let writes = 0
      hooks.after = async () => {
        if (++writes === (make === KINDS[0]?.[1] ? 1 : 2)) await turns(20)
      }
      const revoked = all.node(1).sessions.revoke({ subject: 'ada' })
      await turns(5)
      session.login('ada')
      delete hooks.after
      browser.take(await all.node(0).sessions.commit(session, new Response()))
      await revoked
      all.clock.advance(1)
      for (const node of [0, 1, 2]) expect(await all.who(browser, node)).toBe(undefined)
    }
  })

  test('what is revoked between login() and keys = … ends the login', async () => {
    for (const target of [{ subject: 'ada' }, { key: 'tenant' }])
      for (const mode of ['keys', 'again'] as const) {
        const { hooks, store } = slowed(make)
        const all = new Fleet({ lag: 0, nodes: 3, store })
        const browser = all.browser()
        await all.at(browser, 0, async (session) => {
          session.login('ada')
          if (mode === 'again') {
            // The first attempt to save it fails, since the store does.
            session.keys = ['tenant']
            hooks.before = () => Promise.reject(new Error('down'))
            await expect(session.commit()).rejects.toThrow()
            delete hooks.before
          }
          await turns(3)
          all.clock.advance(0.03)
          await all.node(1).sessions.revoke(target)
          all.clock.advance(0.03)
          session.keys = ['tenant']
          await turns(3)
        })
        all.clock.advance(61)
        for (const node of [0, 1, 2]) expect(await all.who(browser, node)).toBe(undefined)
      }
  })

  test('a login that ends all others in the same request lives, soon after all were ended', async () => {
    for (const gap of [0.001, 1, 30, 59])
      for (const wait of [0, 3]) {
        const all = new Fleet({ lag: 0, nodes: 2, store: make })
        await all.node(1).sessions.revoke({ subject: 'ada' })
        all.clock.advance(gap)
        const other = await all.loggedIn()
        const browser = all.browser()
        await all.at(browser, 0, async (session) => {
          session.login('ada')
          await turns(wait)
          all.clock.advance(0.003)
          await all.node(0).sessions.revoke({ subject: 'ada', except: session.id })
        })
        for (const node of [0, 1]) {
          expect(await all.who(browser, node)).toBe('ada')
          expect(await all.who(other, node)).toBe(undefined)
        }
      }
  })

  test('after two revoke() at once that cross, no node refuses a later login', async () => {
    for (const ahead of [0, 0.02, 1]) {
      const { hooks, store } = slowed(make)
      const all = new Fleet({ lag: 60, nodes: 3, store })
      all.ahead.splice(0, 1, ahead)
      const before = await all.loggedIn('ada', 2)
      all.clock.advance(1)
      // The one with the lower mark writes last.
      let calls = 0
      hooks.before = () => turns(calls++ % 2 === 0 ? 6 : 1)
      await Promise.all([0, 1].map((node) => all.node(node).sessions.revoke({ subject: 'ada' })))
      delete hooks.before
      all.clock.advance(5)
      const browser = await all.loggedIn('ada', 2)
      for (const node of [0, 1, 2, 0]) {
        expect(await all.who(browser, node)).toBe('ada')
        all.clock.advance(1)
      }
      for (const node of [0, 1]) expect(await all.who(before, node)).toBe(undefined)
    }
  })
})

test('a node whose store fails goes by the marks that it has put itself', async () => {
  for (const onUnavailable of ['allow', 'deny'] as const) {
    const { hooks, store } = slowed(KINDS[1]?.[1] ?? (() => memoryMarks()))
    const all = new Fleet({ lag: 60, nodes: 1, onUnavailable, store })
    const browser = await all.loggedIn()
    await all.node().sessions.revoke({ subject: 'ada' })
    hooks.before = () => Promise.reject(new Error('down'))
    expect(await all.who(browser)).toBe(undefined)
    expect(all.node().told('revoked')).toHaveLength(1)
  }
})

test('keys that are assigned in each request cost no read and no byte', async () => {
  const all = new Fleet({ lag: 60, nodes: 1, store: KINDS[1]?.[1] ?? (() => memoryMarks()) })
  await all.node().sessions.revoke({ key: 'tenant' })
  all.clock.advance(1)
  const browser = all.browser()
  await all.at(browser, 0, (session) => {
    session.login('ada')
    session.keys = ['tenant']
  })
  const bytes = browser.cookie.length
  const reads = all.store.calls.get
  for (let i = 0; i < 120; i++) {
    all.clock.advance(1)
    await all.at(browser, 0, (session) => {
      session.keys = ['tenant']
    })
  }
  expect(all.store.calls.get - reads).toBeLessThanOrEqual(2)
  expect(browser.cookie.length).toBeLessThan(bytes + 100)
  expect(await all.who(browser)).toBe('ada')
})

test('keys that come and go leave nothing behind', async () => {
  const all = new Fleet({ lag: 60, nodes: 1 })
  const tenants = Array.from({ length: 30 }, (_, i) => `tenant ${i}`)
  for (const key of tenants) await all.node().sessions.revoke({ key })
  all.clock.advance(1)
  const browser = await all.loggedIn()
  const bytes = browser.cookie.length
  for (const key of tenants) {
    all.clock.advance(1)
    await all.at(browser, 0, (session) => {
      session.keys = [key]
    })
    expect(await all.who(browser)).toBe('ada')
  }
  all.clock.advance(200)
  await all.at(browser, 0, (session) => session.regenerate())
  expect(browser.cookie.length).toBeLessThan(bytes + 200)
  await all.node().sessions.revoke({ key: 'tenant 29' })
  expect(await all.who(browser)).toBe(undefined)
})
