import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { workersKV } from '../../src/stores/workers-kv.ts'
import { freshKey, storeContract } from '../stores/contract.ts'

// Each case has a prefix of its own, since the namespace lasts as long as this file.
storeContract('workersKV on the KV of workerd', () => {
  const prefix = `${freshKey()}/`
  return {
    store: workersKV(env.SESSIONS, { prefix }),
    otherNode: workersKV(env.SESSIONS, { prefix }),
  }
})

describe('workersKV on the KV of workerd', () => {
  test('leaves it to KV to delete the value when its time is over', async () => {
    const key = freshKey()
    const before = Math.floor(Date.now() / 1000)
    await workersKV(env.SESSIONS).put(key, 'value', 90.5)
    const after = Math.ceil(Date.now() / 1000)
    const { keys } = await env.SESSIONS.list({ prefix: key })
    const expiration = keys[0]?.expiration
    expect(expiration).toBeGreaterThanOrEqual(before + 91)
    expect(expiration).toBeLessThanOrEqual(after + 91)
  })

  test('is within the bounds of KV with the longest prefix, key and the shortest cacheTtl', async () => {
    const store = workersKV(env.SESSIONS, { prefix: 'p'.repeat(448), cacheTtl: 30 })
    const key = 'k'.repeat(64)
    await store.put(key, 'value', 60)
    expect(await store.get(key)).toBe('value')
  })

  test('asks for a time to live that KV accepts even if it was asked for less', async () => {
    const key = freshKey()
    await workersKV(env.SESSIONS).put(key, 'value', 1)
    expect(await workersKV(env.SESSIONS).get(key)).toBe('value')
  })
})
