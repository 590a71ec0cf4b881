/** What has ended stays ended, and nothing else ends. */
import { describe, expect, test } from 'vitest'
import { Clock, type Loose, Shop, type Visitor } from '../support/visitor.ts'

/** A node whose clock is so many seconds ahead. */
function node(visitor: Visitor, clock: Clock, seconds: number, idleTimeout = 1800): Shop {
  const read = () => clock.now + seconds * 1000
  return new Shop<Loose>({ clock: read, idleTimeout }, { clock, visitor })
}

/** Two nodes, the second of which has a clock that is ahead; and a browser, perhaps with an anonymous session. */
async function twoNodes(seconds: number, hasCart: boolean) {
  const shop = new Shop<Loose>()
  const { clock, visitor } = shop
  if (hasCart)
    await shop.visit(({ data }) => {
      data['cart'] = 1
    })
  return { shop, clock, ahead: node(visitor, clock, seconds) }
}

async function userOf(shop: Shop): Promise<string | undefined> {
  const session = await shop.sessions.open(shop.visitor.request())
  return session.subject
}

describe('a logout', () => {
  test('ends the session at the edge of the idle timeout, also for a node that is behind', async () => {
    for (const seconds of [-1, 0, 1, 20, 200]) {
      const shop = new Shop<Loose>({ idleTimeout: 300 })
      const { clock, visitor } = shop
      const behind = node(visitor, clock, -29, 300)
      await shop.visit((session) => session.login('ada'))
      clock.advance(300 + seconds)
      const slow = await behind.begin()
      slow.session.data['late'] = 1
      await shop.visit((session) => session.destroy())
      expect(await userOf(behind)).toBe(undefined)
      await slow.end()
      for (const each of [shop, behind]) expect(await userOf(each)).toBe(undefined)
    }
  })

  test('ends it on a node whose clock is off, by whatever it is', async () => {
    for (const seconds of [-3600, -3000, -300, -62, -31, 31, 62, 300, 3000]) {
      const clock = new Clock()
      const shop = new Shop<Loose>({ idleTimeout: 7200 }, { clock })
      const off = node(shop.visitor, clock, seconds, 7200)
      await shop.visit((session) => session.login('ada'))
      clock.advance(5)
      const slow = await shop.begin()
      slow.session.data['late'] = 1
      await off.visit((session) => {
        expect([seconds, session.subject]).toEqual([seconds, 'ada'])
        session.destroy()
      })
      clock.advance(5)
      await slow.end()
      for (const each of [shop, off])
        expect([seconds, await userOf(each)]).toEqual([seconds, undefined])
      await shop.visit((session) => session.login('bob'))
      for (const each of [shop, off])
        expect([seconds, await userOf(each)]).toEqual([seconds, 'bob'])
    }
  })

  test('is not undone by the same login, sent twice and answered late', async () => {
    for (const before of [false, true]) {
      for (const seconds of [0, 10, 29]) {
        const { shop, clock, ahead } = await twoNodes(seconds, before)
        const [first, second] = [await shop.begin(), await ahead.begin()]
        first.session.login('ada')
        second.session.login('ada')
        await first.end()
        clock.advance(1)
        await shop.visit((session) => session.destroy())
        const deliver = await second.answer()
        clock.advance(60)
        deliver()
        for (const each of [shop, ahead]) expect(await userOf(each)).toBe(undefined)
        await shop.visit((session) => session.login('bob'))
        expect(await userOf(ahead)).toBe('bob')
      }
    }
  })

  test('sent twice does not end the login that comes after it', async () => {
    const shop = new Shop<Loose>()
    await shop.visit((session) => session.login('ada'))
    const [first, second] = [await shop.begin(), await shop.begin()]
    first.session.destroy()
    second.session.destroy()
    await first.end()
    const deliver = await second.answer()
    await shop.visit((session) => session.login('bob'))
    deliver()
    expect(await userOf(shop)).toBe('bob')
  })

  test('sent twice, the second time when nobody is in any more, does not end the login in between', async () => {
    const shop = new Shop<Loose>()
    await shop.visit((session) => session.login('ada'))
    const slow = await shop.begin()
    slow.session.data['late'] = 1
    await shop.visit((session) => session.destroy())
    await slow.end()
    shop.clock.advance(30)
    const second = await shop.begin()
    second.session.destroy()
    await shop.visit((session) => session.login('bob'))
    await second.end()
    expect(await userOf(shop)).toBe('bob')
  })

  test('that is slow does not end a login that has seen a faster one', async () => {
    const shop = new Shop<Loose>()
    const logins = [await shop.begin(), await shop.begin()] as const
    for (const { session } of logins) session.login('ada')
    for (const { end } of logins) await end()
    const slow = await shop.begin()
    slow.session.destroy()
    await shop.visit(({ data }) => {
      data['x'] = 1
    })
    await shop.visit((session) => session.destroy())
    await shop.visit((session) => session.login('bob'))
    shop.clock.advance(37)
    await slow.end()
    expect(await userOf(shop)).toBe('bob')
  })

  test('that is slow does not end a login that has seen a faster one, whatever else ended in between', async () => {
    for (const between of ['destroy', 'flash', 'nothing'] as const) {
      for (const isSeen of [true, false]) {
        const shop = new Shop<Loose>()
        await shop.visit((session) => session.login('ada'))
        const [slow, fast] = [await shop.begin(), await shop.begin()]
        slow.session.destroy()
        fast.session.destroy()
        fast.session.flash('bye', 1)
        await fast.end()
        shop.clock.advance(5)
        const deliver = await slow.answer()
        if (isSeen) deliver()
        shop.clock.advance(5)
        const login = await shop.begin()
        login.session.login('bob')
        if (between !== 'nothing')
          await shop.visit((session) => {
            session.destroy()
            if (between === 'flash') session.flash('bye', 2)
          })
        if (!isSeen) deliver()
        shop.clock.advance(5)
        await login.end()
        expect([between, isSeen, await userOf(shop)]).toEqual([between, isSeen, 'bob'])
      }
    }
  })

  test('of a session that got a new id meanwhile does not end a login that has seen the end of the old one', async () => {
    const shop = new Shop<Loose>()
    await shop.visit((session) => session.login('ada'))
    const old = await shop.begin()
    old.session.destroy()
    await shop.visit((session) => session.regenerate())
    const slow = await shop.begin()
    slow.session.destroy()
    shop.clock.advance(5)
    await old.end()
    shop.clock.advance(5)
    const deliver = await slow.answer()
    await shop.visit((session) => session.login('bob'))
    deliver()
    expect(await userOf(shop)).toBe('bob')
  })

  test('in a jar with a session of a user that expired minutes ago does not end a login', async () => {
    for (const isThere of [true, false]) {
      const shop = new Shop<Loose>()
      const { clock } = shop
      await shop.visit((session) => {
        session.login('ada')
        session.keepFor({ idle: 600 })
      })
      clock.advance(600 + 181)
      if (isThere)
        await shop.visit(({ data }) => {
          data['cart'] = 1
        })
      const [login, logout] = [await shop.begin(), await shop.begin()]
      login.session.login('bob')
      logout.session.destroy()
      await login.end()
      await logout.end()
      expect([isThere, await userOf(shop)]).toEqual([isThere, 'bob'])
    }
  })

  test('ends what a slow request makes of a session that has just expired', async () => {
    for (const deed of ['regenerate', 'login', 'write'] as const) {
      const shop = new Shop<Loose>()
      await shop.visit((session) => session.login('ada'))
      shop.clock.advance(1799)
      const slow = await shop.begin()
      if (deed === 'regenerate') slow.session.regenerate()
      else if (deed === 'login') slow.session.login('ada')
      else slow.session.data['late'] = 1
      const deliver = await slow.answer()
      shop.clock.advance(110)
      await shop.visit((session) => session.destroy())
      deliver()
      expect([deed, await userOf(shop)]).toEqual([deed, undefined])
    }
  })

  test('keeps a late login out, though another logout has taken the place of its tombstone', async () => {
    for (const between of ['write', 'regenerate', 'flash'] as const) {
      const shop = new Shop<Loose>()
      const [first, second] = [await shop.begin(), await shop.begin()]
      first.session.login('ada')
      second.session.login('ada')
      await first.end()
      await shop.visit((session) => session.destroy())
      shop.clock.advance(40)
      await shop.visit((session) => {
        if (between === 'write') session.data['x'] = 1
        else if (between === 'flash') session.flash('a', 1)
        else session.regenerate()
      })
      await shop.visit((session) => session.destroy())
      await second.end()
      expect([between, await userOf(shop)]).toEqual([between, undefined])
    }
  })

  test('of an anonymous session does not end a login, though a user was there before', async () => {
    for (const loginLast of [true, false]) {
      const shop = new Shop<Loose>()
      await shop.visit((session) => session.login('alice'))
      shop.clock.advance(124)
      const slow = await shop.begin()
      slow.session.data['late'] = 1
      await shop.visit((session) => {
        session.subject = undefined
        session.data['x'] = 1
      })
      await slow.end()
      const [login, logout] = [await shop.begin(), await shop.begin()]
      login.session.login('bob')
      logout.session.destroy()
      for (const { end } of loginLast ? [logout, login] : [login, logout]) await end()
      expect(await userOf(shop)).toBe('bob')
    }
  })

  test('with a message shows it to whoever comes next, whichever was called first', async () => {
    for (const flashFirst of [true, false]) {
      const shop = new Shop<Loose>({ initial: () => ({ theme: 'light' }) })
      await shop.visit((session) => {
        session.login('ada')
        session.data['secret'] = 1
        session.flash('notice', 'for ada')
      })
      await shop.visit((session) => {
        if (flashFirst) session.flash('bye', 'see you')
        session.destroy()
        if (!flashFirst) session.flash('bye', 'see you')
      })
      await shop.visit((session) => {
        expect([session.subject, session.data]).toEqual([undefined, { theme: 'light' }])
        expect(session.flashed).toEqual({ bye: 'see you' })
      })
      await shop.visit((session) => expect(session.flashed).toEqual({}))
    }
  })
})

describe('assigning undefined to subject logs out, as destroy() does', () => {
  async function leave(shop: Shop): Promise<void> {
    await shop.visit((session) => {
      session.subject = undefined
      session.data['own'] = 1
    })
  }

  test('what slower requests make of the session does not come back', async () => {
    for (const deed of ['regenerate', 'login', 'read'] as const) {
      const shop = new Shop<Loose>()
      await shop.visit((session) => session.login('ada'))
      shop.clock.advance(300)
      const slow = await shop.begin()
      if (deed === 'regenerate') slow.session.regenerate()
      if (deed === 'login') slow.session.login('ada')
      if (deed === 'read') expect(slow.session.data).toEqual({})
      await shop.visit((session) => session.login('ada'))
      await leave(shop)
      shop.clock.advance(60)
      await slow.end()
      expect([deed, await userOf(shop)]).toEqual([deed, undefined])
      expect(await shop.look()).toEqual({ own: 1 })
      await shop.visit((session) => session.login('bob'))
      expect([deed, await userOf(shop)]).toEqual([deed, 'bob'])
    }
  })

  test('an answer that comes again does not log in again, though the anonymous session has ended, too', async () => {
    for (const ends of ['late', 'now', 'never'] as const) {
      const shop = new Shop<Loose>()
      await shop.visit(({ data }) => {
        data['cart'] = 1
      })
      const logout = await shop.begin()
      logout.session.destroy()
      const login = await shop.begin()
      login.session.login('ada')
      login.session.data['secret'] = 1
      const deliver = await login.answer()
      deliver()
      shop.clock.advance(20)
      await leave(shop)
      if (ends === 'late') await logout.end()
      if (ends === 'now') await shop.visit((session) => session.destroy())
      shop.clock.advance(30)
      deliver()
      expect([ends, await userOf(shop)]).toEqual([ends, undefined])
      expect(await shop.look()).not.toHaveProperty('secret')
    }
  })

  test('a slow regenerate() of the session does not replace the login that comes after it', async () => {
    const shop = new Shop<Loose>()
    await shop.visit((session) => session.login('ada'))
    const slow = await shop.begin()
    slow.session.regenerate()
    await leave(shop)
    await shop.visit((session) => session.login('bob'))
    await slow.end()
    expect(await userOf(shop)).toBe('bob')
  })
})

describe('a login', () => {
  test('outlives what it took the place of, though that may live longer', async () => {
    const days = 24 * 3600
    const shop = new Shop<Loose>({ maxIdleTimeout: 30 * days, maxAbsoluteTimeout: 90 * days })
    await shop.visit((session) => {
      session.login('alice')
      session.keepFor({ idle: 30 * days, absolute: 90 * days })
      session.data['secret'] = 1
    })
    for (const writes of [true, false]) {
      const slow = await shop.begin()
      if (writes) slow.session.data['late'] = 1
      else slow.session.regenerate()
      shop.clock.advance(1)
      await shop.visit((session) => session.login('bob'))
      await slow.end()
      for (const seconds of [1900, 3600, 12 * 3600, 2 * days]) {
        shop.clock.advance(seconds)
        expect(await userOf(shop)).toBe(undefined)
        expect(await shop.look()).toEqual({})
      }
    }
  })

  test('is not undone by a slow regenerate() of the anonymous session, by whatever clock', async () => {
    for (const seconds of [0, 10, 29, 300]) {
      for (const began of [true, false]) {
        const { shop, clock, ahead } = await twoNodes(seconds, began)
        const slow = await ahead.begin()
        clock.advance(1)
        await shop.visit((session) => session.login('ada'))
        slow.session.regenerate()
        slow.session.data['x'] = 1
        await slow.end()
        for (const each of [shop, ahead]) expect(await userOf(each)).toBe('ada')
      }
    }
  })

  test('is not replaced by that of the user before, sent twice and answered late', async () => {
    for (const seconds of [0, 10, 29]) {
      const shop = new Shop<Loose>()
      const { clock, visitor } = shop
      const ahead = node(visitor, clock, seconds)
      const [first, second] = [await shop.begin(), await ahead.begin()]
      first.session.login('ada')
      second.session.login('ada')
      await first.end()
      clock.advance(1)
      await shop.visit((session) => session.login('bob'))
      await second.end()
      for (const each of [shop, ahead]) expect(await userOf(each)).toBe('bob')
    }
  })
})

test('200 cycles of login and logout stay under 3 KB of Cookie, and all count', async () => {
  for (const seconds of [0, 1, 20]) {
    for (const anonymous of [false, true]) {
      const shop = new Shop<Loose>()
      let most = 0
      for (let i = 0; i < 200; i++) {
        if (anonymous)
          await shop.visit(({ data }) => {
            data['cart'] = i
          })
        await shop.visit((session) => session.login(`user ${i}`))
        expect(await userOf(shop)).toBe(`user ${i}`)
        most = Math.max(most, shop.visitor.cookie.length)
        shop.clock.advance(seconds)
        await shop.visit((session) => session.destroy())
        expect(await userOf(shop)).toBe(undefined)
        most = Math.max(most, shop.visitor.cookie.length)
      }
      expect(most).toBeLessThan(3000)
    }
  }
})
