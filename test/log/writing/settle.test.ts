import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeClaims, encodeClaims } from '../../../src/log/format/claims.ts'
import { SETTLE_SECONDS } from '../../../src/log/format/clocks.ts'
import type { Entry, Fragment, Log, Op } from '../../../src/log/format/fragment.ts'
import { digestOf, lastIdAt, timeOf } from '../../../src/log/format/ids.ts'
import { prune } from '../../../src/log/ops/prune.ts'
import { merge } from '../../../src/log/reading/merge.ts'
import { POLICY } from '../../../src/log/writing/policy.ts'
import { crowdedCut, cutAt, embed, settle } from '../../../src/log/writing/settle.ts'
import type { Tree, TreeObject } from '../../../src/tree/tree.ts'
import { canonical, often } from '../../support/arbitraries.ts'
import {
  baseOf,
  fewStates,
  fragment,
  idOf,
  inOrder,
  partition,
  START,
  someEntries,
  stateAfter,
  unsettledOf,
} from '../reading/histories.ts'

const NOW = START + 60_000
const flags = fc.array(fc.boolean(), { minLength: 10, maxLength: 10 })
const none = { retired: [], heads: [] }

/** Nothing here waits for the overflow store. */
const settled = (...given: Parameters<typeof settle>) => settle(...given) ?? expect.fail('it waits')

function deltas(entries: readonly Entry[]) {
  return entries.map((entry) => {
    const log: Log = {
      since: idOf(0),
      parents: [],
      heads: [entry.id],
      retired: [],
      entries: [entry],
    }
    return fragment(entry.id, { log })
  })
}

const upTo = (horizon: string) => ({ horizon })

describe('settled entries', () => {
  test('lead to the same state, also with entries that come later than the cut', () => {
    fc.assert(
      fc.property(fewStates, someEntries(8), fc.nat(9), flags, (state, all, at, late) => {
        const cut = lastIdAt(START + at * 1000)
        const isLate = all.map(({ id }, n) => late[n] === true && id > cut)
        const { picked: stragglers, others } = partition(all, isLate)
        const { base, rest } = settled(baseOf(state), unsettledOf(others), upTo(cut), NOW)
        const after = stateAfter(base.state, inOrder(rest.entries, stragglers), base.memory)
        expect(canonical(after)).toBe(canonical(stateAfter(state, all)))
      }),
      often(2000),
    )
  })

  test('are those up to the cut, and no others: nothing of them is left, and all of the rest', () => {
    fc.assert(
      fc.property(someEntries(8), fc.nat(9), (all, at) => {
        // Digests tell a time in steps of 131 ms: the cut is not that close to an entry.
        const cut = lastIdAt(START + at * 1000 + 500)
        const before = unsettledOf(all)
        const { base, rest } = settled(baseOf({}), before, upTo(cut), NOW)
        expect(base.horizon).toBe(cut > idOf(0) ? cut : idOf(0))
        const isLater = (id: string) => id > base.horizon
        expect(rest.entries).toEqual(before.entries.filter(({ id }) => isLater(id)))
        expect(rest.heads).toEqual(before.heads.filter(isLater))
        const gone = all.filter(({ id }) => !before.entries.some((each) => each.id === id))
        expect(rest.retired).toEqual(
          gone.flatMap(({ id }) => (isLater(id) ? digestOf(id) : [])).sort(),
        )
      }),
      often(1000),
    )
  })

  test('never move the horizon back', () => {
    const base = baseOf({ a: 1 }, idOf(5))
    const entries = [{ id: idOf(6), ops: [{ kind: 'delete' as const, path: 'a' }] }]
    const { base: same, rest } = settled(base, { entries, ...none }, upTo(idOf(3)), NOW)
    expect(same).toEqual(base)
    expect(rest.entries).toEqual(entries)
  })
})

describe('entries that a base has taken beyond its horizon', () => {
  const taking = (state: TreeObject, all: readonly Entry[], taken: string, isOrdered: boolean) => {
    const cut = { horizon: idOf(0), taken, isUnordered: !isOrdered }
    const { base, rest } = settled(baseOf(state), unsettledOf(all), cut, NOW)
    return fragment('taking00', embed(base, rest))
  }

  test('count once, whatever other cookies hold them, and in order with each other', () => {
    fc.assert(
      fc.property(
        ...[fewStates, someEntries(8), fc.nat(9), fc.boolean(), flags],
        (state, all, at, isOrdered, more) => {
          const base = taking(state, all, lastIdAt(START + at * 1000), isOrdered)
          const { picked } = partition(all, more)
          const after = merge([...deltas(picked), base], NOW).current
          expect(canonical(after?.state)).toBe(canonical(stateAfter(state, all)))
        },
      ),
      often(600),
    )
  })

  test('count once as well in all bases that follow', () => {
    fc.assert(
      fc.property(
        ...[fewStates, someEntries(8), fc.nat(9), fc.nat(9), fc.boolean(), flags],
        (state, all, at, next, isOrdered, more) => {
          const first = merge([taking(state, all, lastIdAt(START + at * 1000), isOrdered)], NOW)
          const cut = {
            horizon: idOf(0),
            taken: lastIdAt(START + next * 1000),
            isUnordered: !isOrdered,
          }
          const { base, rest } = settled(
            ...[first.current?.base ?? baseOf({}), first.current ?? unsettledOf([]), cut, NOW],
          )
          const second = fragment('taking01', embed({ ...base, serial: 1 }, rest))
          const { picked } = partition(all, more)
          const after = merge([...deltas(picked), second], NOW).current
          expect(canonical(after?.state)).toBe(canonical(stateAfter(state, all)))
        },
      ),
      often(600),
    )
  })

  test('count whole or not at all where another base counts, whatever the order of cookies', () => {
    const named = (base: Fragment, id: string): Fragment => ({ ...base, id })
    fc.assert(
      fc.property(
        ...[fewStates, someEntries(8), fc.nat(9), fc.nat(9), flags, flags],
        (state, all, at, other, seen, more) => {
          const { picked } = partition(all, seen)
          const one = taking(state, all, lastIdAt(START + at * 1000), true)
          const two = taking(state, picked, lastIdAt(START + other * 1000), true)
          const cookies = [named(one, 'one00000'), named(two, 'two00000')]
          const late = deltas(partition(all, more).picked)
          const { current } = merge([...cookies, ...late], NOW)
          const turned = merge([...late.toReversed(), ...cookies.toReversed()], NOW).current
          expect(canonical(turned?.state)).toBe(canonical(current?.state))
          // What shows of an entry is all of it: what a rival holds of it in part is as good as gone.
          const parts = current?.entries.filter(({ id, ops }) => {
            const whole = prune(all).find((each) => each.id === id)
            return whole && ops.length < whole.ops.length
          })
          const own = new Set(current?.base.log?.entries.map(({ id }) => id))
          expect(parts?.filter(({ id }) => !own.has(id))).toEqual([])
        },
      ),
      often(600),
    )
  })

  test('leave room for an older one that comes later, and win over it', () => {
    const at = (n: number, op: Op): Entry => ({ id: idOf(n), ops: [op] })
    const set = (path: string, value: Tree): Op => ({ kind: 'put', path, value })
    const young = [
      at(2, { kind: 'increment', path: 'n', by: 1 }),
      at(3, set('a', 'new')),
      at(4, { kind: 'append', path: 'list', items: ['y'] }),
    ]
    const late = [
      at(1, { kind: 'increment', path: 'n', by: 10 }),
      { id: `${idOf(1).slice(0, -1)}-`, ops: [set('a', 'old')] },
      {
        id: `${idOf(1).slice(0, -1)}_`,
        ops: [{ kind: 'append' as const, path: 'list', items: ['x'] }],
      },
    ]
    const base = taking({ n: 0, a: '', list: [] }, young, idOf(9), true)
    const state = merge([base, ...deltas(late)], NOW).current?.state
    expect(state).toEqual({ n: 11, a: 'new', list: expect.arrayContaining(['x', 'y']) })
  })
})

describe('a base that shows what its log sets and deletes', () => {
  test('leads to the same state, with any entries that come later, whatever their ids', () => {
    fc.assert(
      fc.property(fewStates, someEntries(8), flags, (state, all, late) => {
        const { picked: stragglers, others } = partition(all, late)
        const { base, log } = embed(baseOf(state), unsettledOf(others))
        const entries = inOrder(log?.entries ?? [], stragglers)
        expect(canonical(stateAfter(base.state, entries, base.memory))).toBe(
          canonical(stateAfter(state, all)),
        )
      }),
      often(5000),
    )
  })

  test('leads to the same state when it comes out of a cookie, where it leaves out values', () => {
    fc.assert(
      fc.property(fewStates, someEntries(8), flags, (state, all, late) => {
        const { picked: stragglers, others } = partition(all, late)
        const made = fragment('embedded', embed(baseOf(state), unsettledOf(others)))
        const read = decodeClaims(encodeClaims(made))
        expect(canonical(read)).toBe(canonical(made))
        const after = merge(read ? [read, ...deltas(stragglers)] : [], NOW).current
        expect(canonical(after?.state)).toBe(canonical(stateAfter(state, all)))
      }),
      often(2000),
    )
  })

  test('leads to the same state when all that it holds settles in the end', () => {
    fc.assert(
      fc.property(fewStates, someEntries(8), flags, (state, all, late) => {
        const { picked: stragglers, others } = partition(all, late)
        const { base, log } = embed(baseOf(state), unsettledOf(others))
        const entries = prune(inOrder(log?.entries ?? [], stragglers))
        const end = settled(base, { entries, ...none }, upTo(lastIdAt(NOW)), NOW)
        expect(end.rest.entries).toEqual([])
        expect(canonical(end.base.state)).toBe(canonical(stateAfter(state, all)))
        const again = embed(end.base, end.rest)
        expect(again).toEqual({ base: end.base, log: undefined })
      }),
      often(1000),
    )
  })

  test('leads to the same state however often more is embedded', () => {
    fc.assert(
      fc.property(fewStates, someEntries(8), fc.nat(8), (state, all, first) => {
        const once = embed(baseOf(state), unsettledOf(all.slice(0, first)))
        const rest = { entries: prune(inOrder(once.log?.entries ?? [], all.slice(first))), ...none }
        const twice = embed(once.base, rest)
        const { entries } = twice.log ?? { entries: [] }
        expect(canonical(stateAfter(twice.base.state, entries, twice.base.memory))).toBe(
          canonical(stateAfter(state, all)),
        )
      }),
      often(1000),
    )
  })
})

describe('the cut', () => {
  test('lets settle what is three minutes old, at whole minutes, so that nodes cut alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: START, max: START + 1e9 }), (now) => {
        const cut = timeOf(cutAt(now, POLICY))
        const age = now - cut
        expect(cut % (POLICY.cutStepSeconds * 1000)).toBe(0)
        expect(age).toBeGreaterThanOrEqual(SETTLE_SECONDS * 1000)
        expect(age).toBeLessThan((SETTLE_SECONDS + POLICY.cutStepSeconds) * 1000)
      }),
      often(500),
    )
    expect([POLICY.cutStepSeconds, SETTLE_SECONDS]).toEqual([60, 180])
  })

  test('of a crowded session leaves as many entries as asked for', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.integer({ min: 1, max: 20 }), (shown, gone, most) => {
        const ids = Array.from({ length: shown + gone + 1 }, (_, n) => idOf(n + 1))
        // The newest is always an entry: it is what the retired ones were retired by.
        const entries = [...ids.slice(0, shown), ...ids.slice(-1)].map((id) => ({ id, ops: [] }))
        const retired = ids.slice(shown, -1).map(digestOf)
        const cut = crowdedCut({ entries, retired }, most, NOW)
        if (ids.length <= most) expect(cut).toBe('')
        else expect(ids.filter((id) => id > cut)).toEqual(ids.slice(-most))
      }),
      often(500),
    )
  })

  test('of a crowded session is never later than its newest entry, so that what is written next does not seem settled', () => {
    const ms = fc.integer({ min: 0, max: 3000 })
    fc.assert(
      fc.property(fc.array(ms, { minLength: 2, maxLength: 40 }), fc.nat(30), (times, kept) => {
        const ids = times.sort((a, b) => a - b).map((at) => idOf(at / 1000))
        const newest = ids.at(-1) ?? ''
        const entries = [{ id: newest, ops: [] }]
        const cut = crowdedCut({ entries, retired: ids.slice(0, -1).map(digestOf) }, kept, NOW)
        expect(cut <= newest).toBe(true)
      }),
      often(500),
    )
  })
})
