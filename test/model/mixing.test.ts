/** A client that adapts: what it reaches with any cookies that it ever got, and what it never does. */
import { describe, expect, test } from 'vitest'
import { isBase, type Op } from '../../src/log/format/fragment.ts'
import { startId } from '../../src/log/format/ids.ts'
import { child, type TreeObject } from '../../src/tree/tree.ts'
import { type Effort, playAll, playAtRandom, type Reached } from './attacker.ts'
import { LONG_MS, runs } from './budget.ts'
import { type LifeRules, lifeRules } from './lives.ts'
import { isObject } from './naive.ts'

describe('a client that keeps all cookies, and makes requests with any part of them,', {
  timeout: LONG_MS,
}, () => {
  test('reaches within seconds only merges of causally closed sets of writes: all of its histories up to five cookies', () => {
    const { reached, problems } = playAll(5)
    expect(problems).toEqual([])
    expect(reached).toMatchObject({ mixed: 0, together: 0, miscounted: 0, foreign: 0 })
    expect(reached.histories).toBeGreaterThan(1900)
  })

  test('the same, at random', () => {
    const { reached, problems } = playAtRandom(runs(5000), 'seconds')
    expect(problems).toEqual([])
    expect(reached).toMatchObject({ mixed: 0, together: 0, miscounted: 0, foreign: 0 })
    expect(reached.requests).toBeGreaterThan(runs(200_000))
  })

  test.each<[string, number, Effort]>([
    ['with pauses of minutes', 4000, 'minutes'],
    ['with so many writes that horizons move', 600, 'floods'],
  ])(
    'sees each increment once, one request in each atomic value, and nothing of other users: %s',
    (_, histories, effort) => {
      const { reached, problems } = playAtRandom(runs(histories), effort)
      expect(problems).toEqual([])
      expect(reached).toMatchObject({ together: 0, miscounted: 0, foreign: 0 })
    },
  )

  test('does reach mixed states, and two keys of two requests: so these are looked for', () => {
    const { mixed, forced, apart } = playAtRandom(120, 'floods').reached
    expect(forced).toBeGreaterThan(0)
    expect(mixed).toBeGreaterThan(forced)
    expect(apart).toBeGreaterThan(0)
  })
})

const { merge, planWrite, planRegenerate } = lifeRules

/** Each rule, what it leads to when it is broken, and with what effort. */
const mutants: readonly [string, keyof Reached, Effort, Partial<LifeRules>][] = [
  [
    'lets logs apply without their parents',
    'mixed',
    'seconds',
    {
      merge: (fragments, now) =>
        merge(
          fragments.map((each) =>
            each.kind === 'log' ? { ...each, log: { ...each.log, parents: [] } } : each,
          ),
          now,
        ),
    },
  ],
  [
    'takes members of an atomic value for values of their own',
    'together',
    'seconds',
    {
      planWrite: (current, write) =>
        planWrite(current, {
          ...write,
          ops: write.ops.flatMap((op) => inParts(op, current.state)),
        }),
    },
  ],
  [
    'forgets up to where a base has settled',
    'miscounted',
    'minutes',
    {
      merge: (fragments, now) =>
        merge(
          fragments.map((each) =>
            isBase(each) ? { ...each, horizon: startId(each.identity) } : each,
          ),
          now,
        ),
    },
  ],
  [
    'gives the data of one user to the next',
    'foreign',
    'seconds',
    {
      planRegenerate: (view, current, start) =>
        planRegenerate(view, current, { ...start, state: { ...current.state, ...start.state } }),
    },
  ],
]

/** What differs in a value, member by member. */
function inParts(op: Op, before: TreeObject): Op[] {
  if (op.kind !== 'put' || !isObject(op.value)) return [op]
  const old = child(before, op.path)
  return Object.entries(op.value).flatMap(([key, value]): Op[] =>
    isObject(old) && old[key] === value ? [] : [{ kind: 'set', path: `${op.path}/${key}`, value }],
  )
}

describe('a mutant is caught that', () => {
  test.each(mutants)('%s', { timeout: LONG_MS }, (_name, kind, effort, change) => {
    const rules = { ...lifeRules, ...change }
    const { reached } = playAtRandom(300, effort, rules)
    expect(reached[kind]).toBeGreaterThan(0)
  })
})
