import { describe, expect, test } from 'vitest'
import type { Fragment } from '../../src/log/format/fragment.ts'
import { entryId } from '../../src/log/format/ids.ts'
import { openFragment, sealFragment } from '../../src/seal/fragment.ts'
import { Keyring, scopeOf } from '../../src/seal/keyring.ts'
import { SeenFragments } from '../../src/seal/seen.ts'
import { cryptoCalls } from '../support/crypto-calls.ts'
import { SECRET, Shop, START } from '../support/visitor.ts'

const HOUR = 3_600_000
const keyring = new Keyring([SECRET], scopeOf('__Host-session'), 7200)

function fragmentOf(n: number): Fragment {
  const id = entryId(START + n, (count) => new Uint8Array(count))
  return {
    id,
    identity: { sid: 'A'.repeat(22), start: START, generation: 1, from: [], subject: undefined },
    expires: START + HOUR,
    kind: 'base',
    horizon: id,
    state: { n, list: [n] },
    serial: 0,
    memory: undefined,
    log: undefined,
  }
}

describe('a fragment that was opened before', () => {
  test('is opened again without any cryptography, to the same', async () => {
    const seen = new SeenFragments()
    const fragment = fragmentOf(1)
    const token = await sealFragment(fragment, keyring, START)
    const first = await openFragment(fragment.id, token, keyring, START, seen)
    expect(first).toMatchObject({ ok: true, newestSecret: true })
    const calls = await cryptoCalls(async () => {
      expect(await openFragment(fragment.id, token, keyring, START, seen)).toEqual(first)
    })
    expect(calls).toEqual({})
  })

  test('is refused under another name all the same', async () => {
    const seen = new SeenFragments()
    const fragment = fragmentOf(1)
    const token = await sealFragment(fragment, keyring, START)
    for (const known of [seen, seen]) {
      const { id } = fragmentOf(2)
      const renamed = { ok: false, reason: 'renamed' }
      expect(await openFragment(id, token, keyring, START, known)).toEqual(renamed)
      await openFragment(fragment.id, token, keyring, START, known)
    }
  })

  test('is refused once its key is out of the window, either way', async () => {
    const seen = new SeenFragments()
    const fragment = fragmentOf(1)
    const token = await sealFragment(fragment, keyring, START)
    for (const [now, expected] of [
      [START, { ok: true }],
      [START + 5 * HOUR, { ok: false, reason: 'key-window' }],
      [START - 3 * HOUR, { ok: false, reason: 'key-window', ahead: true }],
      [START, { ok: true }],
    ] as const)
      expect(await openFragment(fragment.id, token, keyring, now, seen)).toMatchObject(expected)
  })

  test('is told apart from one that was tampered with, which is never kept', async () => {
    const seen = new SeenFragments()
    const fragment = fragmentOf(1)
    const token = await sealFragment(fragment, keyring, START)
    await openFragment(fragment.id, token, keyring, START, seen)
    const changed = `${token.slice(0, -30)}${token.at(-30) === 'A' ? 'B' : 'A'}${token.slice(-29)}`
    for (let i = 0; i < 2; i++) {
      const calls = await cryptoCalls(async () => {
        const opened = await openFragment(fragment.id, changed, keyring, START, seen)
        expect(opened).toEqual({ ok: false, reason: 'tampered' })
      })
      expect(calls).toEqual({ decrypt: 1 })
    }
  })
})

describe('of what was seen', () => {
  const entry = (n: number, nodes = 0) => ({
    fragment: fragmentOf(n),
    content: { nodes, names: 0, longest: 0, added: 0 },
    kid: 'kid',
    keyring,
  })
  const one = new SeenFragments()
  one.put('a'.repeat(100), entry(0))
  const each = one.bytes

  test('no more is kept than there is room for, and what was used longest ago goes first', () => {
    const seen = new SeenFragments(10 * each)
    for (let n = 0; n < 10; n++) seen.put(`${n}`.repeat(100), entry(n))
    expect(seen.bytes).toBe(10 * each)
    expect(seen.get('0'.repeat(100))).toBeDefined()
    seen.put('x'.repeat(100 + each), entry(10))
    const kept = '0123456789'.split('').filter((n) => seen.get(n.repeat(100)))
    expect(kept).toEqual(['0', '4', '5', '6', '7', '8', '9'])
    expect(seen.get('x'.repeat(100 + each))).toBeDefined()
    expect(seen.bytes).toBeLessThanOrEqual(10 * each)
  })

  test('one that is found again is kept under its first text', () => {
    const seen = new SeenFragments(10 * each)
    seen.put('a'.repeat(100), entry(1))
    const [first, second] = [
      seen.get('a'.repeat(100)),
      seen.get(`${'a'.repeat(100)}b`.slice(0, 100)),
    ]
    expect(second).toBe(first)
    expect(first).toMatchObject({ token: 'a'.repeat(100) })
  })

  test('the same one counts once, and one that is larger than all room is not kept', () => {
    const seen = new SeenFragments(2 * each)
    for (let i = 0; i < 5; i++) seen.put('a'.repeat(200), entry(1))
    expect(seen.get('a'.repeat(200))).toBeDefined()
    seen.put('b'.repeat(2 * each), entry(2))
    expect(seen.get('b'.repeat(2 * each))).toBeUndefined()
    expect(seen.bytes).toBe(0)
    seen.put('c'.repeat(300), entry(3))
    expect(seen.get('c'.repeat(300))).toBeDefined()
  })

  test('one counts for what is in it, and not for the length of its cookie alone', () => {
    const seen = new SeenFragments(10 * each)
    seen.put('a'.repeat(100), entry(1, 1000))
    expect(seen.bytes).toBe(0)
    seen.put('a'.repeat(100), entry(1, 10))
    expect(seen.bytes).toBeGreaterThan(each)
  })
})

describe('a session whose cookies were opened before', () => {
  test('ends in time, and shows nothing of what another request made of its data', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['deep'] = { list: [1], map: new Map([['k', { n: 1 }]]), at: new Date(0) }
    })
    for (let i = 0; i < 3; i++) {
      const session = await shop.sessions.open(shop.visitor.request())
      const { deep } = session.data as {
        deep: { list: number[]; map: Map<string, { n: number }>; at: Date }
      }
      expect(deep).toEqual({ list: [1], map: new Map([['k', { n: 1 }]]), at: new Date(0) })
      deep.list.push(2)
      deep.map.set('other', { n: 2 })
      deep.at.setTime(5)
      session.increment('count')
    }
    shop.clock.advance(1799)
    expect(await shop.look()).toHaveProperty('deep')
    shop.clock.advance(1)
    expect(await shop.look()).toEqual({})
  })

  test('is not served under another cookie name of the same secret', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['admin'] = true
    })
    await shop.look()
    const other = new Shop({ cookie: { name: 'other' } }, { clock: shop.clock })
    const cookie = shop.visitor.cookie.replaceAll('__Host-session.', '__Host-other.')
    const headers = new Headers({ Cookie: cookie })
    expect((await other.sessions.read(headers)).isNew).toBe(true)
    expect(other.told('rejected')).toEqual([{ type: 'rejected', reason: 'tampered', count: 1 }])
  })
})
