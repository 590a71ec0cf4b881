import { describe, expect, test } from 'vitest'
import { MAX_KEY_LENGTH, type OverflowStore } from '../../src/overflow/store.ts'

/** A store under test and what the test can do to it. Made anew, and empty, for each case. */
export interface StoreFixture {
  readonly store: OverflowStore
  /** A second adapter on the same service, as another node would have it, if that is possible. */
  readonly otherNode?: OverflowStore
  /** Lets time pass for the store, in seconds, if its clock can be moved. */
  readonly advance?: (seconds: number) => void
}

/** One promise of `OverflowStore` and the check that it is kept. Rejects where it is not. */
export interface ContractCase {
  readonly promise: string
  /** What the fixture must have for this case; without it the case is skipped. */
  readonly needs?: 'otherNode' | 'advance'
  check(fixture: StoreFixture): Promise<void>
}

/** A key as the library makes it: 128 random bits in base64url. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** Text of exactly `length` characters in which no stretch repeats, so that no cut goes unnoticed. */
function longText(length: number): string {
  let text = ''
  for (let i = 0; text.length < length; i++) text += `${i.toString(36)}.`
  return text.slice(0, length)
}

const printableAscii = String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 0x20 + i))

/** Texts that some layer might take for something else than text. */
const treacherousValues = [
  'eyJhbGciOiJkaXIifQ..iv.text.tag',
  printableAscii,
  '0',
  '1e5',
  '00123',
  '9007199254740993',
  'true',
  'null',
  'undefined',
  'NaN',
  '"quoted"',
  '{"a":1}',
  '[1,2]',
  '{"__proto__":{"polluted":true}}',
  'base64:aGVsbG8',
  '2026-11-22T00:00:00.000Z',
  ' leading and trailing ',
  '%41+b',
  '\\u0041\\n',
]

/** Every promise of the interface, as plain functions, so that a test can see them fail as well. */
export const contractCases: readonly ContractCase[] = [
  {
    promise: 'a key that the store does not have reads as undefined',
    async check({ store }) {
      expect(await store.get(freshKey())).toBe(undefined)
    },
  },
  {
    promise: 'a value can be read as soon as its put has resolved',
    async check({ store }) {
      const key = freshKey()
      await store.put(key, 'value', 60)
      expect(await store.get(key)).toBe('value')
    },
  },
  {
    promise: 'reading a value does not use it up',
    async check({ store }) {
      const key = freshKey()
      await store.put(key, 'value', 60)
      const parallel = await Promise.all([store.get(key), store.get(key), store.get(key)])
      expect(parallel).toEqual(['value', 'value', 'value'])
      expect(await store.get(key)).toBe('value')
    },
  },
  {
    promise: 'a value comes back to the character, whatever it looks like',
    async check({ store }) {
      for (const value of treacherousValues) {
        const key = freshKey()
        await store.put(key, value, 60)
        expect(await store.get(key)).toBe(value)
      }
    },
  },
  {
    promise: 'a value of 400,000 characters comes back whole',
    async check({ store }) {
      const key = freshKey()
      const value = longText(400_000)
      await store.put(key, value, 60)
      const read = await store.get(key)
      expect(read?.length).toBe(value.length)
      expect(read === value).toBe(true)
    },
  },
  {
    promise: 'keys are told apart by every character, up to the longest ones',
    async check({ store }) {
      const stem = 'k'.repeat(MAX_KEY_LENGTH - 1)
      const keys = ['-', '_', 'a', '7', '--', '__', '-_', '_-', `${stem}1`, `${stem}2`, stem]
      for (const key of keys) await store.put(key, `value of ${key}`, 60)
      for (const key of keys) expect(await store.get(key)).toBe(`value of ${key}`)
    },
  },
  {
    promise: 'names that JavaScript objects have are keys like any other',
    async check({ store }) {
      // Not the same keys twice: a key is never read before it was put.
      const missing = ['valueOf', 'isPrototypeOf', '__defineGetter__']
      for (const key of missing) expect(await store.get(key)).toBe(undefined)
      const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
      for (const key of keys) await store.put(key, `value of ${key}`, 60)
      for (const key of keys) expect(await store.get(key)).toBe(`value of ${key}`)
    },
  },
  {
    promise: 'of 50 values put at once, each arrives under its own key',
    async check({ store }) {
      const keys = Array.from({ length: 50 }, freshKey)
      await Promise.all(keys.map((key) => store.put(key, `value of ${key}`, 60)))
      const values = await Promise.all(keys.map((key) => store.get(key)))
      expect(values).toEqual(keys.map((key) => `value of ${key}`))
    },
  },
  {
    promise: 'a time to live may have fractions and be a year long',
    async check({ store }) {
      for (const ttlSeconds of [60, 60.001, 43_199.5, 31_536_000]) {
        const key = freshKey()
        await store.put(key, `for ${ttlSeconds}`, ttlSeconds)
        expect(await store.get(key)).toBe(`for ${ttlSeconds}`)
      }
    },
  },
  {
    promise: 'what one node has put, another node reads',
    needs: 'otherNode',
    async check({ store, otherNode }) {
      const key = freshKey()
      await store.put(key, 'value', 60)
      expect(await otherNode?.get(key)).toBe('value')
    },
  },
  {
    promise: 'a value stays for all of its time to live',
    needs: 'advance',
    async check({ store, advance }) {
      const [short, long] = [freshKey(), freshKey()]
      await store.put(short, 'short', 60)
      await store.put(long, 'long', 43_200)
      advance?.(59.9)
      expect(await store.get(short)).toBe('short')
      advance?.(43_199.9 - 59.9)
      expect(await store.get(long)).toBe('long')
    },
  },
  {
    promise: 'a value is gone two minutes after its time to live',
    needs: 'advance',
    async check({ store, advance }) {
      const key = freshKey()
      await store.put(key, 'value', 90)
      advance?.(90 + 120)
      expect(await store.get(key)).toBe(undefined)
    },
  },
]

/** Runs every case of the contract against a store, each on a fixture of its own. */
export function storeContract(
  name: string,
  makeFixture: () => StoreFixture | Promise<StoreFixture>,
): void {
  describe(`${name} keeps the promises of an overflow store`, () => {
    for (const { promise, needs, check } of contractCases) {
      test(promise, async (context) => {
        const fixture = await makeFixture()
        if (needs !== undefined && fixture[needs] === undefined) {
          context.skip(`the fixture has no ${needs}`)
        }
        await check(fixture)
      })
    }
  })
}
