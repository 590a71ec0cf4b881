import { createStorage, type Driver, prefixStorage, type Storage } from 'unstorage'
import memoryDriver from 'unstorage/drivers/memory'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { type UnstorageLike, unstorageStore } from '../../src/stores/unstorage.ts'
import { storeContract } from './contract.ts'

storeContract('unstorageStore on the memory driver', () => {
  let now = 1_800_000_000_000
  const clock = () => now
  const storage = createStorage({ driver: memoryDriver() })
  return {
    store: unstorageStore(storage, { clock }),
    otherNode: unstorageStore(storage, { clock }),
    advance: (seconds) => {
      now += seconds * 1000
    },
  }
})

/** A storage whose driver does nothing but what is given here. */
function storageOf(driver: Partial<Driver>): Storage {
  return createStorage({
    driver: { hasItem: () => false, getItem: () => null, getKeys: () => [], ...driver },
  })
}

describe('unstorageStore', () => {
  test('hands the time to live to the driver in whole seconds, rounded up, at least 60', async () => {
    const ttls: unknown[] = []
    const storage = storageOf({ setItem: (_key, _value, { ttl }) => void ttls.push(ttl) })
    const store = unstorageStore(storage)
    for (const ttlSeconds of [60, 43_199.001, 5]) await store.put('key', 'value', ttlSeconds)
    expect(ttls).toEqual([60, 43_200, 60])
  })

  test('writes the expiry beside the value, with a minute for clocks that differ', async () => {
    const storage = createStorage()
    const store = unstorageStore(storage, { clock: () => 1_800_000_000_001 })
    await store.put('key', 'value', 90)
    expect(await storage.getItem('carryon:key')).toBe('carryon1.1800000151.value')
  })

  test('gives a node whose clock is a minute ahead the value for all of its time', async () => {
    const storage = createStorage()
    let now = 1_800_000_000_000
    const store = unstorageStore(storage, { clock: () => now })
    const ahead = unstorageStore(storage, { clock: () => now + 60_000 })
    await store.put('key', 'value', 90)
    now += 89_999
    expect(await ahead.get('key')).toBe('value')
  })

  test('keeps to its prefix, which chooses the mount', async () => {
    const big = new Map<string, string>()
    const storage = createStorage()
    const mounted = storageOf({ setItem: (key, value) => void big.set(key, value) })
    storage.mount('big', mounted.getMount().driver)
    await unstorageStore(storage, { prefix: 'big:sessions:' }).put('key', 'value', 60)
    await unstorageStore(storage, { prefix: '' }).put('bare', 'value', 60)
    expect([...big.keys()]).toEqual(['sessions:key'])
    expect(await storage.getKeys()).toEqual(['bare'])
  })

  test('passes on what the driver throws', async () => {
    const down = () => Promise.reject(new Error('ECONNREFUSED'))
    const store = unstorageStore(storageOf({ getItem: down, setItem: down }))
    await expect(store.get('key')).rejects.toThrow('ECONNREFUSED')
    await expect(store.put('key', 'value', 60)).rejects.toThrow('ECONNREFUSED')
  })

  test('throws an error that the driver returns, as the fs driver does', async () => {
    const store = unstorageStore(storageOf({ getItem: () => new Error('EACCES') }))
    await expect(store.get('key')).rejects.toThrow('EACCES')
  })

  test.each([
    ['text of somebody else', 'hello'],
    ['an envelope that was cut', 'carryon1.1800000150.'],
    ['a number', 5],
    ['an object', { a: 1 }],
  ])('rejects %s, rather than take it for a value or a miss', async (_what, stored) => {
    const store = unstorageStore(storageOf({ getItem: () => stored }))
    await expect(store.get('key')).rejects.toThrow('carryon:key is not a value of ours')
  })

  test.each(['carryon', ':', 'a::', 'a/b:', '../', 'a?b:', 'sessions$:'])(
    'refuses the prefix %j, which unstorage would change or take for something else',
    (prefix) => {
      expect(() => unstorageStore(createStorage(), { prefix })).toThrow(ConfigError)
    },
  )

  test('says in one sentence that the storage is missing', () => {
    const missing: { storage: UnstorageLike } = JSON.parse('{}')
    expect(() => unstorageStore(missing.storage)).toThrow(
      new ConfigError(
        'unstorageStore: the storage is missing; pass what createStorage() of unstorage returned.',
      ),
    )
  })

  test('takes every storage that unstorage makes', () => {
    const storages: UnstorageLike[] = [
      createStorage(),
      createStorage<string>(),
      prefixStorage(createStorage(), 'app'),
    ]
    for (const storage of storages) expect(() => unstorageStore(storage)).not.toThrow()
  })
})
