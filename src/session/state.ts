/** What one request does to its session: no HTTP, no cryptography, no time of its own. */
import type { Op } from '../codec/fragment.ts'
import { toPointer } from '../codec/pointer.ts'
import { isArray, type Tree, type TreeObject } from '../codec/tree.ts'
import { decodeValue, encodeValue } from '../codec/values.ts'
import { SessionCommitted, SessionDestroyed, ValueError } from '../errors.ts'
import { diff } from '../jar/diff.ts'
import type { View } from '../jar/merge.ts'
import { applyOp, prune } from '../jar/replay.ts'
import {
  type Fetched,
  type FetchedValue,
  fillIn,
  flashOf,
  stateKey,
  toData,
  toState,
  withFlash,
} from './data.ts'
import { deepFreeze } from './freeze.ts'

/** A session during one request. `Session` is its public face. */
export class SessionState {
  readonly view: View
  /** When the request came in, in ms since 1970. */
  readonly opened: number
  /** Values that were fetched from the overflow store. */
  readonly fetched: Map<string, FetchedValue>
  /** Whether the app looked at the session, so that the response depends on it. */
  read = false
  destroyed = false
  committed = false
  regenerated = false
  subject: string | undefined
  #before: TreeObject | undefined
  readonly #initial: () => TreeObject
  #data: object | undefined
  #increments: Op[] = []
  #flashed: Record<string, unknown> | undefined
  #consumed = false
  readonly #flashAdded: [string, Tree][] = []

  constructor(view: View, initial: () => TreeObject, fetched: Fetched, opened: number) {
    this.view = view
    this.#before = view.current?.state
    this.#initial = initial
    this.fetched = new Map(fetched)
    this.opened = opened
    this.subject = view.current?.head.subject
  }

  /** The state that the request found: the initial one where it found none. */
  get before(): TreeObject {
    this.#before ??= this.#initial()
    return this.#before
  }

  get data(): object {
    this.read = true
    if (!this.#data) {
      this.#data = toData(this.before, this.fetched)
      if (this.committed || this.destroyed) deepFreeze(this.#data)
    }
    return this.#data
  }

  set data(data: object) {
    this.writing('data was assigned')
    this.#data = data
    // An increment before the assignment is part of what was assigned, or was overwritten.
    this.#increments = []
  }

  /** @throws SessionCommitted, SessionDestroyed */
  writing(action: string): void {
    this.read = true
    if (this.destroyed) throw new SessionDestroyed(action)
    if (this.committed) throw new SessionCommitted(action)
  }

  fill(key: string, tree: Tree): void {
    this.fetched.set(key, tree)
    if (this.#data) fillIn(this.#data, key, tree)
  }

  increment(path: string | readonly string[], by: number): void {
    this.writing('increment() was called')
    const keys = typeof path === 'string' ? path.split('.') : path
    const [key, ...rest] = keys
    const shown = `data.${keys.join('.')}`
    if (key === undefined) throw new ValueError('data', 'increment() needs a path to a number')
    if (!Number.isFinite(by))
      throw new ValueError(shown, 'increment() needs a finite number to add')
    addAt(this.data, keys, by, shown)
    if (by === 0) return
    this.#increments.push({ kind: 'increment', path: toPointer([stateKey(key), ...rest]), by })
  }

  flash(key: string, value: unknown, name: string): void {
    this.writing('flash() was called')
    this.#flashAdded.push([name, [key, encodeValue(value, `flash(${JSON.stringify(key)})`)]])
  }

  get flashed(): Record<string, unknown> {
    this.read = true
    if (!this.#flashed) {
      const pairs = Object.values(flashOf(this.before)).filter(isArray)
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
    if (this.#data) deepFreeze(this.#data)
  }

  /** Closes the session: what changes from here on cannot be saved. */
  close(): void {
    this.committed = true
    if (this.#data) deepFreeze(this.#data)
  }

  /**
   * The state that the data leads to now.
   *
   * @throws ValueError
   */
  after(): TreeObject {
    const flash = this.#nextFlash()
    if (!this.#data) return withFlash(this.before, flash)
    return toState(this.#data, this.before, this.fetched, flash)
  }

  /** The ops that lead from the state that the request found to `after`. */
  opsTo(after: TreeObject): readonly Op[] {
    const counted = this.#increments.reduce(applyOp, this.before)
    const [entry] = prune([{ id: '', ops: [...this.#increments, ...diff(counted, after)] }])
    return entry?.ops ?? []
  }

  #nextFlash(): TreeObject {
    const before = flashOf(this.before)
    if (!this.#consumed && this.#flashAdded.length === 0) return before
    const kept = this.#consumed ? [] : Object.entries(before)
    return Object.fromEntries([...kept, ...this.#flashAdded])
  }
}

function addAt(data: object, keys: readonly string[], by: number, shown: string): void {
  const [key, ...rest] = keys
  if (key === undefined) return
  const at: unknown = Object.hasOwn(data, key) ? Reflect.get(data, key) : undefined
  if (rest.length === 0) {
    if (at !== undefined && typeof at !== 'number')
      throw new ValueError(shown, 'increment() needs a number there')
    define(data, key, (at ?? 0) + by)
    return
  }
  if (at === undefined) define(data, key, {})
  const inside: unknown = Object.hasOwn(data, key) ? Reflect.get(data, key) : undefined
  if (
    typeof inside !== 'object' ||
    inside === null ||
    Object.getPrototypeOf(inside) !== Object.prototype
  ) {
    throw new ValueError(shown, 'increment() needs plain objects on the way to the number')
  }
  addAt(inside, rest, by, shown)
}

function define(data: object, key: string, value: unknown): void {
  Object.defineProperty(data, key, { value, writable: true, enumerable: true, configurable: true })
}
