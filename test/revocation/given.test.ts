/** What an app gives revocation by mistake is refused, and says what to change. */
import { describe, expect, test } from 'vitest'
import { ConfigError, createSessions } from '../../src/index.ts'
import { durableObjectMarks } from '../../src/stores/durable-object.ts'
import { memoryMarks, memoryStore } from '../../src/stores/memory.ts'
import { unstorageMarks, unstorageStore } from '../../src/stores/unstorage.ts'
import { workersKV, workersKVMarks } from '../../src/stores/workers-kv.ts'
import { errorOf, SECRET } from '../support/visitor.ts'
import { Fleet, withoutRegistry } from './fleet.ts'

const storage = {
  getItem: async () => null,
  setItem: async () => undefined,
  getItems: async () => [],
}
const namespace = { get: async () => new Map<string, string>(), put: async () => undefined }

describe('the options of a store', () => {
  test.each([
    ['memoryMarks', memoryMarks, [], [{ clock: 5 }, { clocks: Date.now }, null]],
    ['memoryStore', memoryStore, [], [{ clock: 5 }, { max: 1 }, null]],
    [
      'unstorageMarks',
      unstorageMarks,
      [storage],
      [{ prefix: 5 }, { isImmediate: 'x' }, { ttl: 1 }, null],
    ],
    ['unstorageStore', unstorageStore, [storage], [{ prefix: 5 }, { clock: 1 }, { ttl: 1 }, null]],
    ['workersKVMarks', workersKVMarks, [namespace], [{ prefix: 5 }, { cacheTtl: 30 }, null]],
    ['workersKV', workersKV, [namespace], [{ prefix: 5 }, { ttl: 30 }, null]],
  ] as const)('are checked by %s()', (name, make, first, wrong) => {
    for (const options of wrong) {
      const call = () => Reflect.apply(make, undefined, [...first, options])
      expect(call).toThrow(ConfigError)
      expect(call).toThrow(`${name}:`)
    }
    expect(() => Reflect.apply(make, undefined, [...first, {}])).not.toThrow()
  })
})

test('a store lacks nothing that it is asked for', () => {
  const marks = withoutRegistry(memoryMarks())
  const { isImmediate: _, ...timeless } = marks
  for (const [store, more] of [
    [timeless, {}],
    [{ ...marks, isImmediate: 'yes' }, {}],
    [{ ...marks, registry: {} }, {}],
    [{ ...marks, registry: null }, {}],
    [marks, { onTooMany: 'reject' }],
  ] as const) {
    const options = { secrets: SECRET, revocation: { store, onUnavailable: 'deny', ...more } }
    expect(() => Reflect.apply(createSessions, undefined, [options])).toThrow(ConfigError)
  }
})

test('a target with something that is missing, or that no session has, is refused', async () => {
  const { sessions } = new Fleet().node()
  for (const target of [
    { subject: 'ada', except: undefined },
    { key: 'x'.repeat(201) },
    { session: 'x'.repeat(22), except: undefined },
    null,
    undefined,
    'ada',
  ])
    expect(await errorOf(() => Reflect.apply(sessions.revoke, undefined, [target]))).toBeInstanceOf(
      ConfigError,
    )
  for (const subject of [undefined, '', 5, {}])
    expect(await errorOf(() => Reflect.apply(sessions.list, undefined, [subject]))).toBeInstanceOf(
      ConfigError,
    )
})

test('a list of keys has no gaps', async () => {
  const { sessions } = new Fleet().node()
  const session = await sessions.open(new Request('https://shop.example/'))
  const keys: string[] = []
  keys[1] = 'a'
  expect(await errorOf(() => Reflect.set(session, 'keys', keys))).toBeInstanceOf(Error)
})

test('what answers in the place of an object of ours has neither marks nor put one', async () => {
  for (const answer of [undefined, 5, {}, [], false]) {
    const json = async (): Promise<unknown> => answer
    const marks = durableObjectMarks({
      idFromName: (name: string) => name,
      get: () => ({ fetch: async () => ({ ok: true, status: 200, json }) }),
    })
    expect(String(await errorOf(() => marks.get(['key'])))).toMatch(/RevocationObject/)
    expect(String(await errorOf(() => marks.put('key', 'carryon1.5', 60)))).toMatch(
      /RevocationObject/,
    )
  }
})
