import { describe, expect, test } from 'vitest'
import type { SessionOptions } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { type FaultyStore, faultyStore } from '../../src/testing/faulty-store.ts'
import { Clock, Shop } from '../support/visitor.ts'
import { each, type Handler, parallel } from './parallel.ts'

type Item = { sku: string; pad?: string }
type Data = {
  cart: Record<string, { qty: number; pad?: string }>
  list: Item[]
  stats: { hits: number; pad: string; more?: string }
  small: number
}

const initial = (): Data => ({ cart: {}, list: [], stats: { hits: 0, pad: '' }, small: 0 })

const text = (bytes: number) => 'x'.repeat(bytes)

function shopWithStore(options: Partial<SessionOptions<Data>> = {}): {
  shop: Shop<Data>
  store: FaultyStore
} {
  const clock = new Clock()
  const store = faultyStore(memoryStore({ clock: clock.read }), {}, clock.read)
  return { shop: new Shop<Data>({ initial, overflow: store, ...options }, { clock }), store }
}

const BOTH_ORDERS = [
  [0, 1],
  [1, 0],
] as const

describe('parallel writes', () => {
  for (const stored of [false, true]) {
    test(`in bursts of six lose nothing ${stored ? 'with' : 'without'} a store`, async () => {
      for (const arrivals of [
        [0, 1, 2, 3, 4, 5],
        [5, 4, 3, 2, 1, 0],
        [3, 0, 5, 1, 4, 2],
      ]) {
        const { shop } = shopWithStore(stored ? {} : { overflow: undefined })
        await shop.visit(({ data }) => {
          for (let i = 0; i < 10; i++) data.cart[`sku${i}`] = { qty: 1, pad: `A product, ${i}` }
        })
        for (let burst = 0; burst < 3; burst++) {
          const writes = each<Data>(6, ({ data }, i) => {
            data.cart[`b${burst}.${i}`] = { qty: 1 }
          })
          await parallel(shop, writes, arrivals)
          expect(Object.keys((await shop.look()).cart).length).toBe(16 + 6 * burst)
        }
      }
    })
  }

  const small = {
    cart: ({ data }) => {
      data.cart['small'] = { qty: 1 }
    },
    list: ({ data }) => data.list.push({ sku: 'small' }),
    stats: (session) => session.increment('stats.hits'),
  } satisfies Record<string, Handler<Data>>
  const big = {
    cart: ({ data }) => {
      for (let i = 0; i < 4; i++) data.cart[`big${i}`] = { qty: 1, pad: text(200) }
    },
    list: ({ data }) => {
      for (let i = 0; i < 4; i++) data.list.push({ sku: `big${i}`, pad: text(200) })
    },
    stats: (session) => {
      session.data.stats.more = text(900)
      session.increment('stats.hits')
    },
  } satisfies Record<string, Handler<Data>>

  for (const kind of ['cart', 'list', 'stats'] as const) {
    test(`of ${kind}: a small one beside one that moves the value to the store`, async () => {
      for (const handlers of [
        [small[kind], big[kind]],
        [big[kind], small[kind]],
      ]) {
        for (const arrivals of BOTH_ORDERS) {
          const { shop } = shopWithStore()
          await shop.visit(({ data }) => {
            for (let i = 0; i < 8; i++) {
              if (kind === 'cart') data.cart[`sku${i}`] = { qty: 1, pad: text(200) }
              if (kind === 'list') data.list.push({ sku: `sku${i}`, pad: text(200) })
            }
            if (kind === 'stats') data.stats = { hits: 100, pad: text(1700) }
          })
          await parallel(shop, handlers, arrivals)
          const { cart, list, stats } = await shop.look()
          if (kind === 'cart') expect(Object.keys(cart).length).toBe(13)
          if (kind === 'list') expect(list.length).toBe(13)
          if (kind === 'stats')
            expect(stats).toEqual({ hits: 102, pad: text(1700), more: text(900) })
          // The move itself happens once this settles.
          shop.clock.advance(400)
          await shop.visit(({ data }) => {
            data.small = 1
          })
          expect(await shop.look()).toEqual({ cart, list, stats, small: 1 })
        }
      }
    })
  }
})

describe('parts of a value in the store', () => {
  type Change = readonly [what: string, one: Handler<Data>, other: Handler<Data>, after: object]
  const stats = { hits: 0, pad: text(6000) }
  const changes: readonly Change[] = [
    [
      'one shrinks it, so that it fits into the cookie',
      ({ data }) => {
        data.stats.pad = ''
      },
      ({ data }) => {
        data.stats.more = 'more'
      },
      { stats: { hits: 0, pad: '', more: 'more' } },
    ],
    [
      'one changes another key',
      ({ data }) => {
        data.stats.more = 'more'
      },
      ({ data }) => {
        data.small = 2
      },
      { stats: { ...stats, more: 'more' }, small: 2 },
    ],
    [
      'one deletes it',
      ({ data }) => Reflect.deleteProperty(data, 'stats'),
      (session) => session.increment('stats.hits'),
      {},
    ],
    [
      'one replaces it whole',
      ({ data }) => {
        data.stats = { hits: 0, pad: text(7000) }
      },
      (session) => session.increment('stats.hits'),
      { stats: { hits: 1, pad: text(7000) } },
    ],
  ]

  for (const overflowLoad of ['eager', 'lazy'] as const) {
    for (const [what, one, other, after] of changes) {
      test(`${overflowLoad}: ${what}`, async () => {
        const orders: (readonly [Handler<Data>, Handler<Data>])[] = [
          [one, other],
          [other, one],
        ]
        for (const handlers of orders) {
          for (const arrivals of BOTH_ORDERS) {
            const { shop } = shopWithStore({ overflowLoad })
            await shop.visit(({ data }) => {
              data.stats = stats
            })
            const loaded = handlers.map((handler) => async (session: Parameters<typeof one>[0]) => {
              await session.load('stats')
              await handler(session)
            })
            await parallel(shop, loaded, arrivals)
            await shop.visit(async (session) => {
              await session.load('stats')
              const { cart: _, list: __, ...rest } = session.data
              expect(rest).toEqual({ small: 0, ...after })
            })
          }
        }
      })
    }

    test(`${overflowLoad}: an increment costs no put, alone or in a burst`, async () => {
      const { shop, store } = shopWithStore({ overflowLoad })
      await shop.visit(({ data }) => {
        data.stats = stats
      })
      const count = async (session: Parameters<Handler<Data>>[0]) => {
        await session.load('stats')
        session.increment('stats.hits')
      }
      await shop.visit(count)
      await parallel(
        shop,
        each<Data>(6, (session) => count(session)),
      )
      expect(store.counts.puts).toBe(1)
      await shop.visit(async (session) => {
        expect((await session.load('stats')).hits).toBe(7)
      })
    })
  }
})
