import { describe, expect, test } from 'vitest'
import { headerEdits } from '../../src/http/caching.ts'

const DEFAULT = 'private, no-store'

/** What a header becomes; `undefined` where it is left as it is. */
function editOf(header: string, headers: Headers, cacheControl: string | false) {
  const edits = headerEdits(
    { status: 200, headers },
    { setCookies: [], wasRead: true, cacheControl },
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
