import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkText,
  checkTime,
  isDue,
  isOver,
  laterMark,
  type Mark,
  marginOf,
  markText,
  newerMark,
  readMark,
  seenText,
  seenTime,
} from '../../src/revocation/marks.ts'
import { letters, often } from '../support/arbitraries.ts'

const time = fc.integer({ min: 1, max: 4_000_000_000_000 })
const login = fc.constantFrom('login-number-a', 'login-number-b', 'login-number-c')
const mark: fc.Arbitrary<Mark> = fc.oneof(
  fc.record({ at: time }),
  fc.record({ at: time, except: fc.record({ login, at: fc.nat(4_000_000_000_000) }) }),
)

describe('a mark', () => {
  test('comes back from its text, and nothing else is one', () => {
    fc.assert(
      fc.property(mark, (one) => {
        expect(readMark(markText(one))).toEqual(one)
        expect(markText(one)).toMatch(/^[a-z][\x21-\x7e]{9,59}$/)
      }),
      often(200),
    )
    for (const text of [
      '',
      'carryon1.',
      'carryon1.x',
      'carryon2.5',
      'carryon1.5.login',
      'carryon1.5 ',
    ])
      expect(readMark(text)).toBe(undefined)
  })

  /** Marks in a row, each with the login that it spares, and after each who is over. */
  test('leaves over what an earlier one has ended, whatever it spares', () => {
    const step = fc.record({
      passes: fc.nat(100_000),
      except: fc.option(login, { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), time, (steps, start) => {
        const sessions = ['login-number-a', 'login-number-b', 'login-number-c'].map((one, i) => {
          return { login: one, began: start + i * 40_000, seen: 0 }
        })
        const gone = new Set<string>()
        let now = start
        let current: Mark | undefined
        for (const { passes, except } of steps) {
          now += passes
          const next = laterMark(current, now, except)
          expect(next.at).toBeGreaterThan(current?.at ?? 0)
          current = next
          for (const one of sessions) {
            if (one.login !== except && one.began <= next.at) gone.add(one.login)
            expect(isOver(current, one, 0)).toBe(gone.has(one.login))
          }
        }
      }),
      often(300),
    )
  })

  test('ends what its login had not seen, up to where clocks may differ', () => {
    const at = 1_000_000
    const of = (began: number, seen = 0) => ({ login: 'login-number-a', began, seen })
    expect(isOver({ at }, of(at), 0)).toBe(true)
    expect(isOver({ at }, of(at + 1), 0)).toBe(false)
    expect(isOver({ at }, of(at + 60_000), marginOf(true))).toBe(true)
    expect(isOver({ at }, of(at + 60_001), marginOf(true))).toBe(false)
    expect(isOver({ at }, of(at - 5, at), marginOf(true))).toBe(false)
    expect(isOver({ at: at + 1 }, of(at - 5, at), marginOf(true))).toBe(true)
    expect(isOver(undefined, of(at), 0)).toBe(false)
    expect(marginOf(false)).toBe(0)
  })

  test('of two the later one counts', () => {
    const [early, late] = [{ at: 1 }, { at: 2 }]
    expect([newerMark(early, late), newerMark(late, early)]).toEqual([late, late])
    expect([newerMark(undefined, early), newerMark(early, undefined)]).toEqual([early, early])
  })
})

describe('what a session seals', () => {
  test('of a check comes back to the second, for the keys that it was about', () => {
    const coverage = fc.oneof(fc.constant(''), letters(12))
    fc.assert(
      fc.property(time, coverage, coverage, (at, one, other) => {
        const text = checkText({ at, coverage: one })
        expect(checkTime(text, one)).toBe(Math.floor(at / 1000) * 1000)
        if (one !== other) expect(checkTime(text, other)).toBe(0)
      }),
      often(200),
    )
    for (const text of [undefined, '', '.', 'A', 'zz.short', '-5', 'abcdefghijk'])
      expect(checkTime(text, '')).toBe(0)
  })

  test('of the marks that its login had seen comes back for each key', () => {
    const seen = fc.uniqueArray(fc.tuple(letters(43), time), {
      selector: ([key]) => key.slice(0, 8),
    })
    fc.assert(
      fc.property(seen, letters(43), (pairs, other) => {
        const text = seenText(new Map(pairs))
        for (const [key, at] of pairs) expect(seenTime(text, key)).toBe(at)
        if (!pairs.some(([key]) => key.startsWith(other.slice(0, 8))))
          expect(seenTime(text, other)).toBe(0)
      }),
      often(200),
    )
    expect(seenText(new Map())).toBe(undefined)
    expect(seenTime('abcdefgh!!!!!!!!!', 'abcdefgh')).toBe(0)
  })

  test('puts off no check by a time that is still to come', () => {
    expect(isDue([1000], 1000, 60_000)).toBe(false)
    expect(isDue([1000], 60_999, 60_000)).toBe(false)
    expect(isDue([1000], 61_000, 60_000)).toBe(true)
    expect(isDue([1001], 1000, 60_000)).toBe(true)
    expect(isDue([Number.MAX_SAFE_INTEGER, 500], 1000, 60_000)).toBe(false)
    expect(isDue([], 1000, 60_000)).toBe(true)
    expect(isDue([1000], 1000, 0)).toBe(true)
  })
})
