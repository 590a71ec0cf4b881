import { type Context, Hono } from 'hono'
import { etag } from 'hono/etag'
import { jsx } from 'hono/jsx'
import { renderToReadableStream, Suspense } from 'hono/jsx/streaming'
import { streamSSE, streamText } from 'hono/streaming'
import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/hono.ts'
import { SessionCommitted } from '../../src/index.ts'
import { errorOf, type Loose, Shop } from '../support/visitor.ts'
import { type Env, Site } from './app.ts'

type Handler = (c: Context<Env>) => Response | Promise<Response>

/** A body that nobody asks for before the response is on its way. */
function late(text: () => string): ReadableStream {
  const pull = (controller: ReadableStreamDefaultController) => {
    controller.enqueue(new TextEncoder().encode(text()))
    controller.close()
  }
  return new ReadableStream({ pull }, { highWaterMark: 0 })
}

async function loggedIn(site: Site = new Site()): Promise<Site> {
  await site.fill((session) => {
    session.subject = 'ada'
  })
  site.events.length = 0
  return site
}

/** Whether no shared cache may keep a response. */
function isGuarded({ headers }: Response): boolean {
  return headers.get('Cache-Control') === 'private, no-store' && headers.get('Vary') === 'Cookie'
}

/** What a response comes to: its text, or '' where its body breaks off. */
const textOf = (response: Response) => response.text().catch(() => '')

describe('a first look at the session after the headers are made', () => {
  const looks: Record<string, (look: () => string) => Handler> = {
    'in a stream': (look) => (c) =>
      streamText(c, async (stream) => {
        await stream.write('price list for ')
        await stream.sleep(5)
        await stream.write(look())
      }),
    'in server-sent events': (look) => (c) =>
      streamSSE(c, async (events) => {
        await events.sleep(5)
        await events.writeSSE({ data: look() })
      }),
    'in Suspense': (look) => (c) => {
      const Name = async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        return jsx('b', {}, look())
      }
      const page = jsx(Suspense, { fallback: 'one moment' }, jsx(Name, {}))
      return c.body(renderToReadableStream(page))
    },
    'in a body that is read later': (look) => (c) => c.body(late(look)),
  }
  for (const [where, handlerOf] of Object.entries(looks)) {
    test(`${where} throws SessionCommitted, and the event tells`, async () => {
      const site = await loggedIn()
      const errors: unknown[] = []
      let session: Session<Loose> | undefined
      const look = (): string => {
        try {
          return session?.subject ?? 'nobody'
        } catch (error) {
          errors.push(error)
          throw error
        }
      }
      const handler = handlerOf(look)
      site.app.get('/', (c) => {
        session = c.var.session
        return handler(c)
      })
      const response = await site.send('/')
      expect(await textOf(response)).not.toContain('ada')
      await expect.poll(() => errors.length).toBe(1)
      expect(errors[0]).toBeInstanceOf(SessionCommitted)
      expect(String(errors[0])).toContain('Read it before the handler returns')
      expect(site.events.map(({ type }) => type)).toContain('read-late')
    })
  }

  test('is no first one where the handler looked before: the response is guarded', async () => {
    const site = await loggedIn()
    site.app.get('/', (c) => {
      const { session } = c.var
      expect(session.isNew).toBe(false)
      return c.body(late(() => `${session.subject} ${JSON.stringify(session.data)}`))
    })
    const response = await site.send('/')
    expect(isGuarded(response)).toBe(true)
    expect(await response.text()).toBe('ada {}')
    expect(site.events.map(({ type }) => type)).not.toContain('read-late')
  })

  test('throws in a middleware further out, whatever it looks at or does', async () => {
    const looks: ((session: Session<Loose>) => unknown)[] = [
      (session) => session.subject,
      (session) => session.data,
      (session) => session.id,
      (session) => session.isNew,
      (session) => session.startedAt,
      (session) => session.expiresAt,
      (session) => session.authenticatedAt,
      (session) => session.flashed,
      (session) => session.flashes,
      (session) => session.load('x'),
      (session) => session.flash('notice', 'hi'),
      (session) => session.increment('visits'),
      (session) => session.commit(),
      (session) => session.destroy(),
    ]
    for (const look of looks) {
      const site = new Site({}, true)
      let refused: unknown
      site.app.use(async (c, next) => {
        await next()
        refused = await errorOf(() => look(c.var.session))
      })
      site.app.use(site.middleware())
      site.app.get('/', (c) => c.text('page'))
      const response = await site.send('/')
      expect(refused).toBeInstanceOf(SessionCommitted)
      expect(isGuarded(response)).toBe(false)
    }
  })

  test('throws after an error page, too', async () => {
    const site = new Site({}, true)
    let refused: unknown
    site.app.onError((_, c) => c.text('sorry', 500))
    site.app.use(async (c, next) => {
      await next()
      refused = await errorOf(() => c.var.session.subject)
    })
    site.app.use(site.middleware())
    site.app.get('/', () => {
      throw new Error('of the handler')
    })
    expect((await site.send('/')).status).toBe(500)
    expect(refused).toBeInstanceOf(SessionCommitted)
  })

  test('throws without a framework', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.subject = 'ada'
    })
    let refused: unknown
    const fetch = shop.sessions.handle(
      (_request, session) =>
        new Response(
          late(() => {
            try {
              return `hello ${session.subject}`
            } catch (error) {
              refused = error
              throw error
            }
          }),
        ),
    )
    const response = await fetch(shop.visitor.request())
    expect(response.headers.get('Cache-Control')).toBe(null)
    expect(await textOf(response)).toBe('')
    expect(refused).toBeInstanceOf(SessionCommitted)
    expect(shop.told('read-late')).toHaveLength(1)
  })
})

describe('a response of app.onError after a failed save', () => {
  const answers: Record<string, Handler> = {
    'with c.header()': (c) => {
      c.header('Cache-Control', 'public, max-age=600')
      c.header('CDN-Cache-Control', 'max-age=600')
      return c.text(`sorry, ${c.var.session.subject}`, 500)
    },
    'with headers of c.text()': (c) =>
      c.text(`sorry, ${c.var.session.subject}`, 500, {
        'Cache-Control': 'public, max-age=600',
        'CDN-Cache-Control': 'max-age=600',
      }),
    'with a Response': (c) =>
      new Response(`sorry, ${c.var.session.subject}`, {
        status: 500,
        headers: { 'Cache-Control': 'public, max-age=600', 'CDN-Cache-Control': 'max-age=600' },
      }),
    'through c.res': (c) => {
      c.res.headers.set('Cache-Control', 'public, max-age=600')
      return c.text(`sorry, ${c.var.session.subject}`, 500)
    },
  }
  for (const [how, answer] of Object.entries(answers)) {
    for (const where of ['app', 'sub-app']) {
      test(`is kept out of shared caches, although it asks for them ${how}, in ${where}`, async () => {
        const site = await loggedIn(new Site({}, true))
        const app = where === 'app' ? site.app : new Hono<Env>()
        app.onError((_, c) => answer(c))
        app.use(site.middleware())
        app.get('/page', (c) => {
          c.var.session.data['far'] = 'x'.repeat(9000)
          return c.text('ok')
        })
        if (app !== site.app) site.app.route('/', app)
        const response = await site.send('/page')
        expect(response.status).toBe(500)
        expect(await response.text()).toBe('sorry, ada')
        expect(isGuarded(response)).toBe(true)
        expect(response.headers.get('CDN-Cache-Control')).toBe(null)
        expect(response.headers.getSetCookie()).toEqual([])
      })
    }
  }
})

describe('etag() around the session', () => {
  for (const cacheControl of ['private, no-store', 'private, no-cache', false] as const) {
    for (const own of [undefined, '"v1"', 'W/"v1"']) {
      test(`does not drop cookies, with ${cacheControl} and ${own ?? 'no'} tag of the app`, async () => {
        const site = new Site({}, true)
        site.app.use(etag())
        site.app.use(site.middleware({ cacheControl }))
        site.app.use(async (c, next) => {
          await next()
          if (own) c.header('ETag', own)
        })
        site.app.get('/logout', (c) => {
          c.var.session.destroy()
          return c.text('You are logged out.')
        })
        site.app.get('/me', (c) => c.text(c.var.session.subject ?? 'nobody'))
        await site.fill((session) => {
          session.subject = 'ada'
        })
        const first = await site.app.request(site.visitor.request('/logout'))
        const tag = first.headers.get('ETag')
        expect(tag).not.toBe(null)
        const tags = `${tag}, "__Host-session"`
        const again = await site.send('/logout', { headers: { 'If-None-Match': tags } })
        expect(again.status).toBe(200)
        expect(await (await site.send('/me')).text()).toBe('nobody')
      })
    }
  }

  test('still answers 304 where nothing is saved, and guards that', async () => {
    const site = await loggedIn(new Site({}, true))
    site.app.use(etag())
    site.app.use(site.middleware())
    site.app.get('/me', (c) => c.text(c.var.session.subject ?? 'nobody'))
    const tag = (await site.send('/me')).headers.get('ETag') ?? ''
    const again = await site.send('/me', { headers: { 'If-None-Match': tag } })
    expect(again.status).toBe(304)
    expect(isGuarded(again)).toBe(true)
  })

  test('inside of the session, its 304 carries the cookies, and so does one of the app', async () => {
    for (const outside of [true, false]) {
      const site = await loggedIn(new Site({}, true))
      if (outside) site.app.use(etag())
      site.app.use(site.middleware())
      if (!outside) site.app.use(etag())
      site.app.get('/', (c) => {
        c.var.session.increment('visits')
        return outside ? c.body(null, 304, { ETag: '"v1"' }) : c.body('page', 200, { ETag: '"v1"' })
      })
      const response = await site.send('/', { headers: { 'If-None-Match': '"v1"' } })
      expect(response.status).toBe(304)
      expect(site.written).toBe(1)
      expect(await site.look()).toEqual({ visits: 1 })
    }
  })
})
