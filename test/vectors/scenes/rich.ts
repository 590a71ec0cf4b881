import { Player } from '../player.ts'
import type { Json } from '../reader/json.ts'
import type { Vector } from '../vector.ts'
import { allByHand, type Case, named } from './by-hand.ts'

const map = (...pairs: readonly Json[][]): Json => ({ $: ['m', pairs] })
const set = (...members: readonly Json[]): Json => ({ $: ['s', members] })

const cases: readonly Case[] = [
  {
    name: 'put',
    about: 'Takes the place whole. All steps but the last must be there.',
    d: { a: { b: 1, c: 2 }, l: ['x'], m: map(['k', 1]), t: 1 },
    entries: [
      [1, '*a', { c: 3 }, '*l', ['y'], '*m', map(['n', 2]), '*new', { x: { y: 1 } }],
      [2, '*new/x', {}, '*t/x', 1, '*none/x', 1, '*l/0', 1, '*', 'empty key'],
    ],
  },
  {
    name: 'advance',
    about: 'The larger of two numbers or of two texts; in the place of all else.',
    d: { a: 5, b: 5, c: 'b', d: 'b', e: 5, f: 'text', g: [1], h: null, i: '\ufb33', o: {} },
    entries: [
      [1, '^a', 7, '^b', 3, '^c', 'a', '^d', 'c', '^e', '1', '^f', 1, '^g', 1, '^h', -1],
      [2, '^i', '😀', '^new', 'x', '^o/in', 1, '^none/in', 1, '^a', -1.5, '^c', 'bb'],
    ],
  },
  {
    name: 'maps',
    about: 'Keys are canonical text. What is new comes last; a put adds nothing.',
    d: {
      m: map(
        ['a', 1],
        [{ x: 1, y: 2 }, 2],
        [1, 'one'],
        ['1', 'text'],
        ['a/b~', 3],
        ['o', { p: 1 }],
      ),
    },
    entries: [
      [1, '=m/~3"a"', 10, '=m/~3"new"', { n: 1 }, '*m/~3"none"', 1, '*m/~31', 'eins'],
      [2, '+m/~3{"x":1,"y":2}', 5, '-m/~3"1"', '=m/~3"a~1b~0"', 'slash', '=m/~3"o"/q', 2],
      [3, '-m/~3"a"', '=m/~3"a"', 'last', '+m/~3"count"', 2, '?m/~3"a"', 'no', '?m/~3null', 0],
      [
        4,
        '=m/~3"none"/x',
        1,
        '=m/a',
        1,
        `=m/~2${named('last', 0)}`,
        1,
        '>m/~3"list"',
        [1],
        '-m/~3"x"',
      ],
    ],
  },
  {
    name: 'sets',
    about: 'A set adds a member, a delete takes it out. Nothing else leads into a set.',
    d: { s: set('a', 'b', { x: 1, y: [1] }, 'c/d') },
    entries: [
      [1, '=s/~4"a"', 'a', '=s/~4"new"', 'new', '-s/~4"b"', '-s/~4{"x":1,"y":[1]}', '-s/~4"c~1d"'],
      [2, '*s/~4"put"', 'put', '?s/~4"fill"', 'fill', '+s/~41', 1, '=s/~4"a"/x', 1, '=s/a', 1],
      [3, '=s/~4{"$":["d",0]}', { $: ['d', 0] }, '-s/~4"none"', '=s/~3"a"', 1],
    ],
  },
  {
    name: 'merged',
    about: 'Maps by key, sets by member; only what is of one kind.',
    d: {
      m: map(['a', { x: 1 }], ['b', 1], ['l', ['x']]),
      s: set('a', 'b'),
      a: map(['a', 1]),
      b: set('a'),
      c: { x: 1 },
      f: map(['a', 1]),
    },
    entries: [
      [1, '=m', map(['a', { y: 2 }], ['b', 2], ['c', 3], ['l', ['x', 'y']]), '=s', set('b', 'c')],
      [2, '=a', set('a'), '=b', map(['a', 1]), '=c', map(['x', 2]), '?f', map(['b', 2])],
      [3, '=o', { m: map(['a', 1]) }, '=o', { m: map(['b', 2]) }],
    ],
  },
  {
    name: 'shown values',
    about: 'As a put: also of what would merge.',
    d: { o: { a: 1 }, l: ['a'], n: 1, e: { in: ['b'] } },
    base: {
      e: [
        ['1', '=o', { b: 2 }, '>l', ['b'], '+n', 1, '=e/in', ['x']],
        ['2', ':o', ':l', ':n', ':e/in'],
      ],
    },
    entries: [],
  },
  {
    name: 'no tags of ours',
    about: 'Maps and sets have two items under their key, and maps nothing but pairs.',
    d: { a: { $: ['m', [['a', 1]], 1] }, b: { $: ['m', [['a']]] }, c: { $: ['s', ['a'], 1] } },
    entries: [
      [1, '=a/~3"a"', 2, '=b/~3"a"', 2, '=c/~4"b"', 'b', '=a/$', 1, '=b', { $: ['m', []] }],
    ],
  },
  {
    name: 'equal keys',
    about: 'Where an op leads into such a map, the first place and the last value count.',
    d: { m: map(['a', 1], ['b', 2], ['a', 3]) },
    entries: [[1, '=m/~3"b"', 5]],
  },
]

/** What ops do to maps and sets, and ops that take the place of what was there. */
export async function richOps(): Promise<readonly Vector[]> {
  const player = new Player('rich: parallel requests')
  await player.visit(({ data }) =>
    Object.assign(data, {
      map: new Map<unknown, unknown>([
        ['a', 1],
        ['b', new Set([1])],
      ]),
      set: new Set(['a', 'b']),
      text: 'x'.repeat(600),
    }),
  )
  const mapOf = (data: Record<string, unknown>) => data['map'] as Map<unknown, unknown>
  const setOf = (data: Record<string, unknown>) => data['set'] as Set<unknown>
  await player
    .wait(5)
    .together([
      ({ data }) => mapOf(data).set('a', 2),
      ({ data }) => mapOf(data).set(new Date(0), 'date'),
      ({ data }) => (mapOf(data).get('b') as Set<unknown>).add(2),
      ({ data }) => mapOf(data).delete('a'),
      ({ data }) => setOf(data).add('c'),
      ({ data }) => setOf(data).delete('a'),
    ])
  return [
    ...(await allByHand(cases, 'rich')),
    await player.vector('Played: requests that did not see each other.'),
  ]
}
