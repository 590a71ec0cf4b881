/** The four session guarantees of docs/clustering.md, on the histories of random schedules. */
import { beforeAll, describe, expect, test } from 'vitest'
import { guarantees, type Visit } from '../support/guarantees.ts'
import { LONG_MS, runs, SEED } from './budget.ts'
import { search } from './check.ts'
import { historiesOf } from './histories.ts'
import { ageing, busy, changing, slow } from './kinds.ts'
import { Violation } from './oracle.ts'
import { run } from './run.ts'
import { parseStep } from './schedule.ts'
import type { Recording } from './simulation.ts'

const names = Object.entries(guarantees)

describe('whichever requests of one browser are in flight, and whichever of its cookies are sent,', {
  timeout: LONG_MS,
}, () => {
  const found = { inTime: outcome(), late: outcome() }

  // Each schedule is run once for all four.
  beforeAll(() => {
    const { inTime, late } = found
    for (const kind of [busy, slow, changing, ageing])
      inTime.problem ??= search(kind, runs(200), SEED, { also: inTime.also })?.text
    const also = (recording: Recording) => late.also(recording, withoutLate)
    late.problem = search(slow, runs(400), SEED, { also, late: true })?.text
  }, LONG_MS)

  test.each(names)('a session keeps %s', (name) => {
    expect(found.inTime.problem).toBeUndefined()
    expect(found.inTime.saw.get(name)).toBeGreaterThan(runs(50_000))
  })

  test.each(names)('answers that come minutes too late take no other write out of %s', (name) => {
    expect(found.late.problem).toBeUndefined()
    expect(found.late.saw.get(name)).toBeGreaterThan(runs(10_000))
  })
})

// Beyond the bounds: a late write may be dropped even after others have seen it.
test.fails.each(['monotonic reads', 'writes follow reads'])(
  'what came 200 s late and was seen stays, as %s would have it',
  (name) => {
    const steps = [
      ...['send 1 inc hits', 'answer 1'],
      // The model lets each fifth request be late.
      ...['+1s send 5 inc hits', 'commit 5'],
      // It renews the session, and settles what is older than three minutes.
      '+200s send 6 read',
      ...['+1s answer 5', 'send 7 set a', '+1s answer 7'],
      ...['+1s answer 6', 'send 8 read', 'answer 8'],
    ].map(parseStep)
    const recording = run({ seed: 1, idle: 1800, filler: 0, steps }, { late: true })
    for (const history of historiesOf(recording)) expect(guarantees[name]?.(history)).toEqual([])
  },
)

interface Outcome {
  /** How much the histories saw, for each guarantee. */
  readonly saw: Map<string, number>
  also(recording: Recording, of?: (history: readonly Visit[]) => readonly Visit[]): void
  problem?: string | undefined
}

/** What the histories of schedules show of each guarantee. */
function outcome(): Outcome {
  const saw = new Map<string, number>()
  const also = (recording: Recording, of = (history: readonly Visit[]) => history) => {
    for (const history of historiesOf(recording).map(of)) {
      for (const [name, check] of names) {
        const [problem] = check(history)
        if (problem !== undefined) throw new Violation(`${name}: ${problem}`)
        const size = history.reduce((sum, { saw = [] }) => sum + saw.length, 0)
        saw.set(name, (saw.get(name) ?? 0) + size)
      }
    }
  }
  return { saw, also }
}

/** The history of all other writes. */
function withoutLate(history: readonly Visit[]): Visit[] {
  const late = new Set(history.flatMap((visit) => (visit.late ? (visit.wrote ?? []) : [])))
  return history.map((visit) => ({ ...visit, saw: visit.saw?.filter((write) => !late.has(write)) }))
}
