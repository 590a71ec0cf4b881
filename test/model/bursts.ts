/** Schedules of bursts: many requests with one view, whose answers arrive in any order, or never. */
import fc from 'fast-check'
import type { Action, Way, Writing } from './actions.ts'
import { MOST_IN_FLIGHT, parseStep, type Schedule, type Step } from './schedule.ts'
import { writings } from './writings.ts'

/** How many requests of a burst have one view: as many as the model has in flight. */
const MOST_AT_ONCE = MOST_IN_FLIGHT
const MOST_BURSTS = 3
/** How many places there are in a burst, in which something happens. */
const PLACES = 1000

interface RawRequest {
  readonly action: Action
  /** Which of the burst's nodes gets it. */
  readonly node: number
  /** Where in the burst it is committed, and how much later its answer arrives. */
  readonly commit: number
  readonly later: number
  readonly fate: 'answer' | 'drop' | 'part'
  /** Seconds that pass before it is committed, and before its answer. */
  readonly gaps: readonly [number, number]
}

interface RawBurst {
  readonly after: number
  readonly size: number
  readonly clocks: readonly number[]
  readonly requests: readonly RawRequest[]
  /** What other requests do meanwhile, with what the jar holds then. */
  readonly between: readonly { readonly action: Action; readonly at: number }[]
}

/** A step, and where it stands among the others. */
type Placed = Step & { readonly at: number }

export const bursts: fc.Arbitrary<Schedule> = fc
  .constantFrom(...writings)
  .chain((write) => burstsOf(write.map(unordered)))

/**
 * Where a base takes what is young, since the jar is full, elements that others put into the same list at once may
 * stand elsewhere among them. Bursts are about what is there: they only append, in the list that has no order.
 */
function unordered(action: Writing): Writing {
  const also = action.also && unordered(action.also)
  return ORDERED.has(action.kind) ? { kind: 'tag', path: 'x', also } : { ...action, also }
}

const ORDERED: ReadonlySet<Way> = new Set<Way>([
  ...(['push', 'begin', 'unshift', 'splice', 'swap', 'shift', 'filter'] as const),
  ...(['sort', 'reverse', 'once', 'move'] as const),
])

function burstsOf(write: fc.Arbitrary<Writing>): fc.Arbitrary<Schedule> {
  const gap = fc.constantFrom(0.001, 0.001, 0.02, 0.02, 0.02, 0.02, 0.1, 0.1, 0.5, 6)
  const request: fc.Arbitrary<RawRequest> = fc.record({
    action: write,
    node: fc.nat(3),
    commit: fc.nat(PLACES),
    later: fc.oneof(fc.nat(20), fc.nat(PLACES)),
    fate: fc.constantFrom('answer', 'answer', 'answer', 'answer', 'drop', 'part'),
    gaps: fc.tuple(gap, gap),
  })
  const burst: fc.Arbitrary<RawBurst> = fc.record({
    after: fc.constantFrom(0, 1, 10, 100, 200),
    size: fc.integer({ min: 2, max: MOST_AT_ONCE }),
    clocks: fc.constantFrom([0], [0], [30], [0, -30], [0, 30, 7]),
    requests: fc.array(request, { minLength: MOST_AT_ONCE, maxLength: MOST_AT_ONCE }),
    between: fc.array(fc.record({ action: write, at: fc.nat(PLACES * 2) }), { maxLength: 4 }),
  })
  return fc
    .record({
      seed: fc.noShrink(fc.nat()),
      idle: fc.constant(1800),
      filler: fc.constantFrom(0, 0, 500, 1300),
      raw: fc.array(burst, { minLength: 1, maxLength: MOST_BURSTS }),
    })
    .map(({ raw, ...schedule }) => ({ ...schedule, steps: stepsOf(raw) }))
}

const BEGINNING = ['send 0 set a', 'answer 0'].map(parseStep)

function stepsOf(raw: readonly RawBurst[]): Step[] {
  const placed = raw.flatMap((burst, i) => placedOf(burst, i))
  const steps = placed.sort((one, other) => one.at - other.at).map(({ at: _, ...step }) => step)
  return [...BEGINNING, ...steps]
}

function placedOf({ after, size, clocks, requests, between }: RawBurst, index: number): Placed[] {
  // Two of them do not overlap.
  const start = index * 4 * PLACES
  const first = 1 + index * 100
  const own = requests.slice(0, size).flatMap((raw, i): Placed[] => {
    const { action, node, fate, gaps } = raw
    const [request, clock] = [first + i, clocks[node % clocks.length] ?? 0]
    const commit = start + 1 + raw.commit
    const [at, end] = [commit + 1 + raw.later, commit + 2 + 2 * raw.later]
    const sent = { after: i === 0 ? after : 0, at: start }
    return [
      { ...sent, does: 'send', request, clock, bare: false, action },
      { after: gaps[0], does: 'commit', request, at: commit },
      { after: gaps[1], does: fate, request, at },
      { after: 0, does: 'drop', request, at: end },
    ]
  })
  const others = between.flatMap(({ action, at }, i): Placed[] => {
    const request = first + MOST_AT_ONCE + i
    const [send, answer] = [start + 1 + at, start + 1.5 + at]
    return [
      { after: 0, does: 'send', request, clock: 0, bare: false, action, at: send },
      { after: 0, does: 'answer', request, at: answer },
    ]
  })
  return [...own, ...others]
}
