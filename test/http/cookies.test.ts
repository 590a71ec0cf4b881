import { describe, expect, test } from 'vitest'
import {
  type CookieAttributes,
  cookieBytes,
  deleteCookie,
  findCookies,
  MAX_AGE_SECONDS,
  MAX_COOKIE_BYTES,
  MAX_FRAGMENTS,
  setCookie,
} from '../../src/http/cookies.ts'

const P = '__Host-session.'
const A = 'aaaaaaaa'
const B = 'bbbbbbbbbbbbb'

describe('our cookies are found in a Cookie header', () => {
  const a = { id: A, value: '1' }
  test.each<readonly [what: string, header: string, cookies: readonly object[]]>([
    ['alone', `${P}${A}=1`, [a]],
    [
      'among others, in their order',
      `x=1; ${P}${B}=2; y; ${P}${A}=1; z=`,
      [{ id: B, value: '2' }, a],
    ],
    ['without blanks', `x=1;${P}${A}=1;y=2`, [a]],
    ['with more blanks and tabs', `x=1; \t ${P}${A}=1 \t; y=2`, [a]],
    [
      'none with an empty value, which some clients keep of deleted ones',
      `${P}${A}=; ${P}${B}= `,
      [],
    ],
    ['the first with a value of two with one name', `${P}${A}=; ${P}${A}=1`, [a]],
    ['with a value that has =', `${P}${A}=1=2==`, [{ id: A, value: '1=2==' }]],
    ['with a value that has our name', `${P}${A}=${P}${B}=2`, [{ id: A, value: `${P}${B}=2` }]],
    ['the first of two with one name', `${P}${A}=1; ${P}${A}=2`, [a]],
    ['none without a value', `${P}${A}=; ${P}${B}= \t; x=1`, []],
    ['one of a name that an emptied one has as well', `${P}${A}=; ${P}${A}=1`, [a]],
    ['after semicolons with nothing between them', `;;; ${P}${A}=1;;`, [a]],
    ['none in an empty header', '', []],
    ['none of another name', `session.${A}=1; __Host-session=1; __Host-sessions.${A}=1`, []],
    ['none with another prefix', `__Secure-session.${A}=1`, []],
    ['none in another case', `${P.toUpperCase()}${A}=1`, []],
    ['none inside of the value of another', `x=${P}${A}=1`, []],
    ['none inside of the name of another', `x${P}${A}=1`, []],
    ['none after a blank inside of another', `x=1 ${P}${A}=1`, []],
    ['none after another separator', `x=1, ${P}${A}=1`, []],
    ['one after a value with our name', `x=${P}; ${P}${A}=1`, [a]],
  ])('%s', (_what, header, cookies) => {
    const found = findCookies(header, P)
    expect(found).toMatchObject({ cookies, oversized: [], foreign: 0, surplus: 0 })
  })

  test.each([
    ['nothing', ''],
    ['too few characters', 'aaaaaaa'],
    ['too many', 'aaaaaaaaa'],
    ['too many for the id of an entry', 'b'.repeat(14)],
    ['other characters', 'aaaa.aaa'],
    ['a blank', 'aaaa aaa'],
    ['letters that only look like ours', '\u0430aaaaaaa'],
  ])('and those with %s after our name are counted, not used', (_what, id) => {
    const found = findCookies(`${P}${id}=1; ${P}${A}=1`, P)
    expect(found).toMatchObject({ cookies: [{ id: A, value: '1' }], foreign: 1 })
  })

  test('and those without a value sign too', () => {
    expect(findCookies(`${P}${A}; ${P}${B}`, P)).toMatchObject({ cookies: [], foreign: 2 })
  })

  test('up to 4,096 bytes of name and value, and larger ones are told apart', () => {
    const most = MAX_COOKIE_BYTES - P.length - A.length
    const fits = 'v'.repeat(most)
    const header = `${P}${A}=${fits}; ${P}${B}=${'v'.repeat(most)}`
    expect(findCookies(header, P)).toEqual({
      cookies: [{ id: A, value: fits }],
      oversized: [B],
      foreign: 0,
      surplus: 0,
      all: { cookies: 2, bytes: header.length + 2 },
    })
  })

  test('up to 64 of them, and those beyond are counted', () => {
    const ids = Array.from({ length: 1000 }, (_, n) => `id${n}`.padEnd(8, '_'))
    const found = findCookies(ids.map((id) => `${P}${id}=v`).join('; '), P)
    expect(MAX_FRAGMENTS).toBe(64)
    expect(found.cookies.map(({ id }) => id)).toEqual(ids.slice(0, 64))
    expect(found.surplus).toBe(936)
  })

  test('emptied ones take no place of these 64', () => {
    const ids = Array.from({ length: 100 }, (_, n) => `id${n}`.padEnd(8, '_'))
    const header = `${ids.map((id) => `${P}${id}=`).join('; ')}; ${P}${A}=1`
    expect(findCookies(header, P)).toMatchObject({ cookies: [a], foreign: 0, surplus: 0 })
  })

  test('and what all of ours take in the header is told, and no more', () => {
    const ours = [`${P}${A}=1`, `${P}${A}=2`, `${P}x=3`, `${P}${B}=`, `${P}`]
    const { all } = findCookies(['x=1', ...ours, 'y=2'].join('; '), P)
    expect(all).toEqual({
      cookies: ours.length,
      bytes: ours.map((pair) => `${pair}; `).join('').length,
    })
  })
})

const usual: CookieAttributes = {
  prefix: P,
  path: '/',
  domain: undefined,
  sameSite: 'Lax',
  secure: true,
  partitioned: false,
}

describe('a Set-Cookie header', () => {
  const cases: readonly (readonly [
    what: string,
    more: Partial<CookieAttributes>,
    set: string,
    del: string,
  ])[] = [
    ['by default', {}, '; Path=/; Secure; HttpOnly; SameSite=Lax', '; Path=/; Secure'],
    ['without Secure', { secure: false }, '; Path=/; HttpOnly; SameSite=Lax', '; Path=/'],
    [
      'with a path',
      { path: '/shop' },
      '; Path=/shop; Secure; HttpOnly; SameSite=Lax',
      '; Path=/shop; Secure',
    ],
    [
      'with a domain',
      { domain: 'a.example' },
      '; Path=/; Domain=a.example; Secure; HttpOnly; SameSite=Lax',
      '; Path=/; Domain=a.example; Secure',
    ],
    [
      'with SameSite=Strict',
      { sameSite: 'Strict' },
      '; Path=/; Secure; HttpOnly; SameSite=Strict',
      '; Path=/; Secure',
    ],
    [
      // Without it, a browser takes no such header in answers to another site's frames.
      'with SameSite=None',
      { sameSite: 'None' },
      '; Path=/; Secure; HttpOnly; SameSite=None',
      '; Path=/; Secure; SameSite=None',
    ],
    [
      'partitioned',
      { partitioned: true, sameSite: 'None' },
      '; Path=/; Secure; Partitioned; HttpOnly; SameSite=None',
      '; Path=/; Secure; Partitioned; SameSite=None',
    ],
  ]
  test.each(cases)('%s', (_what, more, set, del) => {
    const attributes = { ...usual, ...more }
    expect(setCookie(attributes, A, 'value', 60)).toBe(`${P}${A}=value; Max-Age=60${set}`)
    expect(deleteCookie(attributes, A)).toBe(`${P}${A}=; Max-Age=0${del}`)
  })

  test.each([
    [60, 60],
    [59.001, 60],
    [0.2, 1],
    [0, 1],
    [-100, 1],
    [MAX_AGE_SECONDS, MAX_AGE_SECONDS],
    [MAX_AGE_SECONDS + 1, MAX_AGE_SECONDS],
    [Infinity, MAX_AGE_SECONDS],
  ])(
    'that asks for %d seconds says Max-Age=%d: whole seconds, never a deletion, at most 400 days',
    (asked, said) => {
      expect(setCookie(usual, A, 'v', asked)).toContain(`; Max-Age=${said}; `)
    },
  )

  test('is of a cookie that counts as many bytes as are told of it', () => {
    for (const [id, value] of [
      [A, 'value'],
      [B, 'v'.repeat(3000)],
    ] as const) {
      const [pair = ''] = setCookie(usual, id, value, 60).split(';')
      // Name plus value; the sign between them does not count.
      expect(cookieBytes(usual, id, value.length)).toBe(pair.length - 1)
      expect(findCookies(pair, P).cookies).toEqual([{ id, value }])
    }
  })
})
