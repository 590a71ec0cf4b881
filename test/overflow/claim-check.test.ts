import { describe, expect, test } from 'vitest'
import { OverflowUnavailable } from '../../src/errors.ts'
import {
  checkIn,
  checkOut,
  claimCheckTree,
  type Depot,
  readClaimCheck,
  type StoreReport,
} from '../../src/overflow/claim-check.ts'
import type { OverflowStore } from '../../src/overflow/store.ts'
import { sealText } from '../../src/seal/jwe.ts'
import { Keyring } from '../../src/seal/keyring.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { Clock, errorOf, OTHER_SECRET, SECRET } from '../support/visitor.ts'

function setUp(secret = SECRET, store?: OverflowStore) {
  const clock = new Clock()
  const values = new Map<string, { value: string; ttl: number }>()
  const inner = memoryStore({ clock: clock.read })
  const faulty = faultyStore(
    {
      get: (key) => inner.get(key),
      put: (key, value, ttl) => {
        values.set(key, { value, ttl })
        return inner.put(key, value, ttl)
      },
    },
    {},
    clock.read,
  )
  const reports: StoreReport[] = []
  const depot: Depot = {
    store: store ?? faulty,
    keyring: new Keyring([secret], 'session', 43_200),
    timeoutMs: 50,
    clock: clock.read,
    report: (report) => reports.push(report),
  }
  return { depot, store: faulty, values, reports, clock }
}

describe('a claim check', () => {
  test('is small, and is told apart from all that data can be', () => {
    const check = { key: 'A'.repeat(22), bytes: 200_000, digest: 'B'.repeat(22) }
    const tree = claimCheckTree(check)
    expect(JSON.stringify(tree).length).toBeLessThan(75)
    expect(readClaimCheck(tree)).toEqual(check)
    for (const other of [
      undefined,
      null,
      1,
      'c',
      [],
      {},
      { $: 'c' },
      { $: ['c'] },
      { $: ['d', 1] },
      { $: ['c', 1, 2, 3] },
    ])
      expect(readClaimCheck(other)).toBe(undefined)
  })
})

describe('checking in and out', () => {
  test('gives back what was put, sealed in between under a fresh random key', async () => {
    const { depot, store, values, reports } = setUp()
    const value = { card: '4111 1111 1111 1111', list: [1, { $: ['d', 0] }] }
    const checks = [
      await checkIn(depot, 'card', value, 600),
      await checkIn(depot, 'card', value, 600),
    ]
    expect(new Set(checks.map(({ key }) => key)).size).toBe(2)
    for (const check of checks) {
      expect(check.key).toMatch(/^[\w-]{22}$/)
      expect(check.bytes).toBe(JSON.stringify(value).length)
      expect(await checkOut(depot, 'card', check)).toEqual(value)
    }
    for (const { value: stored } of values.values()) {
      expect(stored).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)
      expect(stored).not.toContain('4111')
    }
    expect(store.violations).toEqual([])
    expect(reports.map(({ type }) => type)).toEqual([
      'overflow-put',
      'overflow-put',
      'overflow-get',
      'overflow-get',
    ])
  })

  test('asks for the time that the session has left, in whole seconds, at least 60', async () => {
    const { depot, values } = setUp()
    for (const seconds of [0, 59.5, 60.2, 43_200]) await checkIn(depot, 'a', 1, seconds)
    expect([...values.values()].map(({ ttl }) => ttl)).toEqual([60, 60, 61, 43_200])
  })

  test('takes no value that another check, another session name or another secret put', async () => {
    const one = setUp()
    const mine = await checkIn(one.depot, 'a', 'mine', 600)
    const theirs = await checkIn(one.depot, 'a', 'theirs', 600)
    const mixed = [
      { ...mine, key: theirs.key },
      { ...mine, digest: theirs.digest },
    ]
    for (const check of mixed)
      expect(await errorOf(() => checkOut(one.depot, 'a', check))).toMatchObject({
        failure: 'invalid',
      })
    const keyrings = [
      new Keyring([OTHER_SECRET], 'session', 43_200),
      new Keyring([SECRET], 'other', 43_200),
    ]
    for (const keyring of keyrings)
      expect(await errorOf(() => checkOut({ ...one.depot, keyring }, 'a', mine))).toMatchObject({
        failure: 'invalid',
      })
  })

  test('takes no token of another kind, although it is sealed and all else is right', async () => {
    const { depot } = setUp()
    const check = await checkIn(depot, 'a', 'mine', 600)
    for (const [kind, is] of [
      ['o', 'taken'],
      ['b', 'refused'],
      ['l', 'refused'],
      ['x', 'refused'],
    ] as const) {
      const claims = { v: 1, k: kind, jti: check.key, d: 'mine' }
      const token = await sealText(JSON.stringify(claims), depot.keyring, depot.clock())
      const store = { get: async () => token, put: async () => undefined }
      const error = await checkOut({ ...depot, store }, 'a', check).catch((thrown) => thrown)
      expect([kind, error instanceof OverflowUnavailable ? 'refused' : 'taken']).toEqual([kind, is])
    }
  })

  test('never throws anything but OverflowUnavailable for what a store does', async () => {
    const check = { key: 'A'.repeat(22), bytes: 1, digest: 'B'.repeat(22) }
    const answers: Record<string, () => unknown> = {
      'throws at once': () => {
        throw new TypeError('of the store')
      },
      'rejects with text': () => Promise.reject('text'),
      'rejects with nothing': () => Promise.reject(),
      'never answers': () => new Promise(() => undefined),
      'gives an object': () => Promise.resolve({ v: 1 }),
      'gives null': () => Promise.resolve(null),
      'gives a number': () => Promise.resolve(7),
      'gives empty text': () => Promise.resolve(''),
      'gives something else': () => Promise.resolve('a.b.c.d.e'),
    }
    for (const [what, answer] of Object.entries(answers)) {
      const store = { get: answer, put: answer } as unknown as OverflowStore
      const { depot, reports } = setUp(SECRET, store)
      const error = await errorOf(() => checkOut(depot, 'cart', check))
      expect([what, error]).toEqual([what, expect.any(OverflowUnavailable)])
      expect(error).toMatchObject({ key: 'cart', code: 'ERR_OVERFLOW_UNAVAILABLE' })
      expect(reports).toHaveLength(1)
    }
  })

  test('names the cause, and what to do', async () => {
    const { depot, store } = setUp()
    store.plan.put = 'rejects-429'
    const error = await errorOf(() => checkIn(depot, 'cart', 1, 600))
    expect(error).toMatchObject({ cause: { message: 'KV PUT failed: 429 Too Many Requests' } })
    expect(String(error)).toContain('"cart" was not stored and no cookie was set')
    store.plan.put = 'hangs'
    expect(String(await errorOf(() => checkIn(depot, 'cart', 1, 600)))).toContain(
      'did not answer within 50 ms',
    )
  })
})
