import type { KVNamespace } from '@cloudflare/workers-types'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { type KVNamespaceLike, workersKV } from '../../src/stores/workers-kv.ts'
import { storeContract } from './contract.ts'

type Call = readonly ['get' | 'put', string, unknown]

/**
 * A location of KV with its cache, as documented: what was read, found or not, is answered from the
 * cache for as long as the `cacheTtl` of the reader says; expiry wins over the cache.
 */
function fakeKV(): {
  namespace: KVNamespaceLike
  calls: Call[]
  advance: (seconds: number) => void
  hold: boolean
} {
  let now = 0
  const central = new Map<string, { value: string; expiresAt: number }>()
  const cached = new Map<string, { value: string | null; expiresAt: number; at: number }>()
  const calls: Call[] = []
  const fake = {
    /** While true, writes do not spread to this location. */
    hold: false,
    calls,
    advance(seconds: number) {
      now += seconds
    },
    namespace: {
      async get(key: string, options: { type: 'text'; cacheTtl: number }) {
        calls.push(['get', key, options])
        let entry = cached.get(key)
        if (entry === undefined || now >= entry.at + options.cacheTtl) {
          const found = fake.hold ? undefined : central.get(key)
          entry = { value: null, expiresAt: Infinity, ...found, at: now }
          cached.set(key, entry)
        }
        return now < entry.expiresAt ? entry.value : null
      },
      async put(key: string, value: string, options: { expirationTtl: number }) {
        calls.push(['put', key, options])
        central.set(key, { value, expiresAt: now + options.expirationTtl })
      },
    },
  }
  return fake
}

storeContract('workersKV on a namespace with a cache', () => {
  const { namespace, advance } = fakeKV()
  return { store: workersKV(namespace), otherNode: workersKV(namespace), advance }
})

describe('workersKV', () => {
  test('reads text, and lets a location keep it for an hour', async () => {
    const { namespace, calls } = fakeKV()
    const store = workersKV(namespace)
    await store.put('key', 'value', 60)
    calls.length = 0
    await store.get('key')
    expect(calls).toEqual([['get', 'key', { type: 'text', cacheTtl: 3600 }]])
  })

  test('looks for a value that was missed again after 30 seconds, not after an hour', async () => {
    const kv = fakeKV()
    const store = workersKV(kv.namespace)
    kv.hold = true
    await store.put('key', 'value', 3600)
    expect(await store.get('key')).toBe(undefined)
    kv.hold = false
    kv.advance(29)
    expect(await store.get('key')).toBe(undefined)
    kv.advance(1)
    expect(await store.get('key')).toBe('value')
  })

  test('asks once only where the shortest cacheTtl is configured', async () => {
    const { namespace, calls } = fakeKV()
    expect(await workersKV(namespace, { cacheTtl: 30 }).get('key')).toBe(undefined)
    expect(calls.length).toBe(1)
  })

  test('stores for whole seconds, rounded up, at least the 60 that KV asks for', async () => {
    const { namespace, calls } = fakeKV()
    const store = workersKV(namespace)
    for (const ttlSeconds of [60, 43_199.001, 5]) await store.put('key', 'value', ttlSeconds)
    expect(calls.map(([, , options]) => options)).toEqual([
      { expirationTtl: 60 },
      { expirationTtl: 43_200 },
      { expirationTtl: 60 },
    ])
  })

  test('puts the prefix before each key', async () => {
    const { namespace, calls } = fakeKV()
    const store = workersKV(namespace, { prefix: 'session/' })
    await store.put('key', 'value', 60)
    await store.get('key')
    expect(calls.map(([, key]) => key)).toEqual(['session/key', 'session/key'])
  })

  test('passes on the errors of KV, and does not retry', async () => {
    let calls = 0
    const fail = async () => {
      calls += 1
      throw new Error('KV PUT failed: 429 Too Many Requests')
    }
    const store = workersKV({ get: fail, put: fail })
    await expect(store.put('key', 'value', 60)).rejects.toThrow('429 Too Many Requests')
    await expect(store.get('key')).rejects.toThrow('429 Too Many Requests')
    expect(calls).toBe(2)
  })

  test('says in one sentence that the binding is missing, when it is configured', () => {
    const env: { SESSIONS: KVNamespaceLike } = JSON.parse('{}')
    expect(() => workersKV(env.SESSIONS)).toThrow(
      new ConfigError(
        'workersKV: the KV namespace is missing; add it to kv_namespaces in the wrangler configuration and pass the binding, as in workersKV(c.env.SESSIONS).',
      ),
    )
  })

  test('says the same when a variable stands where the binding should be', () => {
    const env: { SESSIONS: KVNamespaceLike } = JSON.parse('{"SESSIONS":"an id"}')
    expect(() => workersKV(env.SESSIONS)).toThrow('the KV namespace is missing')
  })

  test.each([0, 29, 30.5, Number.NaN, Infinity])('does not take %s for cacheTtl', (cacheTtl) => {
    expect(() => workersKV(fakeKV().namespace, { cacheTtl })).toThrow(ConfigError)
  })

  test('leaves room for the key in the 512 bytes that KV gives it', () => {
    const { namespace } = fakeKV()
    expect(() => workersKV(namespace, { prefix: 'é'.repeat(224) })).not.toThrow()
    expect(() => workersKV(namespace, { prefix: 'é'.repeat(225) })).toThrow(ConfigError)
  })

  test('takes the KVNamespace type of Cloudflare', () => {
    expectTypeOf<KVNamespace>().toExtend<KVNamespaceLike>()
  })
})
