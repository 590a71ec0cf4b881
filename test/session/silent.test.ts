/** What used to fail in silence. */
import { describe, expect, test } from 'vitest'
import {
  ConfigError,
  createSessions,
  OverflowUnavailable,
  SchemaInvalid,
  SessionCommitted,
  SessionDestroyed,
  SessionTooLarge,
  ValueError,
} from '../../src/index.ts'
import { errorOf, type Loose, SECRET, Shop } from '../support/visitor.ts'

test('a session takes no properties: they would be lost', async () => {
  const shop = new Shop()
  await shop.visit((session) => {
    const id = session.id
    for (const assign of [
      () => Object.assign(session, { user: 'ada' }),
      () => Object.assign(session, { id: 'x' }),
      () => Object.defineProperty(session, 'user', { value: 'ada' }),
      () => Object.setPrototypeOf(session, { user: 'ada' }),
    ])
      expect(assign).toThrow(TypeError)
    expect(Reflect.set(session, 'user', 'ada')).toBe(false)
    expect(session).not.toHaveProperty('user')
    expect(session.id).toBe(id)
    // These are its own.
    Object.assign(session, { data: { cart: 1 }, subject: 'ada' })
  })
  await shop.visit((session) => {
    expect([session.data, session.subject]).toEqual([{ cart: 1 }, 'ada'])
  })
})

describe('options from a function', () => {
  const request = new Request('https://shop.example/')

  test('are not asked for before the sessions are used, and then once', async () => {
    let asked = 0
    const sessions = createSessions<Loose>(() => {
      asked++
      return { secrets: SECRET }
    })
    const handler = sessions.handle((_request, session) => Response.json(session.data))
    expect(asked).toBe(0)
    expect(await (await handler(request)).json()).toEqual({})
    const session = await sessions.open(request)
    session.data['a'] = 1
    const response = await sessions.commit(session, new Response('ok'))
    const [cookie = ''] = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
    expect((await sessions.read(new Headers({ cookie }))).data).toEqual({ a: 1 })
    expect(asked).toBe(1)
  })

  test('that are wrong make each use reject, until they are right', async () => {
    let secrets: string | undefined
    const sessions = createSessions<Loose>(() => ({ secrets }))
    const handler = sessions.handle(() => new Response('ok'))
    for (const use of [
      () => sessions.open(request),
      () => sessions.read(new Headers()),
      () => handler(request),
    ]) {
      const error = await errorOf(use)
      expect(error).toBeInstanceOf(ConfigError)
      expect(String(error)).toContain('secrets is missing')
    }
    secrets = SECRET
    expect((await sessions.open(request)).isNew).toBe(true)
  })
})

test('errors have their names whatever the classes are called, as after a minifier', () => {
  const errors = [
    new ConfigError('x'),
    new ValueError('x', 'y'),
    new SessionTooLarge('x', 1, 1, [], ''),
    new OverflowUnavailable('x', 'failed', 'y'),
    new SessionCommitted('x'),
    new SessionDestroyed('x'),
    new SchemaInvalid('open', []),
  ]
  for (const error of errors) {
    const { name } = error
    const original = error.constructor
    expect(name).toBe(original.name)
    const minified = Reflect.construct(
      original,
      ['open', [], 1, [], ''],
      class a extends Object(original) {},
    )
    expect(minified).toMatchObject({ name })
    expect(minified.constructor.name).toBe('a')
  }
})

describe('increment() and advance() on frozen data', () => {
  const frozen = (value: Loose): Loose => {
    for (const inner of Object.values(value))
      if (typeof inner === 'object' && inner !== null) frozen(inner as Loose)
    return Object.freeze(value)
  }

  test('work, and leave the frozen objects as they are', async () => {
    const shop = new Shop()
    const given = frozen({ visits: 1, cart: { apples: 1, deep: { n: 1 } }, other: { a: 1 } })
    await shop.visit((session) => {
      session.data = given
      session.increment('visits')
      session.increment('cart.deep.n', 2)
      session.increment('cart.pears')
      session.increment('fresh.start')
      session.advance('cart.apples', 9)
      session.advance('other.a', 0)
      session.data['free'] = true
    })
    expect(given).toEqual({ visits: 1, cart: { apples: 1, deep: { n: 1 } }, other: { a: 1 } })
    expect(await shop.look()).toEqual({
      visits: 2,
      cart: { apples: 9, deep: { n: 3 }, pears: 1 },
      other: { a: 1 },
      fresh: { start: 1 },
      free: true,
    })
  })

  test('all count, in requests at once', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.data = { cart: { apples: 0 }, list: [1] }
    })
    const requests = [await shop.begin(), await shop.begin()]
    for (const { session } of requests) {
      session.data = frozen({ ...session.data })
      session.increment('cart.apples')
      session.increment('visits')
    }
    for (const { end } of requests) await end()
    expect(await shop.look()).toEqual({ cart: { apples: 2 }, list: [1], visits: 2 })
  })
})

test('emptied cookies that a client keeps do no harm', async () => {
  const shop = new Shop()
  const jar = new Map<string, string>()
  for (let i = 1; i <= 100; i++) {
    const cookie = Array.from(jar, ([name, value]) => `${name}=${value}`).join('; ')
    const request = new Request('https://shop.example/', { headers: { cookie } })
    const session = await shop.sessions.open(request)
    expect(session.data['visits'] ?? 0).toBe(i - 1)
    session.increment('visits')
    const response = await shop.sessions.commit(session, new Response('ok'))
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? []
      jar.set(name, value)
    }
    shop.clock.advance(7)
  }
  expect(shop.told('rejected')).toEqual([])
})
