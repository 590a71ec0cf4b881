/** Ops onto states, and which ops later ones replace. */
import type { Entry, Op } from '../codec/fragment.ts'
import { appendKey, keysOf, pathsAbove } from '../codec/pointer.ts'
import {
  child,
  isArray,
  isPlain,
  type Tree,
  type TreeObject,
  withChild,
  withoutChild,
} from '../codec/tree.ts'

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

/**
 * `entries` without the ops that later ones of them replace, so that the state that they lead to is
 * the same, from any state and with any other entries in between.
 */
export function prune(entries: readonly Entry[]): Entry[] {
  const covered = new Covered()
  const kept: Entry[] = []
  for (const entry of [...entries].reverse()) {
    const ops: Op[] = []
    for (const op of [...entry.ops].reverse()) {
      const left = covered.leftOf(op)
      if (!left) continue
      ops.push(left)
      covered.add(left)
    }
    if (ops.length > 0) kept.push({ id: entry.id, ops: ops.reverse() })
  }
  return kept.reverse()
}

/** Paths that later ops write whole, so that nothing earlier at or below them shows. */
class Covered {
  readonly #whole = new Set<string>()
  /** Paths at which later ops leave a plain object, whatever was there. */
  readonly #objects = new Set<string>()

  /** What of `op` still shows: the op, a part of it, or `undefined`. */
  leftOf(op: Op): Op | undefined {
    if (this.#covers(op.path)) return this.#parentOf(op)
    if (op.kind !== 'set' || !isPlain(op.value)) return op
    const value = this.#leftOfObject(op.value, op.path)
    if (Object.keys(value).length === 0 && this.#objects.has(op.path)) return undefined
    return { ...op, value }
  }

  #leftOfObject(value: TreeObject, path: string): TreeObject {
    const left: [string, Tree][] = []
    for (const [key, item] of Object.entries(value)) {
      const at = appendKey(path, key)
      if (this.#whole.has(at)) continue
      if (!isPlain(item)) left.push([key, item])
      else {
        const inner = this.#leftOfObject(item, at)
        if (Object.keys(inner).length > 0 || !this.#objects.has(at)) left.push([key, inner])
      }
    }
    return Object.fromEntries(left)
  }

  /** A write makes the objects on its way. They stay when what it wrote is deleted. */
  #parentOf({ kind, path }: Op): Op | undefined {
    if (kind === 'delete') return undefined
    const above = pathsAbove(path)
    // The nearest that is not covered itself.
    const nearest = above.findLastIndex((at) => this.#whole.has(at)) + 1
    const parent = above[nearest]
    if (parent === undefined) return undefined
    if (above.slice(0, nearest + 1).some((at) => this.#objects.has(at))) return undefined
    return { kind: 'set', path: parent, value: {} }
  }

  #covers(path: string): boolean {
    if (this.#whole.size === 0) return false
    return this.#whole.has(path) || pathsAbove(path).some((above) => this.#whole.has(above))
  }

  add(op: Op): void {
    if (op.kind === 'delete') this.#whole.add(op.path)
    else for (const above of pathsAbove(op.path)) this.#objects.add(above)
    if (op.kind === 'set') this.#addValue(op.value, op.path)
  }

  #addValue(value: Tree, path: string): void {
    if (!isPlain(value)) {
      this.#whole.add(path)
      return
    }
    this.#objects.add(path)
    for (const [key, item] of Object.entries(value)) this.#addValue(item, appendKey(path, key))
  }
}
