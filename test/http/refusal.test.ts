/** What a server answers that gave up in the middle of the headers of a request. */
import { describe, expect, test } from 'vitest'
import { refusal } from '../../src/http/refusal.ts'
import { clientErrorHandler } from '../../src/node.ts'
import { resolveCookies } from '../../src/options/resolve.ts'
import { errorOf } from '../support/visitor.ts'

const DEFAULTS = [resolveCookies({})]

/** A cookie of ours of `bytes` bytes of name and value. */
const own = (n: number, bytes = 300, prefix = '__Host-session.'): string =>
  `${prefix}${String(n).padStart(13, '0')}=`.padEnd(bytes + 1, 'x')

const many = (count: number): string[] => Array.from({ length: count }, (_, n) => own(n))

function request(
  cookies: readonly string[],
  more: { method?: string; url?: string; headers?: string[] } = {},
): string {
  const { method = 'GET', url = '/', headers = [] } = more
  return [
    `${method} ${url} HTTP/1.1`,
    'Host: shop.example',
    ...headers,
    `Cookie: ${cookies.join('; ')}`,
    '',
    '',
  ].join('\r\n')
}

interface Answer {
  readonly status: string
  readonly clears: boolean
  readonly deleted: readonly string[]
  readonly body: string
  readonly reloads: boolean
}

function answered(packet: string, sessions = DEFAULTS): Answer {
  const text = refusal(packet, sessions)
  const at = text.indexOf('\r\n\r\n')
  const [status = '', ...headers] = text.slice(0, at).split('\r\n')
  const body = text.slice(at + 4)
  const length = headers.find((line) => line.startsWith('Content-Length: '))
  expect(length).toBe(`Content-Length: ${new TextEncoder().encode(body).length}`)
  expect(headers).toContain('Cache-Control: no-store')
  expect(headers).toContain('Connection: close')
  // nginx takes 4 KB of response headers.
  expect(at).toBeLessThan(3500)
  return {
    status,
    clears: headers.includes('Clear-Site-Data: "cookies"'),
    deleted: headers.flatMap((line) => /^Set-Cookie: (.*)/.exec(line)?.[1] ?? []),
    body,
    reloads: body.includes('location.replace'),
  }
}

describe('a request whose cookies are too large', () => {
  test('is refused with 431, and our cookies are deleted by name, those of others stay', () => {
    const cookies = ['theme=dark', ...many(40), 'lang=en']
    const { status, clears, deleted, body, reloads } = answered(request(cookies))
    expect(status).toBe('HTTP/1.1 431 Request Header Fields Too Large')
    expect(clears).toBe(false)
    expect(deleted).toHaveLength(40)
    for (const line of deleted)
      expect(line).toMatch(/^__Host-session\.\d{13}=; Max-Age=0; Path=\/; Secure$/)
    expect(body).toContain('you may have to log in again')
    expect(reloads).toBe(true)
  })

  test('loses all cookies of the site where ours are not what is large', () => {
    const { clears, deleted } = answered(request([own(1), `other=${'x'.repeat(16_000)}`]))
    expect(clears).toBe(true)
    expect(deleted).toHaveLength(1)
  })

  test('loses all where ours are more than a response can delete by name: the largest go', () => {
    const cookies = Array.from({ length: 400 }, (_, n) => own(n, n === 399 ? 4000 : 40))
    const { clears, deleted } = answered(request(cookies))
    expect(clears).toBe(true)
    expect(deleted[0]).toContain(`${399}=;`)
    expect(deleted.length).toBeGreaterThan(40)
  })

  test('loses all where it comes again from the page, and deleting by name did not help', () => {
    const { clears, deleted } = answered(request([...many(40), 'carryon-refused=1']))
    expect(clears).toBe(true)
    expect(deleted).toHaveLength(40)
  })

  test.each(['POST', 'PUT', 'DELETE'])('by %s is not sent again', (method) => {
    const { clears, deleted, body, reloads } = answered(request(many(40), { method }))
    expect([clears, deleted.length, reloads]).toEqual([false, 40, false])
    expect(body).toContain('Go back and send it again')
  })

  test('by HEAD has an answer without a body', () => {
    const { deleted, body } = answered(request(many(40), { method: 'HEAD' }))
    expect([deleted.length, body]).toEqual([40, ''])
  })

  test('has the same answer with a body behind its headers', () => {
    const { clears, deleted } = answered(
      `${request(many(40), { method: 'POST' })}${'b'.repeat(40_000)}`,
    )
    expect([clears, deleted.length]).toEqual([false, 40])
  })
})

describe('cookies are deleted where they were set', () => {
  test.each([
    ['over plain http', {}, 'session.', /; Max-Age=0; Path=\/$/],
    [
      'with a domain',
      { domain: 'shop.example' },
      '__Secure-session.',
      /; Path=\/; Domain=shop.example; Secure$/,
    ],
    ['with a path', { path: '/app' }, '__Secure-session.', /; Path=\/app; Secure$/],
    [
      'in frames',
      { sameSite: 'None', partitioned: true },
      '__Host-session.',
      /; Path=\/; Secure; Partitioned; SameSite=None$/,
    ],
    ['without Secure', { secure: false, name: 'shop' }, 'shop.', /; Max-Age=0; Path=\/$/],
  ] as const)('%s', (_what, cookie, prefix, attributes) => {
    const cookies = Array.from({ length: 30 }, (_, n) => own(n, 550, prefix))
    const { clears, deleted } = answered(request(cookies), [resolveCookies(cookie)])
    expect([clears, deleted.length]).toEqual([false, 30])
    for (const line of deleted) expect(line).toMatch(attributes)
  })

  test('of each session that the app has, and of no other', () => {
    const names = ['session', 'admin', 'other']
    const cookies = names.flatMap((name) =>
      Array.from({ length: 15 }, (_, n) => own(n, 400, `__Host-${name}.`)),
    )
    const { deleted } = answered(request(cookies), [
      resolveCookies({}),
      resolveCookies({ name: 'admin' }),
    ])
    const of = (name: string) => deleted.filter((line) => line.startsWith(`__Host-${name}.`)).length
    expect(names.map(of)).toEqual([15, 15, 0])
  })
})

describe('nobody logs a visitor out from another site', () => {
  const nothing = { clears: false, deleted: [] }

  test('with a long address', () => {
    const { reloads, body, ...rest } = answered(
      request(many(10), { url: `/${'a'.repeat(16_000)}` }),
    )
    expect(rest).toMatchObject(nothing)
    expect(body).toContain('Your browser sent more than this server accepts')
    // It loads nothing again where the address is so long.
    expect(reloads).toBe(true)
    expect(body).toContain('location.href.length < 2000')
  })

  test('with an address in which cookies stand, whole or cut anywhere', () => {
    const url = `/;carryon-refused=1;%20${many(50).join(';%20')};carryon-refused=1`
    const packet = request(many(10), { url })
    expect(answered(packet)).toMatchObject(nothing)
    for (let at = 1; at < packet.indexOf(' HTTP/1.1'); at += 97)
      expect(answered(packet.slice(at))).toMatchObject(nothing)
  })

  test('with headers that a script may send there', () => {
    const headers = ['Accept: x; carryon-refused=1; y', 'Sec-Fetch-Site: cross-site']
    const packet = request(many(10), { url: `/${'a'.repeat(16_000)}`, headers })
    for (let at = packet.indexOf('Accept') - 20; at < packet.indexOf('Sec-Fetch-Site'); at++)
      expect(answered(packet.slice(at))).toMatchObject(nothing)
  })

  test('where Node does not tell what it read', () => {
    expect(answered('')).toMatchObject(nothing)
    expect(answered('\r\n\r\n')).toMatchObject(nothing)
  })
})

describe('headers that came in several packets', () => {
  const packet = request([...many(60), 'carryon-refused=1'])

  test('cost no cookie before the page has loaded itself again', () => {
    const { clears, deleted, reloads } = answered(request(many(60)).slice(9000))
    expect([clears, deleted, reloads]).toEqual([false, [], true])
  })

  test('cost all after that, by name as well: over plain http browsers ignore Clear-Site-Data', () => {
    for (let at = 3000; at < packet.length - 100; at += 611) {
      const { clears, deleted } = answered(packet.slice(at))
      expect(clears).toBe(true)
      const whole = packet
        .slice(at)
        .split('; ')
        .filter((pair) => /^__Host-session\.\d{13}=/.test(pair))
      expect(deleted.length).toBe(Math.min(whole.length, Math.floor(3000 / 70)))
    }
  })
})

describe('options', () => {
  test('that are wrong or unknown are refused at once, and the sentence says what to change', async () => {
    const cases: readonly (readonly [unknown, string])[] = [
      [{ cookies: {} }, 'Unknown option cookies. Valid options: cookie.'],
      [{ secrets: 'x' }, 'Unknown option secrets. Valid options: cookie.'],
      [{ cookie: { name: '__Host-x' } }, 'cookie.name must be'],
      [{ cookie: [{ name: 'a' }, { name: 'b c' }] }, 'cookie.name must be'],
      [{ cookie: 'session' }, 'cookie must be an object'],
      [{ cookie: [null] }, 'cookie must be an object'],
      ['session', 'The options must be an object'],
      [null, 'The options must be an object'],
    ]
    for (const [options, sentence] of cases)
      expect(
        await errorOf(() => Reflect.apply(clientErrorHandler, undefined, [options])),
      ).toMatchObject({
        name: 'ConfigError',
        message: expect.stringContaining(sentence),
      })
  })
})
