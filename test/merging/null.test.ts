/** `x ??= …` starts a value where there is none, and `null` is as good as none. */
import { describe, expect, test } from 'vitest'
import { Shop } from '../support/visitor.ts'
import { parallel } from './parallel.ts'

interface Data {
  list: number[] | null
  object: Record<string, number> | null
  map: Map<string, number> | null
  set: Set<number> | null
}

const initial = (): Data => ({ list: null, object: null, map: null, set: null })

async function shopWithNulls(): Promise<Shop<Data>> {
  const shop = new Shop<Data>({ initial })
  await shop.visit((session) => session.regenerate())
  return shop
}

const ORDERS = [
  [0, 1],
  [1, 0],
] as const

describe('where two requests start a value in the place of null', () => {
  test.each(ORDERS)('both of what they put into it stay (arrivals %i, %i)', async (...arrivals) => {
    const shop = await shopWithNulls()
    const start =
      (n: number) =>
      ({ data }: { data: Data }): void => {
        data.list ??= []
        data.list.push(n)
        data.object ??= {}
        data.object[`k${n}`] = n
        data.map ??= new Map()
        data.map.set(`k${n}`, n)
        data.set ??= new Set()
        data.set.add(n)
      }
    await parallel(shop, [start(1), start(2)], arrivals)
    const expected = {
      list: [1, 2],
      object: { k1: 1, k2: 2 },
      map: new Map([
        ['k1', 1],
        ['k2', 2],
      ]),
      set: new Set([1, 2]),
    }
    expect(await shop.look()).toEqual(expected)
    shop.clock.advance(400)
    await shop.visit(({ data }) => data.list?.push(3))
    expect(await shop.look()).toEqual({ ...expected, list: [1, 2, 3] })
  })

  test.each(ORDERS)('what both begin with counts once (arrivals %i, %i)', async (...arrivals) => {
    const shop = await shopWithNulls()
    const begin = ({ data }: { data: Data }): void => {
      data.list ??= [7]
    }
    await parallel(shop, [begin, begin], arrivals)
    expect((await shop.look()).list).toEqual([7])
  })

  test.each(ORDERS)(
    'a value that one of them takes back is null (arrivals %i, %i)',
    async (...arrivals) => {
      const shop = await shopWithNulls()
      await shop.visit(({ data }) => {
        data.list = [1]
      })
      await parallel(
        shop,
        [
          ({ data }) => data.list?.push(2),
          ({ data }) => {
            data.list = null
          },
        ],
        arrivals,
      )
      expect((await shop.look()).list).toBe(null)
    },
  )
})
