/** The model must be able to fail: rules that are broken on purpose do not get past it. */
import { describe, expect, test } from 'vitest'
import type { Fragment, Log } from '../../src/log/format/fragment.ts'
import { valueAt } from '../../src/tree/pointer.ts'
import { SEED } from './budget.ts'
import { search } from './check.ts'
import { busy, changing, slow, slower } from './kinds.ts'
import type { Kind } from './schedule.ts'
import { type Rules, rules } from './server.ts'
import { attack } from './subsets.ts'
import { unchanged, valueMutants } from './value-mutants.ts'

interface Mutant {
  readonly kind: Kind
  readonly change: Partial<Rules>
}

/** A merge that is given other fragments than the jar holds. It still tells of those. */
function mergeOf(change: (fragment: Fragment) => Fragment | undefined): Partial<Rules> {
  return {
    merge: (fragments, now) =>
      rules.merge(
        fragments.flatMap((each) => change(each) ?? []),
        now,
      ),
  }
}

/** A fragment with another log, where it has one. */
function withLog(fragment: Fragment, more: Partial<Log>): Fragment {
  if (fragment.kind === 'tombstone' || !fragment.log) return fragment
  return { ...fragment, log: { ...fragment.log, ...more } }
}

const { planWrite, planStart } = rules

const mutants: Readonly<Record<string, Mutant>> = {
  'overwrites one cookie, as cookie sessions do': {
    kind: busy,
    change: {
      planWrite: (current, write) => {
        const { put, remove } = planWrite(current, { ...write, reseal: true })
        return { put: put.map((fragment) => ({ ...fragment, id: 'one' })), remove }
      },
    },
  },
  'writes a new base and removes what it has not taken over': {
    kind: busy,
    change: {
      planWrite: (current, write) => {
        const { put } = planWrite(current, write)
        return { put, remove: current.fragments }
      },
    },
  },
  'settles entries whatever their age': {
    kind: busy,
    change: {
      planWrite: (current, write) =>
        planWrite(current, { ...write, arrivedAt: write.arrivedAt + 180_000 }),
    },
  },
  'settles entries when they are a minute and a half old': {
    kind: slower,
    change: {
      planWrite: (current, write) =>
        planWrite(current, { ...write, arrivedAt: write.arrivedAt + 90_000 }),
    },
  },
  'lets logs apply without their parents': {
    kind: busy,
    change: mergeOf((each) => withLog(each, { parents: [] })),
  },
  'lets logs apply onto any base': {
    kind: slow,
    change: mergeOf((each) => withLog(each, { since: '0000000000000' })),
  },
  'does not tell the parents of a log': {
    kind: busy,
    change: {
      planWrite: (current, write) => {
        const { put, remove } = planWrite(current, write)
        const untold = put.map((each) =>
          each.kind === 'log' ? withLog(each, { parents: [] }) : each,
        )
        return { put: untold, remove }
      },
    },
  },
  'forgets the digests of replaced entries': {
    kind: busy,
    change: mergeOf((each) => withLog(each, { retired: [] })),
  },
  'ignores tombstones': {
    kind: changing,
    change: mergeOf((each) => (each.kind === 'tombstone' ? undefined : each)),
  },
  'ignores generations': {
    kind: changing,
    change: mergeOf((each) => ({ ...each, identity: { ...each.identity, generation: 0 } })),
  },
  'ignores where a session came from': {
    kind: changing,
    change: mergeOf((each) => ({ ...each, identity: { ...each.identity, from: [] } })),
  },
  'starts a login like a session that yields': {
    kind: changing,
    change: { planStart: (view, start) => planStart(view, { ...start, isWithheld: true }) },
  },
  'drops each base as it expires': {
    kind: slower,
    change: {
      merge: (fragments, now) =>
        rules.merge(
          fragments.filter(({ expires }) => expires > now),
          now,
        ),
    },
  },
  'sets counters instead of incrementing them': {
    kind: busy,
    change: {
      planWrite: (current, write) => {
        const ops = write.ops.map((op) => {
          if (op.kind !== 'increment') return op
          const before = valueAt(current.state, op.path)
          const value = (typeof before === 'number' ? before : 0) + op.by
          return { kind: 'set' as const, path: op.path, value }
        })
        return planWrite(current, { ...write, ops })
      },
    },
  },
  'sets lists instead of appending to them': {
    kind: busy,
    change: {
      diff: (before, after, options) =>
        rules.diff(before, after, options).map((op) => {
          if (op.kind !== 'append') return op
          return { kind: 'set' as const, path: op.path, value: valueAt(after, op.path) ?? [] }
        }),
    },
  },
  'counts what two cookies hold twice': {
    kind: busy,
    change: {
      merge: (fragments, now) => {
        const view = rules.merge(fragments, now)
        const { current } = view
        const again = current?.fragments.filter(({ kind }) => kind === 'log') ?? []
        if (!current || again.length < 2) return view
        const hits = current.state['hits']
        const state = { ...current.state, hits: typeof hits === 'number' ? hits + 1 : 1 }
        return { ...view, current: { ...current, state } }
      },
    },
  },
}

/** Most are found within a hundred schedules, some need thousands. */
const RUNS = 8000

describe('the model does not let a jar pass that', () => {
  test.each(Object.entries({ ...mutants, ...valueMutants }))('%s', (_name, { kind, change }) => {
    const mutant = { ...rules, ...change }
    const found = search(kind, RUNS, SEED, {
      rules: mutant,
      also: (recording) => attack(recording, 8, mutant),
    })
    expect(found?.text).toMatch(/schedule \d+ of seed/)
  })
})

test('what the mutants are made of breaks nothing by itself', () => {
  for (const change of unchanged)
    expect(search(busy, 150, SEED, { rules: { ...rules, ...change } })?.text).toBeUndefined()
})
