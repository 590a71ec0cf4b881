import { describe, expect, test } from 'vitest'
import { headerEdits } from '../../src/http/caching.ts'

const DEFAULT = 'private, no-store'

/** What a header becomes; `undefined` where it is left as it is. */
function editOf(header: string, headers: Headers, cacheControl: string | false) {
  const edits = headerEdits(
    { status: 200, headers },
    { setCookies: [], wasRead: true, cacheControl, ifNoneMatch: '' },
  )
  return edits.find(({ name }) => name === header)?.value
}

describe('a response for which the session was read', () => {
  const cases: readonly (readonly [
    present: string | null,
    configured: string | false,
    result: string | undefined,
  ])[] = [
    [null, DEFAULT, DEFAULT],
    ['public, max-age=60', DEFAULT, DEFAULT],
    ['s-maxage=60', DEFAULT, DEFAULT],
    ['private, max-age=60', DEFAULT, DEFAULT],
    ['private="Set-Cookie"', DEFAULT, DEFAULT],
    ['no-store', DEFAULT, undefined],
    ['Private, No-Store, max-age=0', DEFAULT, undefined],
    [null, 'private, no-cache', 'private, no-cache'],
    ['public', 'private, no-cache', 'private, no-cache'],
    ['private, max-age=60', 'private, no-cache', undefined],
    ['no-store', 'private, no-cache', undefined],
    // Who knows must-understand does not look at no-store (RFC 9111 §5.2.2.3).
    ['must-understand, no-store, max-age=3600', DEFAULT, DEFAULT],
    ['no-store, Must-Understand', 'private, no-cache', 'private, no-cache'],
    ['private, must-understand, no-store', 'private, no-cache', undefined],
    // What stands in quotes is no directive.
    ['public, max-age=60, foo="a, no-store, b"', DEFAULT, DEFAULT],
    ['foo="a\\", no-store, \\"b", no-cache', DEFAULT, DEFAULT],
    ['max-age=60, foo="no closing quote, no-store', DEFAULT, DEFAULT],
    ['foo="a, b", no-store', DEFAULT, undefined],
    ['private, foo="public"', 'private, no-cache', undefined],
    // Shared caches differ on what counts of these.
    ['private, public', 'private, no-cache', 'private, no-cache'],
    ['private, s-maxage=60', 'private, no-cache', 'private, no-cache'],
    ['no-store=1', DEFAULT, DEFAULT],
    ['x-no-store', DEFAULT, DEFAULT],
    ['no-transform, foo="x, no-cache"', 'private', 'private, no-transform'],
    ['public', false, undefined],
    [null, false, undefined],
  ]
  for (const [present, configured, result] of cases) {
    const kept = result === undefined ? 'is left as it is' : `becomes ${result}`
    test(`with Cache-Control ${present ?? 'not set'} and the option ${configured}: it ${kept}`, () => {
      const headers = new Headers(present === null ? {} : { 'Cache-Control': present })
      expect(editOf('Cache-Control', headers, configured)).toBe(result)
    })
  }

  for (const [present, result] of [
    [null, 'Cookie'],
    ['Accept', 'Accept, Cookie'],
    ['Accept, cookie', undefined],
    ['*', undefined],
  ] as const) {
    test(`with Vary ${present ?? 'not set'}: it ${result === undefined ? 'is left as it is' : `becomes ${result}`}`, () => {
      const headers = new Headers(present === null ? {} : { Vary: present })
      expect(editOf('Vary', headers, false)).toBe(result)
    })
  }
})

describe('a header that overrides Cache-Control for a CDN goes, unless it forbids storing', () => {
  const names = [
    'CDN-Cache-Control',
    'Cloudflare-CDN-Cache-Control',
    'Netlify-CDN-Cache-Control',
    'Vercel-CDN-Cache-Control',
    'Akamai-Cache-Control',
    'Fastly-CDN-Cache-Control',
    'X-LiteSpeed-Cache-Control',
    'X-Cache-Control',
    'Edge-Control',
    'Surrogate-Control',
    'X-Accel-Expires',
  ]
  const isRemoved = (name: string, value: string, cacheControl: string | false = DEFAULT) =>
    headerEdits(
      { status: 200, headers: new Headers({ [name]: value }) },
      { setCookies: [], wasRead: true, cacheControl, ifNoneMatch: '' },
    ).some((edit) => edit.name === name.toLowerCase() && edit.value === undefined)

  test.each(names)('%s', (name) => {
    for (const value of [
      'public, max-age=3600',
      'max-age=60',
      '3600',
      '!no-store, max-age=60',
      'private, max-age=60',
      'must-understand, no-store',
      'foo="a, no-store, b"',
    ])
      expect([value, isRemoved(name, value)]).toEqual([value, true])
    expect(isRemoved(name, name === 'X-Accel-Expires' ? '0' : 'No-Store')).toBe(false)
    expect(isRemoved(name, 'public', false)).toBe(false)
  })

  test('0 is no such value elsewhere, and other headers stay', () => {
    expect(isRemoved('CDN-Cache-Control', '0')).toBe(true)
    for (const name of ['Cache-Tag', 'Surrogate-Key', 'X-Edge-Control', 'Expires', 'ETag'])
      expect([name, isRemoved(name, '3600')]).toEqual([name, false])
  })
})

describe('the tag of a response that sets cookies', () => {
  const COOKIES = ['__Host-session.aaaaaaaa=v; Path=/', '__Host-session.bbbbbbbb=; Max-Age=0']
  const tagOf = (ifNoneMatch: string, tag: string | null, setCookies = COOKIES, status = 200) => {
    const headers = new Headers(tag === null ? {} : { ETag: tag })
    return headerEdits(
      { status, headers },
      { setCookies, wasRead: true, cacheControl: DEFAULT, ifNoneMatch },
    ).find(({ name }) => name === 'ETag')
  }

  test('is one that the browser does not have, if the browser asks for a change', () => {
    const asked = '"__Host-session.aaaaaaaa", W/"one", "two"'
    for (const tag of [null, '"one"', 'W/"one"', '"two"', 'W/"two"']) {
      const edit = tagOf(asked, tag)
      expect(edit?.value).toMatch(/^W\/"[^"]+"$/)
      expect(asked).not.toContain(edit?.value?.slice(2))
    }
  })

  test('is left alone where no 304 can come of it', () => {
    expect(tagOf('', null)).toBe(undefined)
    expect(tagOf('', '"one"')).toBe(undefined)
    expect(tagOf('"two"', '"one"')).toBe(undefined)
    expect(tagOf('"one"', '"one"', [])).toBe(undefined)
  })

  test('goes from a 304', () => {
    expect(tagOf('"one"', '"one"', COOKIES, 304)).toEqual({ name: 'ETag', value: undefined })
  })
})
