import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ID_LENGTH } from '../../../src/log/format/fragment.ts'
import { IdReader, IdWriter, timeCode } from '../../../src/log/format/id-chain.ts'
import { letters, often } from '../../support/arbitraries.ts'

const START = 1_800_001_234_567
const LAST = Date.UTC(2059, 0, 1)

const time = fc.oneof(
  fc.integer({ min: START, max: START + 5000 }),
  fc.integer({ min: START - 50_000_000, max: START + 50_000_000 }),
  fc.integer({ min: 0, max: LAST }),
)
const id = fc.tuple(time, letters(5)).map(([ms, random]) => timeCode(ms) + random)

describe('the code of a time', () => {
  test('sorts like the time, up to the year 2059', () => {
    fc.assert(
      fc.property(time, time, (a, b) => {
        expect(timeCode(a) < timeCode(b)).toBe(a < b)
        expect(timeCode(a)).toMatch(/^[0-9a-z]{8}$/)
      }),
      often(2000),
    )
  })

  test('leaves out fractions of a millisecond, and is never before 1970', () => {
    expect(timeCode(START + 0.9)).toBe(timeCode(START))
    expect(timeCode(-5)).toBe('00000000')
  })
})

describe('ids on the wire', () => {
  test('come back as they were, in any order and however far apart', () => {
    fc.assert(
      fc.property(time, fc.array(id, { maxLength: 8 }), (start, ids) => {
        const writer = new IdWriter(start)
        const written = ids.map((each) => writer.write(each))
        expect(new IdReader(start).readAll(written)).toEqual(ids)
        const reader = new IdReader(start)
        expect(written.map((each) => reader.read(each))).toEqual(ids)
      }),
      often(2000),
    )
  })

  test('come back also where one follows itself', () => {
    const same = `${timeCode(START)}00000`
    const writer = new IdWriter(START)
    const written = [same, same].map((each) => writer.write(each))
    expect(new IdReader(START).readAll(written)).toEqual([same, same])
  })

  test('never take more characters than the id, and few when they lie close together', () => {
    fc.assert(
      fc.property(time, id, (start, each) => {
        expect(new IdWriter(start).write(each).length).toBeLessThanOrEqual(ID_LENGTH)
      }),
      often(500),
    )
    const writer = new IdWriter(START)
    writer.write(`${timeCode(START)}aaaaa`)
    expect(writer.write(`${timeCode(START + 20)}bbbbb`).length).toBeLessThanOrEqual(7)
  })

  test('are different for different ids', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        const [one, other] = [new IdWriter(START).write(a), new IdWriter(START).write(b)]
        expect(one === other).toBe(a === b)
      }),
      often(1000),
    )
  })
})

describe('what is no id on the wire is refused', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a number', 5],
    ['a list', ['aaaaa']],
    ['more characters than an id has', 'a'.repeat(14)],
    ['a capital in the time', `A${'a'.repeat(12)}`],
    ['a dash in the time', `-${'a'.repeat(12)}`],
    ['a dot', '.aaaa'],
    ['a line break', 'aaaa\n'],
    ['a letter that only looks like one', 'aaaa\u0430'],
    ['a blank', 'aa aa'],
  ])('%s', (_what, suffix) => {
    expect(new IdReader(START).read(suffix)).toBeUndefined()
  })

  test.each([
    ['text', 'aaaaa'],
    ['an object', { 0: 'aaaaa' }],
    ['null', null],
    ['a list with something else in it', ['aaaaa', 1]],
    ['a list in a list', [['aaaaa']]],
  ])('as a list: %s', (_what, suffixes) => {
    expect(new IdReader(START).readAll(suffixes)).toBeUndefined()
  })

  test('but no list at all is an empty one', () => {
    expect(new IdReader(START).readAll(undefined)).toEqual([])
  })
})
