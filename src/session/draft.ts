/** What a handler did to the session of its request: no HTTP, no cryptography, no time of its own. */

import { defineValue, fillIn, toState } from '../data/data.ts'
import { type FlashMessage, Messages } from '../data/flash.ts'
import { Freezer, thawed } from '../data/freeze.ts'
import { advanceAt, incrementAt } from '../data/increment.ts'
import { flashOf, type Life, withFlash } from '../data/keys.ts'
import { Told } from '../data/told.ts'
import { SessionCommitted, SessionDestroyed, ValueError } from '../errors.ts'
import type { RandomBytes } from '../log/format/ids.ts'
import type { Current } from '../log/reading/merge.ts'
import { type Shown, showNew } from '../shown/show.ts'
import type { StoredState } from '../shown/stored.ts'
import { stateKey } from '../tree/pointer.ts'
import { child, type Tree, type TreeObject, withOrWithout } from '../tree/tree.ts'
import { encodeValue } from '../tree/values.ts'
import { sidFor, Ties } from '../watching/kin.ts'
import type { Opened } from './open.ts'

/** `open`: it can be changed. `saving`: what is changed now would not be part of it. `closed`: it was saved, or given up. */
export type Phase = 'open' | 'saving' | 'closed'

/** What is to become of the session, apart from its data. */
export type Intent = 'keep' | 'new-id' | 'end'

/** A session during one request. `Session` is its public face. */
export class Draft {
  readonly opened: Opened
  phase: Phase = 'open'
  intent: Intent = 'keep'
  subject: string | undefined
  /** Whether somebody logs in here. */
  isLogin = false
  /** What the data starts with, where it is another user's than that of the session. */
  #anew: Shown | undefined
  /** The limits that the handler gave the session, in seconds. */
  limits: Pick<Life, 'idle' | 'absolute'> | undefined
  /** What it tells others of its login. */
  ties: Ties = new Ties()
  /** The id of the session if one starts here, or gets a new id. */
  readonly newSid: () => string
  /** Values that were fetched while the handler ran; `undefined` for a key that is gone. */
  readonly #loaded = new Map<string, Tree | undefined>()
  #stored: StoredState
  /** The objects of the data that were made here. */
  readonly #made: object[] = []
  readonly #freezer = new Freezer(this.#made)
  #data: object | undefined
  /** What the handler told by name. */
  told: Told = new Told()
  /** What was flashed, and what is. */
  messages: Messages

  /** @param freshSid - the id of the session if one starts here; the same each time */
  constructor(opened: Opened, freshSid: () => string) {
    this.opened = opened
    this.newSid = () => sidFor(this, freshSid())
    this.#stored = opened.shown.stored
    this.messages = new Messages(flashOf(opened.shown.state))
    this.subject = this.current?.base.identity.subject
  }

  /** Whether nothing of the session's data goes on, since another user logs in. */
  get isAnew(): boolean {
    return this.#anew !== undefined
  }

  /** The session that the request carried. */
  get current(): Current | undefined {
    return this.opened.view.current
  }

  /** Whether the session gets a new id. */
  get isReplaced(): boolean {
    return this.intent === 'new-id'
  }

  get id(): string {
    return this.current && !this.isReplaced ? this.current.base.identity.sid : this.newSid()
  }

  get data(): object {
    if (!this.#data) {
      const { shown } = this.opened
      this.#data = shown.data(this.#made)
      for (const [key, tree] of this.#loaded) fillIn(this.#data, key, tree, this.#made)
      if (this.#isOver) this.#freeze()
    }
    return this.#data
  }

  set data(data: object) {
    this.requireOpen('data was assigned')
    if (typeof data !== 'object' || data === null)
      throw new ValueError('data', 'it must be a plain object')
    this.#data = data
    this.told.forgetCounts()
  }

  /** The data, if the handler looked at it. */
  get touchedData(): object | undefined {
    return this.#data
  }

  /**
   * Logs somebody in, or out. Of another user's data only these keys stay.
   *
   * @throws SessionCommitted, SessionDestroyed
   */
  login(subject: string | undefined, keep: readonly string[]): void {
    this.requireOpen(subject === undefined ? 'subject was assigned' : 'somebody was logged in')
    if (subject === undefined && this.subject === undefined) return
    if (this.subject !== undefined && subject !== this.subject) this.#startAnew(keep)
    this.subject = subject
    this.isLogin = subject !== undefined
    this.limits = undefined
    this.ties = new Ties()
    this.intent = 'new-id'
  }

  #startAnew(keep: readonly string[]): void {
    const data: object = keep.length > 0 ? this.data : {}
    const kept = keep.flatMap((key) =>
      Object.hasOwn(data, key) ? [[key, Reflect.get(data, key)] as const] : [],
    )
    this.#anew = showNew(this.opened.options)
    this.#data = this.#anew.data(this.#made)
    for (const [key, value] of kept) defineValue(this.#data, key, value)
    this.told = new Told()
    this.messages = new Messages({})
  }

  /** @throws SessionCommitted, SessionDestroyed */
  requireOpen(action: string): void {
    if (this.intent === 'end' || this.phase !== 'open') throw this.#refusal(action)
  }

  /** The state with the values of the overflow store that are here. */
  get stored(): StoredState {
    return this.#stored
  }

  /** Takes in the value of a key that was fetched. */
  fill(key: string, stored: StoredState): void {
    const tree = child(stored.state, stateKey(key))
    this.#stored = stored
    this.#loaded.set(key, tree)
    if (!this.#data) return
    const isFrozen = this.#isOver
    if (isFrozen) {
      this.#data = thawed(this.#data)
      this.#made.push(this.#data)
    }
    fillIn(this.#data, key, tree, this.#made)
    if (isFrozen) this.#freeze()
  }

  /** Whether a key was fetched while the handler ran. */
  isLoaded(key: string): boolean {
    return this.#loaded.has(key)
  }

  increment(path: string | readonly string[], by: number): void {
    this.requireOpen('increment() was called')
    this.#data = this.told.add(incrementAt(this.data, path, by), this.#transient)
  }

  advance(path: string | readonly string[], value: number | string): void {
    this.requireOpen('advance() was called')
    this.#data = this.told.add(advanceAt(this.data, path, value), this.#transient)
  }

  once(key: string): boolean {
    this.requireOpen('once() was called')
    return this.told.once(key, this.#ground.state)
  }

  flash(key: string, value: unknown, now: number, random: RandomBytes): void {
    // After destroy() the message starts another session.
    if (this.intent !== 'end') this.requireOpen('flash() was called')
    else if (this.phase !== 'open') throw new SessionCommitted('flash() was called')
    const tree = encodeValue(value, `flash(${JSON.stringify(key)})`)
    this.messages.add([key, tree], now, random)
  }

  /** The messages of earlier requests. They go when this one is committed. */
  get flashes(): readonly FlashMessage[] {
    return this.messages.read(this.opened.takes && !this.#isOver)
  }

  destroy(): void {
    if (this.intent === 'end') return
    this.requireOpen('destroy() was called')
    this.intent = 'end'
    this.#freeze()
  }

  /** Closes the session: what changes from here on cannot be saved. */
  close(): void {
    this.phase = 'closed'
    this.#freeze()
  }

  get #isOver(): boolean {
    return this.phase === 'closed' || this.intent === 'end'
  }

  get #transient(): readonly string[] {
    return this.opened.options.transient
  }

  #freeze(): void {
    if (!this.#data) return
    this.#data = this.#freezer.freeze(this.#data, (by) => this.#refusal(by), this.#transient)
  }

  #refusal(action: string): Error {
    return this.intent === 'end' ? new SessionDestroyed(action) : new SessionCommitted(action)
  }

  /** What the data is made of. */
  get #ground(): Shown {
    return this.#anew ?? this.opened.shown
  }

  /** The state that the data showed at first. */
  shown(): TreeObject {
    const visible = this.#ground.visible()
    return this.#anew ? visible : this.#withLoaded(visible)
  }

  /**
   * The state that the data leads to now.
   *
   * @throws ValueError
   */
  after(): TreeObject {
    const shown = this.#ground.visible()
    return withFlash(
      this.#data ? toState(this.#data, shown, this.#transient) : shown,
      this.messages.left(),
    )
  }

  /** The same without what the schema left out, added or made something else of. */
  plain(): TreeObject {
    return this.current && !this.#anew
      ? this.#withLoaded(this.opened.shown.plain)
      : this.#ground.visible()
  }

  #withLoaded(state: TreeObject): TreeObject {
    return [...this.#loaded].reduce(
      (tree, [key, value]) => withOrWithout(tree, stateKey(key), value),
      state,
    )
  }
}
