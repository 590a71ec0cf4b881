import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { storeContract } from './contract.ts'

storeContract('memoryStore', () => {
  let now = 1_800_000_000_000
  return {
    store: memoryStore({ clock: () => now }),
    advance: (seconds) => {
      now += seconds * 1000
    },
  }
})

describe('memoryStore', () => {
  test('rejects a second put of one key, so that tests notice a reused one', async () => {
    const store = memoryStore()
    await store.put('key', 'first', 60)
    await expect(store.put('key', 'second', 60)).rejects.toThrow('was put before')
    expect(await store.get('key')).toBe('first')
  })

  test('refuses a value rather than drop one that it has acknowledged', async () => {
    const store = memoryStore({ maxEntries: 2 })
    await store.put('a', 'first', 60)
    await store.put('b', 'second', 60)
    await expect(store.put('c', 'third', 60)).rejects.toThrow('full, with 2 values')
    expect([await store.get('a'), await store.get('b')]).toEqual(['first', 'second'])
  })

  test('makes room by what has expired', async () => {
    let now = 0
    const store = memoryStore({ clock: () => now, maxEntries: 2 })
    await store.put('a', 'first', 60)
    await store.put('b', 'second', 120)
    now = 60_000
    await store.put('c', 'third', 60)
    expect(await store.get('a')).toBe(undefined)
    expect([await store.get('b'), await store.get('c')]).toEqual(['second', 'third'])
  })

  test('is not shared with another memoryStore', async () => {
    const store = memoryStore()
    await store.put('key', 'value', 60)
    expect(await memoryStore().get('key')).toBe(undefined)
  })

  test.each([0, -1, 1.5, Number.NaN])('does not take %s for maxEntries', (maxEntries) => {
    expect(() => memoryStore({ maxEntries })).toThrow(ConfigError)
  })

  test('takes Infinity for maxEntries as no limit', async () => {
    const store = memoryStore({ maxEntries: Infinity })
    await store.put('key', 'value', 60)
    expect(await store.get('key')).toBe('value')
  })
})
