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
    '127.0.0.2',
    '127.255.0.9:80',
    '127.1',
    '0.0.0.0:3000',
    '[::1]:3000',
    '[::]:3000',
    '[::ffff:127.0.0.1]:3000',
    'localhost.:3000',
    'LOCALHOST',
    'my.app.localhost',
  ]) {
    test(`on http://${host}, without prefix and Secure`, async () => {
      expect(await attributesOf({}, `http://${host}`)).toBe(
        'session.ID=VALUE; Max-Age=N; Path=/; HttpOnly; SameSite=Lax',
      )
    })
  }

  for (const host of [
    '192.168.0.10:3000',
    '10.0.0.1',
    '128.0.0.1',
    '127.0.0.1.example',
    'localhost.example',
    'notlocalhost',
    '[fe80::1]',
    '[::ffff:10.0.0.1]',
  ]) {
    test(`on http://${host}, Secure`, async () => {
      expect(await attributesOf({}, `http://${host}`)).toMatch(/^__Host-session\..*; Secure/)
    })
  }

  for (const [name, value] of [
    ['Forwarded', 'for=203.0.113.9;proto=https;host=shop.example'],
    ['Forwarded', 'for=203.0.113.9'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Proto', 'HTTPS, http'],
    ['X-Forwarded-Proto', 'http, https'],
    ['X-Forwarded-Proto', 'http'],
    ['X-Forwarded-For', '203.0.113.9'],
    ['X-Forwarded-Host', 'shop.example'],
    ['X-Forwarded-Server', 'shop.example'],
    ['X-Forwarded-Port', '443'],
    ['X-Forwarded-Ssl', 'on'],
    ['X-Forwarded-Scheme', 'https'],
    ['X-Real-IP', '203.0.113.9'],
    ['X-Original-Host', 'shop.example'],
    ['X-Url-Scheme', 'https'],
    ['X-ARR-SSL', '2048|256|C=US'],
    ['Front-End-Https', 'on'],
    ['CF-Visitor', '{"scheme":"https"}'],
    ['CloudFront-Forwarded-Proto', 'https'],
    ['X-Amzn-Trace-Id', 'Root=1'],
    ['Via', '1.1 proxy'],
  ] as const) {
    test(`on http://localhost with ${name}: ${value}, Secure: a proxy was asked by another name`, async () => {
      for (const host of ['localhost:3000', 'x.localhost', '127.0.0.1'])
        expect(await attributesOf({}, `http://${host}`, { [name]: value })).toBe(
          '__Host-session.ID=VALUE; Max-Age=N; Path=/; Secure; HttpOnly; SameSite=Lax',
        )
    })
  }

  test('on http://localhost with headers that tell of no proxy, plain', async () => {
    const headers = {
      'CF-Connecting-IP': '127.0.0.1',
      Referer: 'https://x',
      'X-Requested-With': 'x',
    }
    expect(await attributesOf({}, 'http://localhost', headers)).not.toContain('Secure')
  })
})

describe('on this machine a cookie has no domain', () => {
  const domain = 'shop.example'
  for (const [what, cookie, origin, start] of [
    ['over http', {}, 'http://localhost:3000', 'session.ID=VALUE; Max-Age=N; Path=/; HttpOnly'],
    ['over http at 0.0.0.0', {}, 'http://0.0.0.0', 'session.ID=VALUE; Max-Age=N; Path=/; HttpOnly'],
    [
      'without Secure',
      { secure: false },
      'http://localhost',
      'session.ID=VALUE; Max-Age=N; Path=/;',
    ],
    ['over https', {}, 'https://localhost', '__Host-session.ID=VALUE; Max-Age=N; Path=/; Secure;'],
    [
      'over https, with secure: true and a path',
      { secure: true, path: '/some' },
      'https://localhost',
      '__Secure-session.ID=VALUE; Max-Age=N; Path=/some; Secure;',
    ],
  ] as const) {
    test(what, async () => {
      const header = await attributesOf({ domain, ...cookie }, origin)
      expect(header.startsWith(start)).toBe(true)
      expect(header).not.toContain('Domain')
    })
  }

  test('but it has one behind a proxy that is told of, or meant by secure: true', async () => {
    const forwarded = { 'X-Forwarded-For': '203.0.113.9' }
    for (const [cookie, headers] of [
      [{ domain }, forwarded],
      [{ domain, secure: true }, {}],
      [{ domain, secure: false }, forwarded],
    ] as const)
      expect(await attributesOf(cookie, 'http://localhost', headers)).toContain(
        `; Domain=${domain};`,
      )
  })
})

describe('the event unstorable tells of cookies that no browser keeps at the address:', () => {
  const tellingOf = async (cookie: CookieOptions, origin: string, headers = {}) => {
    const shop = new Shop({ cookie }, { origin })
    const session = await shop.sessions.open(new Request(`${origin}/`, { headers }))
    session.data['a'] = 1
    await shop.sessions.commit(session, new Response('ok'))
    return shop.told('unstorable').map(({ reason }) => reason)
  }
  const domain = 'shop.example'
  const proxy = { 'X-Forwarded-Proto': 'https' }
  test.each<[string, CookieOptions, string, Record<string, string>, string[]]>([
    ['Secure at an address of the LAN', {}, 'http://192.168.0.10:3000', {}, ['secure']],
    ['Secure over plain http', {}, 'http://shop.example', {}, ['secure']],
    ['the domain of production at a preview host', { domain }, 'https://pr-7.dev', {}, ['domain']],
    ['a domain that only looks alike', { domain }, 'https://myshop.example', {}, ['domain']],
    [
      'a domain below the host',
      { domain: 'a.shop.example' },
      'https://shop.example',
      {},
      ['domain'],
    ],
    ['a domain at an address', { domain }, 'https://192.0.2.1', {}, ['domain']],
    ['a domain at a preview host of a platform', { domain }, 'https://pr.dev', proxy, ['domain']],
    [
      'a domain at a host that the proxy tells',
      { domain },
      'http://app:3000',
      { 'X-Forwarded-Host': 'pr-7.dev:443, app' },
      ['domain'],
    ],
    ['nothing at the domain', { domain }, 'https://shop.example', {}, []],
    ['nothing below it', { domain: 'Shop.Example' }, 'https://a.b.shop.example', {}, []],
    ['nothing on localhost', { domain }, 'http://localhost:3000', {}, []],
    ['nothing over https', {}, 'https://192.168.0.10', {}, []],
    ['nothing behind a proxy', {}, 'http://192.168.0.10', proxy, []],
    ['nothing behind a proxy that hides the host', { domain }, 'http://app:3000', proxy, []],
    ['nothing where Secure is asked for', { secure: true }, 'http://192.168.0.10', {}, []],
    ['nothing without Secure', { secure: false }, 'http://192.168.0.10', {}, []],
    [
      'nothing at a host that the proxy tells',
      { domain },
      'http://app:3000',
      { 'X-Forwarded-Host': 'a.shop.example' },
      [],
    ],
  ])('%s', async (_what, cookie, origin, headers, reasons) => {
    expect(await tellingOf(cookie, origin, headers)).toEqual(reasons)
  })

  test('and only where cookies are set', async () => {
    const shop = new Shop({}, { origin: 'http://192.168.0.10' })
    await shop.visit((session) => session.data)
    expect(shop.told('unstorable')).toEqual([])
  })
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

  test('each cookie is at most 4,096 bytes of name plus value, and no browser drops one, also of a session that just fits', async () => {
    let largest = 0
    let refused = 0
    for (let length = 2500; length < 3100; length += 5) {
      const shop = new Shop()
      const error = await shop
        .visit(({ data }) => {
          data['text'] = 'x'.repeat(length)
        })
        .catch((thrown: unknown) => thrown)
      if (error instanceof SessionTooLarge) refused++
      for (const line of shop.visitor.setCookies)
        largest = Math.max(largest, (line.split(';')[0] ?? '').length - 1)
    }
    expect(largest).toBeLessThanOrEqual(4096)
    expect(largest).toBeGreaterThan(3700)
    expect(refused).toBeGreaterThan(10)
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
