/** Six requests of a page that had no session yet: six sessions begin, and the visitor has one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seeded } from '../support/random.ts'
import { holding, lastArrivals, look, put, type Shop, seen, startShop } from './sites/shop.ts'
import type { ShopOptions } from './sites/shop-app.ts'
import { type Call, openTab, type Tab } from './tab.ts'

/** As many connections as Chromium opens over HTTP/1.1. */
const PARALLEL = 6
const ROUNDS = 10
const KEYS = [...'abcdef']
const SLOWEST = 'a'
const SLOW_MS = 2_500
/** How long the slowest takes for the shop, in the test where the visitor goes on meanwhile. */
const TAKES_MS = [0, 5_000, 20_000]

const SHOPS: Record<string, ShopOptions> = {
  'with initial data': { initial: () => ({ goods: {}, list: [], count: 0 }) },
  'without initial data': {},
}

const random = seeded(6)

/** Six calls that the shop lets in when all are there, so that none knows of another. */
function firstCalls(slowest: number | 'long'): Call[] {
  return KEYS.map((key) => {
    const delay = key === SLOWEST ? slowest : random.below(250)
    return { path: `/put/${key}?together=${PARALLEL}&delay=${delay}` }
  })
}

/** Whether all are answered, and were asked by the page itself, without a cookie. */
async function expectFirst(shop: Shop, answers: ReturnType<Tab['atOnce']>): Promise<void> {
  for (const { status, text } of await answers) expect(status, text).toBe(200)
  for (const arrival of lastArrivals(shop, '/put', PARALLEL)) {
    expect(arrival.cookie).toBeUndefined()
    expect(arrival.from).toBe('same-origin cors empty')
  }
}

describe.each(Object.entries(SHOPS))('six first requests at once, %s,', (_, options) => {
  let shop: Shop

  beforeAll(async () => {
    shop = await startShop(options)
  })
  afterAll(() => shop?.close())

  it('lose nothing, nor does the next, ten times over', async () => {
    const tab = await openTab(`${shop.url}/page`)
    const measured: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      await tab.context.clearCookies()
      // Now and then one takes seconds.
      const calls = firstCalls(round % 5 === 4 ? SLOW_MS : random.below(250))
      await expectFirst(shop, tab.atOnce(calls))
      measured.push(seen(await look(tab)))
      await put(tab, 'next')
      measured.push(seen(await look(tab)))
    }
    const each = [holding(KEYS), holding([...KEYS, 'next'])]
    expect(measured).toEqual(Array.from({ length: ROUNDS }, () => each).flat())
    await tab.expectNoneTooBig()
  })

  it('lose nothing when the visitor goes on before the slowest is answered', async () => {
    const tab = await openTab(`${shop.url}/page`)
    const measured: string[] = []
    for (const takes of TAKES_MS) {
      await tab.context.clearCookies()
      const before = shop.arrivals.length
      const answers = tab.atOnce(firstCalls('long'))
      await expect.poll(() => shop.arrivals.length).toBe(before + PARALLEL)
      await expect
        .poll(() => KEYS.filter((key) => shop.underWay(`/put/${key}`) > 0))
        .toEqual([SLOWEST])
      await put(tab, 'meanwhile')
      expect(shop.underWay(`/put/${SLOWEST}`)).toBe(1)
      shop.passTime(takes)
      shop.letGo()
      for (const { status } of await answers) expect(status).toBe(200)
      measured.push(seen(await look(tab)))
      await put(tab, 'next')
      measured.push(seen(await look(tab)))
    }
    const each = [holding([...KEYS, 'meanwhile']), holding([...KEYS, 'meanwhile', 'next'])]
    expect(measured).toEqual(TAKES_MS.flatMap(() => each))
  })
})
