/** Starts and ends of sessions, in any order. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SessionIdentity } from '../../src/log/format/fragment.ts'
import type { View } from '../../src/log/reading/merge.ts'
import { LONG_MS, runs, SEED } from './budget.ts'
import {
  type Deed,
  type Life,
  type LifeRules,
  type LifeStep,
  lifeRules,
  type Secret,
  type Visit,
  World,
} from './lives.ts'
import { checkLives } from './lives-oracle.ts'
import { Violation } from './oracle.ts'

interface Kind {
  readonly deeds: readonly Deed[]
  readonly clocks: fc.Arbitrary<number>
  readonly withheld: boolean
  readonly longest: number
  readonly idle: readonly number[]
  readonly absolute: number
  /** Lists of secrets that nodes may know. */
  readonly secrets: readonly (readonly Secret[])[]
}

const ALL: readonly Deed[] = [
  ...['read', 'write', 'write', 'write', 'regenerate', 'logout', 'logout', 'leave'],
  ...['ada', 'ada', 'bob'],
] as Deed[]

const near = fc.constantFrom(-29, 0, 29)
const far = fc.constantFrom(-3000, -300, -29, 0, 29, 300, 3000)
const usual: Kind = {
  ...{ deeds: ALL, clocks: near, withheld: true, longest: 400, idle: [1800] },
  ...{ absolute: 4 * 3600, secrets: [['old']] },
}
/** Sessions end at their idle timeout, too. */
const edge: Kind = { ...usual, longest: 700, idle: [400] }
/** And at their absolute one, which a new id does not move. */
const absoluteEdge: Kind = { ...usual, longest: 500, idle: [400, 900], absolute: 900 }
const wrongClocks: Kind = { ...usual, clocks: far, idle: [7200] }
/** Nodes know one secret or both, and seal with either. */
const halfSighted: Kind = {
  ...usual,
  secrets: [['old'], ['new'], ['old', 'new'], ['new', 'old']],
}

function lives(kind: Kind): fc.Arbitrary<Life> {
  const { deeds, clocks, withheld, longest, idle, absolute, secrets } = kind
  const after = fc.oneof(
    { arbitrary: fc.constant(0), weight: 12 },
    { arbitrary: fc.integer({ min: 0, max: 20 }), weight: 10 },
    { arbitrary: fc.integer({ min: 20, max: 110 }), weight: 2 },
    { arbitrary: fc.integer({ min: 110, max: longest }), weight: 1 },
  )
  const send = fc.record({
    ...{ does: fc.constant('send' as const), node: fc.nat(2), deed: fc.constantFrom(...deeds) },
    withheld: withheld ? fc.nat(9).map((n) => n === 9) : fc.constant(false),
    twice: fc.nat(7).map((n) => n === 7),
    after,
  })
  const other = fc.record({
    does: fc.constantFrom('commit' as const, 'line' as const, 'line' as const, 'lose' as const),
    pick: fc.nat(11),
    after,
  })
  const step: fc.Arbitrary<LifeStep> = fc.oneof(
    { arbitrary: send, weight: 3 },
    { arbitrary: other, weight: 6 },
  )
  return fc.record({
    seed: fc.noShrink(fc.nat()),
    clocks: fc.array(clocks, { minLength: 3, maxLength: 3 }),
    secrets: fc.array(fc.constantFrom(...secrets), { minLength: 3, maxLength: 3 }),
    idle: fc.constantFrom(...idle),
    absolute: fc.constant(absolute),
    steps: fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
  })
}

/** @throws Violation */
function live(life: Life, inOrder: boolean, rules: LifeRules): World {
  const world = new World(life, rules)
  const underWay: Visit[] = []
  const check = () => {
    const { view } = world.look()
    checkLives(world, view, world.events++, { inOrder })
  }
  for (const step of life.steps) {
    world.now += step.after * 1000
    if (step.does === 'send') {
      underWay.push(world.send(step))
      if (step.twice) underWay.push(world.send(step))
      continue
    }
    const at = step.pick % Math.max(1, underWay.length)
    const visit = underWay[at]
    if (!visit) continue
    if (step.does === 'lose') underWay.splice(at, 1)
    else world.commit(visit)
    if (step.does !== 'line') continue
    if (!world.line(visit) || visit.lines.length === 0) underWay.splice(at, 1)
    check()
  }
  for (const visit of underWay) {
    world.commit(visit)
    while (world.line(visit)) check()
  }
  check()
  return world
}

function broken(kind: Kind, count: number, rules: LifeRules = lifeRules): string | undefined {
  const property = fc.property(lives(kind), (life) => {
    live(life, kind !== wrongClocks, rules)
  })
  const details = fc.check(property, {
    numRuns: count,
    seed: SEED,
    endOnFailure: rules !== lifeRules,
  })
  if (!details.failed) return undefined
  return `${details.errorInstance}\n${details.counterexample?.map(textOf)}`
}

function textOf({ clocks, idle, absolute, secrets, steps }: Life): string {
  const lines = steps.map((step) => {
    const time = step.after > 0 ? `+${step.after}s ` : ''
    if (step.does !== 'send') return `${time}${step.does} ${step.pick}`
    return `${time}${step.withheld ? 'withheld ' : ''}${step.deed} @${step.node}${step.twice ? ' twice' : ''}`
  })
  const nodes = `clocks ${clocks}, secrets ${secrets.map((each) => each.join('+'))}`
  return [`${nodes}, idle ${idle}, absolute ${absolute}`, ...lines].join('\n')
}

describe('however sessions start and end, none that ended is back, no login is undone, and nobody sees what others wrote', () => {
  test('with clocks that differ by 29 s either way', { timeout: LONG_MS }, () => {
    expect(broken(usual, runs(9000))).toBeUndefined()
  })

  test('at the edge of the idle timeout', { timeout: LONG_MS }, () => {
    expect(broken(edge, runs(6000))).toBeUndefined()
  })

  test('at the edge of the absolute timeout, whatever gets a new id', { timeout: LONG_MS }, () => {
    expect(broken(absoluteEdge, runs(3000))).toBeUndefined()
  })

  test('on nodes that lack a secret', { timeout: LONG_MS }, () => {
    expect(broken(halfSighted, runs(3000))).toBeUndefined()
  })

  test('with clocks that are off by up to 50 minutes', { timeout: LONG_MS }, () => {
    expect(broken(wrongClocks, runs(6000))).toBeUndefined()
  })
})

/** Requests of a page that has no session yet: they only write, and all are sent within ten seconds. */
const firstVisits: Kind = { ...usual, deeds: ['write', 'write', 'write', 'read'], withheld: false }
const together = lives(firstVisits).map((life) => {
  const sends = life.steps.filter(({ does }) => does === 'send').slice(0, 12)
  const others = life.steps.filter(({ does }) => does !== 'send' && does !== 'lose')
  const apart = [0, 0, 1, 0, 2, 0, 3, 0, 1, 0, 0, 2]
  const steps = [
    ...sends.map((each, i) => ({ ...each, after: apart[i] ?? 0 })),
    ...others.map((each, i) => ({ ...each, after: i % 3 === 0 ? 2 : 0 })),
  ]
  return { ...life, steps }
})

/** Sends the first requests, and then some that see what there is; all that was answered must show at last. */
function visitFirst(life: Life, rules: LifeRules): void {
  const world = live(life, true, rules)
  const more = world.send({ ...READ, deed: 'write' })
  world.commit(more)
  while (world.line(more));
  const { current } = world.look().view
  for (const { key, last } of world.visits)
    if (key !== undefined && last !== undefined && current?.state[key] === undefined)
      throw new Violation(`a first write is lost: ${key}`)
}

const READ = {
  does: 'send',
  node: 0,
  deed: 'read',
  withheld: false,
  twice: false,
  after: 0,
} as const

function lost(count: number, rules: LifeRules = lifeRules): string | undefined {
  const property = fc.property(together, (life) => visitFirst(life, rules))
  const details = fc.check(property, {
    numRuns: count,
    seed: SEED,
    endOnFailure: rules !== lifeRules,
  })
  return details.failed
    ? `${details.errorInstance}\n${details.counterexample?.map(textOf)}`
    : undefined
}

test('first requests that are sent at once lose nothing, whatever order their answers come in', {
  timeout: LONG_MS,
}, () => {
  expect(lost(runs(4000))).toBeUndefined()
})

/** A rule that takes something away from what sessions tell of each other. */
const blind = (change: (identity: SessionIdentity) => Partial<SessionIdentity>): LifeRules => ({
  ...lifeRules,
  merge: (fragments, now) =>
    lifeRules.merge(
      fragments.map((each) => ({
        ...each,
        identity: { ...each.identity, ...change(each.identity) },
      })),
      now,
    ),
})

const { planStart, planEnd, planRegenerate } = lifeRules
const mutants: Readonly<Record<string, LifeRules>> = {
  'lets live what has not seen an end': blind(() => ({ seen: 'zzzzzzzzzzzzz' })),
  'does not know what a session grew out of': blind(() => ({ from: [] })),
  'gives logins no rank': blind(({ generation }) => ({ generation: Math.min(generation, 0) })),
  'takes every session for one that no request started blindly': {
    ...lifeRules,
    planStart: (view, start, ops) => planStart(view, { ...start, isWithheld: false }, ops),
  },
  'ends only the session that counts': {
    ...lifeRules,
    planEnd: (view, end) => {
      const fragments = view.fragments.filter(
        ({ kind, identity }) =>
          kind === 'tombstone' || identity.sid === view.current?.base.identity.sid,
      )
      return planEnd({ ...view, fragments }, end)
    },
  },
  'goes on with the session of a user where nobody is logged in any more': {
    ...lifeRules,
    planEnd: (view, end, untimely, next) =>
      next && view.current
        ? planRegenerate(view, view.current, next)
        : planEnd(view, end, untimely, next),
  },
  'deletes tombstones with what they end': {
    ...lifeRules,
    planStart: (view, start, ops) => {
      const { put, remove } = planStart(view, start, ops)
      return { put, remove: [...remove, ...view.tombstones] }
    },
  },
  'ranks a login by its time alone': {
    ...lifeRules,
    planRegenerate: (view, current, start) => {
      const identity = { ...current.base.identity, generation: -64 }
      const base = { ...current.base, identity }
      const fragments = view.fragments.map((each) => ({
        ...each,
        identity: { ...each.identity, generation: -64 },
      }))
      return planRegenerate({ ...view, fragments }, { ...current, base }, start)
    },
  },
}

const sees = (view: View): View => ({ ...view, unread: false })
const moreMutants: readonly [string, Kind, Partial<LifeRules>][] = [
  [
    'starts the absolute timeout anew with each new id',
    absoluteEdge,
    { lifeAfter: () => ({ began: undefined, idle: undefined, absolute: undefined }) },
  ],
  [
    'starts a session as if it had read all cookies',
    halfSighted,
    { planStart: (view, start, ops) => planStart(sees(view), start, ops) },
  ],
  [
    'logs in upon a session as if it had read all cookies',
    halfSighted,
    { planRegenerate: (view, current, start) => planRegenerate(sees(view), current, start) },
  ],
  [
    'ends what it can read only',
    halfSighted,
    { planEnd: (view, end, untimely) => planEnd(sees(view), end, untimely) },
  ],
]

describe('a mutant is caught that', () => {
  test.each(moreMutants)('%s', { timeout: LONG_MS }, (_name, kind, change) => {
    expect(broken(kind, 9000, { ...lifeRules, ...change })).toBeDefined()
  })

  test.each(Object.entries(mutants))('%s', { timeout: LONG_MS }, (_name, rules) => {
    const found = [usual, edge, wrongClocks].some((kind) => broken(kind, 9000, rules))
    expect(found).toBe(true)
  })

  test('takes first visits for sessions that replace one another', () => {
    const rules = blind(({ sid }) => ({ from: [sid.slice(8, 16)] }))
    expect(lost(4000, rules)).toBeDefined()
  })
})
