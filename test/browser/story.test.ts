/** The three steps of the demo's story in a real Chromium, and what holds for all controls of the page. */
import { describe, expect, it } from 'vitest'
import { clusterStatus, openPage, type Tab } from './tab.ts'

const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
]
const MIN_TARGET_PX = 44

/** The page's buttons that are shown and can be pressed. */
const controls = (tab: Tab): Promise<string[]> =>
  tab.page.evaluate(() =>
    [...document.querySelectorAll('button')]
      .filter(({ offsetParent, ariaDisabled }) => offsetParent !== null && ariaDisabled !== 'true')
      .map(({ id, ariaLabel, textContent }) => id || ariaLabel || textContent || ''),
  )

/** Brings back what is dead. */
async function revive(tab: Tab): Promise<void> {
  await tab.click('#start-all')
  await tab.shows('says', /your session goes on/)
}

describe('the story', () => {
  it('1: of 20 writes at once carryon keeps 20, and an ordinary cookie session one', async () => {
    const tab = await openPage()
    await tab.click('#tabs')
    await tab.shows('tabs-ours', '20 of 20 kept')
    await tab.shows('tabs-theirs', '1 of 20 kept')
    await tab.shows('says', /^carryon kept 20 of 20 writes that went through [\w-]+/)
    expect(await tab.page.locator('#tabs-ours-cells .kept').count()).toBe(20)
    expect(await tab.page.locator('#tabs-theirs-cells .kept').count()).toBe(1)
    const { story } = await tab.report()
    expect([...story].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    expect(tab.errors).toEqual([])
  })

  it('1: gives the same figures the second time', async () => {
    const tab = await openPage()
    for (let round = 0; round < 2; round++) {
      await tab.click('#tabs')
      await tab.shows('says', /^carryon kept 20 of 20 .* session kept 1:/)
    }
  })

  it('2: a slow write undoes the logout of an ordinary session, and not of ours', async () => {
    const tab = await openPage()
    await tab.click('#late')
    await tab.shows('says', /has logged Ada out\. The slow write will be answered soon/)
    await tab.shows('says', /logged Ada out\..* answered a write .*: still logged out\./)
    await tab.shows('late-ours', 'still out')
    await tab.shows('late-theirs', 'in again')
    await tab.shows('user', 'Not logged in')
    expect(await tab.report()).toMatchObject({ isNew: true, user: null, cart: {} })
    const { text } = await tab.call('/ordinary/session', 'GET')
    expect(JSON.parse(text)).toMatchObject({ user: 'Ada' })
    expect(tab.errors).toEqual([])
  })

  it('3: the session goes on when the node that served it is killed', async () => {
    const tab = await openPage()
    await tab.click('#login')
    await tab.shows('user', 'Ada is logged in')
    await tab.click('#kill')
    await tab.shows('kill-after', /^[\w-]+, counter 2$/)
    const killed = (await tab.page.textContent('#kill-before'))?.split(',')[0]
    expect(await tab.page.textContent('#kill-after')).not.toContain(killed)
    const { nodes } = await clusterStatus()
    expect(nodes.filter(({ state }) => state === 'down').map(({ name }) => name)).toEqual([killed])
    await tab.shows('says', /went on with the same session: from 1 to 2\.$/)
    expect(await tab.report()).toMatchObject({ user: { name: 'Ada' }, hits: 2 })
    await revive(tab)
    expect(tab.errors).toEqual([])
  })

  it('3: tells when no node is left', async () => {
    const tab = await openPage()
    for (let left = 3; left >= 0; left--) {
      await tab.click('#kill')
      await tab.shows(
        'kill-after',
        left > 0 ? new RegExp(`, counter ${8 - 2 * left}$`) : 'no node is left',
      )
    }
    await tab.shows('says', /^No node is alive/)
    await revive(tab)
    expect((await tab.report()).hits).toBe(7)
  })
})

describe('the page', () => {
  it.each(SIZES)('shows the first step without scrolling, at %o', async (size) => {
    const tab = await openPage()
    await tab.page.setViewportSize(size)
    const covered = await tab.page.evaluate(() => {
      scrollTo(0, 0)
      const button = document.querySelector('#tabs')
      const { left, right, bottom } = button?.getBoundingClientRect() ?? new DOMRect()
      return document.elementFromPoint((left + right) / 2, bottom - 2) !== button
    })
    expect(covered).toBe(false)
  })

  it.each(SIZES)('has targets of 44 px, and scrolls in one direction only, at %o', async (size) => {
    const tab = await openPage()
    await tab.click('#login')
    await tab.shows('user', 'Ada is logged in')
    await tab.page.setViewportSize(size)
    const small = await tab.page.evaluate(
      (least) =>
        [...document.querySelectorAll('button')].flatMap((button) => {
          const { width, height } = button.getBoundingClientRect()
          return button.offsetParent && Math.min(width, height) < least ? [button.outerHTML] : []
        }),
      MIN_TARGET_PX,
    )
    expect(small).toEqual([])
    const beyond = await tab.page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    )
    expect(beyond).toBeLessThanOrEqual(0)
  })

  it('answers each of its controls, by keyboard as well', async () => {
    const tab = await openPage()
    const pressed = new Set<string>()
    for (;;) {
      // The nodes last: they are brought back by what is pressed after that.
      const next = (await controls(tab)).find((name) => !pressed.has(name))
      if (next === undefined) break
      pressed.add(next)
      const before = await tab.page.textContent('#says')
      const button = tab.page.getByRole('button', { name: next, exact: true })
      const one = /^[a-z-]+$/.test(next) ? tab.page.locator(`#${next}`) : button.first()
      await one.focus()
      await tab.page.keyboard.press('Enter')
      await expect.poll(() => tab.page.textContent('#says')).not.toBe(before)
      // Some tell first that they are at work.
      await expect.poll(() => tab.page.textContent('#says')).not.toMatch(/(?:way|soon) …$/)
    }
    for (const id of ['tabs', 'late', 'kill', 'login', 'logout', 'kill-all', 'start-all'])
      expect(pressed).toContain(id)
    const { nodes } = await clusterStatus()
    if (nodes.some(({ state }) => state === 'down')) await revive(tab)
    expect(tab.errors.filter((error) => !/50[23]|413/.test(error))).toEqual([])
  })
})
