/** What one request does to its session: no HTTP, no cryptography, no time of its own. */
import type { Op } from '../codec/fragment.ts'
import { keysOf, toPointer } from '../codec/pointer.ts'
import { child, equal, isArray, type Tree, type TreeObject, withChild } from '../codec/tree.ts'
import { decodeValue, encodeValue } from '../codec/values.ts'
import { SessionCommitted, SessionDestroyed, ValueError } from '../errors.ts'
import { diff } from '../jar/diff.ts'
import type { View } from '../jar/merge.ts'
import { applyOp, prune } from '../jar/replay.ts'
import { readClaimCheck } from '../overflow/claim-check.ts'
import { fillIn, flashOf, stateKey, toState, withFlash } from './data.ts'
import { Freezer, thawed } from './freeze.ts'
import { incrementAt } from './increment.ts'
import type { Prepared } from './prepare.ts'

/** A session during one request. `Session` is its public face. */
export class SessionState {
  readonly view: View
  /** When the request came in, in ms since 1970. */
  readonly opened: number
  readonly prepared: Prepared
  /** Whether the app looked at the session, so that the response depends on it. */
  read = false
  destroyed = false
  committed = false
  regenerated = false
  subject: string | undefined
  readonly #transient: readonly string[]
  /** Values that were fetched while the handler ran. */
  readonly #loaded = new Map<string, Tree>()
  readonly #freezer = new Freezer()
  #data: object | undefined
  #increments: Op[] = []
  #flashed: Record<string, unknown> | undefined
  #consumed = false
  readonly #flashAdded: [string, Tree][] = []

  constructor(view: View, prepared: Prepared, transient: readonly string[], opened: number) {
    this.view = view
    this.prepared = prepared
    this.opened = opened
    this.subject = view.current?.head.subject
    this.#transient = transient
  }

  get data(): object {
    this.read = true
    if (!this.#data) {
      this.#data = this.prepared.data()
      for (const [key, tree] of this.#loaded) fillIn(this.#data, key, tree)
      this.#freezer.adopt(this.#data, this.#transient)
      if (this.committed || this.destroyed) this.#freeze()
    }
    return this.#data
  }

  set data(data: object) {
    this.writing('data was assigned')
    if (typeof data !== 'object' || data === null)
      throw new ValueError('data', 'it must be a plain object')
    this.#data = data
    // An increment before the assignment is part of what was assigned, or was overwritten.
    this.#increments = []
  }

  /** The data, if the handler looked at it. */
  get touchedData(): object | undefined {
    return this.#data
  }

  /** @throws SessionCommitted, SessionDestroyed */
  writing(action: string): void {
    this.read = true
    if (this.destroyed || this.committed) throw this.#refusal(action)
  }

  fill(key: string, tree: Tree): void {
    this.#loaded.set(key, tree)
    if (!this.#data) return
    const isFrozen = Object.isFrozen(this.#data)
    if (isFrozen) this.#data = thawed(this.#data)
    fillIn(this.#data, key, tree)
    this.#freezer.adopt(Reflect.getOwnPropertyDescriptor(this.#data, key)?.value)
    if (isFrozen) this.#freezer.adopt(this.#data, this.#transient)
    if (isFrozen) this.#freeze()
  }

  /** A value that was fetched while the handler ran, or `undefined`. */
  loaded(key: string): Tree | undefined {
    return this.#loaded.get(key)
  }

  increment(path: string | readonly string[], by: number): void {
    this.writing('increment() was called')
    const keys = typeof path === 'string' ? path.split('.') : path
    const [key, ...rest] = keys
    incrementAt(this.data, keys, by)
    if (by === 0 || key === undefined || this.#transient.includes(key)) return
    this.#increments.push({ kind: 'increment', path: toPointer([stateKey(key), ...rest]), by })
  }

  flash(key: string, value: unknown, name: string): void {
    this.writing('flash() was called')
    this.#flashAdded.push([name, [key, encodeValue(value, `flash(${JSON.stringify(key)})`)]])
  }

  get flashed(): Record<string, unknown> {
    this.read = true
    if (!this.#flashed) {
      const pairs = Object.values(flashOf(this.prepared.sealed)).filter(isArray)
      this.#flashed = Object.fromEntries(
        pairs.map(([key, value]) => [String(key), decodeValue(value ?? null)]),
      )
      this.#consumed = !this.committed && !this.destroyed
    }
    return this.#flashed
  }

  destroy(): void {
    if (this.destroyed) return
    this.writing('destroy() was called')
    this.destroyed = true
    this.#freeze()
  }

  /** Closes the session: what changes from here on cannot be saved. */
  close(): void {
    this.committed = true
    this.#freeze()
  }

  #freeze(): void {
    if (this.#data)
      this.#data = this.#freezer.freeze(
        this.#data,
        (action) => this.#refusal(action),
        this.#transient,
      )
  }

  #refusal(action: string): Error {
    return this.destroyed ? new SessionDestroyed(action) : new SessionCommitted(action)
  }

  /** The state that the data showed at first. */
  async shown(): Promise<TreeObject> {
    const shown =
      this.#data && this.prepared.reshown ? await this.prepared.reshown() : this.prepared.shown()
    return [...this.#loaded].reduce(
      (tree, [key, value]) => withChild(tree, stateKey(key), value),
      shown,
    )
  }

  /**
   * The state that the data leads to now.
   *
   * @throws ValueError
   */
  after(): TreeObject {
    const shown = this.prepared.shown()
    return withFlash(
      this.#data ? toState(this.#data, shown, this.#transient) : shown,
      this.#nextFlash(shown),
    )
  }

  /**
   * What the handler changed, as ops on the state that is sealed.
   *
   * @param writing - whether there is another reason to write: then what a migration changed is written as well
   */
  opsTo(after: TreeObject, shown: TreeObject, writing: boolean): readonly Op[] {
    const { sealed, origin, outdated } = this.prepared
    const counted = this.#increments.reduce(applyOp, shown)
    const changes = [...this.#increments, ...diff(counted, after)]
    if (!outdated) return wholeValues(sealed, shown, after, pruneOps(changes))
    if (changes.length === 0 && !writing) return []
    const renewed = diff(origin, this.prepared.shown())
    return wholeValues(sealed, origin, after, pruneOps([...renewed, ...changes]))
  }

  #nextFlash(shown: TreeObject): TreeObject {
    const before = flashOf(shown)
    if (!this.#consumed && this.#flashAdded.length === 0) return before
    const kept = this.#consumed ? [] : Object.entries(before)
    return Object.fromEntries([...kept, ...this.#flashAdded])
  }
}

function pruneOps(ops: readonly Op[]): readonly Op[] {
  return prune([{ id: '', ops }])[0]?.ops ?? []
}

/** A value that lies in the overflow store is replaced whole where it changed, and not touched otherwise. */
function wholeValues(
  sealed: TreeObject,
  shown: TreeObject,
  after: TreeObject,
  ops: readonly Op[],
): readonly Op[] {
  const checked = new Set(Object.keys(sealed).filter((key) => readClaimCheck(sealed[key])))
  if (checked.size === 0) return ops
  const others = ops.filter(({ path }) => !checked.has(keysOf(path)[0] ?? ''))
  const whole = [...checked].flatMap((key): Op[] => {
    const value = child(after, key)
    return equal(child(shown, key), value) ? [] : replaceOps(key, value)
  })
  return [...others, ...whole]
}

/** The ops that put `value` in the place of whatever stands under a top-level key of the state. */
export function replaceOps(key: string, value: Tree | undefined): Op[] {
  const path = toPointer([key])
  return value === undefined
    ? [{ kind: 'delete', path }]
    : [
        { kind: 'delete', path },
        { kind: 'set', path, value },
      ]
}
