/** What apps get for their tests: cookies for given data, and answers that are held back. */
import { Hono } from 'hono'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { type SessionVariables, session } from '../../src/hono.ts'
import { createSessions } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { Browser, cookieHeader, faultyStore, storageState } from '../../src/testing/testing.ts'
import { errorOf, ORIGIN, SECRET } from '../support/visitor.ts'

type Data = { cart: Record<string, number> }

const options = { secrets: SECRET, initial: (): Data => ({ cart: {} }) }
const sessions = createSessions<Data>(options)

const app = new Hono<{ Variables: SessionVariables<Data> }>()
app.use(session<Data>(options))
app.get('/', (c) => c.json({ user: c.var.session.subject ?? null, ...c.var.session.data }))
app.post('/login', (c) => {
  c.var.session.login('ada')
  return c.text('ok')
})
app.post('/logout', (c) => {
  c.var.session.destroy()
  return c.text('ok')
})
app.post('/cart/:sku', (c) => {
  c.var.session.increment(['cart', c.req.param('sku')])
  return c.text('ok')
})

const content = async (response: Response) => response.json()

describe('cookieHeader()', () => {
  test.each([ORIGIN, 'https://localhost/', 'http://localhost:3000/'])(
    'is what a browser with that session sends to %s',
    async (url) => {
      const cookie = await cookieHeader(
        sessions,
        (session) => {
          session.login('ada')
          session.data.cart['tea'] = 2
        },
        url,
      )
      const response = await app.request(url, { headers: { cookie } })
      expect(await content(response)).toEqual({ user: 'ada', cart: { tea: 2 } })
    },
  )

  test('is empty for a session that has nothing to save', async () => {
    expect(await cookieHeader(sessions, () => undefined)).toBe('')
  })

  test('throws what a commit throws, and what a browser would drop', async () => {
    const tooLarge = cookieHeader(sessions, (session) => {
      Reflect.set(session.data, 'big', 'x'.repeat(9000))
    })
    expect(await errorOf(() => tooLarge)).toMatchObject({ code: 'ERR_TOO_LARGE' })
    const elsewhere = createSessions({ secrets: SECRET, cookie: { domain: 'other.example' } })
    const dropped = cookieHeader(elsewhere, (session) => session.login('ada'), ORIGIN)
    expect(await errorOf(() => dropped)).toMatchObject({
      message: expect.stringContaining('a domain that is not its own'),
    })
  })
})

test('storageState() has the cookies as Playwright takes them', async () => {
  const state = await storageState(sessions, (session) => session.login('ada'), ORIGIN)
  expect(state).toEqual({
    cookies: [
      {
        name: expect.stringMatching(/^__Host-session\.[\w-]+$/),
        value: expect.stringMatching(/^[\w.-]+$/),
        domain: 'shop.example',
        path: '/',
        expires: expect.any(Number),
        httpOnly: true,
        secure: true,
        sameSite: 'Lax',
      },
    ],
    origins: [],
  })
  const [cookie] = state.cookies
  expect(Number.isInteger(cookie?.expires) && Number(cookie?.expires) > Date.now() / 1000).toBe(
    true,
  )
  const shared = createSessions({ secrets: SECRET, cookie: { domain: 'shop.example' } })
  const [wide] = (await storageState(shared, (session) => session.login('ada'), ORIGIN)).cookies
  expect(wide?.domain).toBe('.shop.example')
  const local = await storageState(sessions, (session) => session.login('ada'), 'http://localhost')
  expect(local.cookies).toMatchObject([{ domain: 'localhost', secure: false }])
})

describe('a browser', () => {
  test('takes an app of Hono, and keeps its cookies', async () => {
    const browser = new Browser(ORIGIN, { app })
    await browser.post('/cart/tea')
    await browser.fetch('/cart/tea', { method: 'POST' })
    expect(await content(await browser.get())).toEqual({ user: null, cart: { tea: 2 } })
    expect(browser.cookie).toMatch(/^__Host-session\./)
  })

  test('holds an answer back: a slow write beside another, and a slow write around a logout', async () => {
    const browser = new Browser(ORIGIN, { app })
    await browser.post('/login')
    const slow = await browser.hold('/cart/tea', { method: 'POST' })
    await browser.post('/cart/milk')
    expect(await content(await browser.get())).toEqual({ user: 'ada', cart: { milk: 1 } })
    expect(await slow.release().text()).toBe('ok')
    expect(await content(await browser.get())).toEqual({ user: 'ada', cart: { milk: 1, tea: 1 } })
    const slower = await browser.hold('/cart/tea', { method: 'POST' })
    await browser.post('/logout')
    slower.release()
    expect(await content(await browser.get())).toEqual({ user: null, cart: {} })
  })

  test('does not keep what a real one drops, and says so', async () => {
    const odd = new Browser('http://shop.example', {
      app: () => new Response(null, { headers: { 'Set-Cookie': '__Host-a=1; Secure' } }),
    })
    expect(await errorOf(() => odd.get())).toMatchObject({
      message: expect.stringContaining('A browser drops cookies'),
    })
  })
})

test('a store with faults makes an app meet an outage', async () => {
  const store = faultyStore(memoryStore())
  const stored = createSessions<{ big?: string }>({ secrets: SECRET, overflow: store })
  const handler = stored.handle((_request, session) => {
    session.data.big = crypto.randomUUID() + 'x'.repeat(9000)
    return new Response('ok')
  })
  const browser = new Browser(ORIGIN, { app: handler })
  await browser.get()
  store.plan.put = 'rejects'
  expect(await errorOf(() => browser.get())).toMatchObject({ code: 'ERR_OVERFLOW_UNAVAILABLE' })
  expectTypeOf(store.violations).toEqualTypeOf<readonly string[]>()
  expect(store.violations).toEqual([])
})
