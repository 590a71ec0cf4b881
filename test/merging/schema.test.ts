/** Parallel writes that are each valid, and together are not. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { OverflowUnavailable, SchemaInvalid, type SessionOptions } from '../../src/index.ts'
import type { Session } from '../../src/session/session.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { Clock, errorOf, type Loose, Shop } from '../support/visitor.ts'
import { each, type Handler, parallel } from './parallel.ts'

const ORDERS = [
  [0, 1],
  [1, 0],
] as const

describe('an item that one request removes and a parallel one changes', () => {
  const item = z.object({ name: z.string(), price: z.number(), qty: z.number() })
  const schema = z.object({ cart: z.record(z.string(), item) })
  type Data = z.infer<typeof schema>
  const remove: Handler<Data> = ({ data }) => delete data.cart['a']
  const raise: Handler<Data> = ({ data }) => Object.assign(data.cart['a'] ?? {}, { qty: 2 })

  for (const onInvalid of ['fail', 'new'] as const) {
    for (const checked of [true, false]) {
      test(`is gone, with onInvalid: '${onInvalid}' ${checked ? 'and' : 'and without'} a schema`, async () => {
        for (const handlers of [
          [remove, raise],
          [raise, remove],
        ]) {
          for (const arrivals of ORDERS) {
            const shop = new Shop<Data>({
              initial: () => ({ cart: {} }),
              schema: checked ? schema : undefined,
              onInvalid,
            })
            const b = { name: 'B', price: 7, qty: 1 }
            await shop.visit((session) => {
              session.subject = 'ada'
              session.data.cart = { a: { name: 'A', price: 5, qty: 1 }, b }
            })
            await parallel(shop, handlers, arrivals)
            for (const seconds of [0, 60, 600]) {
              shop.clock.advance(seconds)
              await shop.visit((session) => {
                expect(session.data).toEqual({ cart: { b } })
                expect(session.subject).toBe('ada')
              })
            }
            expect(shop.told('fell-back')).toEqual([])
          }
        }
      })
    }
  }
})

const schema = z.object({ list: z.array(z.string()).max(3), theme: z.string() })
type Data = z.infer<typeof schema>
const initial = (): Data => ({ list: [], theme: 'light' })

/** Too long for a cookie. */
const LONG = 'b'.repeat(5000)

interface Fleet {
  readonly nodes: readonly [Shop<Data>, Shop<Data>]
  readonly first: Shop<Data>
}

/** Two nodes and one browser, with two elements in its list. */
async function fleet(
  options: Partial<SessionOptions<Data>> = {},
  last = 'b',
  clock = new Clock(),
): Promise<Fleet> {
  const first = new Shop<Data>({ schema, initial, ...options }, { clock })
  const { visitor } = first
  const second = new Shop<Data>({ schema, initial, ...options }, { clock, visitor })
  await first.visit((session) => {
    session.subject = 'ada'
    session.data.list.push('a', last)
  })
  return { nodes: [first, second], first }
}

async function loadAndPush(session: Session<Data>, i: number): Promise<void> {
  await session.load('list')
  session.data.list.push(`new ${i}`)
}

const pushes = (count: number) => each<Data>(count, ({ data }, i) => data.list.push(`new ${i}`))

describe('two pushes that pass a max of three', () => {
  for (const onInvalid of ['fail', 'new'] as const) {
    test(`leave one of them, the same on all nodes, with onInvalid: '${onInvalid}'`, async () => {
      for (const arrivals of ORDERS) {
        const { nodes, first } = await fleet({ onInvalid })
        await parallel(first, pushes(2), arrivals)
        for (const node of nodes) {
          const session = await node.sessions.open(node.visitor.request())
          expect(session.data).toEqual({ list: ['a', 'b', 'new 0'], theme: 'light' })
          expect(session.subject).toBe('ada')
          expect(node.told('fell-back')).toEqual([{ type: 'fell-back', entries: 1 }])
        }
      }
    })
  }

  test('write nothing in a GET, and show the same after each of them', async () => {
    const { first } = await fleet()
    await parallel(first, pushes(2))
    for (let i = 0; i < 3; i++) {
      await first.visit(({ data }) => expect(data.list).toEqual(['a', 'b', 'new 0']))
      expect(first.visitor.setCookies).toEqual([])
    }
  })

  test('are settled by the next write: nothing falls back after it', async () => {
    const { nodes, first } = await fleet()
    await parallel(first, pushes(2))
    await first.visit(({ data }) => {
      data.theme = 'dark'
    })
    for (const node of nodes) {
      node.events.length = 0
      expect(await node.look()).toEqual({ list: ['a', 'b', 'new 0'], theme: 'dark' })
      expect(node.told('fell-back')).toEqual([])
    }
    // A schema that takes more does not bring back what was left out.
    const { clock, visitor } = first
    const lax = new Shop<Data>({ initial }, { clock, visitor })
    expect(await lax.look()).toEqual({ list: ['a', 'b', 'new 0'], theme: 'dark' })
  })

  test('are settled by a renewal, a login, a regeneration and a removal as well', async () => {
    const settling: Readonly<Record<string, Handler<Data>>> = {
      renewal: ({ data }) => data,
      login: (session) => {
        session.subject = 'ada'
      },
      regeneration: (session) => session.regenerate(),
      removal: ({ data }) => data.list.shift(),
      replacement: ({ data }) => {
        data.list = data.list.map((each) => each.toUpperCase())
      },
      assignment: (session) => {
        session.data = { list: ['x'], theme: 'dark' }
      },
    }
    const after: Readonly<Record<string, readonly string[]>> = {
      removal: ['b', 'new 0'],
      replacement: ['A', 'B', 'NEW 0'],
      assignment: ['x'],
    }
    for (const [name, handler] of Object.entries(settling)) {
      for (const arrivals of ORDERS) {
        const { nodes, first } = await fleet()
        await parallel(first, pushes(2), arrivals)
        if (name === 'renewal') first.clock.advance(400)
        await first.visit(handler)
        for (const node of nodes) {
          node.events.length = 0
          const { list } = await node.look()
          expect([name, list]).toEqual([name, after[name] ?? ['a', 'b', 'new 0']])
          expect([name, node.told('fell-back')]).toEqual([name, []])
        }
      }
    }
  })

  test('end with a logout', async () => {
    const { first } = await fleet()
    await parallel(first, pushes(2))
    await first.visit((session) => session.destroy())
    expect(await first.look()).toEqual(initial())
  })

  test('of which more are under way leave as many as are valid', async () => {
    const { nodes, first } = await fleet()
    const others: Handler<Data>[] = [
      ({ data }) => {
        data.theme = 'dark'
      },
      ({ data }) => data.list.shift(),
    ]
    await parallel(first, [...pushes(4), ...others], [5, 3, 1, 0, 2, 4])
    for (const node of nodes) {
      const data = await node.look()
      expect(data.theme).toBe('dark')
      expect(schema.safeParse(data).success).toBe(true)
      expect(data).toEqual(await first.look())
    }
  })

  test('in a value of the store do the same', async () => {
    const clock = new Clock()
    const overflow = memoryStore({ clock: clock.read })
    const { nodes, first } = await fleet({ overflow }, LONG, clock)
    await parallel(first, pushes(2))
    for (const node of nodes) expect((await node.look()).list).toEqual(['a', LONG, 'new 0'])
    await first.visit(({ data }) => {
      data.theme = 'dark'
    })
    for (const node of nodes) {
      node.events.length = 0
      expect((await node.look()).list).toEqual(['a', LONG, 'new 0'])
      expect(node.told('fell-back')).toEqual([])
    }
  })

  for (const loads of [false, true]) {
    test(`lazily loaded make nothing fail that ${loads ? 'loads the value' : 'does without the value'}`, async () => {
      const clock = new Clock()
      const overflow = memoryStore({ clock: clock.read })
      const options = { overflow, overflowLoad: 'lazy' } as const
      const { first } = await fleet(options, LONG, clock)
      await parallel(first, each<Data>(2, loadAndPush))
      for (const change of [
        ({ data }: Session<Data>) => data.theme,
        ({ data }: Session<Data>) => {
          data.theme = 'dark'
        },
        (session: Session<Data>) => session.flash('saved', true),
        (session: Session<Data>) => {
          session.subject = 'ada'
        },
      ]) {
        await first.visit(async (session) => {
          if (loads) await session.load('list')
          await change(session)
        })
        clock.advance(200)
      }
      const session = await first.sessions.open(first.visitor.request())
      expect([session.subject, session.data.theme]).toEqual(['ada', 'dark'])
    })
  }

  test('lazily loaded fall back on a node that sees all of the session', async () => {
    const clock = new Clock()
    const overflow = memoryStore({ clock: clock.read })
    const options = { overflow, overflowLoad: 'lazy' } as const
    const { first } = await fleet(options, LONG, clock)
    await parallel(first, each<Data>(2, loadAndPush))
    await first.visit(({ data }) => {
      data.theme = 'dark'
    })
    const { visitor } = first
    const eager = new Shop<Data>({ schema, initial, overflow }, { clock, visitor })
    expect(await eager.look()).toEqual({ list: ['a', LONG, 'new 0'], theme: 'dark' })
    expect(eager.told('fell-back')).toEqual([{ type: 'fell-back', entries: 1 }])
  })
})

describe('while the store does not show a value yet', () => {
  /** `theme` lies in the store, and is seen 20 s later. */
  async function late(): Promise<Shop<Data>> {
    const clock = new Clock()
    const inner = memoryStore({ clock: clock.read })
    const overflow = faultyStore(inner, { visibleAfterMs: 20_000 }, clock.read)
    const { first } = await fleet({ overflow }, 'b', clock)
    await first.visit(({ data }) => {
      data.theme = LONG
    })
    expect(await errorOf(() => first.visit(({ data }) => data.theme))).toBeInstanceOf(
      OverflowUnavailable,
    )
    return first
  }

  const between: Readonly<Record<string, Handler<Data>>> = {
    nothing: () => undefined,
    'a shorter list': ({ data }) => data.list.pop(),
    'a flash message': (session) => session.flash('saved', true),
    'a new id': (session) => session.regenerate(),
    'a login': (session) => {
      session.subject = 'ada'
    },
  }
  for (const [name, handler] of Object.entries(between)) {
    test(`what parallel requests write falls back once it is there, after ${name}`, async () => {
      for (const arrivals of ORDERS) {
        const shop = await late()
        await parallel(shop, pushes(2), arrivals)
        await shop.visit(handler)
        shop.clock.advance(10)
        await shop.visit((session) => session.flash('saved', true))
        for (const seconds of [20, 200, 300]) {
          shop.clock.advance(seconds)
          const { list, theme } = await shop.look()
          expect([list.slice(0, 2), list.length <= 3, theme]).toEqual([['a', 'b'], true, LONG])
          await shop.visit((session) => session.flash('saved', true))
        }
      }
    })
  }

  test('a write that is invalid by itself throws', async () => {
    const shop = await late()
    await shop.visit(({ data }) => data.list.push('c'))
    const error = await errorOf(() => shop.visit(({ data }) => data.list.push('d')))
    expect(error).toMatchObject({ code: 'ERR_SCHEMA', when: 'save' })
    expect(error).toMatchObject({ issues: [{ path: 'data.list' }] })
    shop.clock.advance(30)
    expect((await shop.look()).list).toEqual(['a', 'b', 'c'])
  })
})

describe('with a migration', () => {
  const items = z.object({ items: z.array(z.string()).max(3) })
  type Items = z.infer<typeof items>
  const newer: Partial<SessionOptions<Items>> = {
    schema: items,
    initial: () => ({ items: [] }),
    version: 2,
    migrate: { 1: ({ list, ...rest }) => ({ ...rest, items: list }) },
  }

  async function older(): Promise<Shop> {
    const shop = new Shop({ version: 1, initial: (): Loose => ({ list: [] }) })
    await shop.visit(({ data }) => {
      data['list'] = ['a', 'b']
    })
    shop.clock.advance(1)
    return shop
  }

  test('what parallel requests of the new release wrote falls back', async () => {
    for (const arrivals of ORDERS) {
      const { clock, visitor } = await older()
      const shop = new Shop<Items>(newer, { clock, visitor })
      await parallel(
        shop,
        each<Items>(2, ({ data }, i) => data.items.push(`new ${i}`)),
        arrivals,
      )
      for (const node of [shop, new Shop<Items>(newer, { clock, visitor })])
        expect(await node.look()).toEqual({ items: ['a', 'b', 'new 0'] })
      await shop.visit(({ data }) => data.items.pop())
      shop.events.length = 0
      expect(await shop.look()).toEqual({ items: ['a', 'b'] })
      expect(shop.told('fell-back')).toEqual([])
    }
  })

  test('what parallel requests of the old release wrote falls back', async () => {
    for (const arrivals of ORDERS) {
      const before = await older()
      const { clock, visitor } = before
      await parallel(
        before,
        each<Loose>(2, ({ data }, i) => (data['list'] as string[]).push(`new ${i}`)),
        arrivals,
      )
      const shop = new Shop<Items>(newer, { clock, visitor })
      expect(await shop.look()).toEqual({ items: ['a', 'b', 'new 0'] })
      await shop.visit(({ data }) => data.items.shift())
      shop.events.length = 0
      expect(await shop.look()).toEqual({ items: ['b', 'new 0'] })
      expect(shop.told('fell-back')).toEqual([])
    }
  })
})

describe('what does not fall back', () => {
  test('settled data that the schema rejects', async () => {
    const { first } = await fleet({ schema: undefined })
    await first.visit((session) => {
      session.data.list.push('c', 'd')
      session.regenerate()
    })
    await parallel(first, pushes(2))
    const { clock, visitor } = first
    const strict = new Shop<Data>({ schema, initial }, { clock, visitor })
    expect(await errorOf(() => strict.look())).toBeInstanceOf(SchemaInvalid)
  })

  test('what a newer release wrote, one request after the other, before a rollback', async () => {
    const { first } = await fleet({ schema: undefined })
    await first.visit(({ data }) => data.list.push('c', 'd'))
    await first.visit(({ data }) => {
      data.theme = 'dark'
    })
    const { clock, visitor } = first
    const older = new Shop<Data>({ schema, initial }, { clock, visitor })
    expect(await errorOf(() => older.look())).toBeInstanceOf(SchemaInvalid)
  })

  test('a write that is invalid by itself: it throws, and nothing is saved', async () => {
    const { first } = await fleet()
    const error = await errorOf(() => first.visit(({ data }) => data.list.push('c', 'd')))
    expect(error).toBeInstanceOf(SchemaInvalid)
    expect((await first.look()).list).toEqual(['a', 'b'])
  })
})
