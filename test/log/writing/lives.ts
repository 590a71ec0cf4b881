/** The life of a jar, for fast-check: requests that overlap, and what each planned to write. */
import fc from 'fast-check'
import type { Fragment, Op } from '../../../src/log/format/fragment.ts'
import { type Current, merge } from '../../../src/log/reading/merge.ts'
import { planWrite } from '../../../src/log/writing/plan.ts'
import { POLICY, type Policy } from '../../../src/log/writing/policy.ts'
import type { Plan, Write } from '../../../src/log/writing/write.ts'
import { type Random, seeded } from '../../support/random.ts'
import { baseOf, fragment, idOf, START, someOps } from '../reading/histories.ts'

/** One request: when it comes in, how long it takes, and how many others come before its answer is there. */
interface Step {
  readonly pause: number
  readonly takes: number
  readonly answer: number
  readonly ops: readonly Op[]
  readonly reseal: boolean
  readonly hold: boolean
}

export interface Life {
  readonly seed: number
  readonly filler: number
  readonly most: number
  readonly steps: readonly Step[]
}

/** What one request saw, and what it planned. */
export interface Moment {
  readonly current: Current
  readonly write: Write
  readonly plan: Plan
}

const step: fc.Arbitrary<Step> = fc.record({
  pause: fc.constantFrom(0, 0, 20, 500, 5000, 100_000, 400_000),
  takes: fc.constantFrom(1, 50, 3000, 100_000),
  answer: fc.constantFrom(0, 0, 1, 3, 8),
  ops: fc.oneof({ weight: 6, arbitrary: someOps }, { weight: 1, arbitrary: fc.constant([]) }),
  reseal: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  hold: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
})

/** Requests of a crowd: many entries that stay unsettled. */
const crowd = (count: number): readonly Step[] =>
  Array.from({ length: count }, (_, n) => ({
    pause: 20,
    takes: 50,
    answer: n % 4,
    ops: [{ kind: 'increment', path: `n${n % 7}`, by: 1 }],
    reseal: false,
    hold: false,
  }))

export const lives: fc.Arbitrary<Life> = fc
  .record({
    seed: fc.nat(),
    filler: fc.constantFrom(0, 100, 900, 1900),
    most: fc.constantFrom(3200, 4068),
    busy: fc.constantFrom(0, 0, 0, 0, 0, 80),
    steps: fc.array(step, { minLength: 1, maxLength: 30, size: 'max' }),
  })
  .map(({ busy, steps, ...rest }) => ({ ...rest, steps: [...crowd(busy), ...steps] }))

export function bytesOf(random: Random): (count: number) => Uint8Array {
  return (count) => Uint8Array.from({ length: count }, () => random.below(256))
}

/** A jar after an answer. */
export function answered(jar: readonly Fragment[], { put, remove }: Plan): Fragment[] {
  const gone = new Set([...remove, ...put].map(({ id }) => id))
  return [...jar.filter(({ id }) => !gone.has(id)), ...put]
}

/** Lives `life`: gives what each of its requests saw and planned. */
export function live(
  { seed, filler, most, steps }: Life,
  policy: Policy = POLICY,
): readonly Moment[] {
  const random = bytesOf(seeded(seed))
  const state = { filler: 'x'.repeat(filler), a: { b: 1 } }
  let jar: Fragment[] = [fragment(idOf(0), { base: baseOf(state), expires: never })]
  let now = START + 1000
  const moments: Moment[] = []
  let underWay: { readonly plan: Plan; readonly due: number; readonly made: number }[] = []
  for (const [n, { pause, takes, answer, ops, reseal, hold }] of steps.entries()) {
    now += pause
    for (const { plan, made } of underWay.filter(({ due }) => due < n)) {
      jar = answered(jar, plan)
      // An answer cannot arrive before it was made, but clocks differ.
      now = Math.max(now, made - 30_000)
    }
    underWay = underWay.filter(({ due }) => due >= n)
    const { current } = merge(jar, now)
    if (!current) throw new Error('The session is lost.')
    const write: Write = {
      ops,
      now: now + takes,
      arrivedAt: now,
      expires: never,
      reseal: reseal || ops.length === 0,
      hold,
      most,
      random,
    }
    const plan = planWrite(current, write, policy)
    moments.push({ current, write, plan })
    underWay.push({ plan, due: n + answer, made: write.now })
  }
  return moments
}

/** Later than any life lasts. */
const never = Math.floor(START / 1000 + 1e6) * 1000
