/** What one request does to its session: no HTTP, no cryptography, no time of its own. */
import type { Op } from '../codec/fragment.ts'
import { toPointer } from '../codec/pointer.ts'
import { isArray, type Tree, type TreeObject, withChild } from '../codec/tree.ts'
import { decodeValue, encodeValue } from '../codec/values.ts'
import { SessionCommitted, SessionDestroyed, ValueError } from '../errors.ts'
import { diff } from '../jar/diff.ts'
import type { View } from '../jar/merge.ts'
import { applyOp } from '../jar/replay.ts'
import { type Changes, opsOf, wholeValues } from './changes.ts'
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
  /** Whether it is being saved: what is changed now would not be part of it. */
  saving = false
  regenerated = false
  subject: string | undefined
  readonly #transient: readonly string[]
  /** Values that were fetched while the handler ran. */
  readonly #loaded = new Map<string, Tree>()
  /** The objects of the data that were made here. */
  readonly #made: object[] = []
  readonly #freezer = new Freezer(this.#made)
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
      this.#data = this.prepared.data(this.#made)
      for (const [key, tree] of this.#loaded) fillIn(this.#data, key, tree, this.#made)
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
    if (this.destroyed || this.committed || this.saving) throw this.#refusal(action)
  }

  fill(key: string, tree: Tree): void {
    this.#loaded.set(key, tree)
    if (!this.#data) return
    const isFrozen = this.committed || this.destroyed
    if (isFrozen) {
      this.#data = thawed(this.#data)
      this.#made.push(this.#data)
    }
    fillIn(this.#data, key, tree, this.#made)
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
  shown(): TreeObject {
    return this.#withLoaded(this.prepared.shown())
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
   * What a migration changed, and then the handler, as ops on the state that is sealed.
   *
   * @param writing - whether there is another reason to write: then what a migration changed is written as well
   */
  changesTo(after: TreeObject, writing: boolean): Changes {
    const { sealed, outdated, plain, origin } = this.prepared
    const before = this.#withLoaded(plain)
    const changes = { plain: before, shown: this.shown(), after, increments: this.#increments }
    const ops = opsOf(changes)
    if (!outdated) return { earlier: [], ops: wholeValues(sealed, before, ops) }
    if (ops.length === 0 && !writing) return { earlier: [], ops: [] }
    const earlier = wholeValues(sealed, this.#withLoaded(origin), diff(origin, plain))
    return { earlier, ops: wholeValues(earlier.reduce(applyOp, sealed), before, ops) }
  }

  #withLoaded(state: TreeObject): TreeObject {
    return [...this.#loaded].reduce(
      (tree, [key, value]) => withChild(tree, stateKey(key), value),
      state,
    )
  }

  #nextFlash(shown: TreeObject): TreeObject {
    const before = flashOf(shown)
    if (!this.#consumed && this.#flashAdded.length === 0) return before
    const kept = this.#consumed ? [] : Object.entries(before)
    return Object.fromEntries([...kept, ...this.#flashAdded])
  }
}
