/** Which ops later ones hide. */
import { appendKey, pathsAbove } from '../../tree/pointer.ts'
import { membersOf, pairsOf } from '../../tree/rich.ts'
import { isArray, isPlain, type Tree, type TreeObject } from '../../tree/tree.ts'
import type { Entry, Op } from '../format/fragment.ts'

/**
 * `entries` without the ops that later ones of them hide, so that the state that they lead to is
 * the same, from any state and with any other entries in between.
 */
export function prune(entries: readonly Entry[]): Entry[] {
  const covered = new Covered()
  const kept: Entry[] = []
  for (const entry of [...entries].reverse()) {
    // Another entry may make this one void, and then it hides nothing.
    const isSure = !entry.ops.some(({ kind }) => kind === 'claim')
    const ops: Op[] = []
    for (const op of [...entry.ops].reverse()) {
      const left = covered.leftOf(op)
      if (!left) continue
      ops.push(left)
      if (isSure) covered.add(left)
    }
    if (ops.length > 0) kept.push({ id: entry.id, ops: ops.reverse() })
  }
  return kept.reverse()
}

/** Whether values of this kind merge with what is there, so that they do not hide it. */
export function merges(value: Tree): boolean {
  return isArray(value) || pairsOf(value) !== undefined || membersOf(value) !== undefined
}

/** Paths that later ops write whole, so that nothing earlier at or below them shows. */
class Covered {
  readonly #whole = new Set<string>()
  /** Paths at which later ops leave a plain object, if there is something to hold it. */
  readonly #objects = new Set<string>()

  /** What of `op` still shows: the op, a part of it, or `undefined`. */
  leftOf(op: Op): Op | undefined {
    if (op.kind === 'claim') return op
    if (this.#covers(op.path)) return undefined
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

  #covers(path: string): boolean {
    if (this.#whole.size === 0) return false
    return this.#whole.has(path) || pathsAbove(path).some((above) => this.#whole.has(above))
  }

  add(op: Op): void {
    if (op.kind === 'delete') this.#whole.add(op.path)
    if (op.kind === 'set') this.#addValue(op.value, op.path)
  }

  #addValue(value: Tree, path: string): void {
    if (isPlain(value)) {
      this.#objects.add(path)
      for (const [key, item] of Object.entries(value)) this.#addValue(item, appendKey(path, key))
    } else if (!merges(value)) this.#whole.add(path)
  }
}
