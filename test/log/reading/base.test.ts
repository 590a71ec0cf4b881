import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeClaims } from '../../../src/log/format/claims.ts'
import { type BaseFragment, isBase, type Log, logOf } from '../../../src/log/format/fragment.ts'
import { digestOf, joinId, timeOf } from '../../../src/log/format/ids.ts'
import { planTransplant } from '../../../src/log/lives/transplant.ts'
import {
  chooseBase,
  isCovered,
  isInBase,
  isLaterBase,
  wholeOf,
  withoutTaken,
} from '../../../src/log/reading/base.ts'
import { merge } from '../../../src/log/reading/merge.ts'
import { POLICY } from '../../../src/log/writing/policy.ts'
import { canonical, often } from '../../support/arbitraries.ts'
import { live, lives } from '../writing/lives.ts'
import { baseOf, fragment, idOf } from './histories.ts'

/** A base with the horizon `at`, of the serial, that has taken these entries and has those in its log. */
function base(
  id: string,
  at: number,
  serial: number,
  taken: readonly number[],
  inside: readonly number[] = [],
  joins: readonly string[] = [],
): BaseFragment {
  const horizon = idOf(at)
  const made = fragment(id.padEnd(8, '0'), {
    base: { ...baseOf({}, horizon), serial },
    log: {
      since: horizon,
      parents: [],
      heads: [],
      retired: [
        ...taken.map((n) => digestOf(idOf(n))),
        ...joins.map((name) => digestOf(joinId(timeOf(idOf(9)), [name]))),
      ],
      entries: inside.map((n) => ({ id: idOf(n), ops: [] })),
    },
  })
  return isBase(made) ? made : expect.fail('it is no base')
}

describe('of several bases', () => {
  test.each([
    ['the later horizon', base('a', 2, 0, []), base('b', 1, 9, [3])],
    ['the one that lacks less', base('a', 0, 0, [1, 2]), base('b', 0, 9, [1])],
    ['with the same, the higher serial', base('b', 0, 2, [1]), base('a', 0, 1, [1])],
    ['what stands in a log is not lacking', base('b', 0, 2, [], [1, 2]), base('a', 0, 1, [1, 2])],
    [
      'whoever lacks a join lacks nothing',
      base('b', 0, 0, [1, 2], [], []),
      base('a', 0, 0, [1], [], ['x', 'y']),
    ],
    ['then the lower id', base('a', 0, 1, []), base('b', 0, 1, [])],
  ])('%s counts', (_, wins, other) => {
    expect(chooseBase([wins, other], [wins, other])).toBe(wins)
    expect(chooseBase([other, wins], [other, wins])).toBe(wins)
  })

  test('one counts that does not depend on their order', () => {
    const some = fc.array(fc.integer({ min: 3, max: 7 }), { maxLength: 4 })
    const one = fc.record({ at: fc.nat(1), serial: fc.nat(2), taken: some, inside: some })
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 5 }), fc.nat(), (given, turn) => {
        const bases = given.map(({ at, serial, taken, inside }, n) =>
          base(`b${n}`, at, serial, taken, [...new Set(inside)].sort()),
        )
        const at = turn % bases.length
        const turned = [...bases.slice(at), ...bases.slice(0, at)].reverse()
        expect(chooseBase(turned, turned)).toBe(chooseBase(bases, bases))
      }),
      often(2000),
    )
  })
})

describe('a base', () => {
  const now = timeOf(idOf(20))
  const digests = (...numbers: readonly number[]) => numbers.map((n) => digestOf(idOf(n)))
  const log = (entries: readonly number[], retired: readonly string[] = []): Log => ({
    ...{ since: idOf(0), parents: [], heads: [], retired },
    entries: entries.map((n) => ({ id: idOf(n), ops: [] })),
  })

  test('has what is at or before its horizon, what it has taken, and what stands in its log', () => {
    const one = base('a', 5, 0, [7], [8])
    expect(isInBase(undefined, one, now)).toBe(true)
    for (const n of [4, 5, 7, 8]) expect(isInBase(log([n]), one, now)).toBe(true)
    // The digest of the horizon itself may be that of an entry some ms later.
    for (const n of [4, 7, 8]) expect(isInBase(log([], digests(n)), one, now)).toBe(true)
    for (const n of [6, 9]) {
      expect(isInBase(log([n]), one, now)).toBe(false)
      expect(isInBase(log([], digests(n)), one, now)).toBe(false)
      // All of it must be there.
      expect(isInBase(log([7, n, 8]), one, now)).toBe(false)
      expect(isInBase(log([7], digests(8, n)), one, now)).toBe(false)
      expect(isInBase(log([n], digests(7)), one, now)).toBe(false)
      expect(isInBase(log([7], digests(n)), one, now)).toBe(false)
    }
  })

  test('has all of another one that is earlier and of which it has the log, and never of itself', () => {
    const later = base('b', 5, 2, [7, 8])
    const covered = base('c', 5, 1, [7])
    expect(isCovered(covered, later, now)).toBe(true)
    expect(isCovered(later, covered, now)).toBe(false)
    expect(isCovered(later, later, now)).toBe(false)
    expect(isCovered(base('c', 5, 1, [9]), later, now)).toBe(false)
    expect(isCovered(base('c', 4, 3, [7]), later, now)).toBe(true)
  })

  test('that is later is that with the later horizon, then the higher serial, then the lower id', () => {
    const sorted = [
      base('d', 2, 0, []),
      base('b', 1, 2, []),
      base('c', 1, 1, []),
      base('e', 1, 1, []),
    ]
    for (const [i, a] of sorted.entries())
      for (const [j, b] of sorted.entries()) expect(isLaterBase(a, b)).toBe(i < j)
  })

  test('takes from the logs of others what it has taken, and leaves its own as it is', () => {
    const own = base('a', 5, 0, [7], [7, 8])
    expect(withoutTaken(own, own)).toBe(own.log)
    const other = fragment('other000', { log: log([6, 7], digests(9)) })
    expect(withoutTaken(other, own)).toEqual(log([6], digests(9, 7)))
    const none = fragment('none0000', { log: log([6, 8], digests(9)) })
    expect(withoutTaken(none, own)).toBe(logOf(none))
  })

  test('means on itself alone the parts that it keeps of what it has taken', () => {
    const own = base('a', 5, 0, [7], [7, 8])
    expect(wholeOf(own)?.entries.map(({ id }) => id)).toEqual([idOf(8)])
    expect(wholeOf(own)?.retired).toEqual(digests(7))
    // In a log that is no base's such an entry has, by chance, the digest of another one.
    const other = fragment('other000', { log: log([7, 8], digests(7)) })
    expect(wholeOf(other)).toBe(logOf(other))
  })
})

describe('a jar that is full', () => {
  const full = { ...POLICY, roomyLength: 900, responseLength: 1500, manyFragments: 6 }

  test('never loses all bases: a response removes one only where a later one is', () => {
    let removed = 0
    fc.assert(
      fc.property(lives, (life) => {
        for (const { current, plan } of live(life, full)) {
          const gone = new Set(plan.remove.map(({ id }) => id))
          const left = current.fragments.filter(({ id }) => !gone.has(id))
          const bases = [...left, ...plan.put].filter(isBase)
          for (const old of plan.remove.filter(isBase)) {
            removed++
            expect(bases.some((other) => isLaterBase(other, old))).toBe(true)
          }
        }
      }),
      often(150),
    )
    expect(removed).toBeGreaterThan(40)
  })

  test('has bases that took entries, or this shows nothing', () => {
    let taking = 0
    fc.assert(
      fc.property(lives, (life) => {
        for (const { current, plan } of live(life, full)) {
          const digests = new Set(current.entries.map(({ id }) => digestOf(id)))
          const bases = plan.put.filter(isBase)
          if (bases.some(({ log }) => log?.retired.some((digest) => digests.has(digest)))) taking++
        }
      }),
      often(60),
    )
    expect(taking).toBeGreaterThan(4)
  })

  test('has one content for one id, whoever writes it', () => {
    let again = 0
    fc.assert(
      fc.property(lives, fc.constantFrom(full, POLICY), (life, policy) => {
        const known = new Map<string, string>()
        for (const { plan } of live(life, policy)) {
          for (const each of plan.put) {
            // Digests tell a time modulo nine minutes: one that is over longer ago may stay, and means nothing.
            const { r, t, ...claims } = JSON.parse(encodeClaims(each))
            const heads = t?.length > 0 ? t : undefined
            const text = JSON.stringify({ ...claims, heads })
            if (known.has(each.id)) again++
            expect(known.get(each.id) ?? text).toBe(text)
            known.set(each.id, text)
          }
        }
      }),
      often(200),
    )
    expect(again).toBeGreaterThan(30)
  })

  test('goes on under a new id with the same state', () => {
    fc.assert(
      fc.property(lives, (life) => {
        for (const { current, write } of live(life, full)) {
          const start = {
            ...{ ...write, sid: 'B'.repeat(22), state: current.state, subject: 'ada' },
            ...{ idle: 1_800_000, absolute: 43_200_000 },
          }
          const view = merge(current.fragments, write.now)
          const { put } = planTransplant(view, current, start, [], write.most)
          const after = merge(put, write.now).current
          expect(canonical(after?.state ?? null)).toBe(canonical(current.state))
        }
      }),
      often(80),
    )
  })
})
