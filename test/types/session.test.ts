/** What handlers may do with a session, and the sessions of `createSessions`. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  createSessions,
  type FlashMessage,
  type NodeHeaders,
  type RequestLike,
  type Session,
  type Sessions,
} from '../../src/index.ts'
import { SECRET as secrets } from '../support/visitor.ts'

interface Data {
  count: number
  list: string[]
  user?: { id: string }
}

const sessions = createSessions<Data>({ secrets, initial: () => ({ count: 0, list: [] }) })
const request = new Request('https://shop.example/')

describe('a session', () => {
  test('has data that can be changed and assigned', async () => {
    const session = await sessions.open(request)
    expectTypeOf(session).toEqualTypeOf<Session<Data>>()
    expectTypeOf(session.data).toEqualTypeOf<Data>()
    session.data.user = { id: 'a' }
    session.data = { count: 1, list: ['a'] }
    // @ts-expect-error text is no number
    session.data.count = 'one'
    // @ts-expect-error `list` is missing
    session.data = { count: 1 }
    // @ts-expect-error there is no `other`
    expect(session.data.other).toBe(undefined)
  })

  test('tells about itself, and only its subject may be assigned', async () => {
    const session = await sessions.open(request)
    expectTypeOf(session.id).toEqualTypeOf<string>()
    expectTypeOf(session.isNew).toEqualTypeOf<boolean>()
    expectTypeOf(session.startedAt).toEqualTypeOf<Date>()
    expectTypeOf(session.expiresAt).toEqualTypeOf<Date>()
    expectTypeOf(session.subject).toEqualTypeOf<string | undefined>()
    session.subject = 'u1'
    session.subject = undefined
    expect(() => {
      // @ts-expect-error a number is no subject
      session.subject = 1
    }).toThrow('it must be text')
    expect(() => {
      // @ts-expect-error ids are made by regenerate()
      session.id = 'mine'
    }).toThrow(TypeError)
    expect(() => {
      // @ts-expect-error it is told
      session.isNew = true
    }).toThrow(TypeError)
    expect(() => {
      // @ts-expect-error it follows from the options
      session.expiresAt = new Date()
    }).toThrow(TypeError)
  })

  test('flashes what can be stored', async () => {
    const session = await sessions.open(request)
    expectTypeOf(session.flashed).toEqualTypeOf<Readonly<Record<string, unknown>>>()
    expectTypeOf(session.flashes).toEqualTypeOf<readonly FlashMessage[]>()
    expectTypeOf<FlashMessage>().toEqualTypeOf<{ readonly key: string; readonly value: unknown }>()
    session.flash('text', 'saved')
    session.flash('rich', { at: new Date(), seen: new Map([['a', new Set([1n])]]) })
    session.flash('data', session.data)
    const unknown: unknown = JSON.parse('{}')
    session.flash('unknown', unknown)
    // @ts-expect-error a function is no data
    expect(() => session.flash('function', () => 1)).toThrow('a function is not data')
    // @ts-expect-error nor is one inside
    expect(() => session.flash('inside', { list: [{ get: () => 1 }] })).toThrow('is not data')
    // @ts-expect-error nor a symbol
    expect(() => session.flash('symbol', Symbol('s'))).toThrow('a symbol is not data')
    // @ts-expect-error nor an error
    expect(() => session.flash('error', new Error('x'))).toThrow('instance of a class')
    // @ts-expect-error it needs a value
    session.flash('none')
  })

  test('counts, loads, gets a new id, commits and ends', async () => {
    const session = await sessions.open(request)
    session.increment('count')
    session.increment(['count'], -2)
    // @ts-expect-error by numbers only
    expect(() => session.increment('count', '2')).toThrow()
    expectTypeOf(session.load('user')).toEqualTypeOf<Promise<{ id: string } | undefined>>()
    expectTypeOf(session.load('count')).toEqualTypeOf<Promise<number>>()
    // @ts-expect-error there is no `other`
    expect(await session.load('other')).toBe(undefined)
    expectTypeOf(session.regenerate()).toEqualTypeOf<void>()
    expectTypeOf(session.commit()).toEqualTypeOf<Promise<void>>()
    expectTypeOf(session.destroy).returns.toEqualTypeOf<void>()
  })
})

describe('what createSessions returns', () => {
  test('opens requests, commits onto responses, and handles both', async () => {
    expectTypeOf(sessions).toEqualTypeOf<Sessions<Data>>()
    expectTypeOf(sessions.open).parameters.toEqualTypeOf<[RequestLike]>()
    expectTypeOf(sessions.commit).parameters.toEqualTypeOf<[Session<Data>, Response]>()
    expectTypeOf(sessions.commit).returns.toEqualTypeOf<Promise<Response>>()
    const handler = sessions.handle((_, session) => {
      expectTypeOf(session).toEqualTypeOf<Session<Data>>()
      return Response.json(session.data.count)
    })
    expectTypeOf(handler).toEqualTypeOf<(request: Request) => Promise<Response>>()
    expect(await (await handler(request)).json()).toBe(0)
    // @ts-expect-error a handler returns a response
    sessions.handle(() => 'text')
  })

  test('reads requests and headers', async () => {
    type From = Request | Headers | NodeHeaders
    expectTypeOf(sessions.read).parameters.toEqualTypeOf<[From, (string | URL | undefined)?]>()
    expectTypeOf(await sessions.read(new Headers())).toEqualTypeOf<Session<Data>>()
    // @ts-expect-error text is no header
    await expect(sessions.read('Cookie: a=1')).rejects.toThrow(TypeError)
  })

  test('keeps sessions of other data apart', async () => {
    const others = createSessions({ secrets, initial: () => ({ roles: ['a'] }) })
    const session = await others.open(request)
    // @ts-expect-error it has other data
    await expect(sessions.commit(session, new Response())).rejects.toThrow(TypeError)
  })
})
