import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Fragment, type Log, logOf, type Op } from '../../../src/log/format/fragment.ts'
import { digestOf, lastIdAt } from '../../../src/log/format/ids.ts'
import { foldLogs, headsOf } from '../../../src/log/reading/fold.ts'
import { merge } from '../../../src/log/reading/merge.ts'
import { canonical, often } from '../../support/arbitraries.ts'
import {
  baseOf,
  closed,
  deltaOf,
  fewStates,
  fragment,
  histories,
  idOf,
  newestOf,
  START,
  type Written,
} from './histories.ts'

const NOW = START + 60_000
const HORIZON = idOf(0)

/** A history, a part of it that has come to one request, and an earlier part of that. */
const views = fc
  .tuple(histories(8), fc.array(fc.nat(7), { maxLength: 8 }), fc.array(fc.nat(7), { maxLength: 4 }))
  .map(([history, some, few]) => {
    const view = closed(history, some)
    const earlier = closed(
      history,
      few.filter((n) => view.has(n)),
    )
    return { history, view, earlier }
  })
  .filter(({ view, earlier }) => view.size > earlier.size)

/** The logs of those entries of `view` that are not in `without`. */
function logsOf(
  history: readonly Written[],
  view: ReadonlySet<number>,
  without: ReadonlySet<number> = new Set(),
): Log[] {
  return history
    .filter((_, n) => view.has(n) && !without.has(n))
    .map((written) => deltaOf(history, written, HORIZON))
}

const fragmentsOf = (logs: readonly Log[], name: string): Fragment[] =>
  logs.map((log, n) => fragment(`${name}${n}`.padEnd(8, '0'), { log }))

/** What a view amounts to, apart from how its entries are told. */
function gist(fragments: readonly Fragment[]): string {
  const { current } = merge(fragments, NOW)
  if (!current) throw new Error('There is no session.')
  const { state, heads, retired, entries } = current
  const known = [...new Set([...retired, ...entries.map(({ id }) => digestOf(id))])].sort()
  return canonical({
    state,
    heads: [...heads].sort(),
    newest: entries.at(-1)?.id ?? '',
    known,
  })
}

describe('a folded log', () => {
  test('applies exactly where all the logs do, and leads to the same', () => {
    fc.assert(
      fc.property(views, fewStates, fc.nat(), ({ history, view, earlier }, state, mask) => {
        const logs = logsOf(history, view, earlier)
        const folded = fragment('folded00', { log: foldLogs(logs, HORIZON) })
        const base = fragment('base0000', { base: baseOf(state) })
        // Whatever part of the earlier logs is there.
        const present = [...earlier].filter((n) => Math.floor(mask / 2 ** n) % 2 === 1)
        const beside = fragmentsOf(logsOf(history, new Set(present)), 'e')
        const one = merge([base, ...beside, ...fragmentsOf(logs, 'l')], NOW)
        const other = merge([base, ...beside, folded], NOW)
        const allApply = logs.every((log) =>
          one.current?.fragments.some((each) => logOf(each) === log),
        )
        const used = other.current?.fragments.includes(folded) ?? false
        expect(used || foldLogs(logs, HORIZON).entries.length === 0).toBe(allApply)
        if (allApply)
          expect(gist([base, ...beside, folded])).toBe(
            gist([base, ...beside, ...fragmentsOf(logs, 'l')]),
          )
      }),
      often(2000),
    )
  })

  test('tells as its parents the newest that its entries had seen and that it does not hold', () => {
    fc.assert(
      fc.property(views, ({ history, view, earlier }) => {
        const logs = logsOf(history, view, earlier)
        const { parents: told, since } = foldLogs(logs, HORIZON)
        const own = new Set(logs.flatMap(({ entries }) => entries.map(({ id }) => id)))
        const parents = logs.flatMap((log) => log.parents).filter((id) => !own.has(id))
        expect(told).toEqual([...new Set(parents)].sort())
        expect(since).toBe(HORIZON)
      }),
      often(1000),
    )
  })

  test('tells as its heads the entries that no other of them had seen', () => {
    fc.assert(
      fc.property(views, ({ history, view, earlier }) => {
        const logs = logsOf(history, view, earlier)
        const inside = new Set([...view].filter((n) => !earlier.has(n)))
        expect(foldLogs(logs, HORIZON).heads).toEqual(newestOf(history, inside))
        expect(headsOf(logsOf(history, view), HORIZON)).toEqual(newestOf(history, view))
      }),
      often(1000),
    )
  })

  test('is the same whatever the order of the logs, and however often one of them is there', () => {
    const order = fc.infiniteStream(fc.nat(100))
    fc.assert(
      fc.property(views, order, ({ history, view }, numbers) => {
        const logs = logsOf(history, view)
        const mixed = [...logs, ...logs.filter(() => (numbers.next().value ?? 0) % 2 === 0)]
          .map((log) => [numbers.next().value ?? 0, log] as const)
          .sort(([a], [b]) => a - b)
          .map(([, log]) => log)
        expect(foldLogs(mixed, HORIZON)).toEqual(foldLogs(logs, HORIZON))
      }),
      often(500),
    )
  })

  test('of folded logs is that of all their logs', () => {
    fc.assert(
      fc.property(views, fewStates, ({ history, view, earlier }, state) => {
        const base = fragment('base0000', { base: baseOf(state) })
        const parts = [logsOf(history, earlier), logsOf(history, view, earlier)]
        const folds = parts.filter((logs) => logs.length > 0).map((logs) => foldLogs(logs, HORIZON))
        const twice = foldLogs(folds, HORIZON)
        const once = foldLogs(parts.flat(), HORIZON)
        expect([twice.parents, twice.heads, twice.since]).toEqual([
          once.parents,
          once.heads,
          once.since,
        ])
        expect(gist([base, fragment('twice000', { log: twice })])).toBe(
          gist([base, fragment('once0000', { log: once })]),
        )
      }),
      often(1000),
    )
  })

  test('leads to the same with any entries that come later, whatever their ids', () => {
    fc.assert(
      fc.property(views, fewStates, ({ history, view }, state) => {
        const base = fragment('base0000', { base: baseOf(state) })
        const folded = fragment('folded00', { log: foldLogs(logsOf(history, view), HORIZON) })
        // All that the view has not got.
        const late = fragmentsOf(logsOf(history, new Set(history.keys()), view), 'x')
        expect(gist([base, folded, ...late])).toBe(
          gist([base, ...fragmentsOf(logsOf(history, view), 'l'), ...late]),
        )
      }),
      often(1000),
    )
  })

  const set = (path: string): Op => ({ kind: 'set', path, value: 1 })
  const delta = (n: number, more: Partial<Log> = {}, ops = [set('a')]): Log => ({
    since: HORIZON,
    parents: [],
    heads: [idOf(n)],
    retired: [],
    entries: [{ id: idOf(n), ops }],
    ...more,
  })

  test('keeps a digest of each entry that it does not show, so that a child of it applies', () => {
    const folded = foldLogs([delta(1), delta(2)], HORIZON)
    expect(folded.entries.map(({ id }) => id)).toEqual([idOf(2)])
    expect(folded.retired).toEqual([digestOf(idOf(1))])
    const child = fragment('child000', { log: delta(3, { parents: [idOf(1)] }, [set('b')]) })
    const base = fragment('base0000', { base: baseOf({}) })
    const view = merge([base, child, fragment('folded00', { log: folded })], NOW)
    expect(view.current?.state).toEqual({ a: 1, b: 1 })
  })

  test('holds nothing that is settled: no entry, no digest, no parent, no tip', () => {
    const horizon = lastIdAt(START + 5000)
    const logs = [
      delta(1, { retired: [digestOf(idOf(2))] }),
      delta(8, { parents: [idOf(1), idOf(4)], retired: [digestOf(idOf(3)), digestOf(idOf(7))] }),
    ]
    expect(foldLogs(logs, horizon)).toEqual({
      since: horizon,
      parents: [],
      heads: [idOf(8)],
      retired: [digestOf(idOf(7))],
      entries: [{ id: idOf(8), ops: [set('a')] }],
    })
  })

  test('of no logs is empty', () => {
    expect(foldLogs([], HORIZON)).toEqual({
      since: HORIZON,
      parents: [],
      heads: [],
      retired: [],
      entries: [],
    })
  })
})
