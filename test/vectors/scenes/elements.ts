import { type Case, named, step } from './by-hand.ts'

const [A, B, C] = [{ n: 1 }, { n: 2 }, { n: 3 }] as const

/** Which elements names mean. */
export const elements: readonly Case[] = [
  {
    name: 'elements',
    about: 'What other ops do to an element, and inside of it.',
    d: { l: [1, { a: { b: 1 } }, 'text', ['x'], { $: ['m', [['k', 1]]] }, { c: 1 }, 5] },
    entries: [
      [1, `+l/${step(1, 0)}`, 10, `=l/${step({ a: { b: 1 } }, 1)}/a/c`, 2],
      [2, `*l/${step('text', 2)}`, 'new', `>l/${step(['x'], 3)}`, ['y']],
      [3, `=l/${step({ $: ['m', [['k', 1]]] }, 4)}/~3"k"`, 2, `=l/${step({ c: 1 }, 5)}`, { d: 1 }],
      [4, `?l/${step({ c: 1 }, 5)}`, { c: 2, e: 2 }, `^l/${step(5, 6)}`, 7, `?l/${step(5, 6)}`, 8],
    ],
  },
  {
    name: 'elements that are not there',
    about: 'Nothing is made of them, nor of an index; a name leads into lists only.',
    d: { l: ['a'], o: { a: 1 }, m: { $: ['m', [['a', 1]]] } },
    entries: [
      [1, `=l/${step('x', 0)}`, 1, `*l/${step('x', 0)}/y`, 1, `+l/${step('x', 0)}`, 1, '=l/0', 1],
      [2, `=o/${step(1, 0)}`, 1, `=m/${step(1, 0)}`, 1, `-o/${step(1, 0)}`, `=${step('a', 0)}`, 1],
      [
        3,
        `=l/~2${named('a', 0)}.`,
        1,
        `=l/~2${named('a', 0)}A`,
        1,
        '=l/~2',
        1,
        `=l/${step('a', 0)}/b`,
        1,
      ],
    ],
  },
  {
    name: 'names that an element had',
    about: 'Two requests edit one element; both name it by what it was.',
    d: { l: [A, B] },
    entries: [
      [1, `=l/${step(A, 0)}/x`, 1],
      [2, `=l/${step(A, 0)}/y`, 2],
      [3, '#l', [named(B, 1), named(A, 0)]],
      [4, `-l/${step(A, 0)}/n`],
    ],
  },
  {
    name: 'names of what it became',
    about:
      'A name that is used for the first time, or after two minutes, notes beside it what the element is then. ' +
      'In between it does not.',
    d: { l: [A] },
    entries: [
      [1, `=l/${step(A, 0)}/a`, 1],
      [2, `=l/${step({ n: 1, a: 1 }, 0)}/b`, 2],
      [3, `=l/${step(A, 0)}/c`, 3],
      // No: nobody could have named it so.
      [4, `=l/${step({ n: 1, a: 1, b: 2 }, 0)}/wrong`, 1],
      [124, `=l/${step(A, 0)}/d`, 4],
      [125, `=l/${step({ n: 1, a: 1, b: 2, c: 3 }, 0)}/right`, 1],
      [244, `=l/${step(A, 0)}/e`, 5],
      [245, `=l/${step({ n: 1, a: 1, b: 2, c: 3, d: 4, right: 1 }, 0)}/wrong`, 1],
    ],
  },
  {
    name: 'elements that are replaced',
    about:
      'A put stays beside a removal, whichever comes first; what was meant for the value before does nothing. ' +
      'The same value once more has another name.',
    d: { l: [A, B, C, 'd'] },
    entries: [
      [1, '/l', [named(A, 0)], `*l/${step(B, 1)}`, 'b'],
      [2, `*l/${step(A, 0)}`, 'a', '/l', [named(B, 1)], `=l/${step(B, 1)}/n`, 'wrong'],
      [3, `=l/${step('d', 3)}`, 'e', `*l/${step('d', 3)}`, 'd'],
      [4, '/l', [named('d', 3), named('a', 0)]],
      [5, '/l', [`${named('d', 3)}!`]],
      [6, `*l/${step('d', 3)}`, 'f', '<l', [named('d', 3), '', 'after f']],
    ],
  },
  {
    name: 'a name means one element',
    about: 'Also where another one looks the same, nearer to its place, for 15 minutes.',
    d: { l: [A, B] },
    entries: [
      [1, `=l/${step(A, 0)}/x`, 1],
      [2, '<l', ['', named(A, 0), A]],
      [3, `=l/${step(A, 0)}/y`, 2],
      [4, `=l/~2${named(A, 0, 2)}/z`, 3],
      [5, `=l/~2${named(A, 0)}!/z`, 4],
      [910, `=l/${step(A, 0)}/w`, 5],
    ],
  },
  {
    name: 'elements that are gone',
    about: 'What is done inside of them does nothing; delete wins.',
    d: { l: [A, B, C] },
    entries: [
      [1, '/l', [named(B, 1)]],
      [2, `=l/${step(B, 1)}/x`, 1, `*l/${step(B, 1)}`, 'back', '/l', [named(B, 1)]],
      [3, `=l/${step(C, 2)}/x`, 1],
    ],
  },
  {
    name: 'an element edited and then taken out',
    about: 'By its first name, and by what it had become.',
    d: { l: [A, B, C] },
    entries: [
      [1, `=l/${step(A, 0)}/x`, 1, `=l/${step(C, 2)}/x`, 1],
      [2, '/l', [named(A, 0), named({ n: 3, x: 1 }, 2)]],
      [3, `=l/${step(A, 0)}/y`, 1, `=l/${step(C, 2)}/y`, 1],
    ],
  },
  {
    name: 'duplicates',
    about: 'The nearest to the place; of two that are as near the first.',
    d: { l: ['a', 'x', 'a', 'x', 'a'], m: ['a', 'b', 'a'] },
    entries: [
      [1, `*l/${step('a', 2, 3)}`, 'second', `*m/${step('a', 1, 2)}`, 'first'],
      [2, `*l/${step('a', 9, 3)}`, 'third'],
    ],
  },
  {
    name: 'duplicates with a count',
    about:
      'Who saw as many as there are counts those that are there; who saw more counts those that are gone as well.',
    d: { l: ['a', 'a', 'a', 'b'], m: ['a', 'a', 'a', 'b'], n: ['a', 'a', 'a'] },
    entries: [
      [1, '/l', [named('a', 0, 3)], '/m', [named('a', 0, 3)], '/n', [named('a', 1, 3)]],
      // Saw two. Places are those that it saw.
      [2, `*l/${step('a', 0, 2)}`, 'one of two'],
      // Saw three: the first is gone, the second is not.
      [3, `*m/${step('a', 0, 3)}`, 'wrong', `*m/${step('a', 1, 3)}`, 'second of three'],
      [4, '/n', [named('a', 0, 3), named('a', 1, 3)]],
    ],
  },
]
