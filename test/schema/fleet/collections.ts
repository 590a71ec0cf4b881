/** What the visitors of the fleet do to lists and Maps, element by element and key by key. */
import type { Random } from '../../support/random.ts'
import { type Action, both, newer } from './action.ts'
import type { DataNPlus1, Release } from './releases.ts'

/** So that sessions without a store stay small. */
const MOST_ELEMENTS = 10

/** What a handler is after, which its request has seen. */
function found<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('What was seen before is lost')
  return value
}

function withId<Item extends { id: string }>(items: readonly Item[], id: string): Item {
  return found(items.find((item) => item.id === id))
}

/** A random change of a list or a Map. It edits and removes only what `seen` has. */
export function collectionAction(
  random: Random,
  release: Release,
  n: number,
  seen: DataNPlus1,
): Action {
  const own = release === 'N' ? [] : ownActions(random, n, seen)
  return random.pick([
    ...notes(random, n, seen),
    ...items(random, n, seen),
    ...marks(random, n),
    ...own,
  ])
}

/** A list of texts, which have no identity. */
function notes(random: Random, n: number, seen: DataNPlus1): Action[] {
  const push = both('note', '', ({ notes }) => {
    notes.push(`note ${n}`)
  })
  if (seen.notes.length === 0) return [push]
  const note = random.pick(seen.notes)
  const rewrite = both('rewrite note', `notes ${note}`, ({ notes }) => {
    notes[notes.indexOf(note)] = `note ${n}`
  })
  const forget = both('forget note', `notes ${note}`, (data) => {
    data.notes = data.notes.filter((each) => each !== note)
  })
  return seen.notes.length < MOST_ELEMENTS ? [push, push, rewrite, forget] : [rewrite, forget]
}

/** A list of objects, of which the newer release knows more. */
function items(random: Random, n: number, seen: DataNPlus1): Action[] {
  const push: Action = {
    name: 'put in',
    writes: '',
    onN: ({ data }) => data.items.push({ id: `i${n}`, qty: 1 }),
    onNPlus1: ({ data }) => data.items.push({ id: `i${n}`, qty: 1, gift: '' }),
    expect: (data) => data.items.push({ id: `i${n}`, qty: 1, gift: '' }),
  }
  if (seen.items.length === 0) return [push]
  const { id } = random.pick(seen.items)
  const edit = both('edit', `items ${id}`, ({ items }) => {
    withId(items, id).qty = n
  })
  const copy = both('edit a copy', `items ${id}`, (data) => {
    data.items = data.items.map((item) => (item.id === id ? { ...item, qty: n } : item))
  })
  const remove = both('take out', `items ${id}`, ({ items }) => {
    items.splice(items.indexOf(withId(items, id)), 1)
  })
  return seen.items.length < MOST_ELEMENTS ? [push, push, edit, copy, remove] : [edit, copy, remove]
}

/** A Map, of whose values the newer release knows more. */
function marks(random: Random, n: number): Action[] {
  const key = `k${random.below(8)}`
  const set: Action = {
    name: 'mark',
    writes: `marks ${key}`,
    // What the older release does not know stays, as everywhere.
    onN: ({ data }) => data.marks.set(key, { n }),
    onNPlus1: ({ data }) => data.marks.set(key, { n, by: data.marks.get(key)?.by ?? '' }),
    expect: ({ marks }) => marks.set(key, { n, by: marks.get(key)?.by ?? '' }),
  }
  const edit = both('change mark', `marks ${key}`, ({ marks }) => {
    const mark = marks.get(key)
    if (mark) mark.n = n
  })
  const remove = both('unmark', `marks ${key}`, ({ marks }) => {
    marks.delete(key)
  })
  return [set, set, edit, remove]
}

/** What the older release does not know, in elements and values that both know. */
function ownActions(random: Random, n: number, seen: DataNPlus1): Action[] {
  const key = `k${random.below(8)}`
  const sign = newer('sign mark', `marks ${key}`, ({ marks }) => {
    const mark = marks.get(key)
    if (mark) mark.by = `b${n}`
  })
  if (seen.items.length === 0) return [sign]
  const { id } = random.pick(seen.items)
  const wrap = newer('wrap', `items ${id}`, ({ items }) => {
    withId(items, id).gift = `g${n}`
  })
  return [sign, wrap]
}
