/** What the library promises about sessions, with the cookie jar of a real Chromium. */
import { describe, expect, it } from 'vitest'
import { filler } from '../../demo/filler.ts'
import { openPage, openQuiet, storeWrites } from './tab.ts'

// Over HTTP/1.1 Chromium opens six connections at most, so not more than five are slow.
const SLOW = ['/api/increment', '/api/increment/hits', '/api/cart/socks', '/api/cart/books']

describe('a browser', () => {
  it('that logs out while slow requests are under way stays logged out', async () => {
    const tab = await openPage()
    await tab.call('/api/login')
    await tab.call('/api/increment/hits')
    // The login is the one that brings a whole session with it, under a new id.
    const slow = SLOW.map((path) => ({ path: `${path}?delay=1200` }))
    slow.push({ path: '/api/login?name=Grace&delay=1200' })
    await tab.expectAnsweredFirst([{ path: '/api/logout', at: 150 }, ...slow])
    expect(await tab.report()).toMatchObject({ user: null, hits: 0, count: 0, cart: {} })

    await tab.page.reload()
    await tab.shows('user', 'Not logged in')
    expect((await tab.report()).user).toBeNull()
  })

  it('that clicks on "Log out" while slow requests are under way stays logged out', async () => {
    const tab = await openPage()
    await tab.click('#login')
    await tab.shows('user', 'Ada is logged in')
    let over = false
    const slow = tab.atOnce(SLOW.map((path) => ({ path: `${path}?delay=2500` })))
    const watched = slow.then(() => {
      over = true
    })
    await tab.click('#logout')
    await tab.shows('user', 'Not logged in')
    expect(over).toBe(false)
    await watched
    for (const { status } of await slow) expect(status).toBe(200)
    expect(await tab.report()).toMatchObject({ user: null, hits: 0, count: 0, cart: {} })
  })

  it('that logs in while slow anonymous requests are under way stays logged in', async () => {
    const tab = await openPage()
    const slow = SLOW.map((path) => ({ path: `${path}?delay=1200` }))
    await tab.expectAnsweredFirst([{ path: '/api/login', at: 150 }, ...slow])
    expect((await tab.report()).user?.name).toBe('Ada')
    await tab.page.reload()
    await tab.shows('user', 'Ada is logged in')
  })

  it('that logs in, out and in again under slow requests is the last it was told to be', async () => {
    const tab = await openPage()
    const [, , login, ...slow] = await tab.atOnce([
      { path: '/api/login?name=Ada', at: 50 },
      { path: '/api/logout', at: 300 },
      { path: '/api/login?name=Grace', at: 600 },
      { path: '/api/cart/socks?delay=1000' },
      { path: '/api/cart/books?delay=900', at: 200 },
      { path: '/api/cart/snacks?delay=800', at: 450 },
    ])
    for (const { endedAt } of slow) expect(endedAt).toBeGreaterThan(login?.endedAt ?? 1e9)
    expect((await tab.report()).user?.name).toBe('Grace')
  })

  it('that begins with many requests at once keeps one session, and goes on with it', async () => {
    const tab = await openQuiet()
    await tab.atOnce(Array.from({ length: 20 }, () => ({ path: '/api/increment/hits' })))
    const { id, hits } = await tab.report()
    expect(hits).toBeGreaterThan(0)
    await tab.atOnce(Array.from({ length: 20 }, () => ({ path: '/api/increment/hits' })))
    expect(await tab.report()).toMatchObject({ id, hits: hits + 20 })
  })

  it('keeps changes of different goods that were answered in any order', async () => {
    const tab = await openQuiet()
    await tab.call('/api/login')
    const goods = [...'abcdefghijklmnopqrst'].map((letter) => `sku${letter}`)
    const delays = goods.map((_, i) => (i * 67) % 150)
    const answers = await tab.atOnce(
      goods.map((sku, i) => ({ path: `/api/cart/${sku}?by=2&delay=${delays[i]}` })),
    )
    expect(new Set(answers.map(({ node }) => node)).size).toBeGreaterThan(1)
    expect((await tab.report()).cart).toEqual(Object.fromEntries(goods.map((sku) => [sku, 2])))
  })
})

describe('something big', () => {
  it('goes through the store and comes back, click by click', async () => {
    const tab = await openPage()
    const before = await storeWrites()
    await tab.click('[data-big="200000"]')
    await tab.shows('says', /checked 200,000 bytes in/)
    await tab.shows('note', '200,000 bytes, checked in')
    expect(await storeWrites()).toBe(before + 1)
    expect((await tab.report()).headerBytes).toBeLessThan(4_096)
    expect(tab.errors).toEqual([])

    await tab.click('[data-big="300000"]')
    await tab.shows('says', /Too big: note/)
    await tab.shows('note', '200,000 bytes, checked in')
    expect(tab.refusals).toEqual([413])

    await tab.click('#drop')
    await tab.shows('note', 'Nothing')
    await tab.expectNoneTooBig()
  })

  it.each([2_048, 16_384, 204_800])('of %i bytes comes back as it was', async (bytes) => {
    const tab = await openQuiet()
    expect((await tab.call(`/test/set?key=k&bytes=${bytes}`)).status).toBe(200)
    for (let node = 1; node <= 4; node++) {
      expect((await tab.call('/test/get?key=k', 'GET')).text).toBe(filler('k', bytes))
    }
    await tab.expectNoneTooBig()
  })
})

describe('the cookies on http://localhost', () => {
  it('are HttpOnly, SameSite=Lax and small, without Secure or a prefix', async () => {
    const tab = await openQuiet()
    expect(await tab.context.cookies(), 'none without a session').toEqual([])
    await tab.call('/api/login')
    for (const key of 'abcd') await tab.call(`/test/set?key=${key}&bytes=1500`)
    await tab.atOnce(Array.from({ length: 20 }, () => ({ path: '/api/increment/hits' })))
    const cookies = await tab.context.cookies()
    expect(cookies.length).toBeGreaterThan(1)
    for (const cookie of cookies) {
      expect(cookie.name).toMatch(/^session\./)
      expect(cookie).toMatchObject({ path: '/', httpOnly: true, sameSite: 'Lax', secure: false })
    }
    await tab.expectNoneTooBig()
  })

  it('cannot be seen by the page', async () => {
    const tab = await openPage()
    await tab.click('#login')
    await tab.shows('user', 'Ada is logged in')
    expect((await tab.context.cookies()).length).toBeGreaterThan(0)
    expect(await tab.page.evaluate(() => document.cookie)).toBe('')
  })
})
