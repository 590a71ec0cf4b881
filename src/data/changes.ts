/** What a handler changed, as ops on the state that is sealed. */
import type { Op } from '../log/format/fragment.ts'
import { diff } from '../log/ops/diff.ts'
import { applyOp } from '../log/ops/ops.ts'
import { prune } from '../log/ops/prune.ts'
import { readClaimCheck } from '../overflow/claim-check.ts'
import { keysOf, pathsAbove, toPointer, valueAt } from '../tree/pointer.ts'
import { child, equal, isArray, isPlain, type Tree, type TreeObject } from '../tree/tree.ts'
import { flashApart } from './keys.ts'

/** What the data showed, and what became of it. */
export interface Change {
  /** The state without what the schema left out, added or made something else of. */
  readonly plain: TreeObject
  /** The state that the data showed at first. */
  readonly shown: TreeObject
  /** The state that the data leads to now. */
  readonly after: TreeObject
  readonly increments: readonly Op[]
}

/** What one request changes. */
export interface Changes {
  /** What follows from the state that was read: what a migration changed. */
  readonly earlier: readonly Op[]
  /** What the handler changed, after that. */
  readonly ops: readonly Op[]
}

/** The ops on `plain` that lead from `shown` to `after`. What was not shown stays. */
export function opsOf({ plain, shown, after, increments }: Change): readonly Op[] {
  const counted = increments.reduce(applyOp, shown)
  const ops = [...increments, ...diff(flashApart(counted), flashApart(after))]
  const ground = groundFor(ops, plain, shown)
  const before = ground.reduce(applyOp, plain)
  const there = increments.reduce(applyOp, before)
  const own = ops.flatMap((op) => grounded(op, op.kind === 'delete' ? there : before, shown, after))
  return prune([{ id: '', ops: [...ground, ...own] }])[0]?.ops ?? []
}

/**
 * What a change inside of an object needs that only the schema shows, such as a default: the object as it was
 * shown, in so far as it is not there. Parallel requests may have put it there, and changed parts of it.
 */
function groundFor(ops: readonly Op[], plain: TreeObject, shown: TreeObject): Op[] {
  const paths = new Set<string>()
  for (const { path } of ops) {
    const above = pathsAbove(path).findLast(
      (at) => isPlain(valueAt(shown, at)) && !isPlain(valueAt(plain, at)),
    )
    if (above !== undefined) paths.add(above)
  }
  return [...paths].flatMap((path): Op[] => {
    const value = valueAt(shown, path)
    if (value === undefined) return []
    if (valueAt(plain, path) === undefined) return [{ kind: 'fill', path, value }]
    return replaceOps(path, value)
  })
}

/** An op that builds on what is there needs that to be there: a default of the schema is not. */
function grounded(op: Op, plain: TreeObject, shown: TreeObject, after: TreeObject): Op[] {
  const there = valueAt(plain, op.path)
  const seen = valueAt(shown, op.path)
  const value = valueAt(after, op.path)
  switch (op.kind) {
    case 'set':
    case 'fill':
      return [op]
    case 'delete':
      // Of what only the schema shows nothing can be deleted.
      return there === undefined && value === undefined ? [] : [op]
    case 'increment':
      if (seen === undefined || (there ?? 0) === seen) return [op]
      break
    case 'append':
      // Where the schema makes a list longer or shorter, what was appended belongs to that other list.
      if (isArray(seen) && lengthOf(there) === seen.length) return [op]
  }
  return value === undefined ? [] : [{ kind: 'set', path: op.path, value }]
}

function lengthOf(tree: Tree | undefined): number | undefined {
  if (tree === undefined) return 0
  return isArray(tree) ? tree.length : undefined
}

/**
 * `ops` onto `sealed`, where values that lie in the overflow store are replaced whole if they changed.
 *
 * @param origin - `sealed` with the values that were fetched
 */
export function wholeValues(
  sealed: TreeObject,
  origin: TreeObject,
  ops: readonly Op[],
): readonly Op[] {
  const checked = Object.keys(sealed).filter((key) => readClaimCheck(sealed[key]))
  if (checked.length === 0) return ops
  const others = ops.filter(({ path }) => !checked.includes(keysOf(path)[0] ?? ''))
  const whole = checked.flatMap((key): Op[] => {
    const before = child(origin, key)
    const value = child(ops.reduce(applyOp, origin), key)
    return equal(before, value) ? [] : replaceOps(toPointer([key]), value)
  })
  return [...others, ...whole]
}

/** The ops that put `value` in the place of whatever stands at `path`. */
export function replaceOps(path: string, value: Tree | undefined): Op[] {
  return value === undefined
    ? [{ kind: 'delete', path }]
    : [
        { kind: 'delete', path },
        { kind: 'set', path, value },
      ]
}
