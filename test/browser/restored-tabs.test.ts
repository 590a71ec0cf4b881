/** A browser that was closed comes back with its tabs, and each of them logs in through OAuth. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seeded } from '../support/random.ts'
import { type OtherSite, startOtherSite } from './sites/other-site.ts'
import { lastArrivals, look, type Shop, startShop } from './sites/shop.ts'
import { openTab, Tab } from './tab.ts'

/** How a flow begins and comes back, and what the callback's `Sec-Fetch-Site` is then. */
interface Way {
  readonly begins: 'restored' | 'from a link'
  readonly back: string
  readonly provider: '' | 'together=3' | 'ask'
  readonly site: 'none' | 'cross-site'
}

const NAMES = ['1', '2', '3']
const ROUNDS = 5

const random = seeded(4)
let shop: Shop
let provider: OtherSite

beforeAll(async () => {
  shop = await startShop()
  provider = await startOtherSite()
})
afterAll(() => Promise.all([shop?.close(), provider?.close()]))

/** Where a tab begins, together with the others. */
function startUrl(name: string, way: Way): string {
  const search = new URLSearchParams({
    tab: name,
    together: String(NAMES.length),
    delay: String(random.below(300)),
    provider: `${provider.url}/authorize?${way.provider}`,
    back: way.back,
  })
  return `${shop.url}/start?${search}`
}

const atCallback = (url: URL): boolean => /^\/callback\b/.test(url.pathname)

/** One tab through the whole flow; what the callback said. */
async function flow({ page }: Tab, name: string, way: Way): Promise<string> {
  const url = startUrl(name, way)
  if (way.begins === 'restored') await page.goto(url)
  else await page.evaluate((url) => location.assign(url), url)
  if (way.provider === 'ask') await page.click('a')
  await page.waitForURL(atCallback)
  return (await page.textContent('p')) ?? ''
}

async function threeTabs(): Promise<Tab[]> {
  const first = await openTab(`${shop.url}/page`)
  const others = NAMES.slice(1).map(() => Tab.open(first.context, `${shop.url}/page`))
  return [first, ...(await Promise.all(others))]
}

/** All tabs through their flows, without a session at first; what the callbacks said. */
async function restore(tabs: readonly Tab[], way: Way): Promise<string> {
  await tabs[0]?.context.clearCookies()
  await Promise.all(tabs.map(({ page }) => page.goto(`${shop.url}/page`)))
  const said = await Promise.all(tabs.map((tab, i) => flow(tab, NAMES[i] ?? '', way)))
  for (const { cookie, from } of lastArrivals(shop, '/start', NAMES.length)) {
    expect(cookie).toBeUndefined()
    expect(from).toBe(`${way.begins === 'restored' ? 'none' : 'same-origin'} navigate document`)
  }
  for (const { from } of lastArrivals(shop, '/callback', NAMES.length))
    expect(from).toBe(`${way.site} navigate document`)
  return said.join()
}

async function shows(tab: Tab | undefined): Promise<string> {
  if (tab === undefined) throw new Error('no tab')
  const { user, data } = await look(tab)
  const { returned = [], flows = {} } = data
  return `${user}, back ${[...returned].sort()}, under way ${Object.values(flows)}`
}

const WAYS: readonly Way[] = [
  { begins: 'restored', back: '/callback', provider: '', site: 'none' },
  { begins: 'restored', back: '/callback', provider: 'together=3', site: 'none' },
  { begins: 'restored', back: '/callback', provider: 'ask', site: 'cross-site' },
  { begins: 'from a link', back: '/callback', provider: '', site: 'cross-site' },
]

it.each(WAYS)(
  'three tabs without a session all find their own flow again: $begins, provider "$provider"',
  async (way) => {
    const tabs = await threeTabs()
    const measured: string[] = []
    for (let round = 0; round < ROUNDS; round++)
      measured.push(`${await restore(tabs, way)}; ${await shows(tabs[0])}`)
    const all = 'found,found,found; null, back 1,2,3, under way '
    expect(measured).toEqual(Array.from({ length: ROUNDS }, () => all))
  },
)

it('three tabs without a session that come back at once all log the user in', async () => {
  const way: Way = {
    begins: 'restored',
    back: '/callback/Ada',
    provider: 'together=3',
    site: 'none',
  }
  const tabs = await threeTabs()
  const measured: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const said = await restore(tabs, way)
    const [tab] = tabs
    measured.push(`${said}; ${tab === undefined ? '' : (await look(tab)).user}`)
  }
  expect(measured).toEqual(Array.from({ length: ROUNDS }, () => 'found,found,found; Ada'))
})
