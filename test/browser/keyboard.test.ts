/** The demo page without a mouse: what was pressed, or what took its place, can be pressed again. */
import { expect, it } from 'vitest'
import { openPage, type Tab } from './tab.ts'

/** Longer than the page waits until it looks at the nodes again. */
const POLL_MS = 3_500

async function press(tab: Tab, selector: string): Promise<void> {
  await tab.page.focus(selector)
  await tab.page.keyboard.press('Enter')
}

/** The label or the text of what has the focus. */
const focused = (tab: Tab): Promise<string | null> =>
  tab.page.evaluate(() => {
    const { activeElement } = document
    return activeElement?.ariaLabel ?? activeElement?.textContent ?? null
  })

it('the focus goes from "Log in" to "Log out" and back', async () => {
  const tab = await openPage()
  await press(tab, '#login')
  await tab.shows('user', 'Ada is logged in')
  expect(await focused(tab)).toBe('Log out')
  await tab.page.keyboard.press('Enter')
  await tab.shows('user', 'Not logged in')
  expect(await focused(tab)).toBe('Log in as Ada')
})

it('the focus stays in the cart, where nothing is left to take out as well', async () => {
  const tab = await openPage()
  await press(tab, '[aria-label="Put in one books"]')
  await tab.shows('pieces', '1 piece')
  expect(await focused(tab)).toBe('Put in one books')
  await press(tab, '[aria-label="Take out one books"]')
  await tab.shows('pieces', 'Empty')
  expect(await focused(tab)).toBe('Take out one books')
  await tab.page.keyboard.press('Enter')
  await press(tab, '[aria-label="Put in one books"]')
  await tab.shows('pieces', '1 piece')
})

it('the focus stays on "Take it out" when it is out', async () => {
  const tab = await openPage()
  await tab.click('[data-big="20000"]')
  await tab.shows('note', '20,000 bytes, checked in')
  await press(tab, '#drop')
  await tab.shows('note', 'Nothing')
  expect(await focused(tab)).toBe('Take it out')
})

it('the focus goes from "Kill" to "Bring back" and back, and the clock does not take it', async () => {
  const tab = await openPage()
  await press(tab, '[aria-label="Kill node-1"]')
  await tab.shows('says', /^node-1 got SIGKILL/)
  expect(await focused(tab)).toBe('Bring back node-1')
  await tab.page.waitForTimeout(POLL_MS)
  expect(await focused(tab)).toBe('Bring back node-1')
  await tab.page.keyboard.press('Enter')
  await tab.shows('says', /^node-1 is back/)
  expect(await focused(tab)).toBe('Kill node-1')
})

it('the focus stays on "Kill all" when all are dead', async () => {
  const tab = await openPage()
  await press(tab, '#kill-all')
  await tab.shows('says', /^Every node got SIGKILL/)
  expect(await focused(tab)).toBe('Kill all')
  await press(tab, '#start-all')
  await tab.shows('says', /your session goes on/)
  expect(await focused(tab)).toBe('Bring all back')
})
