/** Logs of which another one holds all, as late answers bring them back. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Fragment, type Log, logOf, type Op } from '../../../src/log/format/fragment.ts'
import { derivedId, digestOf } from '../../../src/log/format/ids.ts'
import { foldLogs } from '../../../src/log/reading/fold.ts'
import { type Current, merge } from '../../../src/log/reading/merge.ts'
import { redundant } from '../../../src/log/writing/needless.ts'
import { canonical, often } from '../../support/arbitraries.ts'
import {
  baseOf,
  closed,
  deltaOf,
  fragment,
  histories,
  idOf,
  START,
  type Written,
} from '../reading/histories.ts'

const NOW = START + 60_000
const base = fragment('base0000', { base: baseOf({ a: [1, 2], b: { a: 1 } }) })

/** What a response folds that has seen the entries with these numbers; others may have folded other logs of these. */
function foldOf(history: readonly Written[], seen: Iterable<number>, name = 'fold'): Fragment {
  const some = [...seen].sort().flatMap((n) => history[n] ?? [])
  const logs = some.map((each) => deltaOf(history, each, idOf(0)))
  const ids = some.map(({ entry }) => entry.id)
  return fragment(derivedId(name, ids), { log: foldLogs(logs, idOf(0)) })
}

function delta(history: readonly Written[], each: Written): Fragment {
  return fragment(each.entry.id, { log: deltaOf(history, each, idOf(0)) })
}

/** Whatever a jar may hold: deltas and folds, some of which hold others. */
const jars = fc
  .tuple(histories(7), fc.array(fc.nat(255), { minLength: 1, maxLength: 5 }))
  .map(([history, masks]): Fragment[] => {
    const folds = masks.flatMap((mask) => {
      const chosen = history.flatMap((_, n) => ((mask >> n) & 1 ? [n] : []))
      const some = closed(history, chosen)
      return some.size > 1 ? [foldOf(history, some, mask > 127 ? 'other' : 'fold')] : []
    })
    const deltas = history.map((each) => delta(history, each))
    const byId = new Map([base, ...deltas, ...folds].map((each) => [each.id, each]))
    return [...byId.values()]
  })

function viewOf(jar: readonly Fragment[]): Current {
  return merge(jar, NOW).current ?? expect.fail('the session is lost')
}

function without(jar: readonly Fragment[], gone: readonly Fragment[]): Fragment[] {
  return jar.filter((each) => !gone.includes(each))
}

/** Expects that a jar shows all that another one does, and that each of its logs applies. */
function expectSame(jar: readonly Fragment[], before: Current): void {
  const { current, dropped } = merge(jar, NOW)
  expect(dropped).toEqual([])
  expect(canonical(current?.state)).toBe(canonical(before.state))
  expect(current?.entries.map(({ id }) => id)).toEqual(before.entries.map(({ id }) => id))
  expect(current?.heads).toEqual(before.heads)
}

describe('a log of which another one holds all', () => {
  test('can go, and nothing goes with it', () => {
    let gone = 0
    fc.assert(
      fc.property(jars, (jar) => {
        const current = viewOf(jar)
        const needless = redundant(current, [])
        gone += needless.length
        expectSame(without(jar, needless), current)
      }),
      often(600),
    )
    expect(gone).toBeGreaterThan(300)
  })

  test('can go for each of two responses, whatever part of the jar they have seen', () => {
    fc.assert(
      fc.property(jars, fc.nat(2 ** 11 - 1), fc.nat(2 ** 11 - 1), (jar, one, other) => {
        const current = viewOf(jar)
        const gone = [one, other].flatMap((mask) => {
          const seen = jar.filter((each, n) => each === base || (mask >> n) & 1)
          return redundant(viewOf(seen), [])
        })
        expectSame(without(jar, gone), current)
      }),
      often(600),
    )
  })

  test('stays where the other one goes as well', () => {
    const history = [entry(0, []), entry(1, [])]
    const [small, large] = [foldOf(history, [0]), foldOf(history, [0, 1])]
    const current = viewOf([base, small, large])
    expect(redundant(current, [])).toEqual([small])
    expect(redundant(current, [large])).toEqual([])
  })

  test('goes where two hold the same, but never both', () => {
    const history = [entry(0, []), entry(1, [])]
    const twins = ['fold', 'other'].map((name) => foldOf(history, [0, 1], name))
    const gone = redundant(viewOf([base, ...twins]), [])
    expect(gone).toHaveLength(1)
    expect(redundant(viewOf([base, ...twins.toReversed()]), [])).toEqual(gone)
  })

  test('stays where the other one has but digests of what it holds', () => {
    const history = [entry(0, []), entry(1, [])]
    const [small, large] = [foldOf(history, [0]), foldOf(history, [1])]
    const digest = digestOf(idOf(1))
    // A base had taken it that is gone.
    const told = fragment('told0000', { log: { ...logIn(large), retired: [digest, 'xxxxx'] } })
    expect(redundant(viewOf([base, small, told]), [])).toEqual([])
  })

  test('stays where it alone tells a digest', () => {
    const history = [entry(0, []), entry(1, [])]
    const digest = digestOf(idOf(9))
    const heads = [idOf(9)]
    const small = fragment('told0000', {
      log: { ...logIn(foldOf(history, [0])), heads, retired: [digest] },
    })
    const current = viewOf([base, small, foldOf([...history, entry(2, [])], [0, 1, 2])])
    expect(redundant(current, [])).toEqual([])
  })

  test('stays where the other one waits for a third one that waits for it', () => {
    const history = [entry(0, []), entry(1, [0]), entry(2, [0, 1])]
    const [needed, between] = history.map((each) => delta(history, each))
    const around = foldOf(history, [0, 2])
    expect(logOf(around)?.parents).toEqual([between?.id])
    const jar = [base, needed, between, around].flatMap((each) => each ?? [])
    expect(redundant(viewOf(jar), [])).toEqual([])
  })
})

function logIn(of: Fragment): Log {
  return logOf(of) ?? expect.fail('it has no log')
}

/** The entry number `n`, whose writer had seen some others. */
function entry(n: number, seen: readonly number[]): Written {
  const ops: Op[] = [{ kind: 'increment', path: 'n', by: 1 }]
  return { entry: { id: idOf(n + 1), ops }, seen: new Set(seen) }
}
