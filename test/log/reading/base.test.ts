import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeClaims } from '../../../src/log/format/claims.ts'
import type { BaseFragment } from '../../../src/log/format/fragment.ts'
import { isBase } from '../../../src/log/format/fragment.ts'
import { digestOf, joinId, timeOf } from '../../../src/log/format/ids.ts'
import { planTransplant } from '../../../src/log/lives/transplant.ts'
import { chooseBase, isLaterBase } from '../../../src/log/reading/base.ts'
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
