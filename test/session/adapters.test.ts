/** What adapters of frameworks need: headers and cookies without a Response, and a way to give up. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { createSessions, type SessionCookie } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { errorOf, ORIGIN, SECRET, Shop, Visitor } from '../support/visitor.ts'

type Data = { visits: number }

const createShop = (options = {}) => new Shop<Data>({ initial: () => ({ visits: 0 }), ...options })

/** What `headers()` made, taken by the browser. */
const take = (visitor: Visitor, headers: Headers) => visitor.take(new Response(null, { headers }))

const asSetCookie = ({ name, value, options }: SessionCookie) => {
  const { maxAge, path, domain, secure, partitioned, sameSite } = options
  const words = [`${name}=${value}`, `Max-Age=${maxAge}`, `Path=${path}`, `SameSite=${sameSite}`]
  if (domain) words.push(`Domain=${domain}`)
  if (secure) words.push('Secure')
  if (partitioned) words.push('Partitioned')
  return words.join('; ')
}

describe('headers()', () => {
  test('saves, and adds to the headers of the response what commit() would add', async () => {
    const { sessions, visitor } = createShop()
    const session = await sessions.open(visitor.request())
    session.increment('visits')
    const given = { 'content-type': 'text/plain', vary: 'Accept', 'cache-control': 'max-age=60' }
    const headers = await sessions.headers(session, { headers: given })
    expect(headers.get('Content-Type')).toBe('text/plain')
    expect(headers.get('Vary')).toBe('Accept, Cookie')
    expect(headers.get('Cache-Control')).toBe('private, no-store')
    expect(headers.getSetCookie()).toHaveLength(1)
    take(visitor, headers)
    expect((await sessions.open(visitor.request())).data).toEqual({ visits: 1 })
  })

  test('of a session that nobody looked at are those of the response, and a later look throws', async () => {
    const shop = createShop()
    const session = await shop.sessions.open(shop.visitor.request())
    const given = new Headers({ 'Cache-Control': 'max-age=60' })
    const made = shop.sessions.headers(session, { headers: given })
    // The very moment after: the headers may have left.
    expect(await errorOf(() => session.data)).toMatchObject({ code: 'ERR_COMMITTED' })
    expect([...(await made)]).toEqual([['cache-control', 'max-age=60']])
    expect(shop.told('read-late')).toHaveLength(1)
  })

  test('leave the given ones as they are, and throw what commit() throws', async () => {
    const { sessions, visitor } = createShop({ maxSessionBytes: 100 })
    const session = await sessions.open(visitor.request())
    session.data = { visits: 1, ...{ big: 'x'.repeat(200) } }
    const given = new Headers({ A: '1' })
    expect(await errorOf(() => sessions.headers(session, { headers: given }))).toMatchObject({
      code: 'ERR_TOO_LARGE',
    })
    expect([...given]).toEqual([['a', '1']])
    session.data = { visits: 1 }
    expect((await sessions.headers(session)).getSetCookie()).toHaveLength(1)
  })

  test('of an upgrade to a WebSocket carry cookies only', async () => {
    const { sessions, visitor } = createShop()
    const session = await sessions.open(visitor.request())
    session.increment('visits')
    const headers = await sessions.headers(session, { status: 101 })
    expect([...headers.keys()]).toEqual(['set-cookie'])
  })
})

describe('cookies()', () => {
  const cases = [
    [{}, 'https://shop.example'],
    [{ sameSite: 'Strict' }, 'https://shop.example'],
    [{ domain: 'shop.example', path: '/a', sameSite: 'None', partitioned: true }, ORIGIN],
    [{}, 'http://localhost:3000'],
  ] as const

  test.each(cases)(
    'are those of the Set-Cookie headers, with cookie %o at %s',
    async (cookie, origin) => {
      const shop = createShop({ cookie })
      const { sessions, clock } = shop
      const visitor = new Visitor(clock, origin)
      const session = await sessions.open(visitor.request('/a'))
      session.increment('visits')
      const cookies = await sessions.cookies(session)
      const lines = (await sessions.headers(session)).getSetCookie()
      const norm = (line: string) => line.toLowerCase().split('; ').sort().join('; ')
      expect(cookies.map((one) => norm(`${asSetCookie(one)}; HttpOnly`))).toEqual(lines.map(norm))
      for (const { options } of cookies) {
        expect(options.expires.getTime()).toBe(clock.now + options.maxAge * 1000)
        expect(options.httpOnly).toBe(true)
      }
      visitor.take(
        new Response(null, { headers: cookies.map((one) => ['Set-Cookie', asSetCookie(one)]) }),
      )
      expect((await sessions.open(visitor.request('/a'))).data).toEqual({ visits: 1 })
    },
  )

  test('delete those that an end removes', async () => {
    const shop = createShop()
    await shop.visit((session) => session.increment('visits'))
    const session = await shop.sessions.open(shop.visitor.request())
    session.destroy()
    const gone = (await shop.sessions.cookies(session)).filter(({ value }) => value === '')
    expect(gone.map(({ options }) => [options.maxAge, options.expires.getTime()])).toEqual([[0, 0]])
  })
})

describe('discard()', () => {
  test('saves nothing, neither then nor later, and keeps the response out of caches', async () => {
    const overflow = memoryStore()
    const { sessions, visitor } = createShop({ overflow })
    const session = await sessions.open(visitor.request())
    session.increment('visits')
    const response = sessions.discard(session, new Response('sorry', { status: 500 }))
    expect([response.status, await response.text()]).toEqual([500, 'sorry'])
    expect(response.headers.getSetCookie()).toEqual([])
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    expect(await errorOf(() => session.increment('visits'))).toMatchObject({
      code: 'ERR_COMMITTED',
    })
    await session.commit()
    expect(await sessions.cookies(session)).toEqual([])
    expect((await sessions.commit(session, new Response())).headers.getSetCookie()).toEqual([])
  })

  test('returns the very response where nobody looked', async () => {
    const { sessions, visitor } = createShop()
    const session = await sessions.open(visitor.request())
    const response = new Response()
    expect(sessions.discard(session, response)).toBe(response)
  })

  test('keeps what the handler saved itself', async () => {
    const { sessions, visitor } = createShop()
    const session = await sessions.open(visitor.request())
    session.increment('visits')
    await session.commit()
    const response = sessions.discard(session, new Response())
    expect(response.headers.getSetCookie()).toHaveLength(1)
    visitor.take(response)
    expect((await sessions.open(visitor.request())).data).toEqual({ visits: 1 })
  })

  test('without a response, commit(), headers() and cookies() do the same afterwards', async () => {
    const { sessions, visitor } = createShop()
    const session = await sessions.open(visitor.request())
    session.increment('visits')
    expectTypeOf(sessions.discard(session)).toEqualTypeOf<void>()
    expect(await sessions.cookies(session)).toEqual([])
    const headers = await sessions.headers(session, { status: 500 })
    expect([headers.getSetCookie(), headers.get('Vary')]).toEqual([[], 'Cookie'])
  })

  test('and the others take only sessions that open() of the same sessions returned', async () => {
    const { sessions, visitor } = createShop()
    const foreign = await createShop().sessions.open(visitor.request())
    for (const session of [foreign, await sessions.read(visitor.request())]) {
      for (const method of ['headers', 'cookies', 'discard', 'commit'] as const) {
        const error = await errorOf(() => sessions[method](session, new Response()))
        expect(error).toBeInstanceOf(TypeError)
        expect(error).toMatchObject({ message: expect.stringContaining(`${method}() needs`) })
      }
    }
  })
})

describe('handle()', () => {
  test('passes on whatever else the handler is called with, typed', async () => {
    const { sessions, visitor } = createShop()
    type Params = { params: Promise<{ sku: string }> }
    const handler = sessions.handle(async (_request, session, { params }: Params, more: number) => {
      session.increment('visits', more)
      return new Response((await params).sku)
    })
    expectTypeOf(handler).toEqualTypeOf<
      (request: Request, params: Params, more: number) => Promise<Response>
    >()
    const response = await handler(
      visitor.request(),
      { params: Promise.resolve({ sku: 'tea' }) },
      2,
    )
    expect(await response.text()).toBe('tea')
    visitor.take(response)
    expect((await sessions.open(visitor.request())).data).toEqual({ visits: 2 })
  })

  test('without more it is a plain fetch handler', () => {
    const handler = createShop().sessions.handle((_request, session) => Response.json(session.data))
    expectTypeOf(handler).toEqualTypeOf<(request: Request) => Promise<Response>>()
  })
})

describe('read() and open()', () => {
  const bearer = async (origin: string) => {
    const shop = createShop()
    const visitor = new Visitor(shop.clock, origin)
    const session = await shop.sessions.open(visitor.request())
    session.login('ada')
    visitor.take(await shop.sessions.commit(session, new Response()))
    return { visitor, sessions: shop.sessions }
  }

  test('take a request, Headers, and the headers of Node', async () => {
    const { visitor, sessions } = await bearer(ORIGIN)
    const { cookie } = visitor
    const forms = [visitor.request(), visitor.request().headers, { cookie }, { cookie: [cookie] }]
    for (const form of forms) expect((await sessions.read(form)).subject).toBe('ada')
    const http2 = { ':path': '/', ':authority': 'shop.example', cookie: ['a=1', cookie] }
    expect((await sessions.read(http2)).subject).toBe('ada')
    const like = { url: ORIGIN, method: 'GET', headers: { cookie } }
    expect((await sessions.open(like)).subject).toBe('ada')
    expect((await sessions.read({ cookie: undefined, get: 'x' })).subject).toBe(undefined)
  })

  test('know the address of a request: without TLS on localhost cookies have no prefix', async () => {
    const { visitor, sessions } = await bearer('http://localhost:3000')
    expect((await sessions.read(visitor.request())).subject).toBe('ada')
    expect((await sessions.read(visitor.request().headers)).subject).toBe(undefined)
    const cookie = visitor.cookie
    expect((await sessions.read({ cookie }, 'http://localhost:3000')).subject).toBe('ada')
  })
})

test('options of a function are asked for at the first use, and once', async () => {
  let asked = 0
  const sessions = createSessions(() => {
    asked++
    return { secrets: SECRET, initial: () => ({ visits: 0 }) }
  })
  expect(asked).toBe(0)
  for (let i = 0; i < 2; i++) {
    const session = await sessions.open(new Request(ORIGIN))
    expectTypeOf(session.data).toEqualTypeOf<Data>()
  }
  expect(asked).toBe(1)
})
