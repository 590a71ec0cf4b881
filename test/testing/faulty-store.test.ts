import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import {
  type FaultPlan,
  type FaultyStore,
  faultyStore,
  InjectedFault,
} from '../../src/testing/faulty-store.ts'
import { contractCases, storeContract } from '../stores/contract.ts'

interface Setup {
  readonly store: FaultyStore
  readonly plan: FaultPlan
  advance(seconds: number): void
}

function setUp(plan: FaultPlan = {}): Setup {
  let now = 1_800_000_000_000
  const clock = () => now
  return {
    store: faultyStore(memoryStore({ clock }), plan, clock),
    plan,
    advance: (seconds) => {
      now += seconds * 1000
    },
  }
}

/** Whether a promise is still pending after the others had every chance to go on. */
async function hangs(promise: Promise<unknown>): Promise<boolean> {
  const settled = promise.then(
    () => false,
    () => false,
  )
  const later = new Promise<boolean>((resolve) => setTimeout(resolve, 10, true))
  return Promise.race([settled, later])
}

storeContract('faultyStore without faults', () => setUp())

describe('faultyStore breaks the contract by', () => {
  const broken: Record<string, FaultPlan> = {
    'a put that rejects': { put: 'rejects' },
    'a put that rejects with 429': { put: 'rejects-429' },
    'a put that is lost': { put: 'is-lost' },
    'a get that rejects': { get: 'rejects' },
    'a get that misses': { get: 'misses' },
    'a get that garbles': { get: 'garbles' },
    'values that are visible late': { visibleAfterMs: 1 },
    'values that are visible to the second get only': { visibleAfterGets: 1 },
  }
  for (const [name, plan] of Object.entries(broken)) {
    test(name, async () => {
      const readable = contractCases.find(
        ({ promise }) => promise === 'a value can be read as soon as its put has resolved',
      )
      await expect(readable?.check(setUp(plan))).rejects.toThrow()
    })
  }
})

describe('a put', () => {
  test('that rejects writes nothing, and names the fault as the service does', async () => {
    const { store, plan } = setUp({ put: 'rejects-429' })
    await expect(store.put('key', 'value', 60)).rejects.toThrow(
      'KV PUT failed: 429 Too Many Requests',
    )
    plan.put = 'rejects'
    await expect(store.put('key2', 'value', 60)).rejects.toThrow(InjectedFault)
    plan.put = undefined
    expect([await store.get('key'), await store.get('key2')]).toEqual([undefined, undefined])
  })

  test('that rejects after writing leaves the value behind', async () => {
    const { store } = setUp({ put: 'rejects-after-writing' })
    await expect(store.put('key', 'value', 60)).rejects.toThrow(InjectedFault)
    expect(await store.get('key')).toBe('value')
  })

  test('that hangs neither settles nor writes', async () => {
    const { store } = setUp({ put: 'hangs' })
    expect(await hangs(store.put('key', 'value', 60))).toBe(true)
    expect(await store.get('key')).toBe(undefined)
  })

  test('that is lost is acknowledged and never seen', async () => {
    const { store, plan, advance } = setUp({ put: 'is-lost' })
    await store.put('key', 'value', 60)
    plan.put = undefined
    advance(30)
    expect(await store.get('key')).toBe(undefined)
  })

  test('can be picked by its number or its key', async () => {
    const { store } = setUp({ put: ({ count }) => (count === 2 ? 'rejects' : undefined) })
    await store.put('a', 'value', 60)
    await expect(store.put('b', 'value', 60)).rejects.toThrow(InjectedFault)
    await store.put('c', 'value', 60)
    expect([await store.get('a'), await store.get('c')]).toEqual(['value', 'value'])
  })
})

describe('a get', () => {
  test('that rejects, hangs, misses or garbles leaves the value as it is', async () => {
    const { store, plan } = setUp()
    await store.put('key', 'value', 60)
    plan.get = 'rejects'
    await expect(store.get('key')).rejects.toThrow(InjectedFault)
    plan.get = 'rejects-429'
    await expect(store.get('key')).rejects.toThrow('KV GET failed: 429 Too Many Requests')
    plan.get = 'hangs'
    expect(await hangs(store.get('key'))).toBe(true)
    plan.get = 'misses'
    expect(await store.get('key')).toBe(undefined)
    plan.get = 'garbles'
    expect(await store.get('key')).toBe('vaAue')
    plan.get = undefined
    expect(await store.get('key')).toBe('value')
  })

  test('finds a late value once its time has come', async () => {
    const { store, advance } = setUp({ visibleAfterMs: 45_000 })
    await store.put('key', 'value', 60)
    advance(44)
    expect(await store.get('key')).toBe(undefined)
    advance(1)
    expect(await store.get('key')).toBe('value')
  })

  test('finds a value that hides from two gets with the third', async () => {
    const { store } = setUp({ visibleAfterGets: 2 })
    await store.put('key', 'value', 60)
    const values = [await store.get('key'), await store.get('key'), await store.get('key')]
    expect(values).toEqual([undefined, undefined, 'value'])
  })

  test('that missed goes on missing for as long as misses are cached', async () => {
    const { store, advance } = setUp({ visibleAfterMs: 1_000, missCachedMs: 30_000 })
    await store.put('key', 'value', 60)
    expect(await store.get('key')).toBe(undefined)
    advance(29)
    expect(await store.get('key')).toBe(undefined)
    advance(1)
    expect(await store.get('key')).toBe('value')
  })
})

describe('the record', () => {
  test('counts what happened', async () => {
    const { store, plan } = setUp()
    await store.put('key', 'value', 60)
    await store.get('key')
    await store.get('other')
    plan.get = 'rejects'
    await store.get('key').catch(() => {})
    expect(store.counts).toEqual({ puts: 1, gets: 3, hits: 1, misses: 1, failures: 1 })
    expect(store.keys).toEqual(['key'])
  })

  test('is empty of violations for a caller that keeps its promises', async () => {
    const { store } = setUp()
    await store.put('key', 'value', 60)
    await store.get('key')
    expect(store.violations).toEqual([])
  })

  test('names each promise that the caller breaks', async () => {
    const { store, plan } = setUp()
    await store.get('early')
    await store.put('key', 'value', 59)
    await store.put('key', 'value', 60).catch(() => {})
    await store.put('not a key', 'value', 60)
    await store.put('umlaut', 'ä', 60)
    plan.put = 'rejects'
    await store.put('failed', 'value', 60).catch(() => {})
    await store.get('failed')
    expect(store.violations).toEqual([
      'get before an acknowledged put: early',
      'put with a time to live of 59 s: key',
      'put of a key for the second time: key',
      'put of a malformed key: not a key',
      'put of a value that is not ASCII: umlaut',
      'get before an acknowledged put: failed',
    ])
  })
})
