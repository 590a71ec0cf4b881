import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeClaims, encodeClaims } from '../../../src/log/format/claims.ts'
import type { Entry, Log } from '../../../src/log/format/fragment.ts'
import { digestOf, lastIdAt, timeOf } from '../../../src/log/format/ids.ts'
import { merge } from '../../../src/log/reading/merge.ts'
import { POLICY } from '../../../src/log/writing/policy.ts'
import { joined, type Unsettled, withEntries } from '../../../src/log/writing/settle.ts'
import { canonical, often } from '../../support/arbitraries.ts'
import {
  baseOf,
  fewStates,
  fragment,
  idOf,
  START,
  someEntries,
  someOps,
  stateAfter,
  unsettledOf,
} from '../reading/histories.ts'

const NOW = START + 60_000
const JOINING = { ...POLICY, joinFrom: 3 }

describe('many heads, joined into one', () => {
  const heads = [idOf(1, 'bbbbb'), idOf(2, 'ccccc'), idOf(3, 'ddddd')]
  const entries = heads.map(
    (id, n): Entry => ({ id, ops: [{ kind: 'set', path: `k${n}`, value: n }] }),
  )
  const many: Unsettled = { entries, retired: ['abcde'], heads }

  test('are one, which has a digest of its own; the entries stay as they are', () => {
    const one = joined(many, ['x', 'y'], JOINING)
    expect(one.heads).toHaveLength(1)
    expect(one.entries).toBe(entries)
    expect(one.retired).toEqual(['abcde', ...one.heads.map(digestOf)].sort())
  })

  test('have an id that sorts by the time of the newest, and is on the wire like any', () => {
    const [tip = ''] = joined(many, ['x'], JOINING).heads
    expect(timeOf(tip)).toBe(timeOf(idOf(3)))
    const log = { since: idOf(0), parents: [], ...joined(many, ['x'], JOINING) }
    const made = fragment('joined00', { log })
    expect(canonical(decodeClaims(encodeClaims(made)))).toBe(canonical(made))
  })

  test('are the same for all that join the same, and another for others', () => {
    expect(joined(many, ['x', 'y'], JOINING)).toEqual(
      joined({ ...many, heads: [...heads] }, ['x', 'y'], JOINING),
    )
    expect(joined(many, ['x', 'y'], JOINING).heads).not.toEqual(
      joined(many, ['x', 'z'], JOINING).heads,
    )
  })

  test('stay as they are when they are few', () => {
    for (const few of [[], heads.slice(0, 1)])
      expect(joined({ ...many, heads: few }, ['x'], JOINING)).toEqual({ ...many, heads: few })
  })

  test('let what is written after them apply only where all of them are', () => {
    const log = { since: idOf(0), parents: [], ...joined(many, ['x'], JOINING) }
    const child: Log = {
      since: idOf(0),
      parents: log.heads,
      heads: [idOf(9)],
      retired: [],
      entries: [{ id: idOf(9), ops: [{ kind: 'set', path: 'child', value: 1 }] }],
    }
    const base = fragment('base0000', { base: baseOf({}) })
    const [parent, last] = [fragment('parent00', { log }), fragment('child000', { log: child })]
    expect(merge([base, parent, last], NOW).current?.state).toEqual({
      k0: 0,
      k1: 1,
      k2: 2,
      child: 1,
    })
    expect(merge([base, last], NOW).current?.state).toEqual({})
    const settled = fragment('settled0', { base: baseOf({ k: 1 }, lastIdAt(timeOf(idOf(3)))) })
    expect(merge([settled, last], NOW).current?.state).toEqual({ k: 1, child: 1 })
  })
})

describe('what a new entry leaves of the others', () => {
  test('leads to the same state, and tells by digests all that is gone', () => {
    fc.assert(
      fc.property(fewStates, someEntries(6), someOps, (state, all, ops) => {
        const own = { id: idOf(20), ops }
        const after = withEntries(unsettledOf(all), [own])
        expect(canonical(stateAfter(state, after.entries))).toBe(
          canonical(stateAfter(state, [...all, own])),
        )
        expect(after.heads).toEqual([own.id])
        const known = [...after.entries.map(({ id }) => digestOf(id)), ...after.retired].sort()
        const shown = after.entries.some(({ id }) => id === own.id) ? [own] : []
        expect(known).toEqual([...all, ...shown].map(({ id }) => digestOf(id)).sort())
      }),
      often(1000),
    )
  })
})
