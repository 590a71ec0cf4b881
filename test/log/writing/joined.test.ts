import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Entry,
  type Fragment,
  isBase,
  type Log,
  logOf,
  type Op,
} from '../../../src/log/format/fragment.ts'
import { digestOf, lastIdAt, timeOf } from '../../../src/log/format/ids.ts'
import { merge } from '../../../src/log/reading/merge.ts'
import { planWrite } from '../../../src/log/writing/plan.ts'
import { POLICY } from '../../../src/log/writing/policy.ts'
import { joined, type Unsettled, withEntries } from '../../../src/log/writing/settle.ts'
import { canonical, often } from '../../support/arbitraries.ts'
import { seeded } from '../../support/random.ts'
import { throughWire } from '../../support/through-wire.ts'
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
import { answered, bytesOf } from './lives.ts'

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
    expect(canonical(throughWire(made))).toBe(canonical(made))
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

describe('joins in cookies of their own', () => {
  /** A log of entries that had not seen one another, and the join of all of them, as the writers after a burst leave it. */
  function burst(name: string, first: number): { log: Fragment; join: Fragment; id: string } {
    const ids = Array.from({ length: 13 }, (_, n) => idOf(first + n))
    const entries = ids.map((id): Entry => ({ id, ops: [{ kind: 'increment', path: 'n', by: 1 }] }))
    const content = { since: idOf(0), parents: [], heads: ids, retired: [], entries }
    const join = joined({ entries: [], retired: [], heads: ids }, [name], JOINING)
    return {
      log: fragment(`${name}log00`.slice(0, 8), { log: content }),
      join: fragment(`${name}join0`.slice(0, 8), {
        log: { since: idOf(0), parents: ids, ...join },
      }),
      id: join.heads[0] ?? expect.fail('no join'),
    }
  }

  test('are folded with what they stand for: what is written upon them applies', () => {
    const base = fragment('base0000', { base: baseOf({ n: 0 }) })
    const [one, other] = [burst('a', 100), burst('b', 130)]
    // So late that no sibling of a first visit is expected any more.
    const now = START + 260_000
    const jar = [base, one.log, other.log, one.join, other.join]
    const { current } = merge(jar, now)
    expect(current?.heads).toEqual([one.id, other.id].sort())
    const ops: Op[] = [{ kind: 'increment', path: 'n', by: 1 }]
    const expires = Math.floor(now / 1000 + 1800) * 1000
    for (let seed = 0; seed < 20; seed++) {
      const write = {
        ...{ ops, now, arrivedAt: now, expires, reseal: false, most: 4000 },
        random: bytesOf(seeded(seed)),
      }
      // Nobody's turn to make a base: so what is short is folded, and that is the joins alone.
      const plan = planWrite(current ?? expect.fail(), write, { ...POLICY, looseEntries: 1000 })
      const after = answered(jar, plan)
      expect(merge(after, now + 1).current?.state).toEqual({ n: 27 })
      expect(after.length).toBeLessThanOrEqual(jar.length + 1)
    }
  })

  test('stay where a base has no room for what their log tells as gone: others may name them as parents', () => {
    const one = burst('a', 1)
    const gone = Array.from({ length: 60 }, (_, n) =>
      digestOf(idOf(1 + (n % 13), `b${n}bbb`.slice(0, 5))),
    )
    const log: Log = {
      ...(logOf(one.log) ?? expect.fail()),
      retired: [...new Set(gone)].sort(),
    }
    const childOf = (n: number): Fragment => {
      const entries: Entry[] = [{ id: idOf(n), ops: [{ kind: 'increment', path: 'n', by: 1 }] }]
      const content = { since: idOf(0), parents: [one.id], heads: [idOf(n)], retired: [], entries }
      return fragment(idOf(n), { log: content })
    }
    const ops: Op[] = [{ kind: 'increment', path: 'n', by: 1 }]
    const expires = Math.floor(NOW / 1000 + 1800) * 1000
    let bases = 0
    for (let filler = 1000; filler < 2400; filler += 10) {
      const base = fragment('base0000', { base: baseOf({ n: 0, filler: 'x'.repeat(filler) }) })
      const jar = [base, fragment('alog0000', { log }), one.join, childOf(20)]
      const { current } = merge(jar, NOW)
      const write = {
        ...{ ops, now: NOW, arrivedAt: NOW, expires, reseal: true, most: 4000 },
        random: bytesOf(seeded(filler)),
      }
      const plan = planWrite(current ?? expect.fail(), write)
      if (plan.put.some(isBase) && !plan.remove.includes(jar[1] ?? base)) bases++
      // One that was under way, and had seen the join.
      const after = [...answered(jar, plan), childOf(21)]
      expect([filler, merge(after, NOW + 1).current?.state['n']]).toEqual([filler, 16])
    }
    expect(bases).toBeGreaterThan(3)
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
