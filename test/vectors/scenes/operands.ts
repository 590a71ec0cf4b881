import type { Json } from '../reader/json.ts'
import type { Vector } from '../vector.ts'
import { allByHand, type Case, check, named, step } from './by-hand.ts'

const LIST: Json = ['a', 'b']
const OBJECT: Json = { x: 1, y: { z: 1 } }

/** Ops on values that lie in the overflow store. */
async function inBases(): Promise<readonly Case[]> {
  const [list, object] = [await check('L', LIST), await check('O', OBJECT)]
  const absent = await check('X', 'absent')
  const map: Json = { $: ['m', [['k', 1]]] }
  const store = { L: LIST, O: OBJECT, M: map }
  return [
    {
      name: 'on a claim check',
      about: 'Ops are replayed onto the value of the store.',
      d: { l: list, o: object, m: await check('M', map) },
      entries: [
        [1, '>l', ['c'], `*l/${step('a', 0)}`, 'A', '=o/y/w', 2, '-o/x', '=m/~3"n"', 2],
        [2, `*l/${step('a', 0)}`, 'AA', '=o', { v: 3 }],
      ],
      store,
    },
    {
      name: 'on a claim check whose value is missing',
      about: 'Only the keys that need it cannot be read.',
      d: { l: absent, o: absent, n: absent, k: absent, f: absent, i: absent, a: 1 },
      entries: [
        [1, '>l', ['c'], '=o/y', 2, '+a', 1],
        [2, '*o', { new: 1 }, '-n', '=k', 'leaf', '=f', { x: 1 }, '+i', 1],
        [3, '+o/new', 1, '=n', [1], '=k', { now: 1 }],
      ],
      store,
    },
    {
      name: 'in the place of what is there',
      about: 'A put and a set of a leaf, a delete: what was in the store is not needed.',
      d: { a: list, b: list, c: list },
      entries: [[1, '*a', ['x'], '=b', 'x', '-c', '>a', ['y'], '>c', ['y']]],
      store,
    },
    {
      name: 'shown values',
      about: 'The state of the same cookie has a claim check there.',
      d: { l: list },
      base: { e: [['1', '=l', 'other', ':l']] },
      entries: [[2, '>l', ['c']]],
      store,
    },
  ]
}

/** Ops whose own values lie in the overflow store. */
async function inOps(): Promise<readonly Case[]> {
  const [list, object] = [await check('L', LIST), await check('O', OBJECT)]
  const absent = await check('X', 'absent')
  const store = { L: LIST, O: OBJECT }
  return [
    {
      name: 'operands',
      about: 'Of set, put, fill, append and insert.',
      d: {
        l: ['a', 'x'],
        o: { y: { v: 1 } },
        p: { gone: 1 },
        f: { x: 5 },
        a: ['0'],
        s: ['x'],
        deep: { in: {} },
      },
      entries: [
        [
          1,
          '=l',
          list,
          '<s',
          ['', named('x', 0), list],
          '=o',
          object,
          '*p',
          object,
          '?f',
          object,
          '>a',
          [list],
        ],
        [
          2,
          '=deep/in',
          object,
          '*deep/put',
          list,
          '=new',
          list,
          `*l/${step('a', 0)}`,
          'A',
          '+f/x',
          1,
        ],
      ],
      store,
    },
    {
      name: 'operands on claim checks',
      about: 'Both values are fetched.',
      d: { l: list, o: object },
      entries: [[1, '=l', list, '=o/y', object, '>l', [list]]],
      store,
    },
    {
      name: 'operands that are missing',
      about: 'Their keys cannot be read, until something takes the place of the whole.',
      d: { a: ['x'], b: { x: 1 }, c: {}, d: {}, e: 1, z: 1 },
      entries: [
        [1, '>a', [absent], '=b/in', absent, '*c', absent, '?d', absent, '*e', absent],
        [2, '+z', 1, '>a', ['y'], '=b/x', 2, '*d', { x: 1 }, '-e'],
        [3, '=d/y', 2],
      ],
      store,
    },
    {
      name: 'items that are no list',
      about: 'As if the value were missing.',
      d: { l: ['x'], m: ['x'] },
      entries: [[1, '>l', [object], '<m', ['', '', object]]],
      store,
    },
    {
      name: 'claim checks elsewhere',
      about: 'Beside others, inside of values and in other ops they are unknown tags.',
      d: { l: ['a'], o: {}, s: ['a'] },
      entries: [[1, '>l', [list, list], '=o', { in: list }, '<s', ['', '', list, list]]],
      store,
    },
    {
      name: 'in a void entry',
      about: 'Nothing waits for it.',
      d: { '~o': { k: 1 }, l: ['x'] },
      entries: [[1, '!k', '>l', [absent]]],
      store,
    },
  ]
}

/** Claim checks beside ops, and in them. */
export async function operands(): Promise<readonly Vector[]> {
  return allByHand([...(await inBases()), ...(await inOps())], 'operands')
}
