/** Folds of some of a view's logs, where large ones stay as they are. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fragment, Op } from '../../../src/log/format/fragment.ts'
import { type Current, merge } from '../../../src/log/reading/merge.ts'
import { foldSome } from '../../../src/log/writing/compact.ts'
import { planWrite } from '../../../src/log/writing/plan.ts'
import { POLICY } from '../../../src/log/writing/policy.ts'
import { type Planning, sealedSize } from '../../../src/log/writing/write.ts'
import { canonical, often } from '../../support/arbitraries.ts'
import { seeded } from '../../support/random.ts'
import {
  baseOf,
  closed,
  deltaOf,
  fragment,
  histories,
  identity,
  idOf,
  START,
  type Written,
} from '../reading/histories.ts'
import { answered, bytesOf } from './lives.ts'

const NOW = START + 60_000
/** A large log takes more than half of this, a small one much less. */
const MOST = 2400
const LARGE_BYTES = 1100

const planning: Planning = {
  ops: [],
  now: NOW,
  arrivedAt: NOW,
  expires: Math.floor(NOW / 1000 + 1800) * 1000,
  reseal: false,
  most: MOST,
  random: bytesOf(seeded(1)),
  policy: POLICY,
  horizon: '',
}

/** Entries of parallel requests, some of which changed much. */
const mixed = fc
  .tuple(histories(9), fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }))
  .map(([history, isLarge]) =>
    history.map(({ entry, seen }, n): Written => {
      const large: Op = { kind: 'set', path: `large${n}`, value: 'x'.repeat(LARGE_BYTES) }
      return { entry: isLarge[n] ? { ...entry, ops: [...entry.ops, large] } : entry, seen }
    }),
  )

/** What a jar shows that has a cookie for each of these entries. */
function viewOf(history: readonly Written[]): Current {
  const base = fragment('base0000', { base: baseOf({ a: [1, 2], b: { a: 1 } }) })
  const logs = history.map((each) =>
    fragment(each.entry.id, { log: deltaOf(history, each, idOf(0)) }),
  )
  return merge([base, ...logs], NOW).current ?? expect.fail('the session is lost')
}

/** Expects that a jar shows all that another one does, and that each of its logs applies. */
function expectSame(jar: readonly Fragment[], before: Current): void {
  const { current, dropped } = merge(jar, NOW)
  expect(dropped).toEqual([])
  expect(canonical(current?.state)).toBe(canonical(before.state))
  expect(current?.entries.map(({ id }) => id)).toEqual(before.entries.map(({ id }) => id))
}

/** Entries one after the other, each of which has seen all before it. */
function line(...sizes: readonly ('small' | 'large')[]): readonly Written[] {
  const history: Written[] = []
  for (const [n, size] of sizes.entries()) {
    const value = 'x'.repeat(size === 'large' ? LARGE_BYTES : 10)
    const ops: readonly Op[] = [{ kind: 'set', path: `k${n}`, value }]
    history.push({ entry: { id: idOf(n + 1), ops }, seen: closed(history, [n - 1]) })
  }
  return history
}

describe('a fold of some logs', () => {
  test('never waits for a log that it leaves out, and that for it: all logs apply', () => {
    let [folds, leftOut] = [0, 0]
    fc.assert(
      fc.property(mixed, (history) => {
        const before = viewOf(history)
        const plan = foldSome(before, planning, MOST)
        if (!plan) return
        folds++
        leftOut += history.length - plan.remove.length
        expect(sealedSize(plan.put, planning)).toBeLessThanOrEqual(MOST)
        expectSame(answered(before.fragments, plan), before)
      }),
      often(2000),
    )
    expect(Math.min(folds, leftOut)).toBeGreaterThan(500)
  })

  test('ends before a large log that later ones have seen', () => {
    const before = viewOf(line('small', 'small', 'large', 'small'))
    const plan = foldSome(before, planning, MOST) ?? expect.fail('nothing is folded')
    expect(plan.remove.map(({ id }) => id)).toEqual([idOf(1), idOf(2)])
    expectSame(answered(before.fragments, plan), before)
    expect(foldSome(viewOf(line('small', 'large', 'small')), planning, MOST)).toBeUndefined()
  })

  test('takes what comes after a large log where nothing before it is taken', () => {
    const before = viewOf(line('large', 'small', 'small'))
    const plan = foldSome(before, planning, MOST) ?? expect.fail('nothing is folded')
    expect(plan.remove.map(({ id }) => id)).toEqual([idOf(2), idOf(3)])
    expectSame(answered(before.fragments, plan), before)
  })

  test('that a response writes beside its own change loses nothing', () => {
    let folds = 0
    fc.assert(
      fc.property(mixed, fc.nat(), (history, seed) => {
        const before = viewOf(history)
        const own: Op = { kind: 'set', path: 'own', value: 1 }
        const random = bytesOf(seeded(seed))
        // Without a new base, which would take the place of all logs.
        const plan = planWrite(before, { ...planning, ops: [own], random, noBase: true })
        folds += plan.put.length > 1 ? 1 : 0
        const { current, dropped } = merge(answered(before.fragments, plan), NOW)
        expect(dropped).toEqual([])
        const { own: written, ...rest } = current?.state ?? {}
        expect([written, canonical(rest)]).toEqual([1, canonical(before.state)])
        expect(current?.base.identity).toBe(identity)
      }),
      often(1000),
    )
    expect(folds).toBeGreaterThan(100)
  })
})
