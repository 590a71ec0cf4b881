import { Player } from '../player.ts'
import type { Vector } from '../vector.ts'
import { allByHand, type Case, named, step } from './by-hand.ts'
import { elements } from './elements.ts'

const [A, B] = [{ n: 1 }, { n: 2 }] as const

const cases: readonly Case[] = [
  {
    name: 'remove',
    about: 'By name. An unknown name, one that is told twice and one that is none do nothing.',
    d: { l: ['a', 'b', 'c', 'd'], o: {}, t: 'text' },
    entries: [
      [1, '/l', [named('b', 1), named('d', 3), named('b', 1), named('x', 0), 'short', '']],
      [2, '/o', [named('a', 0)], '/t', [named('a', 0)], '/none', [named('a', 0)]],
    ],
  },
  {
    name: 'delete an element',
    about: 'As remove with one name.',
    d: { l: ['a', 'b', 'c'], k: [['x', 'y']] },
    entries: [[1, `-l/${step('b', 1)}`, `-k/${step(['x', 'y'], 0)}/${step('x', 0)}`, '-l/0']],
  },
  {
    name: 'insert',
    about: 'Between two, at the beginning, at the end; both ends are meant by no names at all.',
    d: { l: ['a', 'b'], m: ['a'], e: [], t: 1 },
    entries: [
      [1, '<l', [named('a', 0), named('b', 1), 'x', 'y'], '<l', ['', named('a', 0), 'first']],
      [
        2,
        '<l',
        [named('b', 4), '', 'last'],
        '<m',
        ['', '', 'end'],
        '<e',
        ['', '', 1, 2],
        '<e',
        ['', ''],
      ],
      [3, '<t', ['', '', 1], '<none', ['', '', 1]],
    ],
  },
  {
    name: 'insert with neighbours gone',
    about: 'Beside those that were taken out, else beside the other one, else at that end.',
    d: { l: ['a', 'b', 'c', 'd'], m: ['a', 'b'], n: ['a'], o: ['a'] },
    entries: [
      [1, '/l', [named('b', 1), named('c', 2)], '/m', [named('a', 0), named('b', 1)]],
      [
        2,
        '<l',
        [named('b', 1), named('c', 2), 'between'],
        '<l',
        [named('a', 0), named('x', 1), 'after a'],
      ],
      [
        3,
        '<m',
        [named('a', 0), named('b', 1), 'm'],
        '<l',
        [named('x', 0), named('d', 3), 'before d'],
      ],
      [4, '<n', [named('x', 0), named('y', 1), 'end'], '<n', ['', named('y', 1), 'begin']],
      [5, '<o', [named('y', 1), '', 'end']],
    ],
  },
  {
    name: 'insert where the neighbours have moved apart',
    about: 'The one that it comes before says where.',
    d: { l: ['a', 'b', 'c'] },
    entries: [
      [1, '#l', [named('b', 1), named('c', 2), named('a', 0)]],
      [2, '<l', [named('a', 0), named('b', 1), 'x']],
    ],
  },
  {
    name: 'order',
    about:
      'Within the places that they have together. Names may be unknown, twice or of what is gone.',
    d: { l: ['a', 'b', 'c', 'd', 'e'], m: ['a', 'b', 'c'], t: 1 },
    entries: [
      [1, '#l', [named('e', 4), named('x', 0), named('a', 0), named('e', 4), named('c', 2)]],
      [2, '/m', [named('b', 1)], '#m', [named('c', 2), named('b', 1), named('a', 0)]],
      [3, '<m', [named('b', 1), named('x', 9), 'after b'], '#t', [named('a', 0)], '#none', []],
    ],
  },
  {
    name: 'places and counts in base 36',
    about: 'Twelve equal elements, and the eleventh is meant.',
    d: { l: [...new Array<string>(12).fill('a'), 'z'] },
    entries: [[1, `*l/${step('a', 10, 12)}`, 'the eleventh', `*l/${step('z', 12)}`, 'last']],
  },
  {
    name: 'two requests make a list',
    about:
      'What both begin with counts once. So it does where the first was edited or taken out since.',
    d: { l: [], o: {} },
    entries: [
      [1, '=l', ['a', 'b', 'c'], '=new', ['a', A], '=o', { in: ['a'] }, '=same', ['a', 'a']],
      [2, '=l', ['a', 'b', 'x', 'c'], '=o', { in: ['b'] }, '=same', ['a', 'a', 'a']],
      [3, '/new', [named('a', 0)], `=new/${step(A, 1)}/x`, 1],
      [4, '=new', ['a', A, B]],
    ],
  },
  {
    name: 'set and put of lists',
    about:
      'A set merges a list with a list only; a put takes the place, and what was there is forgotten.',
    d: { a: ['x', 'y'], b: { c: 1 }, e: ['x'], f: ['x', 'y'], g: 1 },
    entries: [
      [1, '=a', ['x', 'z'], '=b', ['x'], '=e', { c: 1 }, '=g', ['x']],
      [2, `*f/${step('x', 0)}`, 'new', '*f', ['y', 'z'], `*f/${step('x', 0)}`, 'wrong'],
      [3, '=a', 'leaf', '=a', []],
    ],
  },
  {
    name: 'lists in lists',
    about: 'Elements of elements.',
    d: { l: [['a', 'b'], ['c']] },
    entries: [
      [1, `>l/${step(['c'], 1)}`, ['d'], `/l/${step(['a', 'b'], 0)}`, [named('a', 0)]],
      [
        2,
        `*l/${step(['a', 'b'], 0)}/${step('b', 1)}`,
        'B',
        `*l/${step(['c'], 1)}/${step('c', 0)}`,
        'C',
      ],
    ],
  },
  {
    name: 'digests',
    about:
      'Canonical text: keys in the order of UTF-16, numbers and strings as ECMAScript writes them.',
    d: {
      l: [
        { b: 1, a: { '€': 1, '\r': 2, ö: 3, '😀': 4, '\ufb33': 5, '1': 6 } },
        [1e21, 1e-7, 0.1, 100, 123456789012345680000, -1.5e-10],
        'é \ud800 \u0000 "\\\u007f\u2028',
        { $: ['d', 1_800_000_000_123] },
        [],
        {},
        false,
      ],
    },
    entries: [
      [
        1,
        `*l/${step({ a: { '1': 6, '\ufb33': 5, '😀': 4, ö: 3, '\r': 2, '€': 1 }, b: 1 }, 0)}`,
        'object',
        `*l/${step([1e21, 1e-7, 0.1, 100, 123456789012345680000, -1.5e-10], 1)}`,
        'numbers',
        `*l/${step('é \ud800 \u0000 "\\\u007f\u2028', 2)}`,
        'text',
        `*l/${step({ $: ['d', 1_800_000_000_123] }, 3)}`,
        'date',
        '/l',
        [named([], 4), named({}, 5), named(false, 6)],
      ],
    ],
  },
]

type Data = Record<string, unknown>
interface Item {
  readonly id: string
  count: number
}
const items = (data: Data): Item[] => data['items'] as Item[]

/** What ops do to lists. */
export async function lists(): Promise<readonly Vector[]> {
  const parallel = new Player('lists: parallel requests')
  await parallel.visit(({ data }) =>
    Object.assign(data, {
      items: ['a', 'b', 'c'].map((id) => ({ id, count: 1 })),
      text: 'x'.repeat(600),
    }),
  )
  await parallel
    .wait(5)
    .together([
      ({ data }) => items(data).push({ id: 'd', count: 1 }),
      ({ data }) => items(data).splice(1, 1),
      ({ data }) => Object.assign(items(data)[2] ?? {}, { count: 5 }),
      ({ data }) => items(data).reverse(),
      ({ data }) => items(data).splice(1, 0, { id: 'between', count: 1 }),
    ])
  return [
    ...(await allByHand([...cases, ...elements], 'lists')),
    await parallel.vector('Played: one list, and five requests that did not see each other.'),
  ]
}
