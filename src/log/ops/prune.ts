/** Which ops later ones hide. */
import { appendKey, keyPathOf, pathsAbove } from '../../tree/pointer.ts'
import { merges } from '../../tree/rich.ts'
import { isPlain, type Tree, type TreeObject } from '../../tree/tree.ts'
import { type Entry, mayBeVoid, type Op } from '../format/fragment.ts'
import { operandOf } from './waiting.ts'

/**
 * `entries` without the ops that later ones of them hide, so that the state that they lead to is
 * the same, from any state and with any other entries in between.
 */
export function prune(entries: readonly Entry[]): Entry[] {
  const covered = new Covered(namingOps(entries))
  const kept: Entry[] = []
  for (const entry of [...entries].reverse()) {
    // Another entry may make this one void, and then it hides nothing.
    const isSure = !mayBeVoid(entry.ops)
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

/**
 * The ops that are the first to call an element by some name. They stay: the same name means the same element only from
 * then on.
 */
function namingOps(entries: readonly Entry[]): ReadonlySet<Op> {
  const named = new Set<string>()
  const naming = new Set<Op>()
  for (const { ops } of entries) {
    const isSure = !mayBeVoid(ops)
    for (const op of ops) {
      const fresh = elementPaths(op.path).filter((path) => !named.has(path))
      if (fresh.length > 0) naming.add(op)
      if (isSure) for (const path of fresh) named.add(path)
    }
  }
  return naming
}

/** The paths of the elements that a path leads through or to. */
function elementPaths(path: string): string[] {
  return path.includes('/~2') ? [path, ...pathsAbove(path)].filter(isElement) : []
}

/** Whether a path leads to an element. */
function isElement(path: string): boolean {
  return path.startsWith('/~2', path.lastIndexOf('/'))
}

/** The op as if it were on the outermost list that its path leads through. */
function listOf(op: Op): Op {
  return { ...op, path: keyPathOf(op.path) }
}

/** Paths that later ops write whole, so that nothing earlier at or below them shows. */
class Covered {
  readonly #whole = new Set<string>()
  /**
   * Keys of maps whose values later ops write. What put the key there, or took it out, still shows: in the order of the
   * keys.
   */
  readonly #values = new Set<string>()
  readonly #naming: ReadonlySet<Op>

  constructor(naming: ReadonlySet<Op>) {
    this.#naming = naming
  }

  /** What of `op` still shows: the op, a part of it, or `undefined`. */
  leftOf(op: Op): Op | undefined {
    if (op.kind === 'once') return op
    if (this.#covers(op)) return this.#naming.has(op) && !this.#covers(listOf(op)) ? op : undefined
    if (op.kind !== 'set' || !isPlain(op.value) || isElement(op.path)) return op
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

  add(op: Op): void {
    // Of what lies in the store nobody sees here whether it merges.
    if (op.kind !== 'put' && operandOf(op)) return
    const inRich = /(?:^|\/)~[34][^/]*$/.test(op.path)
    if (op.kind === 'delete') this.#whole.add(op.path)
    if (op.kind === 'put') (inRich ? this.#values : this.#whole).add(op.path)
    if (op.kind === 'set' && isElement(op.path)) this.#whole.add(op.path)
    else if (op.kind === 'set' && !inRich) this.#addValue(op.value, op.path)
    if (op.kind === 'set' && inRich && !isPlain(op.value) && !merges(op.value))
      this.#values.add(op.path)
  }

  #addValue(value: Tree, path: string): void {
    if (isPlain(value)) {
      for (const [key, item] of Object.entries(value)) this.#addValue(item, appendKey(path, key))
    } else if (!merges(value)) this.#whole.add(path)
  }
}
