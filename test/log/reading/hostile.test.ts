/** Views that no honest node makes: the rest of the view is used. */
import { describe, expect, test } from 'vitest'
import { decodeClaims, encodeClaims } from '../../../src/log/format/claims.ts'
import type { Fragment, Op } from '../../../src/log/format/fragment.ts'
import { timeCode } from '../../../src/log/format/id-chain.ts'
import { digestOf, timeOf } from '../../../src/log/format/ids.ts'
import { merge, newestIdOf } from '../../../src/log/reading/merge.ts'
import { planWrite } from '../../../src/log/writing/plan.ts'
import type { TreeObject } from '../../../src/tree/tree.ts'
import { answered } from '../writing/lives.ts'
import { baseOf, fragment, idOf, START } from './histories.ts'
import { base, delta, honest, NOW, rest, set, write, written } from './hostile-views.ts'

describe('logs that cannot apply leave the rest of the view as it is', () => {
  test.each<readonly [what: string, logs: readonly Fragment[]]>([
    ['a log that is its own parent', [delta(2, { parents: [idOf(2)] })]],
    [
      'two logs that are parents of each other',
      [delta(2, { parents: [idOf(3)] }), delta(3, { parents: [idOf(2)] })],
    ],
    [
      'a circle of many',
      Array.from({ length: 20 }, (_, n) => delta(n + 2, { parents: [idOf(((n + 1) % 20) + 2)] })),
    ],
    [
      'a child of a circle',
      [
        delta(2, { parents: [idOf(3)] }),
        delta(3, { parents: [idOf(2)] }),
        delta(4, { parents: [idOf(3)] }),
      ],
    ],
    ['a log whose parent nobody has', [delta(2, { parents: [idOf(9)] })]],
    [
      'a log with a thousand parents, one of which is missing',
      [delta(2, { parents: Array.from({ length: 1000 }, (_, n) => idOf(n === 500 ? 5 : 1)) })],
    ],
    ['a log onto a base from the far future', [delta(2, { since: 'zzzzzzzzzzzzz' })]],
  ])('%s', (_what, logs) => {
    for (const view of [
      [base, honest, ...logs],
      [...logs, honest, base],
    ]) {
      const { current, dropped } = merge(view, NOW)
      expect(current?.state).toEqual(rest)
      expect(dropped.map((each) => each.fragment)).toEqual(
        view.filter((each) => logs.includes(each)),
      )
      expect(dropped.every(({ reason }) => reason === 'orphaned')).toBe(true)
      expect(written(view)).toEqual({ ...rest, written: 1 })
    }
  })

  test('and a parent that a log only says to have retired is a parent that is there', () => {
    const liar = delta(2, { retired: [digestOf(idOf(9))] })
    const child = delta(10, { parents: [idOf(9)] })
    expect(merge([base, liar, child], NOW).current?.state).toEqual({ base: true, p2: 1, p10: 1 })
  })
})

describe('ids in the far future', () => {
  const year = 31_536_000_000
  for (const [what, ms] of [
    ['an hour', 3_600_000],
    ['a year', year],
    ['thirty years', 30 * year],
  ] as const) {
    test(`of ${what}: the entry counts, and so does what is written after it`, () => {
      const id = `${timeCode(START + ms)}aaaaa`
      const view = [base, honest, delta(2, {}, [set('future')], id)]
      expect(merge(view, NOW).current?.state).toEqual({ ...rest, future: 1 })
      expect(written(view)).toEqual({ ...rest, future: 1, written: 1 })
      const { current } = merge(view, NOW)
      const plan = current && planWrite(current, write([{ kind: 'delete', path: 'future' }]))
      expect(merge(answered(view, plan ?? expect.fail()), NOW).current?.state).toEqual(rest)
    })

    test(`of ${what}: a base settles what comes before it, and what is written after it counts`, () => {
      const horizon = `${timeCode(START + ms)}aaaaa`
      const view = [fragment('future00', { base: baseOf({ f: 1 }, horizon) }), base, honest]
      expect(merge(view, NOW).current?.state).toEqual({ f: 1 })
      expect(written(view)).toEqual({ f: 1, written: 1 })
    })
  }

  test('of a digest: it stands for an entry of the last minutes, and nothing throws', () => {
    const view = [
      base,
      delta(2, { retired: ['_____', '-----', '00000', digestOf('zzzzzzzzzzzzz')] }),
    ]
    expect(merge(view, NOW).current?.state).toEqual({ base: true, p2: 1 })
    expect(written(view)).toEqual({ base: true, p2: 1, written: 1 })
  })
})

describe('as deep as a cookie can hold', () => {
  const DEPTH = 2900
  test.each<readonly [what: string, op: Op]>([
    ['a path', set('/'.repeat(DEPTH))],
    ['a path of keys', { kind: 'increment', path: 'a/'.repeat(DEPTH / 2), by: 1 }],
    ['a delete', { kind: 'delete', path: '/'.repeat(DEPTH) }],
    [
      'a value',
      { kind: 'set', path: 'v', value: JSON.parse('{"":'.repeat(600) + 1 + '}'.repeat(600)) },
    ],
    [
      'a list',
      { kind: 'append', path: 'l', items: [JSON.parse('['.repeat(1400) + ']'.repeat(1400))] },
    ],
  ])('%s does no harm', (_what, op) => {
    const read = decodeClaims(encodeClaims(delta(2, {}, [op])))
    expect(read).toBeDefined()
    const twice = delta(3, {}, [op, { kind: 'delete', path: op.path }, op])
    const view = [base, honest, ...(read ? [read] : []), twice]
    const shown = (state: TreeObject | undefined) => [
      state?.['base'],
      state?.['p1'],
      state?.['written'],
    ]
    expect(shown(merge(view, NOW).current?.state)).toEqual([true, 1, undefined])
    expect(shown(written(view))).toEqual([true, 1, 1])
  })
})

test('claims that are malformed are no fragments, and what is left of the view counts', () => {
  const good = [base, honest, delta(2)].map(encodeClaims)
  const texts = [
    ...good,
    '',
    '{}',
    'null',
    good[0]?.slice(1) ?? '',
    (good[2] ?? '').replace('"=p2"', '"!p2"'),
  ]
  const view = texts.flatMap((text) => decodeClaims(text) ?? [])
  expect(view).toHaveLength(3)
  expect(merge(view, NOW).current?.state).toEqual({ ...rest, p2: 1 })
  const { current } = merge(view, NOW)
  expect(timeOf(newestIdOf(current ?? expect.fail()))).toBe(timeOf(idOf(2)))
})
