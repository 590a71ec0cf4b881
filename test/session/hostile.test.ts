import { CompactEncrypt } from 'jose'
import { describe, expect, test } from 'vitest'
import type { RejectionReason, SessionEvent } from '../../src/index.ts'
import { entryId } from '../../src/log/format/ids.ts'
import { sealText } from '../../src/seal/jwe.ts'
import { Keyring, scopeOf } from '../../src/seal/keyring.ts'
import { silently } from '../support/console.ts'
import { base64Url, rfc7520Shapes } from '../support/jwe-shapes.ts'
import { ORIGIN, OTHER_SECRET, SECRET, Shop, START } from '../support/visitor.ts'

const ID = entryId(START, (count) => new Uint8Array(count))
const NAME = `__Host-session.${ID}`
const keyring = new Keyring([SECRET], scopeOf('__Host-session'), 43_200)
const seal = (text: string): Promise<string> => sealText(text, keyring, START)

/** A cookie of ours, `[name, value]`. */
async function realCookie(): Promise<[string, string]> {
  const shop = new Shop()
  await shop.visit(({ data }) => {
    data['a'] = 1
  })
  const [name = '', value = ''] = shop.visitor.cookie.split('=')
  return [name, value]
}

/** A whole and authentic JWE of ours, but for what `changes` says. */
async function claims(changes: Record<string, unknown>): Promise<string> {
  const whole = {
    v: 1,
    k: 'b',
    sid: 'AAAAAAAAAAAAAAAAAAAAAA',
    jti: ID,
    iat: START / 1000,
    exp: Math.floor(START / 1000) + 1800,
    h: ID,
    d: { a: 1 },
  }
  return `${NAME}=${await seal(JSON.stringify({ ...whole, ...changes }))}`
}

async function withHeader(header: Record<string, string>): Promise<string> {
  const { kid, key } = await keyring.sealing(START)
  const protectedHeader = { alg: 'dir', enc: 'A256GCM', kid, ...header }
  const token = await new CompactEncrypt(new Uint8Array(8))
    .setProtectedHeader(protectedHeader)
    .encrypt(key)
  return `${NAME}=${token}`
}

/** Flips a bit in the middle of part `index` of a token. */
function flipped(token: string, index: number): string {
  const parts = token.split('.')
  const part = parts[index] ?? ''
  const middle = Math.floor(part.length / 2)
  parts[index] =
    `${part.slice(0, middle)}${part[middle] === 'A' ? 'B' : 'A'}${part.slice(middle + 1)}`
  return parts.join('.')
}

type Hostile = readonly [
  name: string,
  cookie: () => string | Promise<string>,
  reason: RejectionReason,
]

const hostile: readonly Hostile[] = [
  ['garbage', () => `${NAME}=%00%ff"<script>`, 'malformed'],
  ['garbage with four dots', () => `${NAME}=a.b.c.d.e`, 'malformed'],
  ['only dots', () => `${NAME}=....`, 'malformed'],
  ['a JWT that is only signed', () => `${NAME}=eyJhbGciOiJIUzI1NiJ9.e30.c2ln`, 'malformed'],
  ['an id that is none', async () => `__Host-session.x=${(await realCookie())[1]}`, 'malformed'],
  ['an empty id', async () => `__Host-session.=${(await realCookie())[1]}`, 'malformed'],
  ['a value in quotes', async () => `${NAME}="${(await realCookie())[1]}"`, 'malformed'],
  ['half of a cookie', async () => (await realCookie()).join('=').slice(0, 150), 'malformed'],
  [
    'a cookie without its tag',
    async () => `${NAME}=${(await realCookie())[1].replace(/[^.]+$/, '')}`,
    'unsupported',
  ],
  ['more than 4,096 bytes', () => `${NAME}=${'A'.repeat(4100)}`, 'oversized'],
  [
    'a shortened ciphertext',
    async () => (await realCookie()).join('=').replace(/.{4}(\.[^.]+)$/, '$1'),
    'tampered',
  ],
  ['a changed IV', async () => `${NAME}=${flipped((await realCookie())[1], 2)}`, 'tampered'],
  [
    'a changed ciphertext',
    async () => `${NAME}=${flipped((await realCookie())[1], 3)}`,
    'tampered',
  ],
  ['a changed tag', async () => `${NAME}=${flipped((await realCookie())[1], 4)}`, 'tampered'],
  ['another id', async () => `${NAME}=${(await realCookie())[1]}`, 'renamed'],
  [
    'another name sealed it',
    async () =>
      `${NAME}=${await sealText('{}', new Keyring([SECRET], scopeOf('__Host-other'), 9), START)}`,
    'tampered',
  ],
  [
    'another secret sealed it',
    async () =>
      `${NAME}=${await sealText('{}', new Keyring([OTHER_SECRET], scopeOf('__Host-session'), 9), START)}`,
    'unknown-key',
  ],
  [
    'an hour that is long over',
    async () => `${NAME}=${await sealText('{}', keyring, START - 50_000_000)}`,
    'key-window',
  ],
  [
    'an hour to come',
    async () => `${NAME}=${await sealText('{}', keyring, START + 7_200_000)}`,
    'key-window',
  ],
  ['a header member that we never write', () => withHeader({ x: 'y' }), 'unsupported'],
  ['compression', () => withHeader({ zip: 'DEF' }), 'unsupported'],
  ['a type', () => withHeader({ typ: 'JWT' }), 'unsupported'],
  ['a kid that is none', () => withHeader({ kid: '../../etc/passwd' }), 'malformed'],
  [
    'a header that is no object',
    () => `${NAME}=${base64Url('[1,2,3,4,5,6,7,8,9]')}..${'A'.repeat(16)}.AA.${'A'.repeat(22)}`,
    'malformed',
  ],
  [
    'a header with alg none',
    () =>
      `${NAME}=${base64Url('{"alg":"none","enc":"A256GCM"}')}..${'A'.repeat(16)}.AA.${'A'.repeat(22)}`,
    'unsupported',
  ],
  [
    'a header without a kid',
    () =>
      `${NAME}=${base64Url('{"alg":"dir","enc":"A256GCM"}')}..${'A'.repeat(16)}.AA.${'A'.repeat(22)}`,
    'unsupported',
  ],
  ['no JSON inside', async () => `${NAME}=${await seal('hello')}`, 'invalid'],
  ['null inside', async () => `${NAME}=${await seal('null')}`, 'invalid'],
  ['a list inside', async () => `${NAME}=${await seal('[]')}`, 'invalid'],
  ['another version', () => claims({ v: 2 }), 'invalid'],
  ['an unknown kind', () => claims({ k: 'q' }), 'invalid'],
  ['a value of the overflow store', () => claims({ k: 'o' }), 'invalid'],
  ['no session id', () => claims({ sid: undefined }), 'invalid'],
  ['a session id that is none', () => claims({ sid: 'short' }), 'invalid'],
  ['a start that is text', () => claims({ iat: 'now' }), 'invalid'],
  ['an expiry that is null', () => claims({ exp: null }), 'invalid'],
  ['a subject that is no text', () => claims({ sub: 7 }), 'invalid'],
  ['data that is a list', () => claims({ d: [] }), 'invalid'],
  ['no data', () => claims({ d: undefined }), 'invalid'],
  ['no horizon', () => claims({ h: undefined }), 'invalid'],
  ['an entry that is none', () => claims({ e: [[1]] }), 'invalid'],
  ['a log without its base', () => claims({ k: 'l', s: ID, e: [['', '=a', 1]] }), 'orphaned'],
  [
    'a start in the future',
    () => claims({ iat: START / 1000 + 3000, exp: START / 1000 + 4000 }),
    'not-yet-valid',
  ],
]

/** What a request with this Cookie header finds and tells. */
async function opened(cookie: string): Promise<SessionEvent[]> {
  const shop = new Shop({ initial: () => ({ fresh: true }) })
  await silently(async () => {
    const session = await shop.sessions.open(new Request(ORIGIN, { headers: { cookie } }))
    expect(session.isNew).toBe(true)
    expect(session.data).toEqual({ fresh: true })
    const response = await shop.sessions.commit(session, new Response('ok'))
    expect(response.status).toBe(200)
    expect(response.headers.getSetCookie()).toEqual([])
  })
  return shop.events
}

describe('a hostile cookie gives a new empty session and one event with a reason:', () => {
  for (const [name, cookie, reason] of hostile) {
    test(`${name}: ${reason}`, async () => {
      expect(await opened(await cookie())).toEqual([{ type: 'rejected', reason, count: 1 }])
    })
  }

  test('the shapes of RFC 7520 §5 that are not ours', async () => {
    for (const { section, what, token } of await rfc7520Shapes()) {
      const told = (await opened(`${NAME}=${token}`)).map((event) =>
        event.type === 'rejected' ? event.reason : event.type,
      )
      const isCompact = token.split('.').length === 5
      expect([section, what, ...told]).toEqual([
        section,
        what,
        isCompact ? 'unsupported' : 'malformed',
      ])
    }
  })

  test('an expired session tells which limit it passed', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    const { cookie } = shop.visitor
    shop.clock.advance(1800)
    const session = await shop.sessions.open(new Request(ORIGIN, { headers: { cookie } }))
    expect(session.data).toEqual({})
    expect(shop.told('expired', 'rejected')).toEqual([{ type: 'expired', limit: 'idle' }])
  })

  test('a node whose clock is hours behind leaves alone what it cannot read yet', async () => {
    const shop = new Shop()
    shop.clock.advance(3 * 3600)
    await shop.visit((session) => {
      session.data['cart'] = 1
      session.subject = 'ada'
    })
    const slow = new Shop({}, { visitor: shop.visitor })
    await slow.visit((session) => {
      expect(session.isNew).toBe(true)
      session.data['theme'] = 'dark'
    })
    expect(slow.events).toContainEqual({ type: 'rejected', reason: 'key-window', count: 1 })
    await shop.visit((session) => {
      expect(session.data).toEqual({ cart: 1 })
      expect(session.subject).toBe('ada')
    })
  })

  test('what has no value is skipped without a word, and left alone', async () => {
    const emptied = Array.from({ length: 70 }, (_, i) => `__Host-session.${ID.slice(2)}${10 + i}=`)
    expect(await opened(emptied.join('; '))).toEqual([])
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    const cookie = [...emptied, shop.visitor.cookie].join('; ')
    const session = await shop.sessions.open(new Request(ORIGIN, { headers: { cookie } }))
    expect(session.data).toEqual({ a: 1 })
    session.destroy()
    const response = await shop.sessions.commit(session, new Response('ok'))
    const deleted = response.headers.getSetCookie().filter((line) => line.includes('Max-Age=0'))
    expect(deleted.map((line) => line.split('=')[0])).toEqual([shop.visitor.cookie.split('=')[0]])
  })

  test('many of one kind are one event; beyond 64 they are not opened', async () => {
    const many = Array.from(
      { length: 70 },
      (_, i) => `__Host-session.${ID.slice(2)}${10 + i}=x`,
    ).join('; ')
    expect(await opened(many)).toEqual([
      { type: 'rejected', reason: 'too-many', count: 6 },
      { type: 'rejected', reason: 'malformed', count: 64 },
    ])
  })
})
