/** The session as handlers see it. */
import { ValueError } from '../errors.ts'
import type { Storable } from '../options/storable.ts'
import type { Draft } from './draft.ts'
import type { SessionRequest } from './request.ts'

/**
 * A session during one request: `c.var.session`.
 *
 * All its changes are saved after the handler returned, in one step, and none of them where it threw.
 */
export class Session<Data extends object = Record<string, unknown>> {
  readonly #request: SessionRequest

  constructor(request: SessionRequest) {
    this.#request = request
  }

  get #draft(): Draft {
    return this.#request.look()
  }

  /**
   * The data: a plain object. Change it in place, nested parts as well, or assign another one. Changes are
   * found by comparing; requests that change different paths at the same time both win.
   *
   * What can be stored: JSON, `Date`, `Map`, `Set`, `bigint`, `Uint8Array`, `URL`, `NaN`, `±Infinity` and
   * `-0`. Anything else throws `ValueError` at the commit. After the commit the data is frozen.
   */
  get data(): Data {
    return trusted(this.#draft.data)
  }

  /** @throws SessionCommitted, SessionDestroyed */
  set data(data: Data) {
    this.#draft.data = data
  }

  /** The session's id: 128 random bits in base64url. A new session has it before it is saved. */
  get id(): string {
    return this.#draft.id
  }

  /** Whether the request carried no session. Such a session is saved only if something is put into it. */
  get isNew(): boolean {
    return this.#draft.current === undefined
  }

  /** When the session started. A new id at `regenerate()` starts it anew. */
  get startedAt(): Date {
    return new Date(this.#request.times().start)
  }

  /** Until when it is honoured unless it is renewed: the earlier of its idle and its absolute timeout. */
  get expiresAt(): Date {
    return new Date(this.#request.times().expires)
  }

  /**
   * Whose session it is: the user's id (JWT `sub`). Assigning another one gives the session a new id, as
   * `regenerate()` does, so that nobody who knew the old one shares the login.
   */
  get subject(): string | undefined {
    return this.#draft.subject
  }

  /** @throws SessionCommitted, SessionDestroyed */
  set subject(subject: string | undefined) {
    const draft = this.#draft
    draft.requireOpen('subject was assigned')
    if (subject !== undefined && typeof subject !== 'string')
      throw new ValueError('subject', 'it must be text, or undefined')
    draft.subject = subject
  }

  /**
   * Leaves `value` for the next request that looks at {@link flashed}. Two requests that flash at the same
   * time both leave theirs.
   *
   * @throws ValueError, SessionCommitted, SessionDestroyed
   */
  flash<Value>(key: string, value: Value & Storable<Value>): void {
    this.#request.flash(key, value)
  }

  /** What earlier requests left with {@link flash}. Reading it takes it out of the session. */
  get flashed(): Readonly<Record<string, unknown>> {
    return this.#draft.flashed
  }

  /**
   * Adds to a number so that it commutes: two requests that do it at the same time count both. What is not
   * there counts as 0.
   *
   * @param path - keys with dots between them, such as `'cart.apples'`; or a list of keys
   * @param by - what to add; may be negative
   * @throws ValueError where something else than a number is there, or the way leads through a list
   */
  increment(path: string | readonly string[], by = 1): void {
    this.#draft.increment(path, by)
  }

  /**
   * Goes on with the same data under a new id. Call it when the rights of somebody change; to log in, assign
   * {@link subject}, which gives a new id too. What slower requests write under the old id is lost, but where one
   * of them calls `destroy()` the session ends, and where one calls `regenerate()` the later one counts: only a
   * login stands above that.
   *
   * @throws SessionCommitted, SessionDestroyed
   */
  regenerate(): void {
    const draft = this.#draft
    draft.requireOpen('regenerate() was called')
    draft.intent = 'new-id'
  }

  /**
   * Ends the session. A tombstone stays in the browser for as long as the session could have lived, so that
   * no slower answer brings it back. There is no way on from here in this request: changing the session throws.
   *
   * @throws SessionCommitted
   */
  destroy(): void {
    this.#draft.destroy()
  }

  /**
   * Saves now, and throws here what would otherwise be thrown after the handler. The session cannot be changed
   * afterwards, and what is changed in place while this is pending is not part of it. With Hono its cookies leave
   * with the response even if the handler throws later on; where `handle()` rethrows there is no response, and the
   * browser keeps the session as it was.
   *
   * @throws ValueError, SessionTooLarge, OverflowUnavailable; nothing is saved then
   */
  commit(): Promise<void> {
    return this.#request.saveNow()
  }

  /**
   * Fetches a value that lies in the overflow store, with `overflowLoad: 'lazy'`, puts it into {@link data}
   * and returns it. A value that is there already is just returned.
   *
   * @throws OverflowUnavailable
   */
  async load<Key extends keyof Data & string>(key: Key): Promise<Data[Key]> {
    await this.#request.load(key)
    return this.data[key]
  }
}

/** What was sealed under our secret is what the app stored there; a schema checks more than that. */
function trusted<Data extends object>(data: object): Data {
  return data as Data
}
