/** Which ops later ones hide. */
import { escapeKey, keyPathOf, pathsAbove } from '../../tree/pointer.ts'
import { merges } from '../../tree/rich.ts'
import { define, isPlain, type Tree, type TreeObject } from '../../tree/tree.ts'
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

/** What later ops write at a path, and below it. */
class Place {
  /** Whether they write it whole, so that nothing earlier at or below it shows. */
  isWhole = false
  /**
   * Of a key of a map: whether they write its value. What put the key there, or took it out, still shows: in the order
   * of the keys.
   */
  hasValue = false
  #below: Map<string, Place> | undefined

  below(step: string): Place | undefined {
    return this.#below?.get(step)
  }

  at(step: string): Place {
    this.#below ??= new Map()
    const known = this.#below.get(step)
    if (known) return known
    const place = new Place()
    this.#below.set(step, place)
    return place
  }
}

/** Paths that later ops write, as a tree: an object is compared with it key by key, and only where both have one. */
class Covered {
  readonly #root = new Place()
  readonly #naming: ReadonlySet<Op>

  constructor(naming: ReadonlySet<Op>) {
    this.#naming = naming
  }

  /** What of `op` still shows: the op, a part of it, or `undefined`. */
  leftOf(op: Op): Op | undefined {
    if (op.kind === 'once') return op
    const { place, isCovered } = this.#find(op)
    if (isCovered) return this.#naming.has(op) && !this.#find(listOf(op)).isCovered ? op : undefined
    if (!place || op.kind !== 'set' || !isPlain(op.value) || isElement(op.path)) return op
    const value = leftOfObject(op.value, place)
    return value === op.value ? op : { ...op, value }
  }

  /** What is written at the path of an op, and whether that or what is written above hides the op. */
  #find({ kind, path }: Op): { readonly place?: Place; readonly isCovered: boolean } {
    let place = this.#root
    for (const step of path.split('/')) {
      if (place.isWhole || place.hasValue) return { isCovered: true }
      const next = place.below(step)
      if (!next) return { isCovered: false }
      place = next
    }
    return { place, isCovered: place.isWhole || (kind === 'put' && place.hasValue) }
  }

  add(op: Op): void {
    // Of what lies in the store nobody sees here whether it merges.
    if (op.kind !== 'put' && operandOf(op)) return
    if (op.kind !== 'delete' && op.kind !== 'put' && op.kind !== 'set') return
    const place = op.path.split('/').reduce((at, step) => at.at(step), this.#root)
    const inRich = /(?:^|\/)~[34][^/]*$/.test(op.path)
    if (op.kind === 'delete') place.isWhole = true
    else if (op.kind === 'put' && inRich) place.hasValue = true
    else if (op.kind === 'put' || isElement(op.path)) place.isWhole = true
    else if (!inRich) addValue(op.value, place)
    else if (!isPlain(op.value) && !merges(op.value)) place.hasValue = true
  }
}

function addValue(value: Tree, place: Place): void {
  if (isPlain(value)) {
    for (const key of Object.keys(value)) addValue(value[key] ?? null, place.at(escapeKey(key)))
  } else if (!merges(value)) place.isWhole = true
}

/** The objects themselves stay: what others write inside of them needs them to be there. */
function leftOfObject(value: TreeObject, place: Place): TreeObject {
  let left: Record<string, Tree> | undefined
  const keys = Object.keys(value)
  for (const [i, key] of keys.entries()) {
    const item = value[key] ?? null
    const at = place.below(escapeKey(key))
    const rest = at && isPlain(item) && !at.isWhole ? leftOfObject(item, at) : item
    if (!left && (at?.isWhole || rest !== item)) {
      left = {}
      for (const before of keys.slice(0, i)) define(left, before, value[before] ?? null)
    }
    if (left && !at?.isWhole) define(left, key, rest)
  }
  return left ?? value
}
