import { describe, expect, test } from 'vitest'
import { cacheHeaders } from '../../src/session/caching.ts'

const DEFAULT = 'private, no-store'

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
      expect(cacheHeaders(headers, configured).cacheControl).toBe(result)
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
      expect(cacheHeaders(headers, false).vary).toBe(result)
    })
  }
})
