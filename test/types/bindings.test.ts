/** A binding of Workers is no store: it neither compiles nor starts. */
import type { KVNamespace, R2Bucket } from '@cloudflare/workers-types'
import { expect, test } from 'vitest'
import { createSessions } from '../../src/index.ts'
import { unstorageStore } from '../../src/stores/unstorage.ts'
import { workersKV } from '../../src/stores/workers-kv.ts'
import { SECRET as secrets } from '../support/visitor.ts'

const nothing = async () => null
// What the real ones have at least.
const namespace: unknown = { get: nothing, put: nothing, getWithMetadata: nothing, list: nothing }
const bucket: unknown = { get: nothing, put: nothing, head: nothing, list: nothing }
const kv = namespace as KVNamespace
const r2 = bucket as R2Bucket

test('a raw KV namespace or R2 bucket as overflow', () => {
  // @ts-expect-error it is to be wrapped: workersKV(kv)
  expect(() => createSessions({ secrets, overflow: kv })).toThrow('workersKV(env.KV)')
  // @ts-expect-error a bucket is no store
  expect(() => createSessions({ secrets, overflow: r2 })).toThrow('overflow must be a store')
  createSessions({ secrets, overflow: workersKV(kv) })
})

test('a raw KV namespace as revocation.store', () => {
  const onUnavailable = 'deny'
  // @ts-expect-error it is to be wrapped: workersKVMarks(kv)
  const revocation = { revocation: { store: kv, onUnavailable } } satisfies Parameters<
    typeof createSessions
  >[0]
  expect(() => Reflect.apply(createSessions, undefined, [{ secrets, ...revocation }])).toThrow(
    'workersKVMarks(env.MARKS)',
  )
})

test('another binding, or none, where a namespace belongs', () => {
  // @ts-expect-error a bucket is no namespace
  expect(() => workersKV(r2)).toThrow('workersKV')
  // @ts-expect-error nothing is none
  expect(() => workersKV(undefined)).toThrow('the KV namespace is missing')
  // @ts-expect-error a namespace is no storage of unstorage
  expect(() => unstorageStore(kv)).toThrow('unstorageStore')
})
