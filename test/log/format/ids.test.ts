import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DIGEST_LENGTH, ID_LENGTH } from '../../../src/log/format/fragment.ts'
import {
  derivedId,
  digestOf,
  entryId,
  isJoin,
  joinId,
  lastIdAt,
  latestTimeOf,
  timeOf,
} from '../../../src/log/format/ids.ts'
import { letters, often } from '../../support/arbitraries.ts'
import { START } from '../reading/histories.ts'

const time = fc.oneof(
  fc.integer({ min: START - 1000, max: START + 1000 }),
  fc.integer({ min: 1_600_000_000_000, max: 2_800_000_000_000 }),
)
const bytes = fc.uint8Array({ minLength: 5, maxLength: 5 })
const id = fc.tuple(time, bytes).map(([ms, random]) => entryId(ms, () => random))

describe('the id of an entry', () => {
  test('has 13 characters that a cookie may have in its name', () => {
    fc.assert(
      fc.property(id, (made) => {
        expect(made).toMatch(/^[0-9a-z]{8}[\w-]{5}$/)
        expect(made).toHaveLength(ID_LENGTH)
      }),
      often(500),
    )
  })

  test('sorts by time, to the millisecond, whatever its random characters are', () => {
    fc.assert(
      fc.property(time, time, bytes, bytes, (a, b, one, other) => {
        const [left, right] = [entryId(a, () => one), entryId(b, () => other)]
        if (a !== b) expect(left < right).toBe(a < b)
        expect([timeOf(left), timeOf(right)]).toEqual([a, b])
      }),
      often(2000),
    )
  })

  test('takes all its random characters from the bytes that it is given', () => {
    const made = (...random: number[]) => entryId(START, () => Uint8Array.from(random))
    const all = new Set(Array.from({ length: 64 }, (_, n) => made(n, 0, 0, 0, 0)))
    expect(all.size).toBe(64)
    for (let at = 0; at < 5; at++) {
      const random = [0, 0, 0, 0, 0]
      random[at] = 63
      // The third one tells entries and joins apart.
      expect(made(...random).slice(8 + at, 9 + at)).toBe(at === 2 ? '7' : '_')
    }
    let asked = 0
    entryId(START, (count) => {
      asked = count
      return new Uint8Array(count)
    })
    expect(asked).toBe(5)
  })

  test('is never after the last id of its time, nor before that of the time before', () => {
    fc.assert(
      fc.property(time, bytes, (ms, random) => {
        const made = entryId(ms, () => random)
        expect(made <= lastIdAt(ms)).toBe(true)
        expect(made > lastIdAt(ms - 1)).toBe(true)
        expect(timeOf(lastIdAt(ms))).toBe(ms)
      }),
      often(1000),
    )
  })
})

describe('the digest of an entry', () => {
  const MINUTE = 60_000

  test('has five characters that a log may hold', () => {
    fc.assert(
      fc.property(id, (made) => {
        expect(digestOf(made)).toMatch(/^[\w-]{5}$/)
        expect(digestOf(made)).toHaveLength(DIGEST_LENGTH)
      }),
      often(500),
    )
  })

  test('never tells a time that is earlier than the entry, even where that is two minutes ahead of the clock', () => {
    const age = fc.integer({ min: -2 * MINUTE, max: 300 * MINUTE })
    fc.assert(
      fc.property(id, age, (made, later) => {
        const now = timeOf(made) + later
        expect(latestTimeOf(digestOf(made), now)).toBeGreaterThanOrEqual(timeOf(made))
      }),
      often(5000),
    )
  })

  test('tells the time to 131 ms while the entry is younger than six minutes', () => {
    const age = fc.integer({ min: -2 * MINUTE, max: 6 * MINUTE })
    fc.assert(
      fc.property(id, age, (made, later) => {
        const told = latestTimeOf(digestOf(made), timeOf(made) + later)
        expect(told - timeOf(made)).toBeLessThan(131)
      }),
      often(5000),
    )
  })

  test('tells a time of the last minutes, or two minutes ahead, whatever it is', () => {
    fc.assert(
      fc.property(letters(5), time, (digest, now) => {
        const told = latestTimeOf(digest, now)
        expect(told).toBeLessThan(now + 2 * MINUTE + 3000)
        expect(told).toBeGreaterThan(now - 10 * MINUTE)
      }),
      often(1000),
    )
  })

  test('differs for entries of one minute that differ in one of three random characters', () => {
    const one = fc.tuple(fc.nat(MINUTE), bytes)
    fc.assert(
      fc.property(one, one, ([a, random], [b, other]) => {
        const [left, right] = [entryId(START + a, () => random), entryId(START + b, () => other)]
        if (left.slice(8, 11) !== right.slice(8, 11))
          expect(digestOf(left)).not.toBe(digestOf(right))
      }),
      often(1000),
    )
  })
})

describe('the id of a fragment that was made of others', () => {
  test('has eight characters, fewer than that of an entry, so that nobody takes one for the other', () => {
    fc.assert(
      fc.property(fc.array(id), (inputs) => {
        expect(derivedId('l', inputs)).toMatch(/^[\w-]{8}$/)
      }),
      often(500),
    )
  })

  test('is the same for the same inputs, and another for another kind, other inputs or another order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 2, maxLength: 5 }), (inputs) => {
        const made = derivedId('l', inputs)
        expect(derivedId('l', [...inputs])).toBe(made)
        expect(derivedId('b', inputs)).not.toBe(made)
        expect(derivedId('l', inputs.slice(1))).not.toBe(made)
        expect(derivedId('l', inputs.toReversed())).not.toBe(made)
      }),
      often(500),
    )
  })

  test('does not collide among 20,000 views that differ in one character', () => {
    const made = new Set<string>()
    for (let n = 0; n < 20_000; n++)
      made.add(derivedId('l', ['mywq9e9baaaaa', entryId(START + n, () => new Uint8Array(5))]))
    expect(made.size).toBe(20_000)
  })
})

describe('a join', () => {
  test('has an id like that of an entry, at the time of its newest head', () => {
    fc.assert(
      fc.property(time, fc.array(letters(8)), (ms, inputs) => {
        const made = joinId(ms, inputs)
        expect(made).toMatch(/^[0-9a-z]{8}[\w-]{5}$/)
        expect(timeOf(made)).toBe(ms)
        expect(made <= lastIdAt(ms)).toBe(true)
      }),
      often(500),
    )
  })

  test('is told from all entries by its digest', () => {
    fc.assert(
      fc.property(time, bytes, fc.array(letters(8)), (ms, random, inputs) => {
        expect(isJoin(digestOf(joinId(ms, inputs)))).toBe(true)
        expect(isJoin(digestOf(entryId(ms, () => random)))).toBe(false)
      }),
      often(2000),
    )
  })

  test('of other inputs mostly has another digest: one in 32,768 is the same', () => {
    const digests = new Set(
      Array.from({ length: 1000 }, (_, n) => digestOf(joinId(START, [`${n}`]))),
    )
    expect(digests.size).toBeGreaterThan(960)
  })
})
