/** The demo page in a real Chromium, clicked as a visitor clicks it. */
import { describe, expect, inject, it } from 'vitest'
import { clusterStatus, openPage, Tab } from './tab.ts'

const TWENTY = '[data-count=hits][data-times="20"]'
const ONE = '[data-count=hits][data-times="1"]'

/** What Node takes; more is refused with 431, and with the same cookies ever after. */
const MAX_HEADER_BYTES = 16_384

async function logIn(tab: Tab): Promise<void> {
  await tab.click('#login')
  await tab.shows('user', 'Ada is logged in')
}

describe('the page', () => {
  it('shows itself without an error and without a violation of its policy', async () => {
    const tab = await openPage()
    expect(await tab.page.locator('.node').count(), 'four nodes and the store').toBe(5)
    await tab.click(ONE)
    await tab.shows('hits', '1')
    await tab.page.reload()
    await tab.shows('says', /knows you from your cookies alone/)
    await tab.shows('hits', '1')
    expect(tab.errors).toEqual([])
    expect(tab.refusals).toEqual([])
  })

  it('would have told of a violation', async () => {
    const tab = await openPage()
    await tab.page.evaluate(() => {
      const inline = document.createElement('script')
      inline.textContent = 'document.title = "run"'
      document.head.append(inline)
    })
    await expect.poll(() => tab.errors.join()).toContain('CSP: script-src-elem inline')
  })

  it('counts 20 when "+20 in parallel" is clicked', async () => {
    const tab = await openPage()
    await logIn(tab)
    await tab.click(TWENTY)
    await tab.shows('says', /20 at once.* 20 counted/)
    await tab.shows('hits', '20')
    expect(tab.errors).toEqual([])
  })

  it('counts 20 when that is the first click of a visitor without a session', async () => {
    const tab = await openPage()
    await tab.click(TWENTY)
    await tab.shows('says', /began your session first.* 20 at once.* 20 counted/)
    await tab.shows('hits', '20')
    const { id } = await tab.report()
    await tab.click(TWENTY)
    await tab.click(TWENTY)
    await tab.shows('hits', '60')
    expect(await tab.report()).toMatchObject({ id, hits: 60 })
    expect(tab.errors).toEqual([])
  })

  it('counts 20 when that is the first click after a logout', async () => {
    const tab = await openPage()
    await logIn(tab)
    await tab.click('#logout')
    await tab.shows('id', 'ended')
    await tab.click(TWENTY)
    await tab.shows('says', /20 counted/)
    await tab.shows('hits', '20')
  })

  it('counts 200 in ten such bursts, and never locks the browser out', async () => {
    const tab = await openPage()
    await logIn(tab)
    for (let burst = 1; burst <= 10; burst++) {
      await tab.click(TWENTY)
      const seen = async () => ({
        hits: await tab.page.textContent('#hits'),
        refusals: tab.refusals,
      })
      await expect.poll(seen).toEqual({ hits: String(20 * burst), refusals: [] })
      const { headerBytes } = await tab.report()
      expect(headerBytes).toBeLessThan(MAX_HEADER_BYTES)
    }
    expect(tab.errors).toEqual([])
    await tab.expectNoneTooBig()
  })

  it('keeps clicks on different goods that were made at the same time', async () => {
    const tab = await openPage()
    await logIn(tab)
    for (let round = 1; round <= 5; round++) {
      const clicked = await tab.page.evaluate(() => {
        const plus = document.querySelectorAll<HTMLElement>('[aria-label^="Put in one"]')
        for (const button of plus) button.click()
        return plus.length
      })
      expect(clicked).toBe(3)
      await expect
        .poll(() => tab.report().then(({ cart }) => cart))
        .toEqual({ socks: round, books: round, snacks: round })
      await tab.shows('pieces', `${3 * round} pieces`)
    }
    expect(tab.errors).toEqual([])
  })
})

describe('logging out', () => {
  it('leaves a cookie that the page explains', async () => {
    const tab = await openPage()
    await tab.shows('id', 'not begun')
    await logIn(tab)
    await tab.click('#logout')
    await tab.shows('id', 'ended')
    await tab.shows('cookies', /tombstone/)
  })

  it('shows in another tab as soon as that is looked at', async () => {
    const tab = await openPage()
    await logIn(tab)
    const other = await Tab.open(tab.context, inject('clusterUrl'))
    await other.shows('user', 'Ada is logged in')
    await other.click('#logout')
    await other.shows('user', 'Not logged in')
    await tab.page.evaluate(() => dispatchEvent(new Event('focus')))
    await tab.shows('user', 'Not logged in')
  })
})

describe('killing nodes', () => {
  it('keeps the session when the one that answered is killed', async () => {
    const tab = await openPage()
    await logIn(tab)
    await tab.click(TWENTY)
    await tab.shows('hits', '20')
    const { id } = await tab.report()
    for (let i = 1; i <= 3; i++) {
      const last = tab.page.locator('.node.last')
      const name = (await last.locator('.name').textContent()) ?? ''
      await last.locator('button.kill').click()
      await tab.shows('says', new RegExp(`^${name} got SIGKILL`))
      const { nodes } = await clusterStatus()
      expect(nodes.find((node) => node.name === name)?.state).toBe('down')

      await tab.click(ONE)
      await tab.shows('hits', String(20 + i))
      expect(await tab.page.textContent('.node.last .name')).not.toBe(name)
      await tab.shows('user', 'Ada is logged in')
      expect(await tab.report()).toMatchObject({ id, hits: 20 + i, user: { name: 'Ada' } })
    }
    expect(tab.errors).toEqual([])
    await tab.click('#start-all')
    await tab.shows('says', /your session goes on/)
  })

  it('keeps the session when all are killed and brought back', async () => {
    const tab = await openPage()
    await logIn(tab)
    await tab.click('[aria-label="Put in one books"]')
    await tab.shows('pieces', '1 piece')
    await tab.click(ONE)
    await tab.shows('hits', '1')
    const { id } = await tab.report()

    await tab.click('#kill-all')
    await tab.shows('says', /^Every node got SIGKILL/)
    await tab.click(ONE)
    await tab.shows('says', /^No node is alive/)
    expect(new Set(tab.refusals)).toEqual(new Set([503]))

    await tab.click('#start-all')
    await tab.shows('says', /your session goes on/)
    const wanted = { id, hits: 1, cart: { books: 1 }, user: { name: 'Ada' } }
    expect(await tab.report()).toMatchObject(wanted)
    await tab.click(ONE)
    await tab.shows('hits', '2')
  })

  it('leaves a page that can be loaded and brings them back', async () => {
    const tab = await openPage()
    await logIn(tab)
    await tab.click('#kill-all')
    await tab.shows('says', /^Every node got SIGKILL/)
    await tab.page.reload()
    await tab.shows('says', /^No node is alive/)
    await tab.click(TWENTY)
    await tab.shows('says', /^No node is alive/)

    await tab.click('#start-all')
    await tab.shows('says', /your session goes on/)
    await tab.shows('user', 'Ada is logged in')
    expect(new Set(tab.refusals)).toEqual(new Set([503]))
    expect(tab.errors.filter((error) => !error.includes('503'))).toEqual([])
  })
})
