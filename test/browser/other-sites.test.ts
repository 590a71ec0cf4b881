/** Requests of other sites: what they store is nothing to a session whose cookies were withheld from them. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OtherSite, startOtherSite } from './sites/other-site.ts'
import {
  holding,
  lastArrivals,
  logIn,
  look,
  put,
  type Shop,
  seen,
  startShop,
} from './sites/shop.ts'
import { openTab, type Tab } from './tab.ts'

const TEN_MINUTES_MS = 600_000

/** A request that another site makes a browser send, from which SameSite withholds the cookies. */
interface Withheld {
  readonly sameSite: 'Lax' | 'Strict'
  readonly how: 'form' | 'link'
  readonly path: string
}

const WITHHELD: readonly Withheld[] = [
  { sameSite: 'Lax', how: 'form', path: '/put/evil' },
  { sameSite: 'Lax', how: 'form', path: '/put/evil?then=/page' },
  { sameSite: 'Lax', how: 'form', path: '/login' },
  { sameSite: 'Lax', how: 'form', path: '/logout' },
  { sameSite: 'Strict', how: 'link', path: '/put/evil' },
  { sameSite: 'Strict', how: 'link', path: '/put/evil?then=/page' },
  { sameSite: 'Strict', how: 'form', path: '/put/evil' },
]

const VISITORS = [null, 'Ada'] as const
const LATER_MS = [0, TEN_MINUTES_MS]

let shops: Record<'Lax' | 'Strict', Shop>
let other: OtherSite

beforeAll(async () => {
  shops = {
    Lax: await startShop(),
    Strict: await startShop({ sameSite: 'Strict' }),
  }
  other = await startOtherSite()
})
afterAll(() => Promise.all([shops?.Lax.close(), shops?.Strict.close(), other?.close()]))

/** Goes to the other site and does there what leads to the shop; whether cookies came along. */
async function follow(tab: Tab, shop: Shop, how: 'form' | 'link', path: string): Promise<boolean> {
  const to = shop.url + path
  await tab.page.goto(how === 'form' ? other.form(to) : other.link(to))
  await tab.page.click(how === 'form' ? 'button' : 'a')
  await tab.page.waitForURL((url) => url.origin === shop.url)
  const [arrival] = lastArrivals(shop, new URL(to).pathname, 1)
  expect(arrival?.method).toBe(how === 'form' ? 'POST' : 'GET')
  expect(arrival?.from).toBe('cross-site navigate document')
  return arrival?.cookie !== undefined
}

async function fillCart(tab: Tab, shop: Shop, user: string | null): Promise<void> {
  await tab.context.clearCookies()
  await tab.page.goto(`${shop.url}/page`)
  await put(tab, 'socks')
  if (user !== null) await logIn(tab, user)
  await put(tab, 'books')
}

it.each(WITHHELD)(
  'a $how of another site to $path, SameSite=$sameSite, changes nothing of what is there',
  async ({ sameSite, how, path }) => {
    const shop = shops[sameSite]
    const tab = await openTab(`${shop.url}/page`)
    const measured: unknown[][] = []
    const expected: unknown[][] = []
    for (const user of VISITORS) {
      for (const later of LATER_MS) {
        await fillCart(tab, shop, user)
        const { id } = await look(tab)
        shop.passTime(later)
        expect(await follow(tab, shop, how, path), 'cookies').toBe(false)
        const after = await look(tab)
        await put(tab, 'next')
        const next = await look(tab)
        measured.push([seen(after), seen(next), after.id, next.id])
        const goods = ['socks', 'books']
        expected.push([holding(goods, user), holding([...goods, 'next'], user), id, id])
      }
    }
    expect(measured).toEqual(expected)
  },
)

it('a form of another site stores nothing in a session that begins at the same time', async () => {
  const shop = shops.Lax
  const own = await openTab(`${shop.url}/page`)
  const page = await own.context.newPage()
  const measured: string[] = []
  for (let round = 0; round < 5; round++) {
    await own.context.clearCookies()
    await page.goto(other.form(`${shop.url}/put/evil?together=2&delay=${(round * 70) % 150}`))
    const answer = own.call(`/put/own?together=2&delay=${(round * 40) % 150}`)
    await page.click('button')
    await page.waitForURL((url) => url.origin === shop.url)
    expect((await answer).status).toBe(200)
    for (const { cookie } of lastArrivals(shop, '/put', 2)) expect(cookie).toBeUndefined()
    measured.push(seen(await look(own)))
  }
  expect(measured).toEqual(Array.from({ length: 5 }, () => holding(['own'])))
})

it.each([
  ['reads', []],
  ['writes', ['own']],
] as const)(
  'a session that began with a form of another site, and %s, stays as it is when the next comes',
  async (_, keys) => {
    const shop = shops.Lax
    const measured: string[] = []
    for (const later of LATER_MS) {
      const tab = await openTab(`${shop.url}/page`)
      expect(await follow(tab, shop, 'form', '/put/first'), 'cookies').toBe(false)
      measured.push(seen(await look(tab)))
      await put(tab, ...keys)
      shop.passTime(later)
      expect(await follow(tab, shop, 'form', '/put/evil'), 'cookies').toBe(false)
      measured.push(seen(await look(tab)))
      await put(tab, 'next')
      measured.push(seen(await look(tab)))
    }
    const each = [
      holding(['first']),
      holding(['first', ...keys]),
      holding(['first', ...keys, 'next']),
    ]
    expect(measured).toEqual(LATER_MS.flatMap(() => each))
  },
)

it('a link of another site, to which Lax gives the cookies, writes like any request', async () => {
  const shop = shops.Lax
  const tab = await openTab(`${shop.url}/page`)
  for (const user of VISITORS) {
    await fillCart(tab, shop, user)
    expect(await follow(tab, shop, 'link', '/put/view'), 'cookies').toBe(true)
    await put(tab, 'next')
    expect(seen(await look(tab))).toBe(holding(['socks', 'books', 'view', 'next'], user))
  }
})

it.each(['Lax', 'Strict'] as const)(
  'a first visit by a link of another site begins a session that goes on, SameSite=%s',
  async (sameSite) => {
    const shop = shops[sameSite]
    const tab = await openTab(other.url)
    expect(await follow(tab, shop, 'link', '/put/view'), 'cookies').toBe(false)
    const keys = [...'abcde']
    const answers = await tab.atOnce(keys.map((key) => ({ path: `/put/${key}?together=5` })))
    for (const { status } of answers) expect(status).toBe(200)
    expect(seen(await look(tab))).toBe(holding(['view', ...keys]))
  },
)
