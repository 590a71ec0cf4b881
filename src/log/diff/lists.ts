/** What changed between two lists, element by element. */
import { appendElement } from '../../tree/pointer.ts'
import { equal, isArray, type Tree } from '../../tree/tree.ts'
import { NAME_USED_SECONDS } from '../format/clocks.ts'
import type { Op } from '../format/fragment.ts'
import type { Known, Memory } from '../format/memory.ts'
import { digestIn, nameText } from '../ops/names.ts'
import { OpenList } from '../ops/open.ts'
import type { Compare, Compared } from './compared.ts'
import { commonPrefix, commonSuffix, isAnotherValue, match } from './pairs.ts'

/** Beyond what they have in common at both ends, lists of more elements than this are set whole. */
const MAX_COMPARED = 64

/** For so long after its last use a name of an element is used. */
const USED_MS = NAME_USED_SECONDS * 1000

/** What ops call the element at a place of a list. */
export interface Names {
  /** The value that stands there: what another one has replaced, whole, is not meant. */
  value(place: number): string
  /** The place, whatever stands there. */
  place(place: number): string
}

/**
 * The names of a list's elements, by which ops tell them. `undefined` where there is no list of this length: a schema
 * made it longer or shorter.
 */
export function namesOf(
  named: Tree | undefined,
  length: number,
  memory: Memory | undefined,
  now: number,
): Names | undefined {
  if (!isArray(named) || named.length !== length) return undefined
  const { live, items } = new OpenList(named, memory)
  const used = live.map(({ names }) => usedName(names, now, false))
  const digests: string[] = []
  const digestAt = (i: number) => {
    const name = used[i]
    digests[i] ??= name === undefined ? (live[i]?.digest ?? '') : digestIn(name)
    return digests[i] ?? ''
  }
  const value = (place: number) => {
    const name = used[place]
    if (name !== undefined) return name
    const digest = digestAt(place)
    const alike = live.flatMap((_, i) => (digestAt(i) === digest ? [i] : []))
    const others = alike.filter((i) => used[i] !== undefined).length
    let text = nameText({ digest, place, count: alike.length, others })
    while (items.some(({ names }) => names.has(text))) text += '!'
    return text
  }
  return {
    value,
    place: (place) => usedName(live[place]?.names ?? new Map(), now, true) ?? value(place),
  }
}

function usedName(
  names: ReadonlyMap<string, Known>,
  now: number,
  orVoid: boolean,
): string | undefined {
  for (const [name, { ms, isVoid, isUsed }] of names)
    if ((isUsed || now - ms <= USED_MS) && (orVoid || !isVoid)) return name
  return undefined
}

/** A list as it was, and as it is. */
interface Lists extends Compared {
  readonly before: readonly Tree[]
  readonly after: readonly Tree[]
}

/** Adds the ops that lead from one list to the other; `false` where it is better set whole. */
export function compareLists(lists: Lists, names: Names, ops: Op[], compare: Compare): boolean {
  const { before, after, path } = lists
  const prefix = commonPrefix(before, after)
  const suffix = commonSuffix(before, after, prefix)
  const old = before.slice(prefix, before.length - suffix)
  const now = after.slice(prefix, after.length - suffix)
  if (Math.max(old.length, now.length) > MAX_COMPARED && old.length > 0) return false
  const from = match(old, now)
  // Each op names elements as its writer saw them: those first that move none.
  from.forEach((place, i) => {
    if (place !== undefined)
      compareElement(lists, prefix + place, now[i] ?? null, names, ops, compare)
  })
  const kept = new Set(from)
  const gone = old.flatMap((_, i) => (kept.has(i) ? [] : names.value(prefix + i)))
  if (gone.length > 0) ops.push({ kind: 'remove', path, names: gone })
  const stay = from.filter((place) => place !== undefined)
  if (stay.some((place, i) => place < (stay[i - 1] ?? -1)))
    ops.push({ kind: 'order', path, names: stay.map((place) => names.place(prefix + place)) })
  const places = [
    ...(prefix > 0 ? [names.place(prefix - 1)] : ['']),
    ...from.map((place) => (place === undefined ? undefined : names.place(prefix + place))),
    ...(suffix > 0 ? [names.place(before.length - suffix)] : ['']),
  ]
  addInsertions(path, now, places, ops)
  return true
}

function compareElement(
  { before, named, memory, path }: Lists,
  place: number,
  value: Tree,
  names: Names,
  ops: Op[],
  compare: Compare,
): void {
  const old = before[place]
  if (equal(old, value)) return
  if (isAnotherValue(old, value)) {
    ops.push({ kind: 'put', path: appendElement(path, names.place(place)), value })
    return
  }
  compare({
    before: old,
    after: value,
    named: isArray(named) ? named[place] : undefined,
    memory: elementMemory(named, memory, place),
    path: appendElement(path, names.value(place)),
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

/**
 * From the end to the beginning.
 *
 * @param names - of the elements before, of those of `now`, and after; `undefined` for new ones
 */
function addInsertions(
  path: string,
  now: readonly Tree[],
  names: readonly (string | undefined)[],
  ops: Op[],
): void {
  for (let end = now.length; end > 0; ) {
    if (names[end] !== undefined) {
      end--
      continue
    }
    let start = end
    while (start > 0 && names[start] === undefined) start--
    const items = now.slice(start, end)
    const [after = '', before = ''] = [names[start], names[end + 1]]
    ops.push(
      before === ''
        ? { kind: 'append', path, items }
        : { kind: 'insert', path, after, before, items },
    )
    end = start
  }
}
