import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fragment, Log, SessionIdentity } from '../../../src/log/format/fragment.ts'
import { digestOf } from '../../../src/log/format/ids.ts'
import { merge } from '../../../src/log/reading/merge.ts'
import { canonical, often } from '../../support/arbitraries.ts'
import { baseOf, fewStates, fragment, identity, idOf, START, someEntries } from './histories.ts'

const NOW = START + 60_000

const heads: readonly SessionIdentity[] = [
  identity,
  { ...identity, sid: 'BBBBBBBBBBBBBBBBBBBBBB', start: START + 10_000, from: ['AAAAAAAA'] },
  { ...identity, sid: 'CCCCCCCCCCCCCCCCCCCCCC', generation: 1, subject: 'eva' },
]
const few = fc.constantFrom(0, 1, 2, 3, 4, 5, 6)
const someIds = fc.array(
  few.map((n) => idOf(n)),
  { maxLength: 2 },
)

/** Fragments of which hardly any two were written by requests that knew of each other. */
const anyFragments = someEntries(6).chain((entries) => {
  const log = fc
    .record({ since: few, parents: someIds, heads: someIds, retired: someIds, mask: fc.nat(63) })
    .map(
      ({ since, mask, retired, ...rest }): Log => ({
        ...rest,
        since: idOf(since),
        retired: retired.map(digestOf),
        entries: entries.filter((_, n) => Math.floor(mask / 2 ** n) % 2 === 1),
      }),
    )
  const one = fc.record({
    of: fc.constantFrom(...heads),
    kind: fc.constantFrom('base', 'both', 'log', 'log', 'log', 'tombstone'),
    log,
    state: fewStates,
    horizon: few,
    serial: fc.nat(2),
    lasts: fc.constantFrom(-400, -30, 0, 600, 600, 1800),
  })
  return fc.array(one, { maxLength: 8 }).map((all) =>
    all.map(({ of, kind, log: own, state, horizon, serial, lasts }, n): Fragment => {
      const isBase = kind === 'base' || kind === 'both'
      return fragment(`cookie_${n}`, {
        identity: of,
        expires: NOW + lasts * 1000,
        base: isBase ? baseOf(state, idOf(horizon), serial) : undefined,
        log: kind === 'log' || kind === 'both' ? own : undefined,
      })
    }),
  )
})

/** All that a view tells, in an order of its own. */
function told(fragments: readonly Fragment[], unread = false): string {
  const { current, tombstones, dropped, unplaced } = merge(fragments, NOW, unread)
  const names = (list: readonly Fragment[] = []) => [...new Set(list.map(({ id }) => id))].sort()
  const reasons = dropped.map(({ fragment: { id }, reason }) => `${id} ${reason}`)
  return canonical([
    current && {
      ...current,
      base: current.base.id,
      fragments: names(current.fragments),
    },
    names(tombstones),
    [...new Set(reasons)].sort(),
    names(unplaced),
  ])
}

describe('what fragments amount to', () => {
  test('does not depend on their order or on doubles, however hostile they are', () => {
    const order = fc.infiniteStream(fc.nat(100))
    fc.assert(
      fc.property(anyFragments, order, fc.boolean(), (fragments, numbers, unread) => {
        const draw = () => numbers.next().value ?? 0
        const mixed = [...fragments, ...fragments.filter(() => draw() % 2 === 0)]
          .map((each) => [draw(), each] as const)
          .sort(([a], [b]) => a - b)
          .map(([, each]) => each)
        expect(told(mixed, unread)).toBe(told(fragments, unread))
      }),
      often(3000),
    )
  })

  test('leaves the fragments alone, and accounts for each: it is used, a tombstone, dropped, or an older base', () => {
    fc.assert(
      fc.property(anyFragments, (fragments) => {
        const before = canonical(fragments)
        const view = merge(fragments, NOW)
        expect(canonical(fragments)).toBe(before)
        expect(view.fragments).toEqual(fragments)
        const used = new Set([
          ...(view.current?.fragments ?? []),
          ...view.tombstones,
          ...view.dropped.map((each) => each.fragment),
        ])
        // A tombstone that nobody has to honour any more is of no use either.
        expect(fragments.filter((each) => !used.has(each))).toEqual([])
        for (const each of view.current?.fragments ?? [])
          expect(view.dropped.some(({ fragment: gone }) => gone === each)).toBe(false)
      }),
      often(2000),
    )
  })

  test('does not change when a fragment that it does not use goes', () => {
    fc.assert(
      fc.property(anyFragments, (fragments) => {
        const { current, dropped } = merge(fragments, NOW)
        const gone = new Set(dropped.map((each) => each.fragment))
        const left = fragments.filter((each) => !gone.has(each))
        expect(canonical(merge(left, NOW).current?.state)).toBe(canonical(current?.state))
        expect(merge(left, NOW).current?.base.identity.sid).toBe(current?.base.identity.sid)
      }),
      often(2000),
    )
  })

  test('tells digests from those of nine minutes before alike on nodes whose clocks differ', () => {
    const [old, young] = [digestOf(idOf(10)), digestOf(idOf(30))]
    const log = { since: idOf(0), parents: [], heads: [idOf(500)], entries: [] }
    const jar = [
      fragment('base0000', { base: baseOf({ n: 0 }, idOf(20)) }),
      fragment('log00000', { log: { ...log, retired: [old, young].sort() } }),
    ]
    for (const seconds of [480, 490, 500, 510, 520])
      expect(merge(jar, START + seconds * 1000).current?.retired, `${seconds} s`).toEqual([young])
  })

  test('is nothing where there is nothing', () => {
    expect(merge([], NOW)).toMatchObject({
      tombstones: [],
      dropped: [],
      fragments: [],
      unplaced: [],
    })
    expect(merge([], NOW).current).toBeUndefined()
  })
})

describe('a log', () => {
  const base = fragment('base0000', { base: baseOf({ n: 0 }, idOf(5)) })
  const log = (more: Partial<Log>): Fragment =>
    fragment('log00000', {
      log: {
        since: idOf(5),
        parents: [],
        heads: [idOf(7)],
        retired: [],
        entries: [{ id: idOf(7), ops: [{ kind: 'set', path: 'n', value: 1 }] }],
        ...more,
      },
    })

  test.each<readonly [what: string, more: Partial<Log>, applies: boolean]>([
    ['that was written onto this base', {}, true],
    ['that was written onto an earlier base', { since: idOf(4) }, true],
    ['that was written onto a later base', { since: idOf(6) }, false],
    ['whose parent is settled', { parents: [idOf(5)] }, true],
    ['whose parent is not there', { parents: [idOf(6)] }, false],
    ['one of whose parents is not there', { parents: [idOf(4), idOf(6)] }, false],
    ['whose parent is its own entry', { parents: [idOf(7)] }, false],
  ])(
    'applies where its base and its parents are, and nowhere else: one %s',
    (_what, more, applies) => {
      const one = log(more)
      const view = merge([base, one], NOW)
      expect(view.current?.state).toEqual({ n: applies ? 1 : 0 })
      expect(view.dropped).toEqual(applies ? [] : [{ fragment: one, reason: 'orphaned' }])
    },
  )

  test('without any base is dropped, and kept where the base may be among what cannot be read', () => {
    const one = log({})
    expect(merge([one], NOW).dropped).toEqual([{ fragment: one, reason: 'orphaned' }])
    expect(merge([one], NOW).unplaced).toEqual([])
    expect(merge([one], NOW, true).unplaced).toEqual([one])
  })

  test('whose entries are settled changes nothing', () => {
    const old = log({
      since: idOf(1),
      entries: [{ id: idOf(4), ops: [{ kind: 'delete', path: 'n' }] }],
    })
    expect(merge([base, old], NOW).current?.state).toEqual({ n: 0 })
  })
})

describe('of several bases', () => {
  const base = (id: string, horizon: number, serial: number, lasts = 60, n = 0) =>
    fragment(id, {
      base: baseOf({ n: [id, n] }, idOf(horizon), serial),
      expires: NOW + lasts * 1000,
    })

  test.each<readonly [what: string, chosen: Fragment, other: Fragment]>([
    ['the one with the latest horizon', base('a', 2, 0), base('b', 1, 5, 600)],
    ['of one horizon, the one that came out of more', base('a', 1, 2), base('b', 1, 1, 600)],
    ['of these one, the same for all,', base('a', 1, 1, 600), base('b', 1, 1, 60)],
  ])('%s counts', (_what, chosen, other) => {
    for (const jar of [
      [chosen, other],
      [other, chosen],
    ])
      expect(merge(jar, NOW).current?.base).toBe(chosen)
  })

  test('all tell how long the session lasts, and what stands in their logs', () => {
    const entry = { id: idOf(3), ops: [{ kind: 'set' as const, path: 'late', value: 1 }] }
    const log = { since: idOf(1), parents: [], heads: [idOf(3)], retired: [], entries: [entry] }
    const older = { ...base('b', 1, 0, 600), log }
    const view = merge([base('a', 2, 1, 60), older], NOW)
    expect(view.current?.expires).toBe(NOW + 600_000)
    expect(view.current?.state).toEqual({ n: ['a', 0], late: 1 })
  })
})
