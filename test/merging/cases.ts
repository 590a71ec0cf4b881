/** Two changes of one session in parallel, and what both lead to: the table of docs/guide.md, in full. */
import type { FlashMessage, Session } from '../../src/session/session.ts'

/** What a change works on. */
export interface At<Data> {
  /** The data of the case; it may be a part of the session's, whose value lies in a store. */
  readonly data: Data
  readonly session: Session
  /** The path to `key` for `increment()` and `advance()`. */
  readonly path: (key: string) => string
}

type Change<Data> = (data: Data, at: At<Data>) => unknown

export type Which = 'one' | 'other'

export interface Case {
  /** What the two do, as the table says it. */
  readonly one: string
  readonly other: string
  readonly before: () => object
  readonly change: (which: Which, at: At<object>) => unknown
  /** What the data is in the end, by which of the two committed later. */
  readonly after: (later: Which) => object
  /** Keys that are `atomic`. */
  readonly atomic: readonly string[]
  /** Whether the event `overwrote` tells of it. */
  readonly overwrites: boolean
  /** Whether the first of the two writes nothing. */
  readonly isSilent: boolean
  /** What is flashed in the end, in any order. */
  readonly flashes: readonly FlashMessage[]
}

type More = Partial<Pick<Case, 'atomic' | 'overwrites' | 'isSilent' | 'flashes'>>

export const CASES: Case[] = []

/** The same data for each request of a case, so that no case changes that of another. */
function from<Data extends object>(before: () => Data) {
  return (
    [one, first]: readonly [string, Change<Data>],
    [other, second]: readonly [string, Change<Data>],
    after: object | ((later: Which) => object),
    more: More = {},
  ): void => {
    CASES.push({
      one,
      other,
      before,
      change: (which, at) => {
        const own = at as At<Data>
        return (which === 'one' ? first : second)(own.data, own)
      },
      after: typeof after === 'function' ? (later) => after(later) : () => after,
      atomic: [],
      overwrites: false,
      isSilent: false,
      flashes: [],
      ...more,
    })
  }
}

type Item = { sku: string; qty: number; name?: string }
type Loose = Record<string, unknown>

const A: Item = { sku: 'A', qty: 1 }
const B: Item = { sku: 'B', qty: 1 }
const X: Item = { sku: 'X', qty: 1 }
const Y: Item = { sku: 'Y', qty: 1 }

/** The item `sku` of a list. What is not there throws: a case that means nothing fails. */
function item(list: readonly Item[], sku: string): Item {
  const found = list.find((each) => each.sku === sku)
  if (!found) throw new Error(`there is no ${sku}`)
  return found
}

// Objects

const object = from(() => ({ o: { x: { name: 'X', qty: 1 } } as Record<string, unknown> }))
const x = { name: 'X', qty: 1 }
const edit = [
  '`o.x.qty = 3`',
  ({ o }: { o: Loose }) => {
    ;(o['x'] as { qty: number }).qty = 3
  },
] as const

object(
  ['`o.a = 1`', ({ o }) => Object.assign(o, { a: 1 })],
  ['`o.b = 2`', ({ o }) => Object.assign(o, { b: 2 })],
  { o: { x, a: 1, b: 2 } },
)
object(
  ['`o.a = 1`', ({ o }) => Object.assign(o, { a: 1 })],
  ['`o.a = 2`', ({ o }) => Object.assign(o, { a: 2 })],
  (later) => ({ o: { x, a: later === 'one' ? 1 : 2 } }),
  { overwrites: true },
)
object(['`delete o.x`', ({ o }) => delete o['x']], edit, { o: {} }, { overwrites: true })
object(
  ['`o = {}`', (data) => Object.assign(data, { o: {} })],
  edit,
  { o: {} },
  { overwrites: true },
)
object(
  ['`o = {}`', (data) => Object.assign(data, { o: {} })],
  ['`o.new = 1`', ({ o }) => Object.assign(o, { new: 1 })],
  { o: { new: 1 } },
)
object(
  ['`o = {...o, a}`', (data) => Object.assign(data, { o: { ...data.o, a: 1 } })],
  ['`o = {...o, b}`', (data) => Object.assign(data, { o: { ...data.o, b: 2 } })],
  { o: { x, a: 1, b: 2 } },
)
object(
  [
    '`o.$ = 1`',
    ({ o }) => {
      o['$'] = 1
    },
  ],
  edit,
  { o: { x: { name: 'X', qty: 3 }, $: 1 } },
)
const holder = (data: { o?: Loose }): Loose => {
  data.o ??= {}
  return data.o
}
from((): { o?: Loose } => ({}))(
  ['`(o ??= {}).a = 1`', (data) => Object.assign(holder(data), { a: 1 })],
  ['`(o ??= {}).b = 2`', (data) => Object.assign(holder(data), { b: 2 })],
  { o: { a: 1, b: 2 } },
)

// One value

const tokens = from(() => ({ tokens: { access: 'a0', refresh: 'r0', expires: 0 } }))
tokens(
  [
    'a key in `atomic`',
    (data) => {
      data.tokens = { access: 'a1', refresh: 'r1', expires: 0 }
    },
  ],
  [
    'the same key',
    (data) => {
      data.tokens = { access: 'a2', refresh: 'r0', expires: 2 }
    },
  ],
  (later) => ({
    tokens:
      later === 'one'
        ? { access: 'a1', refresh: 'r1', expires: 0 }
        : { access: 'a2', refresh: 'r0', expires: 2 },
  }),
  { atomic: ['tokens'], overwrites: true },
)
tokens(
  [
    'a key in `atomic`',
    ({ tokens }) => {
      tokens.access = 'a1'
    },
  ],
  [
    'the same key',
    ({ tokens }) => {
      tokens.expires = 2
    },
  ],
  (later) => ({
    tokens:
      later === 'one'
        ? { access: 'a1', refresh: 'r0', expires: 0 }
        : { access: 'a0', refresh: 'r0', expires: 2 },
  }),
  { atomic: ['tokens'], overwrites: true },
)
from(() => ({ at: new Date(0) as Date | Uint8Array | bigint }))(
  ['a `Date`', (data) => Object.assign(data, { at: new Date(1) })],
  ['another value', (data) => Object.assign(data, { at: 5n })],
  (later) => ({ at: later === 'one' ? new Date(1) : 5n }),
  { overwrites: true },
)

// Numbers

from(() => ({ n: 5 }))(
  ['`increment`', (_, { session, path }) => session.increment(path('n'), 2)],
  ['the same', (_, { session, path }) => session.increment(path('n'), 3)],
  { n: 10 },
)
from((): { seen?: number } => ({}))(
  ['`advance`', (_, { session, path }) => session.advance(path('seen'), 7)],
  ['the same', (_, { session, path }) => session.advance(path('seen'), 4)],
  { seen: 7 },
)
from(() => ({ seen: '0003' }))(
  ['`advance`', (_, { session, path }) => session.advance(path('seen'), '0007')],
  ['the same', (_, { session, path }) => session.advance(path('seen'), '0012')],
  { seen: '0012' },
)

// Lists

const list = from((): { list: Item[] } => ({ list: [{ ...A }, { ...B }] }))
const push = ['`list.push(x)`', ({ list }: { list: Item[] }) => list.push({ ...X })] as const

list(push, ['`list.push(y)`', ({ list }) => list.push({ ...Y })], (later) => ({
  list: later === 'one' ? [A, B, Y, X] : [A, B, X, Y],
}))
list(push, ['`list[0].qty++`', ({ list }) => item(list, 'A').qty++], {
  list: [{ ...A, qty: 2 }, B, X],
})
list(
  push,
  [
    '`list = list.filter(…)`',
    (data) => Object.assign(data, { list: data.list.filter(({ sku }) => sku !== 'A') }),
  ],
  { list: [B, X] },
)
list(push, ['`splice`', ({ list }) => list.splice(0, 1, { ...Y })], { list: [Y, B, X] })
list(push, ['`unshift`', ({ list }) => list.unshift({ ...Y })], { list: [Y, A, B, X] })
list(
  ['`list = [...list, x]`', (data) => Object.assign(data, { list: [...data.list, { ...X }] })],
  ['`list = [y, ...list]`', (data) => Object.assign(data, { list: [{ ...Y }, ...data.list] })],
  { list: [Y, A, B, X] },
)
list(
  ['`list[0].qty++`', ({ list }) => item(list, 'A').qty++],
  ['`list[1].qty++`', ({ list }) => item(list, 'B').qty++],
  {
    list: [
      { ...A, qty: 2 },
      { ...B, qty: 2 },
    ],
  },
)
list(
  ['`list[0].qty++`', ({ list }) => item(list, 'A').qty++],
  ['`list[0].name = …`', ({ list }) => Object.assign(item(list, 'A'), { name: 'Apple' })],
  { list: [{ ...A, qty: 2, name: 'Apple' }, B] },
)
list(
  ['`list = list.map(…)`', (data) => Object.assign(data, { list: data.list.map(raised('A')) })],
  ['`list = list.map(…)`', (data) => Object.assign(data, { list: data.list.map(raised('B')) })],
  {
    list: [
      { ...A, qty: 2 },
      { ...B, qty: 2 },
    ],
  },
)

const without = (data: { list: Item[] }) =>
  Object.assign(data, { list: data.list.filter(({ sku }) => sku !== 'A') })
list(['`list.filter(without A)`', without], ['`A.qty++`', ({ list }) => item(list, 'A').qty++], {
  list: [B],
})
list(['`list.filter(without A)`', without], ['the same filter', without], { list: [B] })

from((): { list: number[] } => ({ list: [3, 1, 2] }))(
  ['`list.sort()`', ({ list }) => list.sort()],
  ['`list.push(x)`', ({ list }) => list.push(0)],
  { list: [1, 2, 3, 0] },
)
list(['`list = []`', (data) => Object.assign(data, { list: [] })], push, { list: [X] })
from((): { list: number[] } => ({ list: [1, 2, 3] }))(
  ['`list.pop()`', ({ list }) => list.pop()],
  ['`list.shift()`', ({ list }) => list.shift()],
  { list: [2] },
)
from((): { list: number[][] } => ({ list: [[1], [2]] }))(
  ['`list[0].push(x)`', ({ list }) => list[0]?.push(10)],
  ['`list[0].push(y)`', ({ list }) => list[0]?.push(20)],
  (later) => ({ list: [later === 'one' ? [1, 20, 10] : [1, 10, 20], [2]] }),
)

const listIn = (data: { l?: unknown[] }): unknown[] => {
  data.l ??= []
  return data.l
}
const missing = from((): { l?: unknown[] } => ({}))
missing(
  ['`(l ??= []).push(1)`', (data) => listIn(data).push(1)],
  ['`(l ??= []).push(2)`', (data) => listIn(data).push(2)],
  (later) => ({ l: later === 'one' ? [2, 1] : [1, 2] }),
)
missing(
  [
    "`l ??= ['user']`",
    (data) => {
      data.l ??= ['user']
    },
  ],
  [
    'the same',
    (data) => {
      data.l ??= ['user']
    },
  ],
  { l: ['user'] },
)

// Elements without an identity

interface Note {
  text: string
  at: number
  by: string
  done?: boolean
}
const FIRST: Note = { text: 'buy milk', at: 1, by: 'ada' }
const SECOND: Note = { text: 'call bob', at: 2, by: 'eve' }
const OTHER: Note = { text: 'pay rent', at: 30, by: 'dan' }
const ANOTHER: Note = { text: 'fix bike', at: 40, by: 'kim' }

const notes = from((): { list: Note[] } => ({ list: [{ ...FIRST }, { ...SECOND }] }))
const withoutSecond = (list: readonly Note[]) => list.filter(({ text }) => text !== SECOND.text)

notes(
  [
    '`list.pop(); list.push(other)`',
    ({ list }) => {
      list.pop()
      list.push({ ...OTHER })
    },
  ],
  [
    '`list = list.filter(without the last)`',
    (data) => Object.assign(data, { list: withoutSecond(data.list) }),
  ],
  { list: [FIRST, OTHER] },
)
notes(
  ['`list[1] = other`', ({ list }) => Object.assign(list, { 1: { ...OTHER } })],
  ['`list[1] = another`', ({ list }) => Object.assign(list, { 1: { ...ANOTHER } })],
  (later) => ({
    list: later === 'one' ? [FIRST, ANOTHER, OTHER] : [FIRST, OTHER, ANOTHER],
  }),
)
notes(
  [
    '`list = [...list.filter(without the last), other]`',
    (data) => Object.assign(data, { list: [...withoutSecond(data.list), { ...OTHER }] }),
  ],
  ['`list[1].done = true`', ({ list }) => Object.assign(list[1] ?? {}, { done: true })],
  { list: [FIRST, OTHER] },
)

// Elements that look the same

type Alike = { p: string; q?: string }
const P: Alike = { p: 'same' }
from((): { list: Alike[] } => ({ list: [{ ...P }, { ...P }, { ...P }] }))(
  ['`list.push(x)`', ({ list }) => list.push({ p: 'x' })],
  [
    '`list[0].q = …; list[2].q = …`',
    ({ list }) => {
      Object.assign(list[0] ?? {}, { q: 'first' })
      Object.assign(list[2] ?? {}, { q: 'last' })
    },
  ],
  { list: [{ ...P, q: 'first' }, P, { ...P, q: 'last' }, { p: 'x' }] },
)
from((): { list: unknown[] } => ({ list: [{ p: 1 }, { p: 1, q: 'q' }, { p: 1 }] }))(
  ['`list.push(x)`', ({ list }) => list.push({ text: 'x' })],
  [
    '`list.unshift(the same); list.push(the same)`',
    ({ list }) => {
      list.unshift({ p: 1 })
      list.push({ p: 1 })
    },
  ],
  { list: [{ p: 1 }, { p: 1 }, { p: 1, q: 'q' }, { p: 1 }, { p: 1 }, { text: 'x' }] },
)
from((): { list: string[] } => ({ list: ['b', 'a', 'b'] }))(
  ['`list.push(x)`', ({ list }) => list.push('x')],
  [
    '`list.unshift(the same); list.push(the same)`',
    ({ list }) => {
      list.unshift('b')
      list.push('b')
    },
  ],
  { list: ['b', 'b', 'a', 'b', 'b', 'x'] },
)

// Lists in lists

const grid = from((): { grid: (string | number)[][] } => ({ grid: [['a'], ['b']] }))
const pushBoth = [
  '`grid.push([d]); grid[0].push(8, 9)`',
  ({ grid }: { grid: (string | number)[][] }) => {
    grid.push(['d'])
    grid[0]?.push(8, 9)
  },
] as const
grid(pushBoth, ['`grid = [[c]]`', (data) => Object.assign(data, { grid: [['c']] })], (later) => ({
  grid: later === 'one' ? [['c'], ['d']] : [['d'], ['c']],
}))
grid(pushBoth, ['`grid.shift()`', ({ grid }) => grid.shift()], { grid: [['b'], ['d']] })
grid(pushBoth, ['`grid[0].push(7)`', ({ grid }) => grid[0]?.push(7)], (later) => ({
  grid: [later === 'one' ? ['a', 7, 8, 9] : ['a', 8, 9, 7], ['b'], ['d']],
}))

// Maps and sets

const map = from(() => ({ map: new Map([['k', 1]]), set: new Set(['v']) }))
map(
  ['`map.set(k, v)`', ({ map }) => map.set('a', 1)],
  ['another key', ({ map }) => map.set('k', 2)],
  {
    map: new Map([
      ['k', 2],
      ['a', 1],
    ]),
    set: new Set(['v']),
  },
)
map(
  ['`map.set(k, v)`', ({ map }) => map.set('k', 2)],
  ['the same key', ({ map }) => map.set('k', 3)],
  (later) => ({ map: new Map([['k', later === 'one' ? 2 : 3]]), set: new Set(['v']) }),
  { overwrites: true },
)
map(
  ['`map.delete(k)`', ({ map }) => map.delete('k')],
  ['`map.set(k, v)`', ({ map }) => map.set('k', 3)],
  (later) => ({ map: new Map(later === 'one' ? [] : [['k', 3]]), set: new Set(['v']) }),
  { overwrites: true },
)
map(
  ['`set.add(v)`', ({ set }) => set.add('a')],
  ['another value', ({ set }) => set.add('b')],
  (later) => ({
    map: new Map([['k', 1]]),
    set: new Set(later === 'one' ? ['v', 'b', 'a'] : ['v', 'a', 'b']),
  }),
)
map(['`set.add(v)`', ({ set }) => set.add('a')], ['the same member', ({ set }) => set.add('a')], {
  map: new Map([['k', 1]]),
  set: new Set(['v', 'a']),
})
from(() => ({ map: new Map([['k', { qty: 1, name: 'K' }]]) }))(
  ['`map.get(k).qty++`', ({ map }) => Object.assign(map.get('k') ?? {}, { qty: 2 })],
  ['`map.get(k).name = …`', ({ map }) => Object.assign(map.get('k') ?? {}, { name: 'new' })],
  { map: new Map([['k', { qty: 2, name: 'new' }]]) },
)

// What is not data

for (const key of ['b', 'a'])
  from(() => ({ n: 1 }))(
    ["`flash('a', …)`", (_, { session }) => session.flash('a', 1)],
    [`\`flash('${key}', …)\``, (_, { session }) => session.flash(key, 2)],
    { n: 1 },
    {
      flashes: [
        { key: 'a', value: 1 },
        { key, value: 2 },
      ],
    },
  )
from((): { n: number; m?: number } => ({ n: 1 }))(
  ['the handler reads', ({ n }) => n],
  ['anything', (data) => Object.assign(data, { m: 2 })],
  { n: 1, m: 2 },
  { isSilent: true },
)

function raised(sku: string): (item: Item) => Item {
  return (item) => (item.sku === sku ? { ...item, qty: item.qty + 1 } : item)
}
