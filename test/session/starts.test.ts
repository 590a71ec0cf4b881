/** First visits, and requests whose cookies the browser withheld. */
import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/session/session.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { each, type Handler, parallel } from '../merging/parallel.ts'
import { Clock, type Loose, ORIGIN, Shop, type Visitor } from '../support/visitor.ts'

interface Data {
  hits: number
  list: string[]
  ids: Record<string, number>
}
const initial = (): Data => ({ hits: 0, list: [], ids: {} })

const write = (session: Session<Data>, i: number): void => {
  session.increment('hits')
  session.data.list.push(`item ${i}`)
  session.data.ids[`r${i}`] = i
}

/** All orders of three, and some of six. */
const ORDERS = [
  [0, 1, 2, 3, 4, 5],
  [5, 4, 3, 2, 1, 0],
  [3, 0, 5, 1, 4, 2],
  [1, 2, 0, 5, 3, 4],
] as const

const PLACES = ['no store', 'a store', 'a store, lazily loaded'] as const

function options(place: (typeof PLACES)[number], clock: Clock) {
  if (place === 'no store') return {}
  const overflow = memoryStore({ clock: clock.read })
  return { overflow, overflowLoad: place === 'a store' ? 'eager' : 'lazy' } as const
}

function expectAll(data: Data, count: number): void {
  const numbers = Array.from({ length: count }, (_, i) => i)
  expect(data.hits).toBe(count)
  expect([...data.list].sort()).toEqual(numbers.map((i) => `item ${i}`).sort())
  expect(data.ids).toEqual(Object.fromEntries(numbers.map((i) => [`r${i}`, i])))
}

describe('six first requests at once', () => {
  for (const place of PLACES) {
    test(`lose nothing, in whatever order they are answered, with ${place}`, async () => {
      for (const arrivals of ORDERS) {
        const clock = new Clock()
        const shop = new Shop<Data>({ initial, ...options(place, clock) }, { clock })
        await parallel(shop, each<Data>(6, write), arrivals)
        expectAll(await shop.look(), 6)
        await shop.visit((session) => session.increment('hits', 0))
        await shop.visit((session) => write(session, 6))
        expectAll(await shop.look(), 7)
        clock.advance(600)
        await shop.visit((session) => write(session, 7))
        expectAll(await shop.look(), 8)
        expect(shop.visitor.cookie.length).toBeLessThan(2400)
      }
    })
  }

  test('lose nothing on nodes whose clocks differ by 58 s, nor what is written between their answers', async () => {
    for (const arrivals of ORDERS) {
      const clock = new Clock()
      const { visitor, ...first } = new Shop<Data>({ initial }, { clock })
      const ahead = [29, -29, 0]
      const nodes = ahead.map(
        (seconds) =>
          new Shop<Data>(
            { initial, clock: () => clock.now + seconds * 1000 },
            { clock: first.clock, visitor },
          ),
      )
      const begun = await Promise.all(
        arrivals.map((_, i) => nodes[i % 3]?.begin() ?? expect.fail('no node')),
      )
      const deliver = await Promise.all(
        begun.map(async ({ session, answer }, i) => {
          write(session, i)
          return answer()
        }),
      )
      let written = 6
      for (const i of arrivals) {
        deliver[i]?.()
        clock.advance(9)
        await nodes[written % 3]?.visit((session) => write(session, written))
        written++
      }
      for (const node of nodes) expectAll(await node.look(), 12)
    }
  })

  test('beside a store lose nothing, though the first of them is answered last, after other writes', async () => {
    for (const load of ['eager', 'lazy'] as const) {
      for (const count of [5, 11, 12]) {
        const clock = new Clock()
        const overflow = memoryStore({ clock: clock.read })
        const shop = new Shop<Data>({ initial, overflow, overflowLoad: load }, { clock })
        const put = async (session: Session<Data>, i: number) => {
          for (const key of ['list', 'ids'] as const) await session.load(key)
          write(session, i)
          Object.assign(session.data, { [`own${i}`]: 'w'.repeat(count < 10 ? 800 : 100) })
        }
        const begun = await Promise.all(Array.from({ length: count }, () => shop.begin()))
        const answers: (() => void)[] = []
        for (const [i, { session, answer }] of begun.entries()) {
          await put(session, i)
          answers.push(await answer())
        }
        for (const deliver of answers.slice(1)) deliver()
        await shop.visit((session) => put(session, count))
        answers[0]?.()
        await shop.visit((session) => put(session, count + 1))
        const session = await shop.sessions.open(shop.visitor.request())
        for (const key of ['list', 'ids'] as const) await session.load(key)
        expectAll(session.data, count + 2)
      }
    }
  })

  test('lose nothing, though one of them calls regenerate()', async () => {
    for (const arrivals of ORDERS) {
      const shop = new Shop<Data>({ initial })
      const handlers = each<Data>(6, (session, i) => {
        if (i === 2) session.regenerate()
        write(session, i)
      })
      await parallel(shop, handlers, arrivals)
      expectAll(await shop.look(), 6)
    }
  })

  test('take a key with once() only once', async () => {
    const shop = new Shop<Data>({ initial })
    const coupon: Handler<Data> = (session) => {
      if (session.once('coupon')) session.increment('hits', 10)
    }
    await parallel(shop, [coupon, coupon, coupon], [2, 0, 1])
    expect((await shop.look()).hits).toBe(10)
  })

  test('are one with what each of them leads to: a write upon a session that is merged later', async () => {
    const shop = new Shop<Data>({ initial })
    const [a, b] = [await shop.begin(), await shop.begin()]
    write(a.session, 0)
    write(b.session, 1)
    const deliver = await a.answer()
    await b.end()
    const slow = await shop.begin()
    write(slow.session, 2)
    deliver()
    await shop.visit((session) => write(session, 3))
    await slow.end()
    expectAll(await shop.look(), 4)
    await shop.visit((session) => write(session, 4))
    expectAll(await shop.look(), 5)
  })
})

describe('sessions that never met are not united', () => {
  const of = async (seconds: number, change: (shop: Shop) => Promise<unknown>) => {
    const clock = new Clock()
    clock.advance(seconds)
    const shop = new Shop<Loose>({}, { clock })
    await change(shop)
    return shop.visitor.cookie
  }
  const put = (key: string) => async (shop: Shop) =>
    shop.visit(({ data }) => {
      data[key] = 1
    })

  test('that started more than 70 s apart, or that somebody is logged in to, or that got another id', async () => {
    const mine = await of(0, put('mine'))
    const theirs: Readonly<Record<string, string>> = {
      later: await of(71, put('theirs')),
      earlier: await of(-71, put('theirs')),
      user: await of(1, async (shop) => {
        await put('theirs')(shop)
        await shop.visit((session) => session.login('mallory'))
      }),
      regenerated: await of(1, async (shop) => {
        await put('theirs')(shop)
        await shop.visit((session) => session.regenerate())
      }),
    }
    for (const [name, other] of Object.entries(theirs)) {
      for (const cookie of [`${mine}; ${other}`, `${other}; ${mine}`]) {
        const clock = new Clock()
        clock.advance(100)
        const shop = new Shop<Loose>({}, { clock })
        const session = await shop.sessions.open(new Request(ORIGIN, { headers: { cookie } }))
        expect([name, Object.keys(session.data).length]).toEqual([name, 1])
      }
    }
  })
})

const idsIn = (cookie: string) => cookie.split('; ').map((each) => each.split('=')[0])

describe('a request of another site whose cookies the browser withholds', () => {
  const CROSS = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }

  /** A form of another site that is sent to a handler which stores something. */
  async function foreign(
    shop: Shop,
    visitor: Visitor,
    change: (session: Awaited<ReturnType<Shop['begin']>>['session']) => unknown,
  ): Promise<void> {
    const request = new Request(ORIGIN, { method: 'POST', headers: CROSS })
    const session = await shop.sessions.open(request)
    await change(session)
    visitor.take(await shop.sessions.commit(session, new Response()))
  }

  test('neither replaces the session nor writes into it, and its own goes', async () => {
    for (const subject of [undefined, 'ada']) {
      const shop = new Shop<Loose>()
      await shop.visit((session) => {
        if (subject !== undefined) session.login(subject)
        session.data['cart'] = 1
      })
      for (let i = 0; i < 3; i++) {
        const before = new Set(idsIn(shop.visitor.cookie))
        await foreign(shop, shop.visitor, (session) => {
          expect(session.data).toEqual({})
          session.data['evil'] = 1
          session.login('mallory')
        })
        const foreignId = idsIn(shop.visitor.cookie).find((id) => !before.has(id))
        expect(foreignId).toBeDefined()
        shop.clock.advance(i * 400)
        await shop.visit((session) => {
          expect([session.subject, session.data]).toEqual([subject, { cart: 1 }])
        })
        expect(shop.told('rejected').at(-1)).toEqual({
          ...{ type: 'rejected', reason: 'provisional', count: 1 },
        })
        await shop.visit(({ data }) => {
          data['cart'] = 2
        })
        await shop.visit(({ data }) => {
          data['cart'] = 1
        })
        expect(shop.visitor.cookie).not.toContain(foreignId)
      }
    }
  })

  test('starts the session where there is none, which later ones do not replace', async () => {
    const shop = new Shop<Loose>()
    for (const value of [1, 2]) {
      await foreign(shop, shop.visitor, ({ data }) => {
        data['from'] = value
      })
      shop.clock.advance(1)
    }
    expect(await shop.look()).toEqual({ from: 1 })
    await shop.visit(({ data }) => {
      data['more'] = 1
    })
    expect(await shop.look()).toEqual({ from: 1, more: 1 })
    await shop.visit((session) => session.login('ada'))
    await foreign(shop, shop.visitor, (session) => session.login('mallory'))
    await shop.visit((session) => expect(session.subject).toBe('ada'))
  })

  test('ends nothing, with a message or without', async () => {
    for (const subject of [undefined, 'ada']) {
      for (const says of [false, true]) {
        const shop = new Shop<Loose>()
        await shop.visit((session) => {
          if (subject !== undefined) session.login(subject)
          session.data['cart'] = 1
        })
        await foreign(shop, shop.visitor, (session) => {
          session.destroy()
          if (says) session.flash('bye', 1)
        })
        await shop.visit((session) => {
          expect([session.subject, session.data]).toEqual([subject, { cart: 1 }])
          expect(session.flashed).toEqual({})
        })
      }
    }
  })
})
