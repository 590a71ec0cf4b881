/** What a handler changed, as ops on the session's state. */

import { flashApart, hasFlash } from '../data/keys.ts'
import { diff } from '../log/diff/diff.ts'
import { SPREAD_SECONDS } from '../log/format/clocks.ts'
import type { Op } from '../log/format/fragment.ts'
import type { Memory } from '../log/format/memory.ts'
import { prune } from '../log/ops/prune.ts'
import { applyOps, memoryAfter } from '../log/ops/replay.ts'
import { keyPathOf, keysOf, pathsAbove, valueAt } from '../tree/pointer.ts'
import { equal, isPlain, type Tree, type TreeObject } from '../tree/tree.ts'
import type { Shown } from './show.ts'

/** What the data showed, and what became of it. */
export interface Change {
  /** The state without what the schema left out, added or made something else of. */
  readonly plain: TreeObject
  /** The state that the data showed at first. */
  readonly shown: TreeObject
  /** The state that the data leads to now. */
  readonly after: TreeObject
  readonly increments: readonly Op[]
  /** What lists of the state remember. */
  readonly memory: Memory | undefined
  /** When the request came in, in ms. */
  readonly now: number
  readonly isAtomic: (path: string) => boolean
}

/** What one request changes. */
export interface Changes {
  /** What follows from the state that was read: what a migration changed. */
  readonly earlier: readonly Op[]
  /** What the handler changed, after that. */
  readonly ops: readonly Op[]
}

/**
 * What a request changes in a session.
 *
 * @param onceKeys - the keys that it took with `once`
 * @param writing - whether there is another reason to write: then what a migration changed is written as well
 */
export function changesOf(
  { outdated, plain, origin, repair = [] }: Shown,
  change: Change,
  onceKeys: readonly Op[],
  writing: boolean,
): Changes {
  const { memory, now, isAtomic } = change
  const earlier = outdated ? diff(origin, plain, { memory, now, isAtomic }) : []
  // What a migration changes is called what it was before, by the handler, too.
  const remembered = memoryAfter({ state: origin, memory }, earlier, now - SPREAD_SECONDS * 1000)
  const own = [...onceKeys, ...opsOf({ ...change, memory: remembered })]
  if (own.length === 0 && !writing) return { earlier: [], ops: [] }
  return repair.length > 0
    ? { earlier: [], ops: [...repair, ...earlier, ...own] }
    : { earlier, ops: own }
}

/** The ops on `plain` that lead from `shown` to `after`. What was not shown stays. */
export function opsOf(change: Change): readonly Op[] {
  const { plain, shown, after } = change
  const increments: Op[] = []
  // What is part of one value is written with it.
  const isInAtomic = ({ path }: Op) => [path, ...pathsAbove(path)].some(change.isAtomic)
  for (const op of change.increments.filter((each) => !isInAtomic(each)))
    increments.push(...holdersFor(op, applyOps(shown, increments)), op)
  const counted = applyOps(shown, increments)
  const named = applyOps(plain, increments)
  const { memory, now, isAtomic } = change
  // What is flashed is added and taken out one by one, once there is a place for it.
  const goal = hasFlash(plain) ? flashApart(after) : after
  const ops = [...increments, ...diff(counted, goal, { named, memory, now, isAtomic })]
  const ground = groundFor(ops, plain, shown)
  const before = applyOps(plain, ground)
  const there = applyOps(before, increments)
  const own = ops.flatMap((op) => grounded(op, op.kind === 'delete' ? there : before, shown, after))
  return prune([{ id: '', ops: [...ground, ...own] }])[0]?.ops ?? []
}

/** The objects on the way to a number that is counted, as far as they are not there. */
function holdersFor({ path }: Op, state: TreeObject): Op[] {
  const missing = pathsAbove(path).filter((at) => valueAt(state, at) === undefined)
  const first = missing.at(-1)
  if (first === undefined) return []
  const inner = missing.slice(0, -1)
  const value = inner.reduce<TreeObject>((tree, at) => ({ [keysOf(at).at(-1) ?? '']: tree }), {})
  return [{ kind: 'set', path: first, value }]
}

/**
 * What a change inside of an object needs that only the schema shows, such as a default: the object as it was
 * shown, as far as it is not there. Parallel requests may have put it there, and changed parts of it.
 */
function groundFor(ops: readonly Op[], plain: TreeObject, shown: TreeObject): Op[] {
  const paths = new Set<string>()
  for (const { path } of ops) {
    const above = pathsAbove(keyPathOf(path)).findLast(
      (at) => isPlain(valueAt(shown, at)) && !isPlain(valueAt(plain, at)),
    )
    if (above !== undefined) paths.add(above)
  }
  return [...paths].flatMap((path): Op[] => {
    const value = valueAt(shown, path)
    if (value === undefined) return []
    if (valueAt(plain, path) === undefined) return [{ kind: 'fill', path, value }]
    return [replaceOp(path, value)]
  })
}

/** An op that builds on what is there needs that to be there: a default of the schema is not. */
function grounded(op: Op, plain: TreeObject, shown: TreeObject, after: TreeObject): Op[] {
  const { kind, path } = op
  if (kind === 'once' || keyPathOf(path) !== path) return [op]
  const there = valueAt(plain, path)
  const value = valueAt(after, path)
  // Of what only the schema shows nothing can be deleted.
  if (kind === 'delete') return there === undefined && value === undefined ? [] : [op]
  if (kind !== 'increment' && kind !== 'advance') return [op]
  const seen = valueAt(shown, path)
  if (seen === undefined || equal(there ?? 0, seen)) return [op]
  return value === undefined ? [] : [{ kind: 'set', path, value }]
}

/** The op that puts `value` in the place of whatever stands at `path`. */
export function replaceOp(path: string, value: Tree | undefined): Op {
  return value === undefined ? { kind: 'delete', path } : { kind: 'put', path, value }
}
