import { describe, expect, test } from 'vitest'
import type { OverflowStore } from '../../src/overflow/store.ts'
import { contractCases, type StoreFixture } from './contract.ts'

type Backend = Map<string, { value: string; ttlSeconds: number; putAt: number }>

/** A correct store with a clock, and a seam for each thing that can be got wrong. */
function fixture(
  broken: (inner: OverflowStore, backend: Backend, now: () => number) => Partial<OverflowStore>,
  otherBackend?: Backend,
): StoreFixture {
  let nowSeconds = 1_000
  const now = () => nowSeconds
  const node = (backend: Backend): OverflowStore => {
    const inner: OverflowStore = {
      async get(key) {
        const entry = backend.get(key)
        return entry && entry.putAt + entry.ttlSeconds > nowSeconds ? entry.value : undefined
      },
      async put(key, value, ttlSeconds) {
        backend.set(key, { value, ttlSeconds, putAt: nowSeconds })
      },
    }
    return { ...inner, ...broken(inner, backend, now) }
  }
  const backend: Backend = new Map()
  return {
    store: node(backend),
    otherNode: node(otherBackend ?? backend),
    advance: (seconds) => {
      nowSeconds += seconds
    },
  }
}

const sleep = () => new Promise<void>((resolve) => setTimeout(resolve, 1))

/** What is wrong with a store → a fixture of it, and the promises that it breaks. */
const brokenStores: Record<string, { make: () => StoreFixture; breaks: readonly string[] }> = {
  'gives an empty string for a miss': {
    make: () => fixture((inner) => ({ get: async (key) => (await inner.get(key)) ?? '' })),
    breaks: [
      'a key that the store does not have reads as undefined',
      'names that JavaScript objects have are keys like any other',
      'a value is gone two minutes after its time to live',
    ],
  },
  'acknowledges before it has written': {
    make: () =>
      fixture((inner) => ({
        async put(...args) {
          void sleep().then(() => inner.put(...args))
        },
      })),
    breaks: [
      'a value can be read as soon as its put has resolved',
      'reading a value does not use it up',
      'a value comes back to the character, whatever it looks like',
      'a value of 400,000 characters comes back whole',
      'of 50 values put at once, each arrives under its own key',
      'a time to live may have fractions and be a year long',
      'what one node has put, another node reads',
      'a value stays for all of its time to live',
    ],
  },
  'forgets a value once it was read': {
    make: () =>
      fixture((inner, backend) => ({
        async get(key) {
          const value = await inner.get(key)
          backend.delete(key)
          return value
        },
      })),
    breaks: ['reading a value does not use it up'],
  },
  'parses what looks like JSON': {
    make: () =>
      fixture((inner) => ({
        async get(key) {
          const value = await inner.get(key)
          try {
            return value === undefined ? value : JSON.parse(value)
          } catch {
            return value
          }
        },
      })),
    breaks: ['a value comes back to the character, whatever it looks like'],
  },
  'cuts values at 64 KiB': {
    make: () =>
      fixture((inner) => ({
        put: (key, value, ttlSeconds) => inner.put(key, value.slice(0, 65_536), ttlSeconds),
      })),
    breaks: ['a value of 400,000 characters comes back whole'],
  },
  'cuts values by their last character': {
    make: () =>
      fixture((inner) => ({
        put: (key, value, ttlSeconds) => inner.put(key, value.slice(0, -1), ttlSeconds),
      })),
    breaks: [
      'a value can be read as soon as its put has resolved',
      'reading a value does not use it up',
      'a value comes back to the character, whatever it looks like',
      'a value of 400,000 characters comes back whole',
      'keys are told apart by every character, up to the longest ones',
      'names that JavaScript objects have are keys like any other',
      'of 50 values put at once, each arrives under its own key',
      'a time to live may have fractions and be a year long',
      'what one node has put, another node reads',
      'a value stays for all of its time to live',
    ],
  },
  'cuts keys at 63 characters': {
    make: () =>
      fixture((inner) => ({
        get: (key) => inner.get(key.slice(0, 63)),
        put: (key, ...rest) => inner.put(key.slice(0, 63), ...rest),
      })),
    breaks: ['keys are told apart by every character, up to the longest ones'],
  },
  'takes dashes for underscores': {
    make: () =>
      fixture((inner) => ({
        get: (key) => inner.get(key.replaceAll('-', '_')),
        put: (key, ...rest) => inner.put(key.replaceAll('-', '_'), ...rest),
      })),
    breaks: ['keys are told apart by every character, up to the longest ones'],
  },
  'looks keys up in a plain object': {
    make: () => {
      const table: Record<string, string> = {}
      return fixture((inner) => ({
        async get(key) {
          return (await inner.get(key)) ?? table[key]
        },
      }))
    },
    breaks: ['names that JavaScript objects have are keys like any other'],
  },
  'rewrites one table with each put': {
    make: () => {
      let table: ReadonlyMap<string, string> = new Map()
      return fixture((inner) => ({
        async get(key) {
          return (await inner.get(key)) === undefined ? undefined : table.get(key)
        },
        async put(key, value, ttlSeconds) {
          const read = table
          await inner.put(key, value, ttlSeconds)
          table = new Map(read).set(key, value)
        },
      }))
    },
    breaks: ['of 50 values put at once, each arrives under its own key'],
  },
  'refuses a fraction of a second': {
    make: () =>
      fixture((inner) => ({
        async put(key, value, ttlSeconds) {
          if (!Number.isInteger(ttlSeconds)) throw new Error('value is not an integer')
          await inner.put(key, value, ttlSeconds)
        },
      })),
    breaks: ['a time to live may have fractions and be a year long'],
  },
  'keeps values to its own node': {
    make: () => fixture(() => ({}), new Map()),
    breaks: ['what one node has put, another node reads'],
  },
  'takes seconds for milliseconds': {
    make: () =>
      fixture((inner) => ({
        put: (key, value, ttlSeconds) => inner.put(key, value, ttlSeconds / 1000),
      })),
    breaks: ['a value stays for all of its time to live'],
  },
  'never lets go of a value': {
    make: () => fixture((inner) => ({ put: (key, value) => inner.put(key, value, Infinity) })),
    breaks: ['a value is gone two minutes after its time to live'],
  },
}

async function brokenPromises(make: () => StoreFixture): Promise<string[]> {
  const broken: string[] = []
  for (const { promise, check } of contractCases) {
    await check(make()).catch(() => broken.push(promise))
  }
  return broken
}

describe('the contract', () => {
  test('passes a correct store', async () => {
    expect(await brokenPromises(() => fixture(() => ({})))).toEqual([])
  })

  for (const [fault, { make, breaks }] of Object.entries(brokenStores)) {
    test(`fails a store that ${fault}`, async () => {
      expect(await brokenPromises(make)).toEqual(expect.arrayContaining([...breaks]))
    })
  }

  test('has no case that every broken store passes', () => {
    const caught = new Set(Object.values(brokenStores).flatMap(({ breaks }) => breaks))
    expect(contractCases.map(({ promise }) => promise).filter((p) => !caught.has(p))).toEqual([])
  })
})
