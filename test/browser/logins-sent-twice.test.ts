/** A login that was sent twice, the first of them answered late: who logs out in between stays out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logIn, look, put, type Shop, startShop } from './sites/shop.ts'
import { openTab, Tab } from './tab.ts'

/** How long the first of two logins takes for the shop, in each round; the second is answered at once. */
const TAKES_MS = [0, 5_000, 100_000]
const TEN_MINUTES_MS = 600_000

let shop: Shop
let forms = 0

beforeAll(async () => {
  shop = await startShop()
})
afterAll(() => shop?.close())

/** The page whose forms log Ada in; what they send first is answered when the shop lets it go. */
const loginPage = (): string => `${shop.url}/page?form=${++forms}`

/** Logs in twice; what it returns waits until the browser has both answers. */
type Twice = (tabs: readonly [Tab, Tab]) => Promise<() => Promise<void>>

interface Way {
  readonly how: string
  readonly twice: Twice
}

// Of a double click on a form without a script Chromium sends only one request.
const WAYS: readonly Way[] = [
  {
    how: 'a double click on a form that a script sends',
    twice: async ([{ page }]) => {
      await page.goto(loginPage())
      await page.dblclick('#scripted button')
      return async () => {
        await expect.poll(() => page.getAttribute('#scripted', 'data-answers')).toBe('2')
      }
    },
  },
  {
    how: 'one form in two tabs',
    twice: async (tabs) => {
      const url = loginPage()
      for (const { page } of tabs) await page.goto(url)
      for (const { page } of tabs) await page.click('#plain button', { noWaitAfter: true })
      return async () => {
        for (const { page } of tabs) await page.waitForURL(/\/login\b/)
      }
    },
  },
]

const STATES = [
  ['without a session', false],
  ['with a cart', true],
] as const

/** The tab that looks and logs out, and the two that log in. */
async function openThree(): Promise<readonly [Tab, readonly [Tab, Tab]]> {
  const tab = await openTab(`${shop.url}/page`)
  const open = () => Tab.open(tab.context, `${shop.url}/page`)
  return [tab, [await open(), await open()]]
}

async function beginAnew(tab: Tab, hasCart: boolean): Promise<void> {
  await tab.context.clearCookies()
  if (hasCart) await put(tab, 'socks')
}

const userOf = async (tab: Tab): Promise<string | null> => (await look(tab)).user

/** Logs in twice, and returns when one is in; what it returns lets the other be answered, too. */
async function logInTwice(way: Way, tab: Tab, tabs: readonly [Tab, Tab]) {
  const over = await way.twice(tabs)
  await expect.poll(() => userOf(tab)).toBe('Ada')
  return async (takes: number) => {
    expect(shop.underWay('/login'), 'the slow one').toBe(1)
    shop.passTime(takes)
    shop.letGo()
    await over()
    await expect.poll(() => shop.underWay('/login')).toBe(0)
  }
}

async function logOut(tab: Tab): Promise<void> {
  expect((await tab.call('/logout')).status).toBe(200)
}

/** Whom later requests show, after a write and after some time among them. */
async function laterUsers(tab: Tab): Promise<string> {
  const users = [await userOf(tab)]
  await put(tab, 'next')
  users.push(await userOf(tab))
  shop.passTime(TEN_MINUTES_MS)
  users.push(await userOf(tab))
  await tab.page.reload()
  users.push(await userOf(tab))
  return users.map((user) => user ?? 'nobody').join()
}

const always = (user: string): string => Array.from({ length: 4 }, () => user).join()

describe.each(WAYS)('$how', (way) => {
  it.each(STATES)('logs nobody in after the logout, %s', async (_, hasCart) => {
    const [tab, tabs] = await openThree()
    const measured: unknown[] = []
    for (const takes of TAKES_MS) {
      await beginAnew(tab, hasCart)
      const answerFirst = await logInTwice(way, tab, tabs)
      await logOut(tab)
      const meanwhile = await userOf(tab)
      await answerFirst(takes)
      const during = await laterUsers(tab)

      const answerAgain = await logInTwice(way, tab, tabs)
      await answerAgain(takes)
      const both = await userOf(tab)
      await logOut(tab)
      measured.push({ takes, meanwhile, during, both, after: await laterUsers(tab) })
    }
    const out = always('nobody')
    const each = { meanwhile: null, during: out, both: 'Ada', after: out }
    expect(measured).toEqual(TAKES_MS.map((takes) => ({ takes, ...each })))
  })

  it.each(STATES)('does not replace who logged in since, %s', async (_, hasCart) => {
    const [tab, tabs] = await openThree()
    const measured: unknown[] = []
    for (const takes of TAKES_MS) {
      await beginAnew(tab, hasCart)
      const answerFirst = await logInTwice(way, tab, tabs)
      await logOut(tab)
      await logIn(tab, 'Grace')
      await answerFirst(takes)
      const users = await laterUsers(tab)
      await logOut(tab)
      measured.push({ takes, users, out: await userOf(tab) })
    }
    const each = { users: always('Grace'), out: null }
    expect(measured).toEqual(TAKES_MS.map((takes) => ({ takes, ...each })))
  })
})
