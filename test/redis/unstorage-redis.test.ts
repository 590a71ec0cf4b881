import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { unstorageStore } from '../../src/stores/unstorage.ts'
import { freshKey, storeContract } from '../stores/contract.ts'
import { connectTo } from './connect.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

let server: RedisServer

beforeAll(async () => {
  server = await startRedis()
})

afterAll(() => server?.stop())

function connect(port: number = server.port) {
  const { storage, client } = connectTo(port)
  return { store: unstorageStore(storage), client }
}

storeContract('unstorageStore on a Redis server', async () => {
  const { store, client } = connect()
  await client.flushall()
  return { store, otherNode: connect().store }
})

describe('unstorageStore on a Redis server', () => {
  test('leaves it to Redis to delete the value when its time is over', async () => {
    const { store, client } = connect()
    const key = freshKey()
    const start = performance.now()
    await store.put(key, 'value', 90.5)
    const ttl = await client.pttl(`carryon:${key}`)
    const passed = performance.now() - start
    expect(ttl).toBeGreaterThan(89_000 - passed)
    expect(ttl).toBeLessThanOrEqual(91_000)
  })

  test('takes a key that Redis has expired for a miss', async () => {
    const { store, client } = connect()
    const key = freshKey()
    await store.put(key, 'value', 60)
    await client.pexpire(`carryon:${key}`, 1)
    await expect.poll(() => store.get(key)).toBe(undefined)
  })

  test('takes a server that is gone for an outage, not for a miss', async () => {
    const gone = await startRedis()
    onTestFinished(() => gone.stop())
    const { store } = connect(gone.port)
    const key = freshKey()
    await store.put(key, 'value', 60)
    await gone.stop()
    await expect(store.get(key)).rejects.toThrow()
    await expect(store.put(freshKey(), 'value', 60)).rejects.toThrow()
  })

  test('takes a server that is full for a failed put, and loses nothing', async () => {
    const { store, client } = connect()
    onTestFinished(async () => {
      await client.config('SET', 'maxmemory', '0')
    })
    const key = freshKey()
    await store.put(key, 'value', 60)
    await client.config('SET', 'maxmemory', '1')
    await expect(store.put(freshKey(), 'value', 60)).rejects.toThrow('OOM')
    expect(await store.get(key)).toBe('value')
  })
})
