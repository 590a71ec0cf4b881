import { describe, expect, test } from 'vitest'
import { factsOf } from '../../src/http/facts.ts'

type SameSite = 'Strict' | 'Lax' | 'None'

const CROSS = { 'Sec-Fetch-Site': 'cross-site' }
const LINK = { ...CROSS, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' }

function facts(headers: Record<string, string>, method = 'GET', sameSite: SameSite = 'Lax') {
  return factsOf(method, new Headers(headers), { sameSite })
}

describe('messages are taken', () => {
  test.each([
    ['GET', {}],
    ['POST', {}],
    ['GET', { 'Sec-Purpose': '' }],
    ['GET', { 'Sec-Purpose': 'prefetching' }],
    ['GET', { 'Sec-Purpose': 'no-prefetch' }],
    ['GET', { 'Sec-Purpose': '"prefetch"' }],
    ['GET', { Purpose: 'preview' }],
    ['GET', { 'X-Moz': 'livebookmarks' }],
    ['GET', { 'X-Purpose': 'prefetch' }],
  ])('%s %j', (method, headers) => {
    expect(facts(headers, method).takes).toBe(true)
  })
})

describe('messages are shown and stay', () => {
  test.each([
    ['HEAD', {}],
    ['GET', { 'Sec-Purpose': 'prefetch' }],
    ['GET', { 'Sec-Purpose': 'prefetch;prerender' }],
    ['GET', { 'Sec-Purpose': 'prefetch; anonymous-client-ip' }],
    ['GET', { 'Sec-Purpose': ' Prefetch , x' }],
    ['GET', { 'sec-purpose': 'x,prefetch;prerender' }],
    ['GET', { Purpose: 'prefetch' }],
    ['GET', { 'X-Moz': 'prefetch' }],
    ['GET', { 'Sec-Purpose': 'x', Purpose: 'prefetch' }],
  ])('%s %j', (method, headers) => {
    expect(facts(headers, method).takes).toBe(false)
  })
})

describe('cookies are withheld', () => {
  const cases: [SameSite, string, Record<string, string>, boolean][] = [
    // Nothing is told, or the request is not from another site.
    ['Lax', 'POST', {}, false],
    ['Strict', 'GET', {}, false],
    ['Strict', 'POST', { 'Sec-Fetch-Site': 'same-origin' }, false],
    ['Strict', 'POST', { 'Sec-Fetch-Site': 'same-site' }, false],
    ['Strict', 'GET', { 'Sec-Fetch-Site': 'none' }, false],
    ['Lax', 'POST', { 'Sec-Fetch-Site': 'cross-sites' }, false],
    ['Lax', 'POST', { 'Sec-Fetch-Site': '' }, false],
    ['Lax', 'POST', { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' }, false],
    // Links.
    ['Lax', 'GET', LINK, false],
    ['Lax', 'HEAD', LINK, false],
    ['Lax', 'GET', { ...CROSS, 'Sec-Fetch-Mode': 'navigate' }, false],
    ['Lax', 'GET', { ...CROSS, 'Sec-Fetch-Mode': ' Navigate ', 'Sec-Fetch-Dest': '' }, false],
    ['Strict', 'GET', LINK, true],
    ['Strict', 'HEAD', LINK, true],
    // All else from another site.
    ['Lax', 'POST', LINK, true],
    ['Lax', 'get', LINK, true],
    ['Lax', 'OPTIONS', LINK, true],
    ['Lax', 'GET', CROSS, true],
    ['Lax', 'GET', { 'Sec-Fetch-Site': ' Cross-Site ' }, true],
    ['Lax', 'GET', { ...LINK, 'Sec-Fetch-Mode': 'no-cors' }, true],
    ['Lax', 'GET', { ...LINK, 'Sec-Fetch-Mode': 'websocket' }, true],
    ...['iframe', 'frame', 'embed', 'object', 'fencedframe', 'image', 'empty', 'x'].map(
      (dest): [SameSite, string, Record<string, string>, boolean] => [
        'Lax',
        'GET',
        { ...LINK, 'Sec-Fetch-Dest': dest },
        true,
      ],
    ),
    ['Strict', 'GET', { ...LINK, 'Sec-Fetch-Mode': 'no-cors' }, true],
    // These go everywhere.
    ['None', 'POST', CROSS, false],
    ['None', 'GET', { ...LINK, 'Sec-Fetch-Dest': 'iframe' }, false],
  ]
  test.each(cases)('SameSite=%s, %s, %j: %s', (sameSite, method, headers, isWithheld) => {
    expect(facts(headers, method, sameSite).isWithheld).toBe(isWithheld)
  })
})
