import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeClaims, encodeClaims } from '../../src/codec/claims.ts'
import type { Entry, Log } from '../../src/codec/fragment.ts'
import { digestOf, lastIdAt, timeOf } from '../../src/jar/ids.ts'
import { merge } from '../../src/jar/merge.ts'
import { replay } from '../../src/jar/replay.ts'
import { joined, type Unsettled, withEntry } from '../../src/jar/settle.ts'
import { canonical, often } from '../codec/arbitraries.ts'
import {
  baseOf,
  fewStates,
  fragment,
  idOf,
  START,
  someEntries,
  someOps,
  unsettledOf,
} from './histories.ts'

const NOW = START + 60_000

describe('many tips, joined into one', () => {
  const tips = [idOf(1, 'bbbbb'), idOf(2, 'ccccc'), idOf(3, 'ddddd')]
  const entries = tips.map(
    (id, n): Entry => ({ id, ops: [{ kind: 'set', path: `k${n}`, value: n }] }),
  )
  const many: Unsettled = { entries, retired: ['abcde'], tips }

  test('are one, which has a digest of its own; the entries stay as they are', () => {
    const one = joined(many, ['x', 'y'])
    expect(one.tips).toHaveLength(1)
    expect(one.entries).toBe(entries)
    expect(one.retired).toEqual(['abcde', ...one.tips.map(digestOf)].sort())
  })

  test('have an id that sorts by the time of the newest, and is on the wire like any', () => {
    const [tip = ''] = joined(many, ['x']).tips
    expect(timeOf(tip)).toBe(timeOf(idOf(3)))
    const log = { since: idOf(0), after: [], ...joined(many, ['x']) }
    const made = fragment('joined00', { log })
    expect(canonical(decodeClaims(encodeClaims(made)))).toBe(canonical(made))
  })

  test('are the same for all that join the same, and another for others', () => {
    expect(joined(many, ['x', 'y'])).toEqual(joined({ ...many, tips: [...tips] }, ['x', 'y']))
    expect(joined(many, ['x', 'y']).tips).not.toEqual(joined(many, ['x', 'z']).tips)
  })

  test('stay as they are when they are few', () => {
    for (const few of [[], tips.slice(0, 1)])
      expect(joined({ ...many, tips: few }, ['x'])).toEqual({ ...many, tips: few })
  })

  test('let what is written after them apply only where all of them are', () => {
    const log = { since: idOf(0), after: [], ...joined(many, ['x']) }
    const child: Log = {
      since: idOf(0),
      after: log.tips,
      tips: [idOf(9)],
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
        const after = withEntry(unsettledOf(all), own)
        expect(canonical(replay(state, after.entries))).toBe(
          canonical(replay(state, [...all, own])),
        )
        expect(after.tips).toEqual([own.id])
        const known = [...after.entries.map(({ id }) => digestOf(id)), ...after.retired].sort()
        const shown = after.entries.some(({ id }) => id === own.id) ? [own] : []
        expect(known).toEqual([...all, ...shown].map(({ id }) => digestOf(id)).sort())
      }),
      often(1000),
    )
  })
})
