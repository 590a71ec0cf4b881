import { Player } from '../player.ts'
import { short } from '../reader/ids.ts'
import type { Json } from '../reader/json.ts'
import type { Vector } from '../vector.ts'
import { check } from './by-hand.ts'
import { type Claims, first, id, type Jar, jarVectors, prefix, started, written } from './jars.ts'

const a = started('A', 0, { a: 1 })
const b = started('B', 5, { b: 2 })
/** Entries in the cookie of a base: they follow it. */
const embedded = (at: number, ...ops: readonly Json[]): Claims => ({
  e: [[id(at, 'e0000'), ...ops]],
})
const both = { cart: { x: 1 }, list: [1, 2], name: 'A' }
const other = { cart: { y: 2 }, list: [1, 3], name: 'B', own: true }

const which: readonly Jar[] = [
  { name: 'siblings', after: 60, claims: [a, b] },
  { name: 'siblings, the later one first', after: 60, claims: [b, a] },
  {
    name: 'siblings of one start',
    after: 60,
    claims: [started('B', 0, { b: 2 }), started('C', 0, { c: 3 }), started('A', 0, { a: 1 })],
  },
  {
    name: 'siblings of one start, by their first ids',
    about: 'The first id of ZZZ… has another letter in the third place.',
    after: 60,
    claims: [started('ZZ9', 0, { a: 9 }), started('ZZZ', 0, { b: 'Z' })],
  },
  {
    name: 'three siblings in a chain of 70 s',
    after: 200,
    claims: [started('C', 140, { c: 3 }), a, started('B', 70, { b: 2 })],
  },
  {
    name: 'a sibling 71 s away',
    after: 200,
    claims: [a, started('B', 71, { b: 2 }), started('C', 141, { c: 3 })],
  },
  { name: 'no sibling 70.001 s away', after: 200, claims: [a, started('B', 70.001, { b: 2 })] },
  {
    name: 'the chain leads through a session without a base',
    after: 200,
    claims: [a, started('C', 120, { c: 3 }), written('B', 60, 61, ['=b', 2])],
  },
  { name: 'the first one has no base', after: 60, claims: [written('A', 0, 3, ['=a', 1]), b] },
  { name: 'no sibling: a user', after: 60, claims: [a, { ...b, sub: 'u' }] },
  { name: 'no sibling: a user before', after: 60, claims: [{ ...a, sub: 'u' }, b] },
  {
    name: 'no siblings of one user',
    after: 60,
    claims: [a, b].map((each) => ({ ...each, sub: 'u' })),
  },
  { name: 'no siblings of g 1', after: 60, claims: [a, b].map((each) => ({ ...each, g: 1 })) },
  { name: 'no sibling: another f', after: 60, claims: [a, { ...b, f: prefix('C') }] },
  {
    name: 'siblings with one f',
    after: 60,
    claims: [a, b].map((each) => ({ ...each, f: prefix('C') })),
  },
  { name: 'no sibling: another z', after: 60, claims: [a, { ...b, z: id(-9) }] },
  {
    name: 'siblings with one z',
    about: 'The same id, told in two ways.',
    after: 60,
    claims: [
      { ...a, z: id(-9) },
      { ...b, z: id(-9).slice(2) },
    ],
  },
  {
    name: 'siblings before a login',
    after: 60,
    claims: [a, b, { ...started('D', 30, { d: 4 }), sub: 'u', f: prefix('A') + prefix('B') }],
  },
]

const what: readonly Jar[] = [
  {
    name: 'what siblings began with fills',
    about: 'Both bases have a log: the later one gives only what is not there.',
    after: 60,
    claims: [
      { ...started('A', 0, both), ...embedded(1, '=c', 1) },
      { ...started('B', 5, other), ...embedded(6, '=d', 1) },
    ],
  },
  {
    name: 'what siblings wrote is set',
    about: 'Bases without logs: the later one wins, and objects and lists merge.',
    after: 60,
    claims: [started('A', 0, both), started('B', 5, other)],
  },
  {
    name: 'a sibling that has settled',
    about: 'Its horizon is not its first id any more: what it has is set.',
    after: 260,
    claims: [
      started('A', 0, both),
      { ...started('B', 5, other), jti: 'theBase0', h: id(60), n: 1, ...embedded(250, '+n', 1) },
    ],
  },
  {
    name: 'the session that counts has settled',
    about: 'What the sibling had is in it. What was written upon the sibling applies.',
    after: 260,
    claims: [
      { ...started('A', 0, both), jti: 'theBase0', h: id(60) },
      started('B', 5, other),
      written('B', 5, 250, ['=late', 1], { a: [id(6)] }),
    ],
  },
  {
    name: 'siblings by the times of their entries',
    after: 60,
    claims: [
      { ...started('A', 0, { name: 'A' }), ...embedded(9, '=name', 'A, later', '>list', [1]) },
      { ...started('B', 5, { name: 'B', list: [] }), ...embedded(7, '=name', 'B, in between') },
    ],
  },
  {
    name: 'siblings that began with the same',
    about: 'Its first id is among the retired: the log upon it applies.',
    after: 60,
    claims: [
      started('A', 0, { name: 'same', n: 1 }),
      started('B', 5, { n: 1, name: 'same' }),
      written('B', 5, 8, ['+n', 1]),
    ],
  },
  {
    name: 'keys of siblings are escaped',
    after: 60,
    claims: [
      started('A', 0, { '~o': { one: 1 }, '~f': { f1: ['a', 1] } }),
      started('B', 5, { 'a/b': 1, '~$': 2, '~o': { two: 1 }, '~f': { f2: ['b', 2] }, '': 3 }),
    ],
  },
  {
    name: 'once in two siblings',
    after: 60,
    claims: [
      { ...started('A', 0, { n: 0 }), ...embedded(1, '+n', 1, '!hello') },
      { ...started('B', 5, { n: 0 }), ...embedded(6, '+n', 1, '!hello') },
    ],
  },
  {
    name: 'a sibling with an entry that it has taken in part',
    after: 60,
    claims: [
      a,
      {
        ...started('B', 5, { b: 2, n: 1 }),
        r: short(id(7, 'e0000')),
        ...embedded(7, '+n', 2),
      },
    ],
  },
  {
    name: 'logs of siblings',
    after: 60,
    claims: [
      a,
      b,
      written('A', 0, 10, ['=name', 'A', '+n', 1]),
      written('B', 5, 12, ['+n', 1], { a: [id(11, 'B0000')] }),
      written('B', 5, 11, ['=name', 'B', '+n', 1]),
    ],
  },
]

const gone: readonly Jar[] = [
  { name: 'the base of a sibling is gone', after: 60, claims: [a, written('B', 5, 8, ['=b', 2])] },
  {
    name: 'the base of a sibling is gone, an entry has its first id',
    after: 60,
    claims: [
      a,
      { ...written('A', 0, 0, [], { jti: 'theFold0' }), e: [[first('B', 5), '=b', 2]] },
      written('B', 5, 8, ['+b', 2]),
    ],
  },
  {
    name: 'the base of a sibling is gone, its first id has retired',
    after: 60,
    claims: [{ ...a, r: short(first('B', 5)), t: [first('B', 5)] }, written('B', 5, 8, ['=b', 2])],
  },
  {
    name: 'the base of a sibling is gone and has settled',
    after: 260,
    claims: [{ ...a, h: id(10) }, written('B', 5, 20, ['=b', 2])],
  },
  {
    name: 'the base of a sibling is gone, and so is a parent',
    after: 60,
    claims: [{ ...a, h: id(10) }, written('B', 5, 20, ['=b', 2], { a: [id(11)] })],
  },
  {
    name: 'a sibling keeps the session',
    about: 'The session that counts was over without it.',
    after: 1900,
    claims: [a, b, written('B', 5, 200, ['=late', 1], { exp: 1_800_003_000 })],
  },
  {
    name: 'a lost sibling does not keep the session',
    after: 1900,
    claims: [a, written('B', 5, 200, ['=late', 1], { exp: 1_800_003_000 })],
  },
  {
    name: 'siblings that are over',
    after: 1900,
    claims: [a, b, { ...started('C', 1850, { c: 3 }), g: 0 }],
  },
]

const set =
  (key: string, value: unknown) =>
  ({ data }: { data: Record<string, unknown> }): void => {
    data[key] = value
  }

/** Sessions that began at once and are one. */
export async function siblings(): Promise<readonly Vector[]> {
  const stored = await check('v', { long: 'value' })
  const found = [
    ...(await jarVectors([...which, ...what, ...gone])),
    ...(await jarVectors([
      {
        name: 'a claim check of a sibling',
        after: 60,
        claims: [a, started('B', 5, { b: 2, stored })],
        store: { v: { long: 'value' } },
      },
      {
        name: 'a claim check of a sibling that is not there',
        about: 'Its key is not readable, though the session that counts has a value there.',
        after: 60,
        claims: [{ ...a, d: { stored: 1 } }, started('B', 5, { b: 2, stored })],
      },
    ])),
  ]
  const page = new Player('a page of first visits')
  await page.together([
    ({ data }) => Object.assign(data, { cart: { apples: 1 }, seen: ['home'] }),
    (session) => session.once('welcome') && set('points', 10)(session),
    ({ data }) => Object.assign(data, { cart: { pears: 2 }, seen: ['offers'] }),
    (session) => session.flash('hint', 'try the search'),
  ])
  found.push(await page.vector('Four requests without cookies began four sessions. They are one.'))
  await page.wait(3).visit(set('name', 'Ada'))
  found.push({
    ...(await page.vector('The next write, upon all four.')),
    name: 'the visit after a page of first visits',
  })

  const late = new Player('a sibling that comes late')
  const slow = await late.open()
  await late.visit(set('name', 'Ada'))
  await late.wait(5).visit(set('points', 1))
  const deliver = await late.wait(40).open()
  const answer = await slow(set('slow', true))
  answer()
  const next = await deliver(set('points', 2))
  next()
  found.push(await late.vector('It began before all others, and was answered last.'))
  await late.wait(200).visit(set('points', 3))
  found.push({
    ...(await late.vector('All that is old has settled.')),
    name: 'minutes after a sibling that came late',
  })
  return found
}
