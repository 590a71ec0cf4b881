/** Cookies that no secret of the node opens. */
import { describe, expect, test } from 'vitest'
import { entryId } from '../../src/log/format/ids.ts'
import { UNKNOWN_BYTES, YOUNG_UNKNOWN_BYTES } from '../../src/opening/judge.ts'
import { sealText } from '../../src/seal/jwe.ts'
import { Keyring, scopeOf } from '../../src/seal/keyring.ts'
import { Clock, ORIGIN, OTHER_SECRET, Shop, START, Visitor } from '../support/visitor.ts'

const PREFIX = '__Host-session.'
const HOUR_MS = 3_600_000
/** When nobody seals with that secret any more. */
const OLD = START - 3 * HOUR_MS
const theirs = new Keyring([OTHER_SECRET], scopeOf('__Host-session'), 43_200)

interface Cookie {
  readonly name: string
  readonly value: string
}

/** A cookie that another secret sealed, with `bytes` bytes of name and value. */
async function unknown(n: number, bytes: number, sealedAt = OLD): Promise<Cookie> {
  const id = entryId(START, (count) => new Uint8Array(count).fill(n))
  const name = `${PREFIX}${id}`
  const empty = await sealText('', theirs, sealedAt)
  const [head = '', key = '', iv = '', , tag = ''] = empty.split('.')
  const ciphertext = 'A'.repeat(bytes - name.length - empty.length)
  return { name, value: [head, key, iv, ciphertext, tag].join('.') }
}

const headerOf = (...cookies: readonly Cookie[]): string =>
  cookies.map(({ name, value }) => `${name}=${value}`).join('; ')

/** The names of the cookies that a request with this header deletes, if it writes. */
async function deleted(header: string, writes = true): Promise<string[]> {
  const shop = new Shop()
  const session = await shop.sessions.open(new Request(ORIGIN, { headers: { cookie: header } }))
  if (writes) session.data['a'] = 1
  else expect(session.data).toEqual({})
  const response = await shop.sessions.commit(session, new Response('ok'))
  return response.headers
    .getSetCookie()
    .filter((line) => line.includes('Max-Age=0'))
    .map((line) => line.split('=')[0] ?? '')
}

const names = (...cookies: readonly Cookie[]): string[] => cookies.map(({ name }) => name)

describe('cookies of unknown secrets', () => {
  test('stay, up to 4,096 bytes of name and value', async () => {
    expect(UNKNOWN_BYTES).toBe(4096)
    const all = await Promise.all([1, 2, 3, 4].map((n) => unknown(n, 1024)))
    for (const { name, value } of all) expect(name.length + value.length).toBe(1024)
    expect(await deleted(headerOf(...all))).toEqual([])
  })

  test('go beyond that, the oldest first, and no more than must', async () => {
    const old = await unknown(1, 300)
    const all = await Promise.all([2, 3, 4, 5].map((n) => unknown(n, 1024)))
    expect(await deleted(headerOf(old, ...all))).toEqual(names(old))
    const larger = await unknown(6, 1025)
    expect(await deleted(headerOf(...all, larger))).toEqual(names(...all.slice(0, 2)))
  })

  test('go by the hour of their keys, and in one hour by their order in the header', async () => {
    const [a, b, c, d] = await Promise.all([
      unknown(1, 2000, OLD),
      unknown(2, 2000, OLD - HOUR_MS),
      unknown(3, 2000, OLD),
      unknown(4, 2000, OLD - 2 * HOUR_MS),
    ])
    expect(await deleted(headerOf(a, b, c, d))).toEqual(names(d, b))
  })

  test('stay up to 8,192 bytes in the hour in which they were sealed and the next, as in a rotation', async () => {
    expect(YOUNG_UNKNOWN_BYTES).toBe(8192)
    const of = (from: number, at: number) =>
      Promise.all([0, 1, 2, 3].map((n) => unknown(from + n, 1024, at)))
    const [now, before] = [await of(1, START), await of(5, START - HOUR_MS)]
    expect(await deleted(headerOf(...before, ...now))).toEqual([])
    const old = await of(9, OLD)
    expect(await deleted(headerOf(...old, ...before, ...now))).toEqual(names(...old))
    const [more] = await of(13, START)
    expect(await deleted(headerOf(...before, ...now, ...(more ? [more] : [])))).toEqual(
      names(...before.slice(0, 1)),
    )
  })

  test('lock nobody out of a server that has another secret at each start', async () => {
    const clock = new Clock()
    const visitor = new Visitor(clock)
    for (let start = 0; start < 40; start++) {
      const secrets = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))
      const shop = new Shop({ secrets }, { clock, visitor })
      await shop.visit((session) => {
        session.login('ada')
        session.data['cart'] = 'x'.repeat(800)
      })
      for (let i = 0; i < 3; i++) {
        clock.advance(40)
        await shop.visit((session) => session.increment('visits'))
      }
      expect(await shop.look()).toEqual({ cart: 'x'.repeat(800), visits: 3 })
      // What the one before left is told, and takes no more than it may.
      expect(visitor.cookie.length).toBeLessThan(8192 + 4096)
    }
  })

  test('stay where the request writes nothing', async () => {
    const all = await Promise.all([1, 2, 3, 4, 5].map((n) => unknown(n, 1024)))
    expect(await deleted(headerOf(...all), false)).toEqual([])
  })

  test('never crowd out what this node can read, nor make it forget that', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    const all = await Promise.all(Array.from({ length: 40 }, (_, n) => unknown(n, 400)))
    const cookie = `${headerOf(...all)}; ${shop.visitor.cookie}`
    const session = await shop.sessions.open(new Request(ORIGIN, { headers: { cookie } }))
    expect(session.data).toEqual({ a: 1 })
    session.increment('b')
    const lines = (await shop.sessions.commit(session, new Response())).headers.getSetCookie()
    expect(lines.filter((line) => line.includes('Max-Age=0'))).toHaveLength(30)
    shop.visitor.jar.store(lines, `${ORIGIN}/`)
    expect(await shop.look()).toEqual({ a: 1, b: 1 })
  })

  test('whatever a client makes of them, only cookies of this name are deleted, and within the budget', async () => {
    const future = await unknown(1, 4096, START + 1000 * HOUR_MS)
    const kid = (text: string) =>
      btoa(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid: text })).replaceAll('=', '')
    const odd = Array.from({ length: 63 }, (_, n) => ({
      name: `${PREFIX}${String(n).padStart(8, '_')}`,
      value: `${kid(`AAAA.${'z'.repeat(1 + (n % 8))}`)}..${'A'.repeat(16)}.${'A'.repeat(250)}.${'A'.repeat(22)}`,
    }))
    const foreign = { name: '__Host-sessions.aaaaaaaa', value: future.value }
    const gone = await deleted(headerOf(foreign, future, ...odd))
    const ours = new Set(names(future, ...odd))
    expect(gone.length).toBeGreaterThan(40)
    expect(new Set(gone).size).toBe(gone.length)
    for (const name of gone) expect(ours).toContain(name)
  })
})
