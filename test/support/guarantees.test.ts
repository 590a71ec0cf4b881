/** What checks the session guarantees must be able to fail: each on a history that breaks it, and it alone. */
import { describe, expect, test } from 'vitest'
import { guarantees, type Visit } from './guarantees.ts'

/** Sent at `sent`, answered at `answered`. */
const visit = (
  sent: number,
  answered: number | undefined,
  saw: readonly string[] | undefined,
  wrote?: string,
  more: Partial<Visit> = {},
): Visit => ({ sent, answered, saw, wrote, ...more })

const partial = { partial: true }
const late = { late: true }

/** The names of the guarantees that a history breaks. */
const broken = (history: readonly Visit[]): string[] =>
  Object.entries(guarantees)
    .filter(([, check]) => check(history).length > 0)
    .map(([name]) => name)

describe('a history', () => {
  test('of parallel, lost, late and partial requests breaks none of them', () => {
    const history = [
      visit(0, 3, [], 'a'),
      visit(1, 2, [], 'b'),
      visit(4, undefined, undefined, 'lost'),
      visit(5, 20, ['a', 'b'], 'dropped', late),
      visit(6, 9, ['a', 'b'], 'd'),
      visit(7, 8, ['a', 'b']),
      visit(10, 11, ['a'], undefined, partial),
      visit(21, 22, ['a', 'b', 'd']),
    ]
    expect(broken(history)).toEqual([])
  })

  test.each([
    ['read your writes', 'that forgets a write', [visit(0, 1, [], 'a'), visit(2, 3, [])]],
    [
      'read your writes',
      'in which a write shows only after a while',
      [visit(0, 1, [], 'a'), visit(2, 3, []), visit(4, 5, ['a'])],
    ],
    [
      'monotonic reads',
      'that sees a late write, and then does not',
      [visit(0, 1, [], 'a', late), visit(2, 3, ['a']), visit(4, 5, [])],
    ],
    [
      'writes follow reads',
      'in which a part of the cookies shows a write without what led to it',
      [visit(0, 9, [], 'a'), visit(1, 10, ['a'], 'b'), visit(11, 12, ['b'], undefined, partial)],
    ],
    [
      'writes follow reads',
      'in which a write comes before what led to it',
      [visit(0, 9, [], 'a'), visit(1, 10, ['a'], 'b'), visit(11, 12, ['b', 'a'])],
    ],
    [
      'monotonic writes',
      'in which a later write comes first',
      [visit(0, 1, [], 'a', late), visit(2, 3, [], 'b'), visit(4, 5, ['b', 'a'])],
    ],
  ] as const)('breaks %s, and nothing else, %s', (name, _, history) => {
    expect(broken(history)).toEqual([name])
  })
})
