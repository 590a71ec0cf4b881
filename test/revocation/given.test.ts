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
    { session: undefined, subject: 'ada' },
    { subject: 'ada', key: undefined },
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

test('where a cluster of Redis refuses to read several keys at once, they are read one by one', async () => {
  const items = new Map<string, string>()
  let refused = 0
  const marks = unstorageMarks({
    getItem: async (key) => items.get(key) ?? null,
    setItem: async (key, value) => {
      items.set(key, value)
    },
    getItems: async () => {
      refused++
      throw new Error("CROSSSLOT Keys in request don't hash to the same slot")
    },
  })
  await marks.put('b', 'carryon1.5', 60)
  for (let i = 0; i < 3; i++) expect(await marks.get(['a', 'b'])).toEqual([undefined, 'carryon1.5'])
  expect(refused).toBe(1)
  const failing = unstorageMarks({
    ...storage,
    getItems: () => Promise.reject(new Error('down')),
  })
  expect(String(await errorOf(() => failing.get(['a'])))).toMatch(/down/)
})

test('a clock that tells parts of a millisecond revokes as any other', async () => {
  for (const isListed of [true, false]) {
    const all = new Fleet({
      lag: 0,
      store: ({ read }) =>
        isListed ? memoryMarks({ clock: read }) : withoutRegistry(memoryMarks({ clock: read })),
    })
    all.clock.now += 0.25
    const browsers = [await all.loggedIn(), await all.loggedIn('bob')]
    all.clock.advance(1)
    await all.node(1).sessions.revoke({ subject: 'ada' })
    await all.at(browsers[1] ?? all.browser(), 0, (session) => session.destroy())
    for (const browser of browsers) expect(await all.who(browser)).toBe(undefined)
    expect(await all.who(await all.loggedIn(), 1)).toBe('ada')
  }
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
