/** "Your devices" of the demo in a real Chromium: browsers of one person, which sign one another out. */
import { expect, it } from 'vitest'
import { openPage, type Tab } from './tab.ts'

async function logIn(): Promise<Tab> {
  const tab = await openPage()
  await tab.click('#login')
  await tab.shows('user', 'Ada is logged in')
  return tab
}

/** Looks at a tab again until it shows that nobody is logged in. */
async function isOut(tab: Tab): Promise<void> {
  await expect
    .poll(async () => {
      await tab.page.evaluate(() => dispatchEvent(new Event('focus')))
      return tab.page.locator('#user').textContent()
    })
    .toBe('Not logged in')
}

it('lists each browser, signs one of them out, and then all others', async () => {
  const [mine, other, third] = [await logIn(), await logIn(), await logIn()]
  await mine.page.reload()
  const devices = mine.page.locator('#devices li')
  await expect.poll(() => devices.count()).toBeGreaterThanOrEqual(3)
  const count = await devices.count()
  expect(await mine.page.locator('#devices li', { hasText: 'this browser' }).count()).toBe(1)

  const { id } = await other.report()
  await mine.click(`[data-device="${id}"]`)
  await mine.shows('says', /signed that device out/)
  await isOut(other)
  await expect.poll(() => devices.count()).toBe(count - 1)
  await third.shows('user', 'Ada is logged in')

  await mine.click('#others')
  await mine.shows('says', /signed out all other devices/)
  await isOut(third)
  await expect.poll(() => devices.count()).toBe(1)
  expect((await mine.report()).user?.name).toBe('Ada')
  for (const width of [1280, 390]) {
    await mine.page.setViewportSize({ width, height: 844 })
    const beyond = await mine.page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    )
    expect(beyond, `${width} px`).toBeLessThanOrEqual(0)
  }
  expect(mine.errors).toEqual([])
  expect(mine.refusals).toEqual([])
})
