import { describe, expect, test } from 'vitest'
import { OverflowUnavailable } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import {
  type FaultPlan,
  faultyStore,
  type GetFault,
  type PutFault,
} from '../../src/testing/faulty-store.ts'
import { Clock, errorOf, Shop } from '../support/visitor.ts'

const BIG = 'big '.repeat(2000)
const OTHER = 'other '.repeat(2000)

function shopWith(overflowLoad: 'eager' | 'lazy' = 'eager') {
  const clock = new Clock()
  const plan: FaultPlan = {}
  const store = faultyStore(memoryStore({ clock: clock.read }), plan, clock.read)
  const shop = new Shop({ overflow: store, overflowLoad, overflowTimeout: 1 }, { clock })
  return { shop, store, plan }
}

/** A shop whose visitor has one value in the store and one in the cookie. */
async function stockedShop(overflowLoad: 'eager' | 'lazy' = 'eager') {
  const made = shopWith(overflowLoad)
  await made.shop.visit((session) => {
    session.data['big'] = BIG
    session.data['user'] = { name: 'Ada' }
  })
  expect(made.store.counts.puts).toBe(1)
  return made
}

const failures = {
  rejects: 'failed',
  'rejects-429': 'failed',
  hangs: 'timeout',
  misses: 'missing',
  garbles: 'invalid',
} as const satisfies Record<GetFault, string>

describe.concurrent.each(Object.entries(failures))('while a get %s', (fault, failure) => {
  const broken = { get: fault as GetFault }

  test('what is in the cookie stays usable, and reading the missing value throws', async () => {
    const { shop, store, plan } = await stockedShop()
    Object.assign(plan, broken)
    await shop.visit(async ({ data }) => {
      expect(data['user']).toEqual({ name: 'Ada' })
      expect(Object.keys(data).sort()).toEqual(['big', 'user'])
      const error = await errorOf(() => data['big'])
      expect(error).toBeInstanceOf(OverflowUnavailable)
      expect(error).toMatchObject({ code: 'ERR_OVERFLOW_UNAVAILABLE', key: 'big', failure })
    })
    expect(shop.visitor.setCookies).toEqual([])
    expect(store.violations).toEqual([])
  })

  test('other keys can be written, and a later success has lost nothing', async () => {
    const { shop, store, plan } = await stockedShop()
    Object.assign(plan, broken)
    for (let i = 0; i < 2; i++) {
      shop.clock.advance(600)
      await shop.visit((session) => {
        session.data['count'] = i
        session.increment('visits')
      })
    }
    plan.get = undefined
    expect(await shop.look()).toEqual({ big: BIG, user: { name: 'Ada' }, count: 1, visits: 2 })
    expect(store.counts.puts).toBe(1)
    expect(store.violations).toEqual([])
  })

  test('the missing value can be replaced, or deleted, on purpose', async () => {
    const { shop, store, plan } = await stockedShop()
    Object.assign(plan, broken)
    await shop.visit(({ data }) => {
      data['big'] = 'small'
    })
    plan.get = undefined
    expect(await shop.look()).toEqual({ big: 'small', user: { name: 'Ada' } })
    await shop.visit(({ data }) => {
      data['big'] = OTHER
    })
    Object.assign(plan, broken)
    await shop.visit(({ data }) => {
      delete data['big']
    })
    plan.get = undefined
    expect(await shop.look()).toEqual({ user: { name: 'Ada' } })
    expect(store.violations).toEqual([])
  })

  test('a new id keeps the claim check, so that a later success has lost nothing', async () => {
    const { shop, plan } = await stockedShop()
    Object.assign(plan, broken)
    await shop.visit((session) => {
      session.subject = 'ada'
    })
    plan.get = undefined
    expect(await shop.look()).toEqual({ big: BIG, user: { name: 'Ada' } })
  })

  test('lazily: load() throws, a later load() in the same request succeeds', async () => {
    const { shop, plan, store } = await stockedShop('lazy')
    Object.assign(plan, broken)
    await shop.visit(async (session) => {
      expect(await errorOf(() => session.load('big'))).toMatchObject({ key: 'big', failure })
      expect(session.data['user']).toEqual({ name: 'Ada' })
      plan.get = undefined
      expect(await session.load('big')).toBe(BIG)
      expect(session.data['big']).toBe(BIG)
    })
    expect(store.violations).toEqual([])
  })

  test('onEvent is told once for each request', async () => {
    const { shop, plan } = await stockedShop()
    Object.assign(plan, broken)
    await shop.visit(({ data }) => data['user'])
    const told = shop.told('overflow-miss', 'overflow-error')
    expect(told).toHaveLength(1)
    if (failure === 'missing') expect(told[0]).toMatchObject({ type: 'overflow-miss' })
    else expect(told[0]).toMatchObject({ type: 'overflow-error', operation: 'get', failure })
  })
})

describe.concurrent.each<[PutFault, string]>([
  ['rejects', 'failed'],
  ['rejects-429', 'failed'],
  ['rejects-after-writing', 'failed'],
  ['hangs', 'timeout'],
])('while a put %s', (fault, failure) => {
  test('the commit throws, emits no cookie, and the old state stays whole', async () => {
    const { shop, store, plan } = await stockedShop()
    const before = shop.visitor.cookie
    plan.put = fault
    const error = await errorOf(() =>
      shop.visit(({ data }) => {
        data['big'] = OTHER
        data['user'] = { name: 'Eve' }
      }),
    )
    expect(error).toBeInstanceOf(OverflowUnavailable)
    expect(error).toMatchObject({ key: 'big', failure })
    expect(String(error)).toContain('no cookie was set')
    expect(shop.visitor.cookie).toBe(before)
    plan.put = undefined
    expect(await shop.look()).toEqual({ big: BIG, user: { name: 'Ada' } })
    expect(store.violations).toEqual([])
  })

  test('a session that fits its cookie goes on being saved', async () => {
    const { shop, plan } = await stockedShop()
    plan.put = fault
    await shop.visit(({ data }) => {
      data['user'] = { name: 'Grace' }
    })
    plan.put = undefined
    expect(await shop.look()).toEqual({ big: BIG, user: { name: 'Grace' } })
  })

  test('a second commit in the same request succeeds once the store works, with a fresh key', async () => {
    const { shop, store, plan } = await stockedShop()
    plan.put = fault
    await shop.visit(async (session) => {
      session.data['big'] = OTHER
      expect(await errorOf(() => session.commit())).toBeInstanceOf(OverflowUnavailable)
      plan.put = undefined
    })
    expect(await shop.look()).toEqual({ big: OTHER, user: { name: 'Ada' } })
    expect(store.violations).toEqual([])
  })

  test('a session cannot begin with a value that has to go there', async () => {
    const { shop, plan } = shopWith()
    plan.put = fault
    const error = await errorOf(() =>
      shop.visit(({ data }) => {
        data['big'] = BIG
      }),
    )
    expect(error).toMatchObject({ key: 'big', failure })
    expect(shop.visitor.cookie).toBe('')
  })
})

describe('a store that is eventually consistent', () => {
  test('shows a value late, also where misses are cached: nothing is lost meanwhile', async () => {
    const { shop, store, plan } = shopWith()
    Object.assign(plan, { visibleAfterMs: 60_000, missCachedMs: 60_000 } satisfies FaultPlan)
    await shop.visit(({ data }) => {
      data['big'] = BIG
    })
    for (let i = 1; i <= 5; i++) {
      shop.clock.advance(10)
      await shop.visit(async (session) => {
        expect(await errorOf(() => session.data['big'])).toMatchObject({ failure: 'missing' })
        session.increment('visits')
      })
    }
    shop.clock.advance(80)
    expect(await shop.look()).toEqual({ big: BIG, visits: 5 })
    expect(store.violations).toEqual([])
  })

  test('never shows an older value in the place of a newer one', async () => {
    const { shop, store, plan } = await stockedShop()
    plan.visibleAfterMs = 60_000
    await shop.visit(({ data }) => {
      data['big'] = OTHER
    })
    await shop.visit(async ({ data }) => {
      expect(await errorOf(() => data['big'])).toMatchObject({ failure: 'missing' })
    })
    shop.clock.advance(60)
    expect(await shop.look()).toMatchObject({ big: OTHER })
    expect(store.violations).toEqual([])
  })

  test('that lost a value it had acknowledged leaves the rest of the session whole', async () => {
    const { shop, plan } = shopWith()
    plan.put = 'is-lost'
    await shop.visit(({ data }) => {
      data['big'] = BIG
      data['user'] = { name: 'Ada' }
    })
    plan.put = undefined
    await shop.visit(async ({ data }) => {
      expect(await errorOf(() => data['big'])).toMatchObject({ failure: 'missing' })
      data['big'] = OTHER
    })
    expect(await shop.look()).toEqual({ big: OTHER, user: { name: 'Ada' } })
  })
})
