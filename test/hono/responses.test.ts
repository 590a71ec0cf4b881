import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { stream, streamSSE } from 'hono/streaming'
import { describe, expect, test } from 'vitest'
import { type Env, Site } from './app.ts'

const answers: Record<string, (c: Context<Env>) => Response | Promise<Response>> = {
  'c.text()': (c) => c.text('ok'),
  'c.json() with headers and cookies of its own': (c) => {
    c.header('Set-Cookie', 'theme=dark')
    return c.json({ ok: true }, 201, { 'X-Own': '1' })
  },
  'c.body(null)': (c) => c.body(null, 204),
  'c.redirect()': (c) => c.redirect('/next', 303),
  'a raw Response': () => new Response('ok', { headers: { 'X-Own': '1' } }),
  'a raw Response with a cookie of its own': () =>
    new Response('ok', { headers: { 'Set-Cookie': 'theme=dark' } }),
  'an empty Response': () => new Response(null, { status: 304 }),
  'Response.json()': () => Response.json({ ok: true }),
  'Response.redirect()': () => Response.redirect('https://shop.example/next', 302),
  'a Response whose body was teed': () => new Response(new Response('ok').body?.tee()[0] ?? null),
  'a streaming body': (c) =>
    stream(c, async (body) => {
      await body.write('one ')
      await body.write('two')
    }),
  'server-sent events': (c) => streamSSE(c, (events) => events.writeSSE({ data: 'one' })),
  'c.notFound()': async (c) => c.notFound(),
}

describe('the cookies survive', () => {
  for (const [what, answer] of Object.entries(answers)) {
    test(`${what}, once per name`, async () => {
      const site = new Site()
      const bare = new Hono<Env>()
      for (const app of [site.app, bare]) {
        app.all('/', (c) => {
          c.var.session?.increment('visits')
          return answer(c)
        })
      }
      for (let i = 1; i <= 3; i++) {
        const response = await site.send('/')
        const plain = await bare.request('/')
        expect(site.written).toBe(1)
        expect(await response.text()).toBe(await plain.text())
        expect(response.status).toBe(plain.status)
        for (const [name, value] of plain.headers)
          if (name !== 'set-cookie' && name !== 'cache-control')
            expect([name, response.headers.get(name)]).toEqual([name, value])
        expect(response.headers.getSetCookie()).toEqual(
          expect.arrayContaining(plain.headers.getSetCookie()),
        )
        expect(await site.look()).toEqual({ visits: i })
      }
    })
  }

  test('app.notFound', async () => {
    const site = new Site()
    site.app.notFound((c) => {
      c.var.session.increment('missed')
      return c.text('nothing here', 404)
    })
    expect((await site.send('/nowhere')).status).toBe(404)
    expect(await site.look()).toEqual({ missed: 1 })
  })

  test('the default answer to a path that is not there', async () => {
    const site = new Site({}, true)
    site.app.use(site.middleware(), async (c, next) => {
      c.var.session.increment('missed')
      await next()
    })
    expect((await site.send('/nowhere')).status).toBe(404)
    expect(await site.look()).toEqual({ missed: 1 })
  })

  test('a middleware before ours that replaces c.res', async () => {
    const site = new Site({}, true)
    site.app.use(async (c, next) => {
      await next()
      c.res = new Response(`<${await c.res.text()}>`, c.res)
    })
    site.app.use(site.middleware())
    site.app.get('/', (c) => {
      c.var.session.increment('visits')
      return c.text('ok')
    })
    for (let i = 1; i <= 3; i++) {
      expect(await (await site.send('/')).text()).toBe('<ok>')
      expect(site.written).toBe(1)
    }
    expect(await site.look()).toEqual({ visits: 3 })
  })

  test('a middleware after ours that replaces c.res with something else', async () => {
    const site = new Site()
    site.app.use(async (c, next) => {
      await next()
      c.res = Response.json({ replaced: true })
    })
    site.app.get('/', (c) => {
      c.var.session.increment('visits')
      return c.text('ok')
    })
    await site.send('/')
    expect(site.written).toBe(1)
    expect(await site.look()).toEqual({ visits: 1 })
  })
})

describe('an error after the session was saved on purpose', () => {
  for (const [what, error] of Object.entries({
    'an HTTPException': () => new HTTPException(409, { message: 'conflict' }),
    'an HTTPException with a response of its own': () =>
      new HTTPException(409, {
        res: new Response('own', { status: 409, headers: { 'X-Own': '1' } }),
      }),
    'an HTTPException with a redirect': () =>
      new HTTPException(302, { res: Response.redirect('https://shop.example/login') }),
  })) {
    test(`${what}: its cookies leave, once`, async () => {
      const site = new Site()
      site.app.get('/', async (c) => {
        c.var.session.increment('attempts')
        await c.var.session.commit()
        throw error()
      })
      const response = await site.send('/')
      expect(response.status).toBe(error().status)
      expect(site.written).toBe(1)
      expect(await site.look()).toEqual({ attempts: 1 })
      await site.send('/')
      expect(await site.look()).toEqual({ attempts: 2 })
    })
  }

  test('and app.onError: its cookies leave, once', async () => {
    const site = new Site()
    site.app.onError((_, c) => c.json({ sorry: true }, 500))
    site.app.get('/', async (c) => {
      c.var.session.increment('attempts')
      await c.var.session.commit()
      throw new Error('of the handler')
    })
    expect(await (await site.send('/')).json()).toEqual({ sorry: true })
    expect(site.written).toBe(1)
    expect(await site.look()).toEqual({ attempts: 1 })
  })
})
