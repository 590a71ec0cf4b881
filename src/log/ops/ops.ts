/** What ops do to a state. */

import { keysOf } from '../../tree/pointer.ts'
import {
  child,
  isArray,
  isPlain,
  type Tree,
  type TreeObject,
  withChild,
  withoutChild,
} from '../../tree/tree.ts'
import type { Entry, Op } from '../format/fragment.ts'

/** The state after `entries`, which are in the order of their ids, onto `state`. */
export function replay(state: TreeObject, entries: readonly Entry[]): TreeObject {
  return entries.reduce((at, entry) => entry.ops.reduce(applyOp, at), state)
}

/** The state after one op. Where a path leads through something that is no plain object, that gives way. */
export function applyOp(state: TreeObject, op: Op): TreeObject {
  return applyAt(state, keysOf(op.path), 0, op)
}

/** Applies an op to what the keys from `depth` on lead to. */
function applyAt(tree: TreeObject, keys: readonly string[], depth: number, op: Op): TreeObject {
  const key = keys[depth]
  if (key === undefined) return tree
  const before = child(tree, key)
  if (depth + 1 < keys.length) {
    if (isPlain(before)) {
      const after = applyAt(before, keys, depth + 1, op)
      return after === before ? tree : withChild(tree, key, after)
    }
    return op.kind === 'delete' ? tree : withChild(tree, key, applyAt({}, keys, depth + 1, op))
  }
  switch (op.kind) {
    case 'set':
      return withChild(tree, key, merged(before, op.value))
    case 'fill':
      return withChild(tree, key, filled(before, op.value))
    case 'delete':
      return before === undefined ? tree : withoutChild(tree, key)
    case 'increment':
      return withChild(tree, key, sum(typeof before === 'number' ? before : 0, op.by))
    case 'append':
      return withChild(tree, key, isArray(before) ? [...before, ...op.items] : op.items)
  }
}

/** Stays a number that JSON has: parallel increments may lead beyond what each of them saw. */
function sum(a: number, b: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, a + b))
}

/** A plain object merges into a plain object; everything else takes the place of what was there. */
function merged(before: Tree | undefined, value: Tree): Tree {
  if (!isPlain(value)) return value
  let tree: TreeObject = isPlain(before) ? before : {}
  for (const [key, item] of Object.entries(value))
    tree = withChild(tree, key, merged(child(tree, key), item))
  return tree
}

/**
 * As {@link merged}, but leaves of `value` show only where nothing is. A leaf gives way to a plain object all the
 * same: otherwise it would count whether a later op, which makes an object there, is seen before.
 */
function filled(before: Tree | undefined, value: Tree): Tree {
  if (!isPlain(value)) return before === undefined ? value : before
  let tree: TreeObject = isPlain(before) ? before : {}
  for (const [key, item] of Object.entries(value))
    tree = withChild(tree, key, filled(child(tree, key), item))
  return tree
}
