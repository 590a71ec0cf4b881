import { describe, expect, test } from 'vitest'
import { errorOf, Shop } from '../support/visitor.ts'

describe('increment()', () => {
  test('adds one, or what is asked for; what is not there counts as 0', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.increment('visits')
      session.increment('visits', 2)
      session.increment('cart.apples', 5)
      session.increment('cart.apples', -7)
      session.increment('half', 0.5)
    })
    expect(await shop.look()).toEqual({ visits: 3, cart: { apples: -2 }, half: 0.5 })
  })

  test('shows in the data at once, also together with other changes of the same path', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.data['n'] = 10
      session.increment('n')
      expect(session.data['n']).toBe(11)
    })
    await shop.visit((session) => {
      session.increment('n')
      session.data['n'] = 5
      session.increment('n')
    })
    expect(await shop.look()).toEqual({ n: 6 })
    await shop.visit((session) => {
      session.increment('n')
      delete session.data['n']
    })
    expect(await shop.look()).toEqual({})
  })

  test('never leads beyond the numbers, alone or in parallel', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['n'] = 1e308
      data['none'] = Number.NaN
    })
    const [one, other] = [await shop.begin(), await shop.begin()]
    for (const { session } of [one, other]) session.increment('n', 7e307)
    for (const { end } of [one, other]) await end()
    expect(await shop.look()).toEqual({ n: Number.MAX_VALUE, none: Number.NaN })
    await shop.visit(async (session) => {
      for (const path of ['n', 'none']) {
        const error = await errorOf(() => session.increment(path, 1e308))
        expect(error).toMatchObject({ code: 'ERR_VALUE', path: `data.${path}` })
      }
      session.increment('n', -1e308)
    })
    expect(await shop.look()).toMatchObject({ n: Number.MAX_VALUE - 1e308 })
  })

  test('takes keys with dots in them as a list', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.increment(['a.b', 'c/d', '~'])
      session.increment(['~e'])
    })
    expect(await shop.look()).toEqual({ 'a.b': { 'c/d': { '~': 1 } }, '~e': 1 })
  })

  test('by many requests at once counts them all, whatever order their answers arrive in', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['cart'] = {}
    })
    const requests = await Promise.all(Array.from({ length: 6 }, () => shop.begin()))
    const answers = await Promise.all(
      requests.map(({ session, answer }, i) => {
        session.increment('cart.apples', i)
        session.increment('visits')
        return answer()
      }),
    )
    for (const i of [3, 0, 5, 1, 4, 2]) answers[i]?.()
    expect(await shop.look()).toEqual({ cart: { apples: 15 }, visits: 6 })
  })

  test('of something that is no number throws and changes nothing', async () => {
    const shop = new Shop({
      initial: () => ({ text: '1', list: [1], map: new Map([['a', 1]]), none: null, object: {} }),
    })
    for (const path of [
      'text',
      'list',
      'list.0',
      'map.a',
      'none',
      'none.a',
      'object',
      'text.length',
    ])
      await shop.visit(async (session) => {
        expect(
          await errorOf(() => Reflect.apply(session.increment, session, [path])),
        ).toMatchObject({
          code: 'ERR_VALUE',
          path: `data.${path}`,
        })
      })
    for (const by of [Number.NaN, Infinity])
      await shop.visit(async (session) => {
        expect(await errorOf(() => session.increment(['n'], by))).toMatchObject({
          code: 'ERR_VALUE',
        })
      })
    await shop.visit(async (session) => {
      expect(await errorOf(() => session.increment([]))).toMatchObject({ code: 'ERR_VALUE' })
    })
    expect(shop.visitor.cookie).toBe('')
  })
})
