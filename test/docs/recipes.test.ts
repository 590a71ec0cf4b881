/** The recipes of docs/recipes/ and docs/migration.md, as apps use them. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { Clock, SECRET } from '../support/visitor.ts'
import { createApp as createMigrating } from './examples/migrate.ts'
import { createApp as createPosted } from './examples/posted-again.ts'
import { createApp as createRemembering } from './examples/remember-me.ts'
import { createApp as createSinglePage } from './examples/single-page.ts'
import { createGate } from './examples/websockets.ts'
import { visitor } from './visitor.ts'

const DAY_MS = 24 * 3600 * 1000

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams(fields).toString(),
})

test('remember me: who asks for it is known after 29 days, and nobody else', async () => {
  const clock = new Clock()
  const app = createRemembering(SECRET, clock.read)
  const [short, long] = [visitor(app), visitor(app)]
  const fields = { name: 'ada', password: 'right' }
  await short('/login', form(fields))
  await long('/login', form({ ...fields, remember: 'on' }))
  const user = async (browser: typeof short) => (await (await browser('/')).json()).user
  expect(await Promise.all([short, long].map(user))).toEqual(['ada', 'ada'])
  clock.now += 29 * DAY_MS
  expect(await Promise.all([short, long].map(user))).toEqual([null, 'ada'])
  for (let week = 0; week < 9; week++) {
    clock.now += 7 * DAY_MS
    await user(long)
  }
  expect(await user(long)).toBeNull()
})

test('a payment that another site posts empties the cart once, when it is posted again', async () => {
  const known = new Map([['signed', { id: '1' }]])
  const app = createPosted(SECRET, async (fields) => known.get(String(fields.get('token'))))
  const browser = visitor(app)
  await browser('/cart/tea', { method: 'POST' })
  const cart = async () => (await browser('/cart')).json()

  // The browser sends no cookies with it.
  const crossSite = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://pay.example' }
  const back = await app.request('/payment/back', form({ token: 'signed', x: '"><b>' }, crossSite))
  const page = await back.text()
  expect(back.headers.getSetCookie()).toEqual([])
  expect(page).toContain('name="token" value="signed"')
  expect(page).not.toContain('"><b>')
  expect(await cart()).toEqual({ tea: 1 })

  expect((await browser('/payment/done', form({ token: 'forged' }))).status).toBe(400)
  expect(await cart()).toEqual({ tea: 1 })
  await browser('/payment/done', form({ token: 'signed' }))
  expect(await cart()).toEqual({})
})

test('a single-page app: the page learns who is logged in, and reading sets no cookie', async () => {
  const browser = visitor(createSinglePage(SECRET))
  const first = await browser('/api/me')
  expect(first.headers.getSetCookie()).toEqual([])
  expect(await first.json()).toMatchObject({ user: null, name: null })
  await browser('/api/login', { method: 'POST', body: 'Ada' })
  const { user, name, expiresAt } = await (await browser('/api/me')).json()
  expect([user, name]).toEqual(['ada', 'Ada'])
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now())
  await browser('/api/logout', { method: 'POST' })
  expect(await (await browser('/api/me')).json()).toMatchObject({ user: null, name: null })
})

test('a WebSocket is for users of our own pages, and closes when the session is over', async () => {
  const origin = 'https://shop.example'
  const { sessions, admit, closeWhenOver } = createGate(SECRET, origin)
  const session = await sessions.open(new Request(origin))
  session.login('ada')
  const { headers } = await sessions.commit(session, new Response())
  const pairs = headers.getSetCookie().map((line) => line.split(';')[0])
  const cookie = pairs.join('; ')
  expect(await admit(new Headers({ cookie }))).toBe('origin')
  expect(await admit(new Headers({ cookie, origin: 'https://other.example' }))).toBe('origin')
  expect(await admit(new Headers({ origin }))).toBe('login')
  const admitted = await admit(new Headers({ cookie, origin }))
  if (typeof admitted === 'string') throw new Error(admitted)
  expect(admitted.subject).toBe('ada')

  vi.useFakeTimers()
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const close = vi.fn()
  closeWhenOver(admitted, { close })
  const ms = (admitted.expiresAt?.getTime() ?? 0) - Date.now()
  vi.advanceTimersByTime(ms - 1)
  expect(close).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(close).toHaveBeenCalledExactlyOnceWith(4001)
})

test('an old cookie is read once: its user goes on, and is not logged in again after a logout', async () => {
  const read: string[] = []
  const app = createMigrating(SECRET, async (cookie) => {
    read.push(cookie)
    return cookie === 'valid' ? { userId: 'ada', theme: 'dark' } : undefined
  })
  const come = async (old: string) => {
    const browser = visitor(app)
    const response = await app.request('/', { headers: { Cookie: `old-session=${old}` } })
    return { browser, response }
  }
  const { response } = await come('valid')
  expect(await response.json()).toEqual({ user: 'ada', theme: 'dark' })
  const lines = response.headers.getSetCookie()
  expect(lines.some((line) => /^old-session=;.*Max-Age=0/.test(line))).toBe(true)
  const jar = lines
    .filter((line) => !line.includes('Max-Age=0'))
    .map((line) => line.split(';')[0])
    .join('; ')
  const next = await app.request('/', { headers: { Cookie: jar } })
  expect(await next.json()).toEqual({ user: 'ada', theme: 'dark' })
  // Both cookies, as of a request that was under way: the new session counts.
  const both = await app.request('/', { headers: { Cookie: `${jar}; old-session=valid` } })
  expect(await both.json()).toEqual({ user: 'ada', theme: 'dark' })
  expect(read).toEqual(['valid'])

  const { response: refused } = await come('forged')
  expect(await refused.json()).toEqual({ user: null, theme: 'light' })
  expect(refused.headers.getSetCookie()).toHaveLength(1)
})
