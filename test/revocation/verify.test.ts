/** What verify() leaves of a request, and what a node remembers of a check. */
import { describe, expect, test } from 'vitest'
import { memoryMarks } from '../../src/stores/memory.ts'
import { breakable, Fleet, withoutRegistry } from './fleet.ts'

describe('beside a verify() that nobody has awaited yet, and that says no', () => {
  test('a logout is one', async () => {
    const { plan, store } = breakable((clock) => withoutRegistry(memoryMarks({ clock })))
    const all = new Fleet({ store })
    const browser = await all.loggedIn()
    plan.isDown = true
    await all.at(browser, 0, async (session) => {
      const verified = session.verify()
      session.destroy()
      expect(await verified).toBe(false)
    })
    plan.isDown = false
    all.clock.advance(6)
    expect(await all.who(browser)).toBe(undefined)
  })

  test('a login is one, and a write is dropped', async () => {
    const all = new Fleet()
    const browser = await all.loggedIn()
    await all.node(1).sessions.revoke({ subject: 'ada' })
    await all.at(browser, 0, async (session) => {
      const verified = session.verify()
      session.login('bob')
      await verified
      expect(session.subject).toBe('bob')
    })
    expect(await all.who(browser)).toBe('bob')
    await all.node(1).sessions.revoke({ subject: 'bob' })
    await all.at(browser, 0, async (session) => {
      const verified = session.verify()
      session.data['x'] = 1
      expect(await verified).toBe(false)
      expect(session.data).toEqual({})
      expect(session.subject).toBe(undefined)
    })
  })
})

test('after the commit, verify() that says no leaves a session without a user, which cannot be changed', async () => {
  const all = new Fleet()
  const browser = await all.loggedIn()
  await all.at(browser, 0, async (session) => {
    session.data['x'] = 1
    await session.commit()
    await all.node(1).sessions.revoke({ subject: 'ada' })
    expect(await session.verify()).toBe(false)
    expect(session.subject).toBe(undefined)
    expect(() => session.login('bob')).toThrow()
  })
})

test('a slower check that began before does not bring back what another one has found to be over', async () => {
  for (const fails of [false, true]) {
    let halt: Promise<void> | undefined
    let begin = () => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const all = new Fleet({
      onUnavailable: 'allow',
      store: ({ read }) => {
        const marks = withoutRegistry(memoryMarks({ clock: read }))
        return {
          ...marks,
          get: async (keys) => {
            const halted = halt
            halt = undefined
            const found = await marks.get(keys)
            if (!halted) return found
            begin()
            await halted
            if (fails) throw new Error('down')
            return found
          },
        }
      },
    })
    const browser = await all.loggedIn()
    all.clock.advance(61)
    let go = () => {}
    halt = new Promise((resolve) => {
      go = resolve
    })
    const slow = all.who(browser)
    await begun
    await all.node(1).sessions.revoke({ subject: 'ada' })
    all.clock.advance(0.001)
    expect(await all.at(browser, 0, (session) => session.verify())).toBe(false)
    go()
    await slow
    for (let i = 0; i < 5; i++) {
      expect(await all.who(browser)).toBe(undefined)
      all.clock.advance(10)
    }
  }
})
