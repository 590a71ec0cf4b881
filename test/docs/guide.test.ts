import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createSessions, type Sessions } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { Clock, errorOf, SECRET, Shop, Visitor } from '../support/visitor.ts'
import { createAdapter } from './examples/adapter.ts'
import { createApp as createCheckout } from './examples/checkout.ts'
import { createApp as createCsrf } from './examples/csrf.ts'
import { createApp as createErrors } from './examples/errors.ts'
import { createHandler } from './examples/fetch.ts'
import worker from './examples/fetch-on-workers.ts'
import { createApp as createLogin } from './examples/login.ts'
import { createApp as createMessages } from './examples/messages.ts'
import { dataOf } from './examples/recover.ts'
import { createApp as createStream } from './examples/stream.ts'
import { createApp as createTwo } from './examples/two-sessions.ts'
import { remind } from './examples/types.ts'
import { visitor } from './visitor.ts'
import './examples/app-tests.ts'

const pages: Record<string, string> = import.meta.glob(
  ['../../README.md', '../../llms.txt', '../../docs/**/*.md', '../../skills/**/*.md'],
  { query: '?raw', import: 'default', eager: true },
)
/** What is there to link to, and is no page. */
const others = ['CHANGELOG.md', 'docs/idea.svg']
const examples: Record<string, string> = import.meta.glob(
  [
    './examples/*.ts',
    '../frameworks/examples/*.ts',
    '../frameworks/built/sveltekit/src/*.ts',
    '../frameworks/built/sveltekit/src/routes/cart/*/*.ts',
    '../frameworks/built/react-router/app/{session.server,cart-item}.ts',
    '../frameworks/built/astro/src/*.ts',
    '../frameworks/built/astro/src/pages/cart/*sku*.ts',
    '../frameworks/built/tanstack/src/session.ts',
    '../frameworks/built/tanstack/src/routes/*sku.ts',
    '../frameworks/built/next/*.ts',
    '../frameworks/built/next/app/cart/*/route.ts',
    '../frameworks/built/next/app/shop/*',
    '!**/*.d.ts.map',
    '!**/next-env.d.ts',
  ],
  { query: '?raw', import: 'default', eager: true },
)

/** An example as an app would write it. */
const published = (text: string): string =>
  text
    .replace("'../../../src/index.ts'", "'carryon'")
    .replace(/'\.\.\/\.\.\/\.\.\/src\/(?:stores\/|testing\/)?([\w-]+)\.ts'/g, "'carryon/$1'")
    .trim()

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams(fields).toString(),
})

test('the examples stand in the docs as they are tested', () => {
  const text = Object.values(pages).join('\n')
  const shown = Object.entries(examples).filter(([path]) => !path.endsWith('/users.ts'))
  expect(shown.length).toBeGreaterThan(7)
  for (const [path, code] of shown) {
    const language = path.endsWith('x') ? 'tsx' : 'ts'
    expect(text).toContain(`\`\`\`${language}\n${published(code)}\n\`\`\`\n`)
  }
})

test('the pages link only to pages and headings that there are', () => {
  const files = new Map(Object.entries(pages).map(([path, text]) => [path.slice(6), text]))
  for (const [from, text] of files) {
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:|^\.\.\/test\//.test(target)) continue
      const { pathname, hash } = new URL(target, `https://docs.example/${from}`)
      const file = pathname.slice(1)
      const heading = hash === '' ? undefined : hash.slice(1)
      if (others.includes(file)) continue
      expect([from, target, files.has(file)]).toEqual([from, target, true])
      const headings = [...(files.get(file) ?? '').matchAll(/^#+ (.*)$/gm)].map(([, words = '']) =>
        words
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replace(/ /g, '-'),
      )
      if (heading !== undefined) expect(headings).toContain(heading)
    }
  }
})

describe('the examples', () => {
  test('log in, get more rights, and log out', async () => {
    const browser = visitor(createLogin(SECRET))
    const look = async () => (await browser('/')).json()
    expect((await browser('/login', form({ name: 'ada', password: 'wrong' }))).status).toBe(401)
    await browser('/login', form({ name: 'ada', password: 'right' }))
    expect(await look()).toEqual({ user: 'ada', cart: {} })
    await browser('/refunds/unlock', form({ name: 'ada', password: 'right' }))
    expect(await look()).toEqual({ user: 'ada', cart: {}, mayRefund: true })
    await browser('/logout', { method: 'POST' })
    expect(await look()).toEqual({ cart: {} })
  })

  test('a checkout that is sent twice counts once, with prices of the server, and keeps what is added meanwhile', async () => {
    const orders = new Map<string, unknown>()
    const place = async ({ id, ...order }: { id: string }) => {
      if (!orders.has(id)) orders.set(id, order)
    }
    const app = createCheckout(SECRET, { centsOf: async (sku) => sku.length * 100, place })
    const browser = visitor(app)
    const post = { method: 'POST' }
    for (const path of ['/cart/tea', '/cart/tea', '/login']) await browser(path, post)
    const { order, cart } = await (await browser('/cart')).json()
    expect(cart).toEqual({ tea: 2 })
    await Promise.all([
      browser(`/checkout/${order}`, post),
      browser('/cart/milk', post),
      browser(`/checkout/${order}`, post),
    ])
    const lines = [{ sku: 'tea', count: 2, cents: 300 }]
    expect([...orders]).toEqual([[order, { buyer: 'ada', lines }]])
    expect(await (await browser('/cart')).json()).toMatchObject({ cart: { milk: 1 } })
    await browser(`/checkout/${order}`, post)
    expect(orders.size).toBe(1)
    expect(await (await browser('/cart')).json()).toMatchObject({ cart: { milk: 1 } })
  })

  test('messages are shown once, in order', async () => {
    const browser = visitor(createMessages(SECRET))
    await browser('/orders/1', { method: 'POST' })
    await browser('/orders/2', { method: 'POST' })
    const lines = 'notice: Order 1 is on its way.\nnotice: Order 2 is on its way.'
    expect(await (await browser('/orders')).text()).toBe(lines)
    expect(await (await browser('/orders')).text()).toBe('')
  })

  test('plain fetch handlers', async () => {
    const handler = createHandler(SECRET)
    const stored = new Map<string, string>()
    const env = {
      SESSION_SECRETS: SECRET,
      SESSIONS: {
        get: async (key: string) => stored.get(key) ?? null,
        put: async (key: string, value: string) => void stored.set(key, value),
      },
    }
    for (const fetch of [handler, (request: Request) => worker.fetch(request, env)]) {
      const user = new Visitor(new Clock())
      for (let visits = 1; visits <= 3; visits++)
        expect(await (await user.send(fetch)).json()).toEqual({ visits })
    }
  })

  test('an adapter: what succeeds is saved, what fails is not', async () => {
    const adapted = createAdapter(SECRET)
    const user = new Visitor(new Clock())
    const bodies = []
    for (const fails of [false, true, false]) {
      const { body, headers } = await adapted(user.request(), (session) => {
        session.increment('cart.tea')
        if (fails) throw new Error('as planned')
        return { ...session.data.cart }
      })
      user.take(new Response(null, { headers }))
      bodies.push(body)
    }
    expect(bodies).toEqual([{ tea: 1 }, 'sorry', { tea: 2 }])
  })

  test('messages that the types know', async () => {
    const user = new Visitor(new Clock())
    for (const last of ['none', 'Your cart is waiting.']) {
      const response = user.take(await remind(user.request(), SECRET))
      expect(await response.text()).toBe(last)
    }
  })

  test('two sessions in one app', async () => {
    const browser = visitor(createTwo(SECRET))
    const response = await browser('/admin/draft', { method: 'POST', body: 'hello' })
    const names = response.headers.getSetCookie().map((line) => line.split('.')[0])
    expect(names.sort()).toEqual(['admin', 'session'])
    expect(await (await browser('/admin/draft')).json()).toEqual([
      { draft: 'hello' },
      { cart: { stamp: 1 } },
    ])
  })

  test('a stream after the session was saved', async () => {
    const browser = visitor(createStream(SECRET))
    for (let i = 1; i <= 2; i++)
      expect(await (await browser('/events')).text()).toBe(`data: stream ${i}\n\n`)
  })

  test('app.onError, where the session does not fit', async () => {
    const browser = visitor(createErrors(SECRET))
    await browser('/notes', { method: 'POST', body: 'a' })
    expect((await browser('/notes', { method: 'POST', body: 'x'.repeat(9000) })).status).toBe(413)
    expect(await (await browser('/notes')).json()).toEqual(['a'])
  })

  test('forms of other sites are refused, and those of this one are not', async () => {
    const browser = visitor(createCsrf(SECRET))
    const post = (origin: string) => browser('/email', form({ email: 'a@b' }, { Origin: origin }))
    expect((await post('https://evil.example')).status).toBe(403)
    expect((await post('https://shop.example')).status).toBe(200)
  })

  test('data that the schema rejects is replaced', async () => {
    const clock = new Clock()
    const shared = { secrets: SECRET, clock: clock.read }
    const newer = createSessions({ ...shared, initial: () => ({ user: { seen: 1 }, hits: 1 }) })
    const user = z.object({ id: z.string(), seen: z.number().optional() }).optional()
    const sessions = createSessions({
      ...shared,
      schema: z.object({ user, hits: z.number() }),
      initial: () => ({ hits: 1 }),
    })
    const browser = new Visitor(clock)
    const first = await newer.open(browser.request())
    first.regenerate()
    browser.take(await newer.commit(first, new Response()))
    const broken = await sessions.open(browser.request())
    expect(await errorOf(() => broken.data)).toMatchObject({ code: 'ERR_SCHEMA' })
    expect(dataOf(broken)).toEqual({ hits: 0 })
    browser.take(await sessions.commit(broken, new Response()))
    expect((await sessions.open(browser.request())).data).toEqual({ hits: 0 })
  })
})

describe('what the docs say of logins', () => {
  for (const [slow, undone] of [
    ['write', false],
    ['regenerate', false],
    ['destroy', true],
  ] as const) {
    test(`a slow anonymous ${slow} against subject, and against regenerate() alone`, async () => {
      for (const login of ['subject', 'regenerate'] as const) {
        const shop = new Shop()
        await shop.visit(({ data }) => {
          data['cart'] = 1
        })
        shop.clock.advance(5)
        const late = await shop.begin()
        shop.clock.advance(5)
        await shop.visit((session) => {
          if (login === 'subject') session.subject = 'ada'
          else session.regenerate()
          session.data['in'] = true
        })
        shop.clock.advance(5)
        if (slow === 'write') late.session.data['late'] = 1
        else late.session[slow]()
        await late.end()
        shop.clock.advance(5)
        const { in: isIn = false } = await shop.look()
        expect([login, isIn]).toEqual([login, login === 'subject' || !undone])
      }
    })
  }

  test('a slow logout of a session with a subject ends what came of it', async () => {
    const shop = new Shop()
    await shop.visit((session) => {
      session.subject = 'eve'
    })
    const late = await shop.begin()
    shop.clock.advance(5)
    await shop.visit((session) => {
      session.subject = 'ada'
      session.data['in'] = true
    })
    late.session.destroy()
    await late.end()
    expect(await shop.look()).toEqual({})
  })
})

describe('what the docs say of schemas', () => {
  type Loose = Record<string, unknown>

  async function visit<Data extends object>(
    sessions: Sessions<Data>,
    browser: Visitor,
    change: (data: Data) => unknown = () => undefined,
  ): Promise<Data> {
    const session = await sessions.open(browser.request())
    await change(session.data)
    browser.take(await sessions.commit(session, new Response()))
    return session.data
  }

  test('a deleted default comes back', async () => {
    const schema = z.object({ theme: z.string().default('dark') })
    const sessions = createSessions({ secrets: SECRET, schema, initial: () => ({ theme: 'dark' }) })
    const browser = new Visitor(new Clock())
    await visit(createSessions<Loose>({ secrets: SECRET }), browser, (data) => {
      data['other'] = 1
    })
    await visit(sessions, browser, (data) => Reflect.deleteProperty(data, 'theme'))
    expect(await visit(sessions, browser)).toEqual({ theme: 'dark' })
  })

  test('without a schema, or with one that lets unknown keys through, a new object drops them', async () => {
    const strips = z.object({ user: z.object({ name: z.string() }) })
    const passes = z.looseObject({ user: z.looseObject({ name: z.string() }) })
    const initial = () => ({ user: { name: '' } })
    for (const [schema, kept] of [
      [strips, true],
      [passes, false],
      [undefined, false],
    ] as const) {
      const browser = new Visitor(new Clock())
      const newer = createSessions<Loose>({ secrets: SECRET })
      await visit(newer, browser, (data) => {
        data['user'] = { name: 'ada', more: 1 }
      })
      const older = createSessions<{ user: { name: string } }>({ secrets: SECRET, schema, initial })
      await visit(older, browser, (data) => {
        data.user = { name: 'bob' }
      })
      const user = kept ? { name: 'bob', more: 1 } : { name: 'bob' }
      expect(await visit(newer, browser)).toEqual({ user })
    }
  })

  test('with a value missing it is neither applied nor checked', async () => {
    const overflow = memoryStore()
    const browser = new Visitor(new Clock())
    await visit(createSessions<Loose>({ secrets: SECRET, overflow }), browser, (data) => {
      data['big'] = 'x'.repeat(9000)
      data['count'] = '7'
    })
    const schema = z.object({
      big: z.string(),
      count: z.coerce.number().max(9),
      theme: z.string().default('dark'),
    })
    const initial = () => ({ big: '', count: 0, theme: 'dark' })
    const eager = createSessions({ secrets: SECRET, overflow, schema, initial })
    const lazy = createSessions({
      secrets: SECRET,
      overflow,
      schema,
      initial,
      overflowLoad: 'lazy',
    })
    expect(await visit(eager, browser)).toMatchObject({ count: 7, theme: 'dark' })
    const { count, theme }: { count: unknown; theme: unknown } = await visit(lazy, browser)
    expect([count, theme]).toEqual(['7', undefined])
    await visit(lazy, browser, (data) => {
      data.count = 99
    })
    expect(await visit(eager, browser)).toMatchObject({ count: 7 })
    const settling = await lazy.open(browser.request())
    settling.regenerate()
    browser.take(await lazy.commit(settling, new Response()))
    const session = await eager.open(browser.request())
    expect(await errorOf(() => session.data)).toMatchObject({ code: 'ERR_SCHEMA' })
  })
})
