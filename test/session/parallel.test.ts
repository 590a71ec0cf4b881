import { describe, expect, test } from 'vitest'
import { type Loose, Shop } from '../support/visitor.ts'

async function shopWith(data: Loose): Promise<Shop> {
  const shop = new Shop()
  await shop.visit((session) => {
    session.data = data
  })
  shop.clock.advance(10)
  return shop
}

type Change = (data: Loose & { list: number[]; cart: Loose }) => void

/** Two requests that see the same cookies; the answers arrive in either order. */
async function bothOrders(data: Loose, one: Change, two: Change): Promise<Loose[]> {
  const results: Loose[] = []
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const shop = await shopWith(structuredClone(data))
    const requests = [await shop.begin(), await shop.begin()]
    const answers: (() => void)[] = []
    for (const [i, { session, answer }] of requests.entries()) {
      const change = i === 0 ? one : two
      change(session.data as Loose & { list: number[]; cart: Loose })
      answers.push(await answer())
      shop.clock.advance(1)
    }
    for (const i of order) answers[i]?.()
    results.push(await shop.look())
  }
  return results
}

describe('two requests at once', () => {
  test('that change different keys both win', async () => {
    const results = await bothOrders(
      { a: 1, b: 1 },
      (data) => {
        data['a'] = 2
      },
      (data) => {
        data['b'] = 3
      },
    )
    expect(results).toEqual([
      { a: 2, b: 3 },
      { a: 2, b: 3 },
    ])
  })

  test('that change different paths of one object both win', async () => {
    const results = await bothOrders(
      { cart: { apples: 1, pears: 1 } },
      ({ cart }) => {
        cart['apples'] = 2
        cart['plums'] = 1
      },
      ({ cart }) => {
        delete cart['pears']
        cart['figs'] = 1
      },
    )
    for (const result of results) expect(result).toEqual({ cart: { apples: 2, plums: 1, figs: 1 } })
  })

  test('that push onto one list both win', async () => {
    const results = await bothOrders(
      { list: [0] },
      ({ list }) => list.push(1),
      ({ list }) => list.push(2, 3),
    )
    for (const result of results) expect(result).toEqual({ list: [0, 1, 2, 3] })
  })

  test('that set one path agree on the later, whatever order the answers arrive in', async () => {
    const results = await bothOrders(
      { a: 0 },
      (data) => {
        data['a'] = 'earlier'
      },
      (data) => {
        data['a'] = 'later'
      },
    )
    expect(results).toEqual([{ a: 'later' }, { a: 'later' }])
  })

  test('one of which only reads lose nothing', async () => {
    const results = await bothOrders(
      { a: 0 },
      (data) => {
        data['a'] = 1
      },
      (data) => data['a'],
    )
    expect(results).toEqual([{ a: 1 }, { a: 1 }])
  })

  test('one of which renews lose nothing', async () => {
    const shop = await shopWith({ a: 0 })
    shop.clock.advance(600)
    const reading = await shop.begin()
    expect(reading.session.data).toEqual({ a: 0 })
    const deliver = await reading.answer()
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    deliver()
    expect(await shop.look()).toEqual({ a: 1 })
  })

  test('tell that they were merged', async () => {
    const shop = await shopWith({ a: 0 })
    const requests = [await shop.begin(), await shop.begin()]
    for (const [i, { session, end }] of requests.entries()) {
      session.data[`key ${i}`] = i
      await end()
    }
    await shop.look()
    expect(shop.told('merged')).toEqual([{ type: 'merged', writers: 2 }])
  })
})

describe('what an answer wrote', () => {
  test('is seen by each request that is sent after it arrived, over many writes', async () => {
    const shop = await shopWith({ n: 0 })
    for (let i = 1; i <= 300; i++) {
      const other = i % 3 === 0 ? await shop.begin() : undefined
      await shop.visit(({ data }) => {
        expect(data['n']).toBe(i - 1)
        data['n'] = i
        data[`key ${i % 5}`] = i
      })
      other?.session.increment('others')
      await other?.end()
      expect(await shop.look()).toMatchObject({ n: i, [`key ${i % 5}`]: i })
      shop.clock.advance(i % 4)
    }
    expect(await shop.look()).toMatchObject({ others: 100 })
    expect(shop.visitor.cookie.length).toBeLessThan(8192)
  })
})
