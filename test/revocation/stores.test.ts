import { createStorage } from 'unstorage'
import memoryDriver from 'unstorage/drivers/memory'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/index.ts'
import { durableObjectMarks } from '../../src/stores/durable-object.ts'
import { memoryMarks } from '../../src/stores/memory.ts'
import { unstorageMarks } from '../../src/stores/unstorage.ts'
import { type KVMarksNamespaceLike, workersKVMarks } from '../../src/stores/workers-kv.ts'
import { errorOf } from '../support/visitor.ts'
import { marksContract } from './contract.ts'

marksContract('memoryMarks', () => {
  const store = memoryMarks()
  return { store, otherNode: store }
})

marksContract('unstorageMarks in memory', () => {
  const storage = createStorage({ driver: memoryDriver() })
  return { store: unstorageMarks(storage), otherNode: unstorageMarks(storage) }
})

/** A KV namespace without delay, and what it was asked. */
function fakeKV() {
  const held = new Map<string, string>()
  const asked: unknown[] = []
  const kv: KVMarksNamespaceLike = {
    get: async (keys, options) => {
      asked.push(['get', keys.length, options])
      return new Map(keys.map((key) => [key, held.get(key) ?? null]))
    },
    put: async (key, value, options) => {
      asked.push(['put', key, options])
      held.set(key, value)
    },
  }
  return { kv, asked }
}

marksContract('workersKVMarks on a fake', () => {
  const { kv } = fakeKV()
  return { store: workersKVMarks(kv), otherNode: workersKVMarks(kv) }
})

describe('workersKVMarks', () => {
  test('reads all keys in one operation with the shortest cacheTtl, and lets KV delete marks', async () => {
    const { kv, asked } = fakeKV()
    const store = workersKVMarks(kv, { prefix: 'p/' })
    await store.get(['a', 'b', 'c'])
    await store.put('a', 'carryon1.1764194400000', 1)
    expect(asked).toEqual([
      ['get', 3, { type: 'text', cacheTtl: 30 }],
      ['put', 'p/a', { expirationTtl: 60 }],
    ])
  })
})

test('a binding or a storage that is missing is told at once', async () => {
  for (const make of [durableObjectMarks, workersKVMarks, unstorageMarks])
    expect(await errorOf(() => Reflect.apply(make, undefined, [undefined]))).toBeInstanceOf(
      ConfigError,
    )
  const { kv } = fakeKV()
  expect(() => workersKVMarks(kv, { prefix: 'x'.repeat(449) })).toThrow(ConfigError)
  const storage = createStorage({ driver: memoryDriver() })
  expect(() => unstorageMarks(storage, { prefix: 'no colon' })).toThrow(ConfigError)
})
