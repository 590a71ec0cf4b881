import { expect, test } from 'vitest'
import { type Fragment, isBase, logOf } from '../../src/log/format/fragment.ts'
import { timeOf } from '../../src/log/format/ids.ts'
import { encodeMemory } from '../../src/log/format/memory.ts'
import { foldLogs } from '../../src/log/reading/fold.ts'
import { merge } from '../../src/log/reading/merge.ts'
import { seeded } from '../support/random.ts'
import { runs, SEED } from './budget.ts'
import { search } from './check.ts'
import { busy, changing, slow, slower } from './kinds.ts'
import { Violation } from './oracle.ts'
import type { Recording } from './simulation.ts'
import { converge } from './subsets.ts'

const random = seeded(SEED)

test('what a view amounts to does not depend on the order of its cookies or on doubles', () => {
  expect(search(changing, runs(800), SEED, { also: shuffled })?.text).toBeUndefined()
})

test('what was folded first amounts to the same with the rest as all of it at once', () => {
  let folds = 0
  const also = (recording: Recording) => {
    folds += foldedFirst(recording)
  }
  expect(search(busy, runs(400), SEED, { also })?.text).toBeUndefined()
  expect(search(slow, runs(400), SEED, { also })?.text).toBeUndefined()
  expect(folds).toBeGreaterThan(runs(1500))
})

test('nodes that settled at different times come to the same state', () => {
  let same = 0
  const also = (recording: Recording) => {
    same += converge(recording)
  }
  expect(search(busy, runs(400), SEED, { also })?.text).toBeUndefined()
  expect(search(slow, runs(500), SEED, { also })?.text).toBeUndefined()
  expect(search(slower, runs(500), SEED, { also })?.text).toBeUndefined()
  expect(same).toBeGreaterThan(runs(250))
})

/** For each base: some of the logs that apply onto it, folded, with the others. Returns how many folds there were. */
function foldedFirst({ cookies }: Recording): number {
  const random = seeded(cookies.length)
  const fragments = cookies.map(({ fragment }) => fragment)
  const ids = fragments.flatMap((each) => logOf(each)?.entries.at(-1)?.id ?? [])
  const now = timeOf(ids.sort().at(-1) ?? '0')
  const logs = fragments.filter(({ kind }) => kind === 'log')
  const bases = fragments.filter(isBase)
  for (const base of bases) {
    const { current } = merge([base, ...logs], 0)
    if (!current) continue
    const applied = current.fragments.filter(({ kind }) => kind === 'log')
    // What some request may have seen: none without those that it builds on.
    const part = merge([base, ...applied.filter(() => random.below(3) > 0)], 0).current
    const some = new Set(part?.fragments.filter(({ kind }) => kind === 'log'))
    const folded = foldLogs(
      [...some].flatMap((each) => logOf(each) ?? []),
      base.horizon,
    )
    const fold: Fragment = { ...base, kind: 'log', id: 'folded', log: folded }
    const rest = applied.filter((each) => !some.has(each))
    const other = merge([base, fold, ...rest], 0).current
    const [one, two] = [current, other].map((each) =>
      JSON.stringify([each?.state, each?.memory && encodeMemory(each.memory, now)]),
    )
    if (one !== two) throw new Violation(`${one}\n  and, folded first,\n${two}`)
  }
  return bases.length
}

function shuffled({ cookies }: Recording): void {
  for (let round = 0; round < 4; round++) {
    const some = cookies.filter(() => random.below(2) === 0).map(({ fragment }) => fragment)
    const mixed = [...some, ...some.filter(() => random.below(4) === 0)]
    mixed.sort(() => random.below(3) - 1)
    const [one, other] = [some, mixed].map((fragments) => {
      const { current } = merge(fragments, 0)
      if (!current) return 'no session'
      const { base, fragments: _, ...rest } = current
      const { identity, horizon, serial, state } = base
      return JSON.stringify({ ...rest, identity, horizon, serial, settled: state })
    })
    if (one !== other) throw new Violation(`${one}\n  and, in another order,\n${other}`)
  }
}
