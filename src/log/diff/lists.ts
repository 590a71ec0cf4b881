/** What changed between two lists, element by element. */
import { appendElement } from '../../tree/pointer.ts'
import {
  canonical,
  child,
  equal,
  isArray,
  isPlain,
  type Tree,
  type TreeObject,
} from '../../tree/tree.ts'
import type { Op } from '../format/fragment.ts'
import type { Memory } from '../format/memory.ts'
import { elementDigest, nameText } from '../ops/names.ts'
import { OpenList } from '../ops/open.ts'
import type { Compare, Compared } from './compared.ts'

/** Beyond what they have in common at both ends, lists of more elements than this are set whole. */
const MAX_COMPARED = 64

/** For so long after its last use a name of an element is used. */
const USED_MS = 600_000

/**
 * The names of a list's elements, by which ops tell them. `undefined` where there is no list of this length: a schema
 * made it longer or shorter.
 */
export function namesOf(
  named: Tree | undefined,
  length: number,
  memory: Memory | undefined,
  now: number,
): ((place: number) => string) | undefined {
  if (!isArray(named) || named.length !== length) return undefined
  let digests: string[] | undefined
  return (place) => {
    digests ??= memory
      ? new OpenList(named, memory).live.map(({ names, digest }) => usedName(names, now) ?? digest)
      : named.map(elementDigest)
    const digest = digests[place] ?? ''
    return nameText({ digest, place, count: digests.filter((each) => each === digest).length })
  }
}

function usedName(names: ReadonlyMap<string, number>, now: number): string | undefined {
  for (const [name, ms] of names) if (now - ms <= USED_MS) return name
  return undefined
}

/** A list as it was, and as it is. */
interface Lists extends Compared {
  readonly before: readonly Tree[]
  readonly after: readonly Tree[]
}

/** Adds the ops that lead from one list to the other; `false` where it is better set whole. */
export function compareLists(
  lists: Lists,
  name: (place: number) => string,
  ops: Op[],
  compare: Compare,
): boolean {
  const { before, after, path } = lists
  const head = commonHead(before, after)
  const tail = commonTail(before, after, head)
  const old = before.slice(head, before.length - tail)
  const now = after.slice(head, after.length - tail)
  if (Math.max(old.length, now.length) > MAX_COMPARED && old.length > 0) return false
  const from = match(old, now)
  const kept = new Set(from)
  const gone = old.flatMap((_, i) => (kept.has(i) ? [] : name(head + i)))
  if (gone.length > 0) ops.push({ kind: 'remove', path, names: gone })
  const places = from.filter((place) => place !== undefined)
  if (places.some((place, i) => place < (places[i - 1] ?? -1)))
    ops.push({ kind: 'order', path, names: places.map((place) => name(head + place)) })
  from.forEach((place, i) => {
    if (place !== undefined) compareElement(lists, head + place, now[i] ?? null, name, compare)
  })
  const names = [
    ...(head > 0 ? [name(head - 1)] : ['']),
    ...from.map((place) => (place === undefined ? undefined : name(head + place))),
    ...(tail > 0 ? [name(before.length - tail)] : ['']),
  ]
  addInsertions(path, now, names, ops)
  return true
}

function compareElement(
  { before, named, memory, path }: Lists,
  place: number,
  value: Tree,
  name: (place: number) => string,
  compare: Compare,
): void {
  compare({
    before: before[place],
    after: value,
    named: isArray(named) ? named[place] : undefined,
    memory: elementMemory(named, memory, place),
    path: appendElement(path, name(place)),
  })
}

/** The memory of an element counts those that are gone. */
function elementMemory(
  named: Tree | undefined,
  memory: Memory | undefined,
  place: number,
): Memory | undefined {
  if (!memory || !isArray(named)) return undefined
  return new OpenList(named, memory).live[place]?.memory
}

/** @param names - of the elements before, of those of `now`, and after; `undefined` for new ones */
function addInsertions(
  path: string,
  now: readonly Tree[],
  names: readonly (string | undefined)[],
  ops: Op[],
): void {
  for (let i = 0; i < now.length; ) {
    if (names[i + 1] !== undefined) {
      i++
      continue
    }
    let end = i
    while (end < now.length && names[end + 1] === undefined) end++
    const items = now.slice(i, end)
    const [after = '', before = ''] = [names[i], names[end + 1]]
    ops.push(
      before === ''
        ? { kind: 'append', path, items }
        : { kind: 'insert', path, after, before, items },
    )
    i = end
  }
}

function commonHead(before: readonly Tree[], after: readonly Tree[]): number {
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && equal(before[head], after[head])) head++
  return head
}

function commonTail(before: readonly Tree[], after: readonly Tree[], head: number): number {
  const most = Math.min(before.length, after.length) - head
  let tail = 0
  while (tail < most && equal(before.at(-1 - tail), after.at(-1 - tail))) tail++
  return tail
}

/** For each new element the place of the old one that it is, or was; `undefined` where it is new. */
function match(old: readonly Tree[], now: readonly Tree[]): (number | undefined)[] {
  const [oldTexts, texts] = [old.map(canonical), now.map(canonical)]
  const from = longestCommon(oldTexts, texts)
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
    const head = commonHead(a, b)
    return (head + commonTail(a, b, head)) / Math.max(a.length, b.length, 1)
  }
  if (!isPlain(a) || !isPlain(b)) return 0
  const identity = identityOf(a, b)
  if (identity !== undefined) return equal(a[identity], b[identity]) ? 1 : 0
  let [same, all] = [0, 0]
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [left, right] = [child(a, key), child(b, key)]
    const weight = typeof left === 'string' || typeof right === 'string' ? 2 : 1
    all += weight
    same += weight * (equal(left, right) ? 1 : likeness(left, right))
  }
  return all === 0 ? 1 : same / all
}

function identityOf(a: TreeObject, b: TreeObject): string | undefined {
  return IDENTITIES.find((key) => Object.hasOwn(a, key) && Object.hasOwn(b, key))
}

/** Whether one object took the place of another one: what parallel requests do to the one must not show in the other. */
function isAnother(a: Tree | undefined, b: Tree | undefined): boolean {
  return isPlain(a) && isPlain(b) && identityOf(a, b) !== undefined && likeness(a, b) === 0
}

/** The longest common subsequence: for each of `now` its place in `old`, or `undefined`. */
function longestCommon(old: readonly string[], now: readonly string[]): (number | undefined)[] {
  const lengths: number[][] = Array.from({ length: old.length + 1 }, () =>
    new Array<number>(now.length + 1).fill(0),
  )
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--) {
      const row = lengths[i]
      if (row)
        row[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  const from: (number | undefined)[] = new Array<number | undefined>(now.length).fill(undefined)
  for (let i = 0, j = 0; i < old.length && j < now.length; ) {
    if (old[i] === now[j]) from[j++] = i++
    else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  }
  return from
}
