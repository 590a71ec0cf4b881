import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CookieOptions, SessionTooLarge } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { Clock, Shop } from '../support/visitor.ts'

/** The Set-Cookie header of a new session, without its id and value. */
async function attributesOf(
  cookie: CookieOptions,
  origin: string,
  headers: HeadersInit = {},
): Promise<string> {
  const shop = new Shop({ cookie }, { origin })
  const session = await shop.sessions.open(new Request(`${origin}/some/path`, { headers }))
  session.data['a'] = 1
  const response = await shop.sessions.commit(session, new Response('ok'))
  const [header = '', ...others] = response.headers.getSetCookie()
  expect(others).toEqual([])
  return header.replace(/\.[\w-]{8,16}=[\w.-]+/, '.ID=VALUE').replace(/Max-Age=\d+/, 'Max-Age=N')
}

describe('the attributes of a cookie are exactly', () => {
  const https = 'https://shop.example'
  const cases: readonly (readonly [
    what: string,
    cookie: CookieOptions,
    origin: string,
    header: string,
  ])[] = [
    [
      'by default',
      {},
      https,
      '__Host-session.ID=VALUE; Max-Age=N; Path=/; Secure; HttpOnly; SameSite=Lax',
    ],
    [
      'with a name',
      { name: 'sid' },
      https,
      '__Host-sid.ID=VALUE; Max-Age=N; Path=/; Secure; HttpOnly; SameSite=Lax',
    ],
    [
      'with a domain',
      { domain: 'shop.example' },
      https,
      '__Secure-session.ID=VALUE; Max-Age=N; Path=/; Domain=shop.example; Secure; HttpOnly; SameSite=Lax',
    ],
    [
      'with a path',
      { path: '/some' },
      https,
      '__Secure-session.ID=VALUE; Max-Age=N; Path=/some; Secure; HttpOnly; SameSite=Lax',
    ],
    [
      'Strict',
      { sameSite: 'Strict' },
      https,
      '__Host-session.ID=VALUE; Max-Age=N; Path=/; Secure; HttpOnly; SameSite=Strict',
    ],
    [
      'None',
      { sameSite: 'None' },
      https,
      '__Host-session.ID=VALUE; Max-Age=N; Path=/; Secure; HttpOnly; SameSite=None',
    ],
    [
      'partitioned',
      { partitioned: true },
      https,
      '__Host-session.ID=VALUE; Max-Age=N; Path=/; Secure; Partitioned; HttpOnly; SameSite=Lax',
    ],
    [
      'over http to another host, which may be behind a proxy',
      {},
      'http://shop.example',
      '__Host-session.ID=VALUE; Max-Age=N; Path=/; Secure; HttpOnly; SameSite=Lax',
    ],
    [
      'with secure: false',
      { secure: false },
      'http://shop.example',
      'session.ID=VALUE; Max-Age=N; Path=/; HttpOnly; SameSite=Lax',
    ],
    [
      'with secure: true on localhost',
      { secure: true },
      'http://localhost',
      '__Host-session.ID=VALUE; Max-Age=N; Path=/; Secure; HttpOnly; SameSite=Lax',
    ],
    [
      'None on localhost, where it cannot be',
      { sameSite: 'None', partitioned: true },
      'http://localhost',
      'session.ID=VALUE; Max-Age=N; Path=/; HttpOnly; SameSite=Lax',
    ],
    [
      'on https://localhost',
      {},
      'https://localhost:8787',
      '__Host-session.ID=VALUE; Max-Age=N; Path=/; Secure; HttpOnly; SameSite=Lax',
    ],
    [
      'on a host that only looks local',
      {},
      'http://localhost.example',
      '__Host-session.ID=VALUE; Max-Age=N; Path=/; Secure; HttpOnly; SameSite=Lax',
    ],
  ]
  for (const [what, cookie, origin, header] of cases) {
    test(what, async () => {
      expect(await attributesOf(cookie, origin)).toBe(header)
    })
  }

  for (const host of [
    'localhost',
    'localhost:8787',
    '127.0.0.1:3000',
    '[::1]:3000',
    'my.app.localhost',
  ]) {
    test(`on http://${host}, without prefix and Secure`, async () => {
      expect(await attributesOf({}, `http://${host}`)).toBe(
        'session.ID=VALUE; Max-Age=N; Path=/; HttpOnly; SameSite=Lax',
      )
    })
  }

  for (const [proto, isSecure] of [
    ['https', true],
    ['HTTPS, http', true],
    ['http', false],
    ['http, https', false],
    ['httpsx', false],
  ] as const) {
    test(`on http://localhost behind a proxy that was asked over ${proto}, ${isSecure ? 'Secure' : 'plain'}`, async () => {
      const headers = { 'X-Forwarded-Proto': proto }
      const header = await attributesOf({}, 'http://localhost:3000', headers)
      expect(header.startsWith('__Host-session.')).toBe(isSecure)
      expect(header.includes('; Secure')).toBe(isSecure)
    })
  }
})

const leaf = fc.oneof(
  fc.string({ maxLength: 300, unit: 'grapheme' }),
  fc.integer(),
  fc.boolean(),
  fc.array(fc.string({ maxLength: 40 }), { maxLength: 20 }),
  fc.dictionary(fc.string({ maxLength: 10 }), fc.string({ maxLength: 60 }), { maxKeys: 8 }),
)
const key = fc.constantFrom('a', 'b', 'c', 'd', '$', '~', 'a long key with ä')
const step = fc.record({
  values: fc.array(fc.tuple(key, leaf), { maxLength: 5 }),
  repeat: fc.constantFrom(1, 1, 10, 40),
  pause: fc.constantFrom(0, 1, 5, 200, 1500),
  act: fc.constantFrom('write', 'write', 'write', 'subject', 'flash', 'regenerate', 'destroy'),
  parallel: fc.boolean(),
})

/** A visitor's life: each step writes, some of them while another request is under way. */
async function live(
  shop: Shop,
  steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[],
) {
  const sizes: number[] = []
  for (const { values, repeat, pause, act, parallel } of steps) {
    shop.clock.advance(pause)
    const first = await shop.begin()
    const second = parallel ? await shop.begin() : undefined
    for (const request of second ? [first, second] : [first]) {
      const { session } = request
      for (const [name, value] of values)
        session.data[name] = typeof value === 'string' ? value.repeat(repeat) : value
      if (act === 'subject') session.subject = `user ${values.length}`
      if (act === 'flash') session.flash('notice', values[0]?.[1] ?? 'hi')
      if (act === 'regenerate') session.regenerate()
      if (act === 'destroy') session.destroy()
      try {
        await request.end()
      } catch (error) {
        if (!(error instanceof SessionTooLarge)) throw error
        continue
      }
      for (const line of shop.visitor.setCookies) {
        const [pair = ''] = line.split(';')
        expect(new TextEncoder().encode(pair).length - 1).toBeLessThanOrEqual(4096)
        expect(line).toMatch(/^__Host-session\.[\w-]{8,16}=[\w.-]*; Max-Age=\d+; Path=\/; Secure/)
      }
      sizes.push(shop.visitor.setCookies.reduce((sum, line) => sum + line.length, 0))
    }
  }
  return sizes
}

describe('whatever a session holds and however it changes', () => {
  test('each cookie is at most 4,096 bytes of name plus value, and no browser drops one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await live(new Shop(), steps)
      }),
      { numRuns: 40, endOnFailure: true },
    )
  })

  test('with a store, the Set-Cookie headers of a response stay under 3,500 bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const clock = new Clock()
        const shop = new Shop({ overflow: memoryStore({ clock: clock.read }) }, { clock })
        const sizes = await live(shop, steps)
        expect(Math.max(0, ...sizes)).toBeLessThan(3500)
      }),
      { numRuns: 40, endOnFailure: true },
    )
  })
})
