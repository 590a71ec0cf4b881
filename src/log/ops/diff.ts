/** What changed between two states, as ops. */

import { appendKey } from '../../tree/pointer.ts'
import { child, equal, isArray, isPlain, type Tree, type TreeObject } from '../../tree/tree.ts'
import type { Op } from '../format/fragment.ts'

/**
 * The ops that lead from `before` to `after`. Plain objects are compared path by path; an array that
 * only grew becomes an append; everything else that differs is set whole.
 */
export function diff(before: TreeObject, after: TreeObject): Op[] {
  const ops: Op[] = []
  compareObjects(before, after, undefined, ops)
  return ops
}

function compareObjects(
  before: TreeObject,
  after: TreeObject,
  at: string | undefined,
  ops: Op[],
): void {
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) ops.push({ kind: 'delete', path: appendKey(at, key) })
  }
  for (const [key, value] of Object.entries(after)) {
    compare(child(before, key), value, appendKey(at, key), ops)
  }
}

function compare(before: Tree | undefined, after: Tree, path: string, ops: Op[]): void {
  if (isPlain(before) && isPlain(after)) compareObjects(before, after, path, ops)
  else if (equal(before, after)) return
  else if (isArray(before) && isArray(after) && grew(before, after)) {
    ops.push({ kind: 'append', path, items: after.slice(before.length) })
  } else {
    // A plain object in the place of a leaf must not merge into what a parallel request put there
    // before it: the leaf goes first.
    if (before !== undefined && isPlain(after)) ops.push({ kind: 'delete', path })
    ops.push({ kind: 'set', path, value: after })
  }
}

function grew(before: readonly Tree[], after: readonly Tree[]): boolean {
  return after.length > before.length && before.every((item, i) => equal(item, after[i]))
}
