import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findCookies } from '../../src/http/cookies.ts'
import { CarryonError, createSessions } from '../../src/index.ts'
import { decodeClaims } from '../../src/log/format/claims.ts'
import type { Fragment } from '../../src/log/format/fragment.ts'
import { merge } from '../../src/log/reading/merge.ts'
import { sealText } from '../../src/seal/jwe.ts'
import { Keyring, scopeOf } from '../../src/seal/keyring.ts'
import { decodeValue, encodeValue } from '../../src/tree/values.ts'
import { LONG_MS } from '../model/budget.ts'
import { silently } from '../support/console.ts'
import { rfc7520Shapes } from '../support/jwe-shapes.ts'
import { throughWire } from '../support/through-wire.ts'
import { type Loose, ORIGIN, SECRET, Shop, START } from '../support/visitor.ts'
import { anyClaims, anyHeader, anyJson, mutated, PREFIX } from './hostile-input.ts'

const inWorkerd = navigator.userAgent === 'Cloudflare-Workers'
/** Inputs of each kind: 100,000 in all on Node. */
const RUNS = {
  headers: 20_000,
  values: 15_000,
  claims: 24_000,
  merges: 15_000,
  sealed: 6_000,
  mutants: 20_000,
}
const runs = (kind: keyof typeof RUNS) => ({ numRuns: inWorkerd ? RUNS[kind] / 50 : RUNS[kind] })

const keyring = new Keyring([SECRET], scopeOf('__Host-session'), 43_200)
const sessions = createSessions<Loose>({
  secrets: SECRET,
  initial: () => ({}),
  clock: () => START,
})

/** A handler that reads and writes all that there is, and answers 500 for anything that is not documented. */
const app = sessions.handle(async (_, session) => {
  try {
    session.flashed
    session.id
    JSON.stringify(session.expiresAt)
    for (const key of Object.keys(session.data)) Reflect.get(session.data, key)
    session.data['touched'] = 1
    session.increment('count')
    if (session.data['a'] === 1) session.regenerate()
    if (session.data['b'] === 1) session.destroy()
  } catch (error) {
    if (!(error instanceof CarryonError)) throw error
  }
  return new Response('ok')
})

/** Answers a request with a Cookie header, as a server would, and checks the answer. */
async function request(header: string): Promise<void> {
  // workerd itself writes to the console when a test makes such a header.
  if (inWorkerd && /[^ -~]/.test(header)) return
  const headers = new Headers()
  try {
    headers.set('Cookie', header)
  } catch {
    // No server hands such a header to an app.
    return
  }
  let response: Response
  try {
    response = await app(new Request(ORIGIN, { headers }))
  } catch (error) {
    // What was sealed with the right key may be too large to be changed, or lie in a store: a typed error.
    expect(error).toBeInstanceOf(CarryonError)
    return
  }
  expect(response.status).toBe(200)
  const names = response.headers.getSetCookie().map((line) => line.split('=')[0])
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^__Host-session\.[\w-]+$/)
}

describe('100,000 hostile inputs make no crash, no 500 and no console line:', {
  timeout: LONG_MS,
}, () => {
  test('there are 100,000', () => {
    expect(Object.values(RUNS).reduce((sum, count) => sum + count, 0)).toBe(100_000)
  })

  test('Cookie headers that are none', () => {
    fc.assert(
      fc.property(anyHeader, (header) => {
        const { cookies } = findCookies(header, PREFIX)
        for (const { id, value } of cookies) {
          expect(id).toMatch(/^[\w-]+$/)
          expect(header).toContain(`${PREFIX}${id}=${value}`)
        }
        expect(new Set(cookies.map(({ id }) => id)).size).toBe(cookies.length)
      }),
      runs('headers'),
    )
  })

  test('values that nobody encoded', () => {
    fc.assert(
      fc.property(anyJson, (json) => {
        const value = decodeValue(JSON.parse(json))
        expect(Reflect.get({}, 'polluted')).toBeUndefined()
        try {
          encodeValue(value, 'data')
        } catch (error) {
          // Nested too deeply.
          expect(error).toBeInstanceOf(CarryonError)
        }
      }),
      runs('values'),
    )
  })

  test('claims of any shape', () => {
    fc.assert(
      fc.property(
        anyClaims.chain(({ text }) => fc.oneof(fc.constant(text), mutated(text))),
        (text) => {
          const fragment = decodeClaims(text)
          // What is accepted can be written, and is the same when it is read again.
          if (!fragment) return
          const read = throughWire(fragment)
          // An empty log is told by none, and a part of a second is not told.
          const apart = (each?: Fragment) =>
            JSON.stringify({ ...each, log: undefined, expires: undefined })
          expect(apart(read)).toBe(apart(fragment))
        },
      ),
      runs('claims'),
    )
  })

  test('any fragments in one view', () => {
    fc.assert(
      fc.property(fc.array(anyClaims, { minLength: 1, maxLength: 5 }), (all) => {
        const fragments = all.flatMap(({ text }): Fragment[] => {
          const fragment = decodeClaims(text)
          return fragment ? [fragment] : []
        })
        const view = merge(fragments, START)
        for (const key of Object.keys(view.current?.state ?? {})) expect(typeof key).toBe('string')
        const ids = fragments.map(({ id }) => id)
        expect(view.dropped.every(({ fragment }) => ids.includes(fragment.id))).toBe(true)
      }),
      runs('merges'),
    )
  })

  test('whole requests with claims of any shape under an authentic seal', async () => {
    await silently(() =>
      fc.assert(
        fc.asyncProperty(fc.array(anyClaims, { minLength: 1, maxLength: 4 }), async (all) => {
          const cookies = await Promise.all(
            all.map(
              async ({ id, text }) => `${PREFIX}${id}=${await sealText(text, keyring, START)}`,
            ),
          )
          await request(cookies.join('; '))
        }),
        runs('sealed'),
      ),
    )
  })

  test('whole requests with real cookies that were tampered with, and JWEs of RFC 7520', async () => {
    const shop = new Shop()
    for (const key of ['a', 'b', 'c']) {
      await shop.visit(({ data }) => {
        data[key] = key
      })
    }
    const foreign = (await rfc7520Shapes()).map(({ token }) => `${PREFIX}aaaaaaaa=${token}`)
    const header = fc
      .tuple(fc.constantFrom(shop.visitor.cookie, ...foreign), anyHeader)
      .chain(([real, rest]) => mutated(real).map((text) => `${text};${rest}`))
    await silently(() => fc.assert(fc.asyncProperty(header, request), runs('mutants')))
  })
})
