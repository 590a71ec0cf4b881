/** What the type of the data tells `increment()`, `advance()` and `flash()`. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { session as middleware, type SessionVariables } from '../../src/hono.ts'
import { createSessions, type PathTo, type Session, type WithMessages } from '../../src/index.ts'
import { SECRET as secrets } from '../support/visitor.ts'

interface Tree {
  size: number
  left?: Tree
}

interface Data {
  visits: number
  cart: Record<string, number>
  user?: { name: string; points: number; seen: { news: number | null; 'a.b': number } }
  list: number[]
  since: Date
  either: number | string
  anything: unknown
  tree?: Tree
}

describe('a path to a number', () => {
  type Path = PathTo<Data, number>

  test('is one at which the data has a number, however deep, optional or not', () => {
    const paths: Path[] = ['visits', 'cart.tea', 'user.points', 'user.seen.news', 'either']
    const deep: Path[] = ['tree.size', 'tree.left.size', 'tree.left.left.left.left.left.size']
    expect([...paths, ...deep]).toHaveLength(8)
    expectTypeOf<'anything'>().toExtend<Path>()
  })

  test('is none at which it has something else, or nothing', () => {
    expectTypeOf<'user.name'>().not.toExtend<Path>()
    expectTypeOf<'cart'>().not.toExtend<Path>()
    expectTypeOf<'user'>().not.toExtend<Path>()
    expectTypeOf<'vists'>().not.toExtend<Path>()
    expectTypeOf<'list.0'>().not.toExtend<Path>()
    expectTypeOf<'since'>().not.toExtend<Path>()
    expectTypeOf<'tree.left'>().not.toExtend<Path>()
  })

  test('is any text where the type does not tell', () => {
    expectTypeOf<PathTo<Record<string, unknown>, number>>().toEqualTypeOf<string>()
    expectTypeOf<PathTo<unknown, number>>().toEqualTypeOf<string>()
  })
})

describe('a session', () => {
  const sessions = createSessions<Partial<Data>>({ secrets })
  const open = () => sessions.open(new Request('https://shop.example/'))

  test('counts at paths of numbers only; a list of keys is any path', async () => {
    const session = await open()
    session.increment('visits')
    session.increment('cart.tea', 2)
    session.increment(['cart', 'no. 5'])
    // @ts-expect-error there is no such key
    session.increment('vists')
    session.data.user = { name: 'ada', points: 0, seen: { news: 0, 'a.b': 0 } }
    // @ts-expect-error a name is no number
    expect(() => session.increment('user.name')).toThrow('user.name')
  })

  test('advances at paths of numbers and of texts', async () => {
    const session = await open()
    session.data.user = { name: 'ada', points: 0, seen: { news: 0, 'a.b': 0 } }
    session.advance('user.name', 'bob')
    session.advance('user.seen.news', 3)
    // @ts-expect-error a date is neither
    expect(() => session.advance('since', 'x')).not.toThrow(TypeError)
  })
})

describe('messages', () => {
  type Shop = WithMessages<{ cart: Record<string, number> }, { notice: string; saved: boolean }>
  const sessions = createSessions<Shop>({ secrets, initial: () => ({ cart: {} }) })
  const open = () => sessions.open(new Request('https://shop.example/'))

  test('that are told have keys and values that are checked', async () => {
    const session = await open()
    session.flash('notice', 'hello')
    session.flash('saved', true)
    // @ts-expect-error there is no such message
    session.flash('notcie', 'hello')
    // @ts-expect-error a notice is text
    session.flash('notice', 1)
    expectTypeOf(session.flashed.notice).toEqualTypeOf<string | undefined>()
    expectTypeOf(session.flashed).toEqualTypeOf<
      Readonly<Partial<{ notice: string; saved: boolean }>>
    >()
    for (const message of session.flashes) {
      if (message.key === 'saved') expectTypeOf(message.value).toEqualTypeOf<boolean>()
      else expectTypeOf(message.value).toEqualTypeOf<string>()
    }
    // @ts-expect-error there is no such message
    expect(session.flashed.other).toBe(undefined)
  })

  test('change nothing of the data, and go with schemas, partial data and Hono', async () => {
    const session = await open()
    session.data = { cart: { tea: 1 } }
    session.increment('cart.tea')
    expectTypeOf(session.data.cart).toEqualTypeOf<Record<string, number>>()
    expectTypeOf<keyof (typeof session)['data'] & string>().toEqualTypeOf<'cart'>()
    const schema = z.object({ cart: z.record(z.string(), z.number()) })
    const checked = createSessions<Shop>({ secrets, schema, initial: () => ({ cart: {} }) })
    expectTypeOf(await checked.open(new Request('https://shop.example/'))).toEqualTypeOf<
      Session<Shop>
    >()
    const partial = createSessions<Shop>({ secrets })
    const opened = await partial.open(new Request('https://shop.example/'))
    opened.flash('notice', 'hello')
    // @ts-expect-error there is no such message
    opened.flash('notcie', 'hello')
    middleware<Shop>({ secrets, initial: () => ({ cart: {} }) })
    type Flashed = SessionVariables<Shop>['session']['flashed']
    expectTypeOf<Flashed['saved']>().toEqualTypeOf<boolean | undefined>()
  })
})
