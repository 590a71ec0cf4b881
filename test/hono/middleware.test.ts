import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { session } from '../../src/hono.ts'
import { ConfigError } from '../../src/index.ts'
import { memoryMarks, memoryStore } from '../../src/stores/memory.ts'
import { cryptoCalls } from '../support/crypto-calls.ts'
import { Clock, errorOf, type Loose, OTHER_SECRET, SECRET, Visitor } from '../support/visitor.ts'
import { type Env, Site } from './app.ts'

describe('the middleware', () => {
  test('registered twice for one path opens one session, and writes each cookie once', async () => {
    const site = new Site()
    site.app.use('/admin/*', site.middleware())
    site.app.use('/admin/*', async (c, next) => {
      c.var.session.increment('before')
      await next()
    })
    site.app.get('/admin/page', (c) => {
      c.var.session.increment('handler')
      return c.text('ok')
    })
    for (let i = 1; i <= 2; i++) {
      await site.send('/admin/page')
      expect(site.written).toBe(1)
      expect(await site.look()).toEqual({ before: i, handler: i })
    }
    expect(site.events.filter(({ type }) => type === 'created')).toHaveLength(1)
  })

  test('serves apps inside of apps, each of which may register it', async () => {
    const site = new Site()
    const inner = new Hono<Env>()
    inner.use(site.middleware())
    inner.get('/count', (c) => {
      c.var.session.increment('inner')
      return c.text('ok')
    })
    const open = new Hono<Env>().get('/plain', (c) => {
      c.var.session.increment('plain')
      return c.text('ok')
    })
    site.app.route('/inner', inner).route('/open', open)
    await site.send('/inner/count')
    expect(site.written).toBe(1)
    await site.send('/open/plain')
    expect(site.written).toBe(1)
    expect(await site.look()).toEqual({ inner: 1, plain: 1 })
  })

  test('refuses two sessions of different variables with the same cookies', async () => {
    for (const [other, status, origin = 'https://shop.example'] of [
      [{}, 500],
      [{ idleTimeout: 60 }, 500],
      [{ cookie: { name: 'admin' } }, 200],
      // The keys are the same, whatever the prefix is.
      [{ cookie: { path: '/admin' } }, 500],
      [{ cookie: { path: '/admin' } }, 500, 'http://localhost'],
      [{ cookie: { domain: 'shop.example' } }, 500],
      [{ cookie: { name: 'admin', path: '/admin' } }, 200],
    ] as const) {
      const app = new Hono()
      const errors: unknown[] = []
      app.onError((error, c) => {
        errors.push(error)
        return c.text('sorry', 500)
      })
      app.use(session({ secrets: SECRET }))
      app.use(session({ secrets: SECRET, ...other }, { variable: 'admin' }))
      app.get('/admin', (c) => c.text('ok'))
      expect((await app.request(`${origin}/admin`)).status).toBe(status)
      if (status === 200) continue
      expect(errors[0]).toBeInstanceOf(ConfigError)
      expect(String(errors[0])).toContain(
        'The sessions "session" and "admin" have the same cookies',
      )
    }
  })

  test('refuses a second registration whose options would be ignored, and names them', async () => {
    const marks = memoryMarks()
    const watched = { store: marks, onUnavailable: 'deny' as const }
    const same = { secrets: SECRET, initial: () => ({}), atomic: ['user'], revocation: watched }
    for (const [other, names] of [
      [{ idleTimeout: 300 }, 'idleTimeout'],
      [{ absoluteTimeout: 3600 }, 'absoluteTimeout'],
      [{ cookie: { sameSite: 'Strict' as const } }, 'cookie'],
      [{ cookie: { path: '/admin' } }, 'cookie'],
      [{ secrets: OTHER_SECRET }, 'secrets'],
      [{ secrets: [SECRET, OTHER_SECRET] }, 'secrets'],
      [{ cacheControl: false as const }, 'cacheControl'],
      [{ atomic: ['user', 'tokens'] }, 'atomic'],
      [{ maxSessionBytes: 4000 }, 'maxSessionBytes'],
      [{ transient: ['user'] }, 'transient'],
      [{ version: 2 }, 'version and migrate'],
      [{ onInvalid: 'new' as const }, 'onInvalid'],
      [{ schema: z.object({}) }, 'schema'],
      [{ overflow: memoryStore() }, 'overflow'],
      [{ audience: 'a' }, 'audience'],
      [{ initial: () => ({ role: 'admin' }) }, 'initial'],
      [{ onEvent: () => undefined }, 'onEvent'],
      [{ overflowTimeout: 1, overflowLoad: 'lazy' as const }, 'overflowLoad, overflowTimeout'],
      [{ revocation: { store: marks, onUnavailable: 'allow' as const } }, 'revocation'],
      [{ revocation: { store: marks, onUnavailable: 'deny' as const, lag: 0 } }, 'revocation'],
      [{ revocation: { ...watched, store: { ...marks, isImmediate: false } } }, 'revocation'],
      [{ revocation: { ...watched, maxSessions: 3 } }, 'revocation'],
      [{ revocation: undefined }, 'revocation'],
      [{ revocation: { ...watched, lag: 60, timeout: 2 } }, undefined],
      [{}, undefined],
      [{ initial: () => ({}), idleTimeout: 1800, atomic: ['user'], cookie: {} }, undefined],
    ] as const) {
      const app = new Hono()
      const errors: unknown[] = []
      app.onError((error, c) => {
        errors.push(error)
        return c.text('sorry', 500)
      })
      app.use(session<Loose>(same))
      app.use('/admin/*', session<Loose>({ ...same, ...other }))
      app.get('*', (c) => c.text('ok'))
      expect((await app.request('https://shop.example/')).status).toBe(200)
      const { status } = await app.request('https://shop.example/admin/x')
      expect([names, status]).toEqual([names, names ? 500 : 200])
      if (!names) continue
      expect(errors[0]).toBeInstanceOf(ConfigError)
      expect(String(errors[0])).toMatch(
        new RegExp(`different options \\((?:max\\w+, )?${names}(?:, max\\w+)?\\): `),
      )
    }
  })

  test('registered again behind a session that hides it, shows its own again', async () => {
    const site = new Site()
    const hiding = session<Loose>({ secrets: SECRET, cookie: { name: 'other' } })
    site.app.use('/x/*', hiding, async (c, next) => {
      c.var.session.data['of'] = 'other'
      await next()
    })
    site.app.use('/x/*', site.middleware())
    site.app.get('/x/y', (c) => {
      c.var.session.increment('visits')
      return c.json(c.var.session.data)
    })
    for (let i = 1; i <= 2; i++)
      expect(await (await site.send('/x/y')).json()).toEqual({ visits: i })
    expect(site.written).toBe(1)
  })

  test('keeps two sessions of one app apart, under two variables', async () => {
    const clock = new Clock()
    const visitor = new Visitor(clock)
    const app = new Hono()
      .use(session<Loose>({ secrets: SECRET }))
      .use(
        session<{ admin?: string }, 'back'>(
          { secrets: SECRET, cookie: { name: 'back', path: '/back' } },
          { variable: 'back' },
        ),
      )
      .get('/back/login', (c) => {
        c.var.back.data.admin = 'ada'
        c.var.session.data['visitor'] = true
        return c.text('ok')
      })
      .get('*', (c) => c.json([c.var.session.data, c.var.back.data]))
    const send = (path: string) => visitor.send((request) => app.request(request), path)
    const response = await send('/back/login')
    const names = response.headers.getSetCookie().map((line) => line.split('.')[0])
    expect(names.sort()).toEqual(['__Host-session', '__Secure-back'])
    expect(await (await app.request('/x', { headers: { Cookie: visitor.cookie } })).json()).toEqual(
      [{}, {}],
    )
    const url = 'https://shop.example/back/x'
    const again = await app.request(url, { headers: { Cookie: visitor.jar.header(url) ?? '' } })
    expect(await again.json()).toEqual([{ visitor: true }, { admin: 'ada' }])
  })

  test('leaves responses alone for which the session was not touched', async () => {
    const site = new Site()
    site.app.get('/fill', (c) => {
      c.var.session.increment('a')
      return c.text('ok')
    })
    site.app.get('/static', (c) => c.text('ok', 200, { 'Cache-Control': 'public, max-age=60' }))
    await site.send('/fill')
    const calls = await cryptoCalls(async () => {
      const response = await site.send('/static')
      expect(response.headers.get('Vary')).toBe(null)
      expect(response.headers.get('Cache-Control')).toBe('public, max-age=60')
      expect(response.headers.getSetCookie()).toEqual([])
    })
    expect(Object.keys(calls).filter((method) => method !== 'decrypt')).toEqual([])
  })

  test('keeps responses for which it was read out of shared caches, also without a cookie', async () => {
    const site = new Site()
    site.app.get('/', (c) => {
      c.header('Vary', 'Accept')
      c.header('Cache-Control', 'public, max-age=60')
      return c.text(c.var.session.isNew ? 'hello' : 'welcome back')
    })
    const response = await site.send('/')
    expect(response.headers.get('Vary')).toBe('Accept, Cookie')
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    expect(response.headers.getSetCookie()).toEqual([])
  })

  test('keeps error pages for which it was read out of shared caches', async () => {
    const site = new Site()
    site.app.onError((_, c) => c.text('sorry', 500))
    site.app.get('/', (c) => {
      throw new Error(String(c.var.session.isNew))
    })
    expect((await site.send('/')).headers.get('Cache-Control')).toBe('private, no-store')
  })

  test('is not confused by hostile cookies, and never answers 500', async () => {
    const site = new Site()
    site.app.get('/', (c) => c.json(c.var.session.data))
    for (const cookie of [
      '',
      ';',
      '=',
      '__Host-session.',
      '__Host-session.=',
      'a="b; c"',
      `__Host-session.aaaaaaaa=${'.'.repeat(9000)}`,
    ]) {
      const response = await site.app.request('https://shop.example/', { headers: { cookie } })
      expect([cookie, response.status, await response.json()]).toEqual([cookie, 200, {}])
    }
  })
})

describe('options', () => {
  test('that are wrong throw where the middleware is made', () => {
    expect(() => session({ secrets: 'short' })).toThrow(ConfigError)
  })

  test('of a function are asked for once for each environment, with that and nothing else', async () => {
    type Bindings = { Bindings: { SECRETS: string } }
    let asked = 0
    const app = new Hono<Bindings>()
    app.use(
      session((from) => {
        asked++
        expect(Object.keys(from)).toEqual(['env'])
        return { secrets: from.env.SECRETS }
      }),
    )
    app.get('/', (c) => c.text('ok'))
    const [one, two] = [{ SECRETS: SECRET }, { SECRETS: SECRET }]
    for (const env of [one, one, two, one, two]) await app.request('/', {}, env)
    expect(asked).toBe(2)
  })

  test('of a function that are wrong fail the request, with the reason', async () => {
    const app = new Hono()
    const caught: Error[] = []
    app.onError((error, c) => {
      caught.push(error)
      return c.text('sorry', 500)
    })
    app.use(session(() => ({ secrets: undefined })))
    app.get('/', (c) => c.text('ok'))
    expect((await app.request('/')).status).toBe(500)
    expect(caught[0]).toBeInstanceOf(ConfigError)
    expect(String(caught[0])).toContain('secrets is missing')
  })
})

test('a body that streams on after the commit cannot change the session', async () => {
  const site = new Site()
  let refused: unknown
  site.app.get('/', (c) => {
    c.var.session.increment('visits')
    const body = new ReadableStream(
      {
        async pull(controller) {
          refused = await errorOf(() => c.var.session.increment('visits'))
          controller.enqueue(new TextEncoder().encode(JSON.stringify(c.var.session.data)))
          controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    return c.body(body)
  })
  const response = await site.send('/')
  expect(await response.json()).toEqual({ visits: 1 })
  expect(refused).toMatchObject({ code: 'ERR_COMMITTED' })
  expect(await site.look()).toEqual({ visits: 1 })
})
