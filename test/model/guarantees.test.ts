/** The four session guarantees of docs/clustering.md, on the histories of random schedules. */
import { describe, expect, test } from 'vitest'
import { type Guarantee, guarantees, type Visit } from '../support/guarantees.ts'
import { LONG_MS, runs, SEED } from './budget.ts'
import { search } from './check.ts'
import { historiesOf } from './histories.ts'
import { ageing, busy, changing, slow } from './kinds.ts'
import { Violation } from './oracle.ts'
import { type Recording, run } from './run.ts'
import { parseStep } from './schedule.ts'

const names = Object.entries(guarantees)

describe('whichever requests of one browser are in flight, and whichever of its cookies are sent,', {
  timeout: LONG_MS,
}, () => {
  test.each(names)('a session keeps %s', (_, check) => {
    let saw = 0
    const also = (recording: Recording) => {
      for (const history of historiesOf(recording)) saw += checked(history, check)
    }
    for (const kind of [busy, slow, changing, ageing])
      expect(search(kind, runs(200), SEED, { also })?.text).toBeUndefined()
    expect(saw).toBeGreaterThan(runs(50_000))
  })

  test.each(names)(
    'answers that come minutes too late take no other write out of %s',
    (_, check) => {
      const also = (recording: Recording) => {
        for (const history of historiesOf(recording)) checked(withoutLate(history), check)
      }
      expect(search(slow, runs(400), SEED, { also, late: true })?.text).toBeUndefined()
    },
  )
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

/** How much a history saw, if it breaks nothing. */
function checked(history: readonly Visit[], check: Guarantee): number {
  const [problem] = check(history)
  if (problem !== undefined) throw new Violation(problem)
  return history.reduce((sum, { saw = [] }) => sum + saw.length, 0)
}

/** The history of all other writes. */
function withoutLate(history: readonly Visit[]): Visit[] {
  const late = new Set(history.flatMap((visit) => (visit.late ? (visit.wrote ?? []) : [])))
  return history.map((visit) => ({ ...visit, saw: visit.saw?.filter((write) => !late.has(write)) }))
}
