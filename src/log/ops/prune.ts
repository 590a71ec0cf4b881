/** Which ops later ones hide. */
import { appendKey, pathsAbove } from '../../tree/pointer.ts'
import { merges } from '../../tree/rich.ts'
import { isPlain, type Tree, type TreeObject } from '../../tree/tree.ts'
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

/** Paths that later ops write whole, so that nothing earlier at or below them shows. */
class Covered {
  readonly #whole = new Set<string>()
  /**
   * Keys of maps whose values later ops write. What put the key there, or took it out, still shows: in the order of the
   * keys.
   */
  readonly #values = new Set<string>()

  /** What of `op` still shows: the op, a part of it, or `undefined`. */
  leftOf(op: Op): Op | undefined {
    if (op.kind === 'claim') return op
    if (this.#covers(op)) return undefined
    if (op.kind !== 'set' || !isPlain(op.value)) return op
    return { ...op, value: this.#leftOfObject(op.value, op.path) }
  }

  /** The objects themselves stay: what others write inside of them needs them to be there. */
  #leftOfObject(value: TreeObject, path: string): TreeObject {
    const left: [string, Tree][] = []
    for (const [key, item] of Object.entries(value)) {
      const at = appendKey(path, key)
      if (this.#whole.has(at)) continue
      left.push([key, isPlain(item) ? this.#leftOfObject(item, at) : item])
    }
    return Object.fromEntries(left)
  }

  #covers({ kind, path }: Op): boolean {
    if (this.#whole.size + this.#values.size === 0) return false
    if (this.#whole.has(path) || (kind === 'put' && this.#values.has(path))) return true
    return pathsAbove(path).some((above) => this.#whole.has(above) || this.#values.has(above))
  }

  /**
   * What is written inside of elements hides nothing: with others in between, one name may mean two elements.
   */
  add(op: Op): void {
    if (op.path.includes('/~2')) return
    const inRich = /(?:^|\/)~[34][^/]*$/.test(op.path)
    if (op.kind === 'delete') this.#whole.add(op.path)
    if (op.kind === 'put') (inRich ? this.#values : this.#whole).add(op.path)
    if (op.kind === 'set' && !inRich) this.#addValue(op.value, op.path)
    if (op.kind === 'set' && inRich && !isPlain(op.value) && !merges(op.value))
      this.#values.add(op.path)
  }

  #addValue(value: Tree, path: string): void {
    if (isPlain(value)) {
      for (const [key, item] of Object.entries(value)) this.#addValue(item, appendKey(path, key))
    } else if (!merges(value)) this.#whole.add(path)
  }
}
