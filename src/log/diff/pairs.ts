/** Which element of a list is which of another list. */
import { membersOf, pairsOf } from '../../tree/rich.ts'
import {
  canonical,
  child,
  equal,
  isArray,
  isPlain,
  type Tree,
  type TreeObject,
} from '../../tree/tree.ts'

/** How many elements two lists have in common at their beginning. */
export function commonPrefix(before: readonly Tree[], after: readonly Tree[]): number {
  const most = Math.min(before.length, after.length)
  let prefix = 0
  while (prefix < most && equal(before[prefix], after[prefix])) prefix++
  return prefix
}

/** How many elements two lists have in common at their end, apart from those at the beginning. */
export function commonSuffix(
  before: readonly Tree[],
  after: readonly Tree[],
  prefix: number,
): number {
  const most = Math.min(before.length, after.length) - prefix
  let tail = 0
  while (tail < most && equal(before.at(-1 - tail), after.at(-1 - tail))) tail++
  return tail
}

/** For each new element the place of the old one that it is, or was; `undefined` where it is new. */
export function match(old: readonly Tree[], now: readonly Tree[]): (number | undefined)[] {
  if (isInPlace(old, now)) return old.map((_, place) => place)
  const [oldTexts, texts] = [old.map(canonical), now.map(canonical)]
  const twice = new Set([...repeated(oldTexts), ...repeated(texts)])
  const from = aligned(old.length, now.length, (place, i) => {
    const [oldText = '', text = ''] = [oldTexts[place], texts[i]]
    if (oldText === text) return SAME
    // Where several look like it, it was rather edited than moved away, and a new one put there.
    const isMany = twice.has(oldText) || twice.has(text)
    return isMany && likeness(old[place], now[i]) >= 0.5 ? EDITED : 0
  })
  const used = new Set(from)
  // What is the same elsewhere has moved.
  texts.forEach((text, i) => {
    if (from[i] !== undefined) return
    const place = oldTexts.findIndex((each, at) => each === text && !used.has(at))
    if (place < 0) return
    from[i] = place
    used.add(place)
  })
  pairEdited(old, now, from, used)
  return from
}

/** Whether all that differs was edited where it stands: so elements that look the same are not taken for others. */
function isInPlace(old: readonly Tree[], now: readonly Tree[]): boolean {
  return (
    old.length === now.length &&
    old.every((tree, place) => equal(tree, now[place]) || likeness(tree, now[place]) >= 0.5)
  )
}

/** Pairs what was edited: one for one in a gap, or what has most in common. */
function pairEdited(
  old: readonly Tree[],
  now: readonly Tree[],
  from: (number | undefined)[],
  used: Set<number | undefined>,
): void {
  const left = old.flatMap((_, place) => (used.has(place) ? [] : [place]))
  const fresh = now.flatMap((_, i) => (from[i] === undefined ? [i] : []))
  const pair = (i: number, place: number) => {
    from[i] = place
    used.add(place)
  }
  const pairs = fresh
    .flatMap((i) => left.map((place) => ({ i, place, score: likeness(old[place], now[i]) })))
    .filter(({ score }) => score >= 0.5)
    .sort((a, b) => b.score - a.score)
  for (const { i, place } of pairs) if (from[i] === undefined && !used.has(place)) pair(i, place)
  const rest = left.filter((place) => !used.has(place))
  const others = fresh.filter((i) => from[i] === undefined)
  if (rest.length === others.length && old.length === now.length)
    others.forEach((i, n) => {
      const place = rest[n]
      if (place === i && !isAnother(old[place], now[i])) pair(i, place)
    })
}

/** Members that tell one object from another: objects that differ in one of them are not the same, edited. */
const IDENTITIES = ['id', '_id', 'uuid', 'key', 'sku', 'slug', 'code', 'name']

/** How much two elements have in common, from 0 to 1. What is the same in texts tells more than numbers and flags. */
function likeness(a: Tree | undefined, b: Tree | undefined): number {
  if (isArray(a) && isArray(b)) {
    const prefix = commonPrefix(a, b)
    return (prefix + commonSuffix(a, b, prefix)) / Math.max(Math.min(a.length, b.length), 1)
  }
  if (!isPlain(a) || !isPlain(b)) return 0
  const idKey = idKeyOf(a, b)
  if (idKey !== undefined) return equal(a[idKey], b[idKey]) ? 1 : 0
  let [same, all] = [0, 0]
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [left, right] = [child(a, key), child(b, key)]
    const weight = typeof left === 'string' || typeof right === 'string' ? 2 : 1
    all += weight
    same += weight * (equal(left, right) ? 1 : likeness(left, right))
  }
  return all === 0 ? 1 : same / all
}

function idKeyOf(a: TreeObject, b: TreeObject): string | undefined {
  return IDENTITIES.find((key) => Object.hasOwn(a, key) && Object.hasOwn(b, key))
}

/**
 * Whether one object took the place of another one: what parallel requests do to the one must not show in the other. It
 * has another identity or, where neither has one, hardly anything of the other is left.
 */
function isAnother(a: Tree | undefined, b: Tree | undefined): boolean {
  if (!isPlain(a) || !isPlain(b)) return false
  if (idKeyOf(a, b) !== undefined) return likeness(a, b) === 0
  const [keys, others] = [Object.keys(a), Object.keys(b)]
  if (keys.length === 0 || others.length === 0) return false
  const common = keys.filter((key) => others.includes(key))
  return common.length === 0 || (common.length > 1 && likeness(a, b) < 0.25)
}

const SAME = 4
const EDITED = 1

function repeated(texts: readonly string[]): string[] {
  return texts.filter((text, i) => texts.indexOf(text) !== i)
}

/**
 * Of two lists, the elements that are each other's in the same order, so that what they are worth together is most: for
 * each new one its place among the old ones, or `undefined`.
 */
function aligned(
  old: number,
  now: number,
  worth: (place: number, i: number) => number,
): (number | undefined)[] {
  const best: number[][] = Array.from({ length: old + 1 }, () => new Array<number>(now + 1).fill(0))
  const at = (place: number, i: number) => best[place]?.[i] ?? 0
  const both = (place: number, i: number) => {
    const own = worth(place, i)
    return own === 0 ? -1 : own + at(place + 1, i + 1)
  }
  for (let place = old - 1; place >= 0; place--)
    for (let i = now - 1; i >= 0; i--) {
      const row = best[place]
      if (row) row[i] = Math.max(at(place + 1, i), at(place, i + 1), both(place, i))
    }
  const from: (number | undefined)[] = new Array<number | undefined>(now).fill(undefined)
  for (let place = 0, i = 0; place < old && i < now; ) {
    if (at(place, i) === both(place, i)) from[i++] = place++
    else if (at(place, i) === at(place + 1, i)) place++
    else i++
  }
  return from
}

/**
 * Whether nothing of an element is left where another value stands now: that is written whole, and stays where a
 * parallel request takes out the old one.
 */
export function isAnotherValue(old: Tree | undefined, value: Tree): boolean {
  if (isArray(old) && isArray(value)) {
    const texts = new Set(old.map(canonical))
    return old.length > 0 && value.length > 0 && !value.some((each) => texts.has(canonical(each)))
  }
  if (isPlain(old) && isPlain(value)) return false
  return !(pairsOf(old) && pairsOf(value)) && !(membersOf(old) && membersOf(value))
}
