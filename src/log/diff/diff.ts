/** What changed between two states, as ops. */
import { appendEntry, appendKey, appendMember, toPointer, topKeyOf } from '../../tree/pointer.ts'
import { membersOf, merges, pairsOf } from '../../tree/rich.ts'
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
import { timeCode } from '../format/id-chain.ts'
import type { Memory } from '../format/memory.ts'
import { replay } from '../ops/replay.ts'
import type { Compare, Compared } from './compared.ts'
import { compareLists, namesOf } from './lists.ts'

/** What a comparison needs beside the two states. */
export interface DiffOptions {
  /** The state that the ops are for, whose elements they name. Default: the one before. */
  readonly named?: TreeObject
  /** What lists of that state remember. */
  readonly memory?: Memory | undefined
  /** The time in ms; names that were used long before are not used any more. */
  readonly now?: number
  /** Whether the value at a path is one value, written whole. */
  readonly isAtomic?: (path: string) => boolean
}

/**
 * The ops that lead from `before` to `after`. Plain objects are compared key by key, lists element by element, maps
 * by key, sets by member; everything else that differs is set whole.
 */
export function diff(before: TreeObject, after: TreeObject, options: DiffOptions = {}): Op[] {
  const { named = before, memory, now = 0, isAtomic = () => false } = options
  const ops: Op[] = []
  const compare: Compare = (at) => {
    const { before: old, after: value, path } = at
    if (equal(old, value)) return
    if (isAtomic(path)) ops.push({ kind: 'put', path, value })
    else if (isPlain(old) && isPlain(value))
      compareObjects({ ...at, before: old, after: value }, ops, compare)
    else if (isArray(old) && isArray(value)) {
      const names = namesOf(at.named, old.length, at.memory, now)
      if (!names || !compareLists({ ...at, before: old, after: value }, names, ops, compare))
        replace(at, ops, isAtomic)
    } else if (!compareRich(at, ops, compare)) replace(at, ops, isAtomic)
  }
  compareObjects({ before, after, named, memory, path: undefined }, ops, compare)
  return checked(before, after, { named, memory, now }, ops)
}

/**
 * Elements that look the same cannot always be told apart. Where the ops on a key lead elsewhere than they should, the
 * key is put whole.
 */
function checked(
  before: TreeObject,
  after: TreeObject,
  { named, memory, now }: Pick<DiffOptions, 'memory'> & { named: TreeObject; now: number },
  ops: readonly Op[],
): Op[] {
  const keys = new Set(ops.flatMap((op) => (touchesList(op) ? topKeyOf(op.path) : [])))
  const wrong = [...keys].filter((key) => {
    const old = child(named, key)
    // Of what a schema makes of a value nobody can say where it leads.
    if (old === undefined || !equal(old, child(before, key))) return false
    const own = ops.filter((op) => topKeyOf(op.path) === key)
    const entry = { id: `${timeCode(now)}zzzzz`, ops: own }
    const { state } = replay({ state: { [key]: old }, memory }, [entry])
    return !equal(child(state, key), child(after, key))
  })
  return [
    ...ops.filter((op) => !wrong.includes(topKeyOf(op.path))),
    ...wrong.map((key): Op => ({ kind: 'put', path: toPointer([key]), value: after[key] ?? null })),
  ]
}

function touchesList({ kind, path }: Op): boolean {
  return path.includes('/~2') || kind === 'insert' || kind === 'remove' || kind === 'order'
}

function compareObjects(
  at: {
    readonly before: TreeObject
    readonly after: TreeObject
    readonly named: Tree | undefined
    readonly memory: Memory | undefined
    readonly path: string | undefined
  },
  ops: Op[],
  compare: Compare,
): void {
  const { before, after, named, memory, path } = at
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) ops.push({ kind: 'delete', path: appendKey(path, key) })
  }
  for (const [key, value] of Object.entries(after)) {
    compare({
      before: child(before, key),
      after: value,
      named: isPlain(named) ? child(named, key) : undefined,
      memory: memory?.members.get(key),
      path: appendKey(path, key),
    })
  }
}

/** Maps by key, sets by member. Gives `false` where it is neither, or two keys or members look the same. */
function compareRich(
  { before, after, named, memory, path }: Compared,
  ops: Op[],
  compare: Compare,
): boolean {
  const [oldPairs, pairs, namedPairs] = [pairsOf(before), pairsOf(after), pairsOf(named)]
  if (oldPairs && pairs && namedPairs) {
    const [old, now, named] = [byKey(oldPairs), byKey(pairs), byKey(namedPairs)]
    if (old.size < oldPairs.length || now.size < pairs.length) return false
    const moved = movedKeys([...old.keys()], [...now.keys()])
    for (const json of old.keys())
      if (!now.has(json) || moved.has(json))
        ops.push({ kind: 'delete', path: appendEntry(path, json) })
    for (const [json, value] of now) {
      compare({
        before: moved.has(json) ? undefined : old.get(json),
        after: value,
        named: moved.has(json) ? undefined : named.get(json),
        memory: memory?.members.get(json),
        path: appendEntry(path, json),
      })
    }
    return true
  }
  const [oldMembers, members] = [membersOf(before), membersOf(after)]
  if (!oldMembers || !members || !membersOf(named)) return false
  const [old, now] = [oldMembers.map(canonical), members.map(canonical)]
  if (new Set(old).size < old.length || new Set(now).size < now.length) return false
  const moved = movedKeys(old, now)
  for (const json of old)
    if (!now.includes(json) || moved.has(json))
      ops.push({ kind: 'delete', path: appendMember(path, json) })
  members.forEach((value, i) => {
    const json = now[i] ?? ''
    if (!old.includes(json) || moved.has(json))
      ops.push({ kind: 'set', path: appendMember(path, json), value })
  })
  return true
}

function byKey(pairs: readonly (readonly [Tree, Tree])[]): Map<string, Tree> {
  return new Map(pairs.map(([key, value]) => [canonical(key), value]))
}

/** Keys that were there and are later in the order now: they were taken out and put in again. */
function movedKeys(before: readonly string[], after: readonly string[]): Set<string> {
  const places = new Map(before.map((key, place) => [key, place]))
  let last = -1
  let isInOrder = true
  const moved = new Set<string>()
  for (const key of after) {
    const place = places.get(key)
    if (place === undefined) isInOrder = false
    else if (isInOrder && place > last) last = place
    else {
      isInOrder = false
      moved.add(key)
    }
  }
  return moved
}

/**
 * What its writer saw must not merge with what takes its place; what a parallel request puts there must. `null` holds
 * nothing that could merge: many apps use it for what others leave out.
 */
function replace(
  { named, after: value, path }: Compared,
  ops: Op[],
  isAtomic: (path: string) => boolean,
): void {
  const isLeaf = !isPlain(value) && !merges(value)
  if (named !== undefined && named !== null && !isLeaf) {
    ops.push({ kind: 'put', path, value })
    return
  }
  const inside: Op[] = []
  ops.push({ kind: 'set', path, value: withoutAtomic(value, path, isAtomic, inside) }, ...inside)
}

/** `value` without the parts that are one value: they are put apart, so that they do not merge. */
function withoutAtomic(
  value: Tree,
  path: string,
  isAtomic: (path: string) => boolean,
  ops: Op[],
): Tree {
  if (!isPlain(value)) return value
  const left: [string, Tree][] = []
  for (const [key, item] of Object.entries(value)) {
    const at = appendKey(path, key)
    if (isAtomic(at)) ops.push({ kind: 'put', path: at, value: item })
    else left.push([key, withoutAtomic(item, at, isAtomic, ops)])
  }
  return Object.fromEntries(left)
}
