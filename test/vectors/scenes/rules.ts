import { digestOf } from '../../../src/log/format/ids.ts'
import type { Vector } from '../vector.ts'
import { type Claims, common, id, jarVectors, sid, tombstone } from './jars.ts'

/** A base of a session that started at `started`, with its name as the state. */
const base = (name: string, started: number, members: Claims = {}, lives?: number): Claims => ({
  ...common(name, started, lives),
  k: 'b',
  jti: id(started, `${name}0000`),
  h: id(started, `${name}0000`),
  d: { name },
  ...members,
})

/** A log of session A with one op for each id. */
const log = (own: string, ids: readonly string[], members: Claims = {}): Claims => ({
  ...common('A', 0),
  k: 'l',
  jti: own,
  s: id(0),
  e: ids.map((each) => [each === own ? '' : each, '=last', each, '>all', [each]]),
  ...members,
})

const whole = base('A', 0, { h: id(0), d: { name: 'A', all: [] } })
const heir = base('B', 12, { g: 1, f: sid('A').slice(0, 8) })
/** The same, as one that leaves the rest to its base. */
const short = (own: string, ids: readonly string[], members: Claims = {}): Claims => {
  const { iat: _, ...rest } = log(own, ids)
  return { ...rest, sid: sid('A').slice(0, 11), s: id(0), ...members }
}
const [one, two, three] = [id(1), id(2), id(3)]

/** Name, seconds after the first start, claims of the cookies. */
const cases: readonly [name: string, after: number, claims: readonly Claims[]][] = [
  ['short logs', 60, [short(two, [one, two]), whole, short(three, [three], { a: [two] })]],
  ['a short log without its base', 60, [short(two, [two]), base('B', 5)]],
  [
    'a short log of a session with a subject',
    60,
    [short(two, [two]), { ...whole, sub: 'u', g: 2 }],
  ],
  [
    'a short log of a session that has ended',
    60,
    [short(two, [two]), whole, tombstone('A', 0, 10)],
  ],
  [
    'ids alone',
    60,
    [
      whole,
      log(three, [], { e: [[one, '+n', 2], two, three, [id(4), '>all', [1]], id(5)], t: [id(5)] }),
    ],
  ],
  ['higher g, earlier start', 60, [base('A', 0, { g: 1 }), base('B', 50)]],
  ['same g, later start', 60, [base('B', 50), base('A', 0)]],
  ['same start, greater sid', 60, [base('B', 0), base('C', 0), base('A', 0)]],
  ['a tombstone of an older session', 60, [tombstone('A', 0, 10), base('B', 5)]],
  ['a tombstone of a newer session', 60, [tombstone('A', 5, 10), base('B', 0)]],
  ['a tombstone of its own', 60, [tombstone('A', 0, 10, { g: 7 }), base('A', 0)]],
  ['a tombstone of its ancestor', 60, [tombstone('A', 0, 10), heir]],
  [
    'a tombstone of its heir',
    60,
    [tombstone('B', 0, 10, { f: sid('A').slice(0, 8) }), base('A', 5)],
  ],
  ['heirs of one session', 60, [tombstone('C', 5, 20, { f: sid('A').slice(0, 8) }), heir]],
  ['a tombstone of its anonymous ancestor', 60, [tombstone('A', 0, 10), { ...heir, sub: 'u' }]],
  [
    'a tombstone of an ancestor with a subject',
    60,
    [tombstone('A', 0, 10, { sub: 'u' }), { ...heir, sub: 'v' }],
  ],
  [
    'an anonymous heir of a session with a subject',
    60,
    [tombstone('A', 0, 10, { sub: 'u' }), heir],
  ],
  ['provisional, before the end', 60, [tombstone('A', 0, 10), base('B', 9, { g: -1 })]],
  ['provisional, after the end', 60, [tombstone('A', 0, 10), base('B', 11, { g: -1 })]],
  [
    'a tombstone outlives its session',
    3700,
    [tombstone('A', 0, 3590), base('B', 3000, { f: sid('A').slice(0, 8), g: 1 })],
  ],
  [
    'a tombstone that has expired',
    4001,
    [tombstone('A', 3000, 3010, { exp: 1_800_004_034 }), base('A', 3000)],
  ],
  [
    'an older session while a newer one holds its place',
    2000,
    [base('A', 0, { g: 1 }), base('B', 500)],
  ],
  ['an older session after a newer one', 2150, [base('A', 0, { g: 1 }), base('B', 500)]],
  ['a session that began after another was over', 2000, [base('A', 0, { g: 1 }), base('B', 1801)]],
  ['it began just before the other was over', 2000, [base('A', 0, { g: 1 }), base('B', 1799.432)]],
  [
    'it began after another was over, and has ended',
    2000,
    [
      base('A', 0, { g: 2 }),
      base('B', 1801, { g: 1, f: sid('C').slice(0, 8) }),
      tombstone('C', -10, 1810),
    ],
  ],
  [
    'a log without a base keeps nothing alive',
    2000,
    [whole, log(two, [two], { a: [one], exp: 1_800_003_000 })],
  ],
  [
    'higher n',
    60,
    [base('A', 0, { jti: '00000000', n: 1 }), base('A', 0, { jti: 'zzzzzzzz', n: 2, d: { n: 2 } })],
  ],
  [
    'same n, lower id',
    60,
    [
      base('A', 0, { jti: 'aaaaaaaa', d: { id: 'a' } }),
      base('A', 0, { jti: 'ZZZZZZZZ', d: { id: 'Z' } }),
    ],
  ],
  ['a log of a later base', 60, [whole, log(two, [two], { s: one })]],
  ['a parent that has settled', 60, [{ ...whole, h: one }, log(two, [two], { a: [one] })]],
  [
    'a chain of parents, last first',
    60,
    [whole, log(three, [three], { a: [two] }), log(two, [two], { a: [one] }), log(one, [one])],
  ],
  [
    'a parent among the retired',
    60,
    [whole, log(three, [three], { a: [two] }), log('theFold0', [one], { r: digestOf(two) })],
  ],
  [
    'a parent in an embedded log',
    60,
    [{ ...whole, e: [[one, '>all', [one]]] }, log(two, [two], { a: [one] })],
  ],
  [
    'entries in the order of their ids',
    60,
    [whole, log(three, [three]), log(one, [one]), log('theFold0', [one, two])],
  ],
  [
    'ids in the order of ASCII',
    60,
    [
      whole,
      ...['-', '_', 'Z', 'a', '0', '9'].map((x) => log(id(1, `${x}0000`), [id(1, `${x}0000`)])),
    ],
  ],
  [
    'front coding',
    60,
    [
      { ...whole, h: id(0, '0000a') },
      log(two, [], {
        jti: id(0, 'Aaaab'),
        s: '1',
        a: ['5', '9'],
        t: ['Aaaaa', 'b'],
        e: [
          ['', '=a', 1],
          ['c', '=b', 2],
          ['Bzzzz', '=c', 3],
          [two, '=d', 4],
          ['pvj00000', '=e', 5],
        ],
      }),
    ],
  ],
  [
    'an embedded log of an older base',
    60,
    [
      { ...whole, h: two, d: { all: ['base'] } },
      {
        ...whole,
        jti: 'theOlder',
        n: 3,
        e: [
          [one, '>all', [1]],
          [three, '>all', [3]],
        ],
      },
    ],
  ],
  [
    'an embedded log shows what it sets',
    60,
    [
      {
        ...whole,
        d: { a: { b: { c: 1 } }, n: 5, l: [] },
        e: [
          [one, ':a/b', '=n', 4, '+n', 1],
          [two, '-a/b/d', '+n', 2, '>l', [1]],
        ],
      },
    ],
  ],
  [
    'a base of retired entries',
    60,
    [{ ...whole, r: digestOf(one), t: [one] }, log(two, [two], { a: [one] })],
  ],
  ['logs of another session', 60, [whole, { ...log(two, [two]), sid: sid('B') }]],
]

/** The rules of choosing and merging, one by one, with cookies that are made by hand. */
export function rules(): Promise<readonly Vector[]> {
  return jarVectors(cases.map(([name, after, claims]) => ({ name, after, claims })))
}
