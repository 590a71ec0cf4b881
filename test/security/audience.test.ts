import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { type SessionVariables, session } from '../../src/hono.ts'
import { ConfigError, createSessions, type SessionOptions } from '../../src/index.ts'
import { memoryMarks, memoryStore } from '../../src/stores/memory.ts'
import { Clock, errorOf, type Loose, ORIGIN, SECRET, Shop, Visitor } from '../support/visitor.ts'

/** What a jar made with some options shows with others, and what became of its cookies there. */
async function moved(
  from: Partial<SessionOptions<Loose>>,
  to: Partial<SessionOptions<Loose>>,
  rename: (cookie: string) => string,
  origins: readonly [string, string] = [ORIGIN, ORIGIN],
) {
  const clock = new Clock()
  const home = new Shop(from, { clock, visitor: new Visitor(clock, origins[0]) })
  await home.visit((one) => {
    one.login('mallory')
    one.data['admin'] = true
  })
  const there = new Shop(to, { clock })
  const headers = { cookie: rename(home.visitor.cookie) }
  expect(headers.cookie).not.toBe('')
  const open = () => there.sessions.open(new Request(origins[1], { headers }))
  const found = await open()
  const shown = { isNew: found.isNew, subject: found.subject, data: { ...found.data } }
  // As a node does that has opened it where it belongs.
  await home.look()
  expect((await open()).isNew).toBe(true)
  return { shown, rejected: there.told('rejected') }
}

const NOTHING = { isNew: true, subject: undefined, data: {} }
const asIs = (cookie: string) => cookie

const hosts = (url: URL) => url.host

describe('a cookie of one audience is nothing in another one', () => {
  test.each<
    [
      string,
      SessionOptions<Loose>['audience'],
      SessionOptions<Loose>['audience'],
      readonly [string, string],
    ]
  >([
    ['two texts', 'a', 'b', [ORIGIN, ORIGIN]],
    ['none and one', undefined, 'a', [ORIGIN, ORIGIN]],
    ['one and none', 'a', undefined, [ORIGIN, ORIGIN]],
    ['a function of the host', hosts, hosts, ['https://a.example', 'https://b.example']],
  ])('%s', async (_, one, other, origins) => {
    const { shown } = await moved({ audience: one }, { audience: other }, asIs, origins)
    expect(shown).toEqual(NOTHING)
  })

  test('and one node that serves both has each of them, side by side', async () => {
    const app = new Hono<{ Variables: SessionVariables<Loose> }>()
    app.use(session<Loose>({ secrets: SECRET, audience: hosts, initial: () => ({}) }))
    app.post('/login', (c) => {
      c.var.session.login('1')
      return c.text('ok')
    })
    app.get('/me', (c) => c.text(c.var.session.subject ?? 'nobody'))
    const answer = await app.request('https://a.example/login', { method: 'POST' })
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    for (let i = 0; i < 3; i++) {
      for (const [host, who] of [
        ['a', '1'],
        ['b', 'nobody'],
      ]) {
        const me = await app.request(`https://${host}.example/me`, { headers: { cookie } })
        expect(await me.text()).toBe(who)
      }
    }
  })

  test('nor are values of the store', async () => {
    const overflow = memoryStore()
    const { shown } = await moved({ audience: 'a', overflow }, { audience: 'b', overflow }, asIs)
    expect(shown).toEqual(NOTHING)
  })
})

describe('a cookie is nothing', () => {
  const host = (cookie: string) => cookie.replaceAll('__Host-', '__Secure-')
  const secure = (cookie: string) => cookie.replaceAll('__Secure-', '__Host-')
  test.each<
    [
      string,
      Partial<SessionOptions<Loose>>,
      Partial<SessionOptions<Loose>>,
      (cookie: string) => string,
      readonly [string, string],
    ]
  >([
    [
      'of one path as one of another',
      { cookie: { path: '/a' } },
      { cookie: { path: '/admin' } },
      asIs,
      ['https://shop.example/a', 'https://shop.example/admin'],
    ],
    ['of / as one of /admin', {}, { cookie: { path: '/admin' } }, host, [ORIGIN, ORIGIN]],
    [
      'of one host as one of a domain',
      {},
      { cookie: { domain: 'shop.example' } },
      host,
      [ORIGIN, ORIGIN],
    ],
    [
      'of a domain as one of a host',
      { cookie: { domain: 'shop.example' } },
      {},
      secure,
      [ORIGIN, ORIGIN],
    ],
    [
      'of one domain as one of another',
      { cookie: { domain: 'shop.example' } },
      { cookie: { domain: 'example' } },
      asIs,
      [ORIGIN, ORIGIN],
    ],
    [
      'of localhost over plain http as one of a public host',
      {},
      {},
      (cookie) => cookie.replaceAll('session.', '__Host-session.'),
      ['http://localhost:3000', ORIGIN],
    ],
    [
      'of another name',
      {},
      { cookie: { name: 'admin' } },
      (cookie) => cookie.replaceAll('-session.', '-admin.'),
      [ORIGIN, ORIGIN],
    ],
  ])('%s', async (_, from, to, rename, origins) => {
    const { shown, rejected } = await moved(from, to, rename, origins)
    expect(shown).toEqual(NOTHING)
    expect(rejected).toContainEqual({ type: 'rejected', reason: 'tampered', count: 1 })
  })
})

describe('the option audience', () => {
  test.each([[''], ['x'.repeat(256)], [5], [null]])('cannot be %j', (audience) => {
    const options = { secrets: SECRET, audience } as unknown as SessionOptions<Loose>
    expect(() => createSessions(options)).toThrow(ConfigError)
  })

  test.each([[''], [undefined], [7], ['a'.repeat(256)]])(
    'a function that returns %j fails the request',
    async (it) => {
      const audience = (() => it) as unknown as () => string
      const sessions = createSessions({ secrets: SECRET, audience })
      expect(await errorOf(() => sessions.open(new Request(ORIGIN)))).toBeInstanceOf(ConfigError)
    },
  )

  test('and a path that are too long together for a key fail at start', () => {
    const audience = 'a'.repeat(255)
    const long = { audience, cookie: { path: `/${'p'.repeat(800)}` } }
    expect(() => createSessions({ secrets: SECRET, ...long })).toThrow(ConfigError)
    const longPath = { path: `/${'p'.repeat(1100)}` }
    expect(() => createSessions({ secrets: SECRET, cookie: longPath })).toThrow(ConfigError)
  })

  test('of as many bytes as it may have, and the longest path beside it, make keys that work', async () => {
    const audience = 'ä'.repeat(255)
    const shop = new Shop({ audience, cookie: { path: `/${'p'.repeat(380)}` } })
    const { session, answer } = await shop.begin()
    session.data['a'] = 1
    await answer()
    expect(shop.told('created')).toHaveLength(1)
  })

  test('as a function needs the URL in read(), and neither a domain nor revocation', async () => {
    const audience = hosts
    const cookie = { domain: 'shop.example' }
    expect(() => createSessions({ secrets: SECRET, audience, cookie })).toThrow(ConfigError)
    const sessions = createSessions({ secrets: SECRET, audience })
    expect(await errorOf(() => sessions.read(new Headers()))).toBeInstanceOf(ConfigError)
    expect((await sessions.read(new Headers(), ORIGIN)).isNew).toBe(true)
    const revocation = { store: memoryMarks(), onUnavailable: 'deny' } as const
    expect(() => createSessions({ secrets: SECRET, audience, revocation })).toThrow(ConfigError)
  })

  test('of two with one store and one id of a user, revoking in one does not end the other', async () => {
    const clock = new Clock()
    const revocation = {
      store: memoryMarks({ clock: clock.read }),
      onUnavailable: 'deny',
      lag: 0,
    } as const
    const [a, b] = ['a', 'b'].map((audience) => new Shop({ audience, revocation }, { clock }))
    if (!a || !b) throw new Error('two are needed')
    for (const shop of [a, b]) await shop.visit((one) => one.login('1'))
    clock.advance(100)
    await a.sessions.revoke({ subject: '1' })
    const subjects = await Promise.all(
      [a, b].map(async (shop) => (await shop.sessions.open(shop.visitor.request())).subject),
    )
    expect(subjects).toEqual([undefined, '1'])
  })
})
