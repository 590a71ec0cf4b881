/** The session as handlers see it. */
import type { MessageIn, MessagesOf } from '../data/messages.ts'
import type { PathTo } from '../data/paths.ts'
import { ValueError } from '../errors.ts'
import type { Storable } from '../options/storable.ts'
import { isSomeText, problemOfKeys } from '../revocation/keys.ts'
import { ownKeysOf } from '../watching/kin.ts'
import type { Draft } from './draft.ts'
import type { SessionRequest } from './request.ts'

export type { FlashMessage } from '../data/flash.ts'

/**
 * The session of one request: `c.var.session` in Hono, or what `open()` returns without a
 * framework.
 *
 * All changes are saved together after the handler returns. If the handler throws, none is saved,
 * apart from what it committed before.
 *
 * A session is not extensible: `session.user = x` throws a `TypeError`; data belongs into
 * {@link Session.data}. The first look at it must come before the headers of the response are made:
 * all members throw {@link SessionCommitted} if it comes later, since caches may then keep the
 * response for others.
 *
 * @example
 * ```ts
 * app.post('/login', (c) => {
 *   const { session } = c.var
 *   session.subject = 'ada'
 *   session.data.visits++
 *   session.flash('notice', 'Welcome back')
 *   return c.redirect('/', 303)
 * })
 * ```
 */
export class Session<Data extends object = Record<string, unknown>> {
  readonly #request: SessionRequest

  constructor(request: SessionRequest) {
    this.#request = request
    // `session.user = x` would be lost in silence.
    Object.preventExtensions(this)
  }

  get #draft(): Draft {
    return this.#request.look()
  }

  /**
   * The data: a plain object. Change it in place, nested values included, or assign a new object.
   *
   * Changes are found by comparison. If two requests change different paths, list elements, map
   * keys or set members at the same time, both changes are kept. Of two writes to the same value,
   * the later stays. Deleting wins over parallel changes inside what was deleted.
   *
   * You can store JSON, `Date`, `Map`, `Set`, `bigint`, `Uint8Array`, `URL`, `NaN`, `±Infinity` and
   * `-0`. Anything else throws {@link ValueError} when the session is saved. After the commit the
   * data is frozen: changing an object or a list throws a `TypeError`, changing a `Map`, `Set`,
   * `Date` or `URL` throws {@link SessionCommitted}. Changes to a `Uint8Array` are lost without an
   * error.
   *
   * Reading it also throws what `initial` or `migrate` throws.
   *
   * @throws {@link SchemaInvalid} if the stored data does not match the schema
   * @throws {@link ValueError} if what `initial` or `migrate` returned cannot be stored
   * @throws {@link OverflowUnavailable} when you read a key whose value has not been fetched
   * @example
   * ```ts
   * session.data.cart['apples'] = 3
   * session.data.visits++
   * session.data = { cart: {}, visits: 0 }
   * ```
   */
  get data(): Data {
    return trusted(this.#draft.data)
  }

  /**
   * Replaces all of the data.
   *
   * @throws {@link ValueError} if it is not an object
   * @throws {@link SessionCommitted} after the commit
   * @throws {@link SessionDestroyed} after `destroy()`
   * @example
   * ```ts
   * session.data = { cart: {}, visits: 0 }
   * ```
   */
  set data(data: Data) {
    this.#draft.data = data
  }

  /**
   * The id of the session: 128 random bits as 22 characters of base64url (RFC 4648 §5). A new
   * session has its id before it is saved. `regenerate()` and assigning `subject` change it at
   * once. With `revocation`, `regenerate()` changes only the first 8 characters: the others stand for the
   * login.
   *
   * @example
   * ```ts
   * console.log(`session ${session.id}`)
   * ```
   */
  get id(): string {
    return this.#draft.id
  }

  /**
   * Whether the request carried no session that can be used. A new session is saved only if you
   * store something in it, flash something, assign `subject` or call `regenerate()`.
   *
   * @example
   * ```ts
   * if (session.isNew) session.data.notice = 'Welcome to our shop'
   * ```
   */
  get isNew(): boolean {
    return this.#draft.current === undefined
  }

  /**
   * When the session started. The absolute timeout counts from here. A login starts it anew, and
   * `regenerate()` does not.
   *
   * @example
   * ```ts
   * const minutes = (Date.now() - session.startedAt.getTime()) / 60_000
   * ```
   */
  get startedAt(): Date {
    return new Date(this.#request.times().began)
  }

  /**
   * When the session ends if it is not renewed: its idle or its absolute timeout, whichever is
   * earlier. A renewal by this response does not change it.
   *
   * @example
   * ```ts
   * const timer = setTimeout(() => socket.close(), session.expiresAt.getTime() - Date.now())
   * ```
   */
  get expiresAt(): Date {
    return new Date(this.#request.times().expires)
  }

  /**
   * Whose session it is: the id of the user, as in the claim `sub` of a JWT (RFC 7519 §4.1.2).
   * `undefined` if nobody is logged in.
   *
   * Assign it to log somebody in: the same as {@link Session.login} without `keep`.
   *
   * @example
   * ```ts
   * console.log(session.subject ?? 'nobody')
   * ```
   */
  get subject(): string | undefined {
    return this.#draft.subject
  }

  /**
   * Logs somebody in, as {@link Session.login} does. `undefined` logs out, as {@link Session.destroy}
   * does, and another session starts from `initial()`, which can be changed at once.
   *
   * @throws {@link ValueError} if it is neither a string nor `undefined`
   * @throws {@link SessionCommitted} after the commit
   * @throws {@link SessionDestroyed} after `destroy()`
   * @example
   * ```ts
   * session.subject = 'ada'
   * ```
   */
  set subject(subject: string | undefined) {
    if (subject !== undefined && !isSomeText(subject))
      throw new ValueError('subject', 'it must be text that is not empty, or undefined')
    this.#request.login(subject)
  }

  /**
   * Logs a user in. The session always gets a new id, so nobody who knew the old one shares the
   * login, and its absolute timeout starts anew.
   *
   * If nobody was logged in, or the same user, the data stays. If somebody else was, the session
   * starts from `initial()`, and only the keys in `keep` stay. What was changed and flashed before
   * this call goes as well, so log in first. What slower requests write under the old id is lost.
   *
   * It says that somebody has just proven who they are. With `revocation`, a session that others have ended less than
   * `lag` seconds ago may still show: to log in its user again without asking for a password, call `verify()` first.
   *
   * No slower request of the anonymous session undoes a login: not by writing, not by
   * `regenerate()`, and not by `destroy()`. The logout of a user ends every login that grew out of
   * the same session in the last minutes.
   *
   * @param subject - the id of the user; see {@link Session.subject}
   * @param options - `keep`: top-level keys of the data that stay when another user logs in.
   *   Default: none. `label`: what `sessions.list()` calls the session, such as the browser's name, up
   *   to 200 characters. Default: `''`
   * @throws {@link ValueError} if `subject` is not a string or empty, `keep` not a list of strings, or `label`
   *   too long
   * @throws {@link TooManySessions} when it is saved, if the user has `maxSessions` sessions
   * @throws {@link RevocationUnavailable} when it is saved, with `onUnavailable: 'deny'`
   * @throws {@link OverflowUnavailable} if a value to keep has not been fetched from the overflow store
   * @throws {@link SessionCommitted} after the commit
   * @throws {@link SessionDestroyed} after `destroy()`
   * @example
   * ```ts
   * app.post('/login', (c) => {
   *   c.var.session.login('ada', { keep: ['cart'] })
   *   return c.redirect('/', 303)
   * })
   * ```
   */
  login(
    subject: string,
    options: {
      readonly keep?: readonly (keyof Data & string)[] | undefined
      readonly label?: string | undefined
    } = {},
  ): void {
    requireMembers('login()', options, ['keep', 'label'])
    const { keep = [], label = '' } = options
    if (!isSomeText(subject))
      throw new ValueError('login()', 'its subject must be text that is not empty')
    if (!Array.isArray(keep) || keep.some((key) => typeof key !== 'string'))
      throw new ValueError('login()', "keep must be a list of keys of the data, such as ['theme']")
    if (typeof label !== 'string' || label.length > MAX_LABEL_LENGTH)
      throw new ValueError(
        'login()',
        `its label must be text of at most ${MAX_LABEL_LENGTH} characters`,
      )
    this.#request.login(subject, keep, label)
  }

  /**
   * When the user logged in; `undefined` if nobody is logged in. `regenerate()` does not change it.
   * Use it to ask for the password again before something dangerous.
   *
   * @example
   * ```ts
   * const minutes = (Date.now() - (session.authenticatedAt?.getTime() ?? 0)) / 60_000
   * const mayPay = minutes < 5
   * ```
   */
  get authenticatedAt(): Date | undefined {
    if (this.#draft.subject === undefined) return undefined
    return new Date(this.#request.times().began)
  }

  /**
   * Keys of your own to end the session by, with `sessions.revoke({ key })`: the session of an identity
   * provider, a tenant. They are sealed in it, and stay until a login. Assign a list to replace them.
   *
   * Assign them in the request that logs in. What is added later is missing in older cookies, and who
   * sends those is not found by the new key.
   *
   * @example
   * ```ts
   * session.login('ada')
   * session.keys = ['tenant:acme', 'oidc:https://id.example#08a5019c']
   * ```
   */
  get keys(): readonly string[] {
    return ownKeysOf(this.#draft)
  }

  /**
   * Replaces the keys.
   *
   * @throws {@link ValueError} if it is not a list of at most 8 texts of 1 to 200 characters
   * @throws {@link SessionCommitted} after the commit
   * @throws {@link SessionDestroyed} after `destroy()`
   * @example
   * ```ts
   * session.keys = ['tenant:acme']
   * ```
   */
  set keys(keys: readonly string[]) {
    const problem = problemOfKeys(keys)
    if (problem !== undefined) throw new ValueError('keys', problem)
    this.#request.assignKeys(keys)
  }

  /**
   * Asks the revocation store now whether somebody has ended the session, whatever `revocation.lag` says,
   * and `accept` once more. Call it first, on routes where even a minute is too late.
   *
   * Resolves to `true` if the session still counts, and after a login in this request. Otherwise to `false`: from
   * then on this is a new session without a user, and what the request changed before is dropped. It is `false` as
   * well where there was no session; then nothing is dropped. If the store does not answer, `onUnavailable` decides.
   *
   * @throws {@link ConfigError} if neither `revocation` nor `accept` is configured
   * @example
   * ```ts
   * app.post('/transfer', async (c) => {
   *   if (!(await c.var.session.verify())) return c.redirect('/login', 303)
   *   return c.text(`Hello, ${c.var.session.subject}.`)
   * })
   * ```
   */
  verify(): Promise<boolean> {
    return this.#request.verify()
  }

  /**
   * Gives this session timeouts of its own, for "remember me" or for a terminal that others use.
   * They are sealed in the session, and stay until a login. What is left out is as the options say.
   *
   * @param limits - `idle` and `absolute`: whole numbers of seconds from 1 to `maxIdleTimeout` and
   *   `maxAbsoluteTimeout`. The absolute timeout counts from {@link Session.startedAt}.
   * @throws {@link ValueError} if a limit is none, or longer than the options allow
   * @throws {@link SessionCommitted} after the commit
   * @throws {@link SessionDestroyed} after `destroy()`
   * @example
   * ```ts
   * const days = 24 * 3600
   * session.login('ada')
   * session.keepFor({ idle: 30 * days, absolute: 90 * days })
   * ```
   */
  keepFor(limits: {
    readonly idle?: number | undefined
    readonly absolute?: number | undefined
  }): void {
    requireMembers('keepFor()', limits, ['idle', 'absolute'])
    const { idle, absolute } = limits
    const draft = this.#draft
    draft.requireOpen('keepFor() was called')
    const { maxIdleTimeout, maxAbsoluteTimeout } = draft.opened.options
    requireSeconds('idle', idle, maxIdleTimeout, 'maxIdleTimeout')
    requireSeconds('absolute', absolute, maxAbsoluteTimeout, 'maxAbsoluteTimeout')
    draft.limits = { idle, absolute }
  }

  /**
   * Leaves a value for the next request that reads {@link Session.flashed} or
   * {@link Session.flashes}. If two requests do this at the same time, both values are kept, also
   * with one key.
   *
   * What nobody reads stays bounded: with a new message, only the newest 16 stay, and of these as
   * many as fit into 1,024 bytes of JSON. They also give way, the oldest first, to what a request
   * writes and what does not fit beside them. The messages of this request stay in any case.
   *
   * @param key - the key of the value in `flashed`; {@link WithMessages} tells which ones there are
   * @param value - anything that can be stored
   * @throws {@link ValueError} if the value cannot be stored
   * @throws {@link SessionCommitted} after the commit
   * @example
   * ```ts
   * app.post('/profile', (c) => {
   *   c.var.session.flash('saved', true)
   *   return c.redirect('/profile', 303)
   * })
   * ```
   */
  flash<Key extends keyof MessagesOf<Data> & string, Value extends MessagesOf<Data>[Key]>(
    key: Key,
    value: Value & Storable<Value>,
  ): void {
    this.#request.flash(key, value)
  }

  /**
   * What earlier requests left with {@link Session.flash}, by key; of several values with one key
   * the newest. {@link Session.flashes} has all of them. An object without members if there are
   * none.
   *
   * Reading either property takes all messages out of the session, also those that `flashed` does
   * not show. Each message is shown at least once: if the response does not arrive, the next request
   * shows it again. Three kinds of requests show messages without taking them: HEAD, what a browser
   * fetches ahead (`Sec-Purpose: prefetch`), and one that reads them after the commit.
   *
   * @example
   * ```ts
   * app.get('/profile', (c) => c.text(c.var.session.flashed['saved'] ? 'Saved.' : ''))
   * ```
   */
  get flashed(): Readonly<Partial<MessagesOf<Data>>> {
    const pairs = this.#draft.flashes.map(({ key, value }) => [key, value] as const)
    return trustedMessages(Object.fromEntries(pairs))
  }

  /**
   * All messages that earlier requests left with {@link Session.flash}, the oldest first. An empty
   * list if there are none. Reading it takes them out, as reading {@link Session.flashed} does.
   *
   * @example
   * ```ts
   * app.get('/profile', (c) => {
   *   const lines = c.var.session.flashes.map(({ key, value }) => `${key}: ${value}`)
   *   return c.text(lines.join('\n'))
   * })
   * ```
   */
  get flashes(): readonly MessageIn<MessagesOf<Data>>[] {
    return trustedMessages(this.#draft.flashes)
  }

  /**
   * Adds to a number. If two requests do this at the same time, both count. A number that does not
   * exist counts as 0, and objects on the way to it are created.
   *
   * @param path - keys separated by dots, such as `'cart.apples'`, or a list of keys. Of the first kind only those
   *   compile at which the type of the data has a number
   * @param by - a finite number to add; a negative one subtracts. Default: 1
   * @throws {@link ValueError} if the value is not a number, if the path leads through anything but
   *   plain objects, or if `by` or the result is not finite
   * @throws {@link SchemaInvalid} if the stored data does not match the schema
   * @throws {@link OverflowUnavailable} if the value has not been fetched from the overflow store: call `load()` first
   * @throws {@link SessionCommitted} after the commit
   * @throws {@link SessionDestroyed} after `destroy()`
   * @example
   * ```ts
   * session.increment('visits')
   * session.increment('cart.apples', 3)
   * session.increment(['cart', 'no. 5'], -1)
   * ```
   */
  increment(path: PathTo<Data, number> | readonly string[], by = 1): void {
    this.#draft.increment(path, by)
  }

  /**
   * Sets a value that only grows: of two parallel values the larger one stays, in whatever order they
   * arrive. Use it for bookmarks, cursors and "seen up
   * to". Numbers are compared as numbers, strings character by character.
   *
   * @param path - keys with dots between them, such as `'seen.news'`, or a list of keys. Of the first kind only those
   *   compile at which the type of the data has a number or a text. Plain objects on the way are created.
   * @param value - a finite number or a text
   * @throws {@link ValueError} if something of another type is there, if the path leads through anything but plain
   *   objects, or if `value` is a number that is not finite
   * @throws {@link SchemaInvalid} if the stored data does not match the schema
   * @throws {@link OverflowUnavailable} if the value has not been fetched from the overflow store: call `load()` first
   * @throws {@link SessionCommitted} after the commit
   * @throws {@link SessionDestroyed} after `destroy()`
   * @example
   * ```ts
   * session.advance(['bookmark'], '00000085-0000000c-00004c6d')
   * ```
   */
  advance(path: PathTo<Data, number | string> | readonly string[], value: number | string): void {
    this.#draft.advance(path, value)
  }

  /**
   * Takes a key, so that something happens only once in this session. Returns `false` if it was
   * taken before. Two requests that do not see each other both get `true`; then the first of them
   * counts, and what the other request wrote into the session is void. `increment()` alone would
   * count twice. What happens outside of the session is not undone.
   *
   * The key stays in the session until it ends, and takes as many bytes as it has.
   *
   * @throws {@link ValueError} if the key is not a non-empty string
   * @throws {@link SessionCommitted} after the commit
   * @throws {@link SessionDestroyed} after `destroy()`
   * @example
   * ```ts
   * if (session.once('coupon SUMMER')) session.increment('cart.discount', 10)
   * ```
   */
  once(key: string): boolean {
    return this.#draft.once(key)
  }

  /**
   * Gives the session a new id and keeps its data. Call it when the rights of a user change within
   * one login, such as after a second factor. The absolute timeout goes on, and
   * {@link Session.authenticatedAt} stays.
   *
   * To log somebody in, call {@link Session.login}, which also gives a new id. What slower requests
   * write under the old id is lost. If one of them calls `destroy()`, the session ends. If one of
   * them logs somebody in, the login wins. If one of them calls `regenerate()`, the one that came in
   * later wins.
   *
   * @throws {@link SessionCommitted} after the commit
   * @throws {@link SessionDestroyed} after `destroy()`
   * @example
   * ```ts
   * app.post('/refunds/unlock', (c) => {
   *   c.var.session.regenerate()
   *   c.var.session.data.notice = 'You may refund now'
   *   return c.redirect('/refunds', 303)
   * })
   * ```
   */
  regenerate(): void {
    const draft = this.#draft
    draft.requireOpen('regenerate() was called')
    draft.intent = 'new-id'
  }

  /**
   * Ends the session, and all others in the browser that sent this request. With `revocation`, copies of
   * its cookies end as well. Without, a copy elsewhere stays valid until it times out.
   *
   * A tombstone stays in the browser for as long as the session could have lived, so no slower
   * response brings it back. After this you can only read the session and call
   * {@link Session.flash}, whose message starts another session: changing it throws
   * {@link SessionDestroyed}. A second call does nothing.
   *
   * @throws {@link SessionCommitted} after the commit
   * @example
   * ```ts
   * app.post('/logout', (c) => {
   *   c.var.session.destroy()
   *   return c.redirect('/', 303)
   * })
   * ```
   */
  destroy(): void {
    this.#draft.destroy()
  }

  /**
   * Saves the session now, so that errors are thrown here and not after the handler. After an error
   * nothing is saved: make the session smaller, for example, and call this again.
   *
   * The session cannot be changed afterwards, and changes that you make in place while this is
   * pending are not saved. With Hono the cookies leave with the response even if the handler throws
   * later. With `handle()` there is no response then, and the browser keeps the session as it was.
   * A second call does nothing.
   *
   * @throws {@link ValueError} if the data contains a value that cannot be stored
   * @throws {@link SessionTooLarge} if the session does not fit
   * @throws {@link OverflowUnavailable} if the overflow store fails
   * @throws {@link SchemaInvalid} if the changed data does not match the schema
   * @throws `TypeError` if the session is one that `read()` returned
   * @example
   * ```ts
   * import { streamSSE } from 'hono/streaming'
   *
   * app.get('/events', async (c) => {
   *   c.var.session.increment('visits')
   *   await c.var.session.commit() // the last chance to change the session
   *   return streamSSE(c, (events) => events.writeSSE({ data: `${c.var.session.data.visits}` }))
   * })
   * ```
   */
  commit(): Promise<void> {
    return this.#request.saveNow()
  }

  /**
   * Fetches a value from the overflow store, puts it into {@link Session.data} and returns it. You
   * need this with `overflowLoad: 'lazy'`. A value that is already there is just returned.
   *
   * @param key - a top-level key of the data
   * @throws {@link OverflowUnavailable} if the store fails, times out or does not have the value
   * @throws {@link SchemaInvalid} if the stored data does not match the schema
   * @example
   * ```ts
   * const cart = await session.load('cart')
   * ```
   */
  async load<Key extends keyof Data & string>(key: Key): Promise<Data[Key]> {
    await this.#request.load(key)
    return this.data[key]
  }
}

const MAX_LABEL_LENGTH = 200

/** @throws ValueError */
function requireMembers(method: string, value: unknown, names: readonly string[]): void {
  const isRight =
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).every((name) => names.includes(name))
  if (!isRight)
    throw new ValueError(method, `it takes an object with ${names.join(' and ')}, and nothing else`)
}

/** @throws ValueError */
function requireSeconds(name: string, value: unknown, most: number, option: string): void {
  if (value === undefined) return
  if (Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most) return
  throw new ValueError(
    'keepFor()',
    `${name} must be a whole number of seconds from 1 to ${most}, which is the option ${option}`,
  )
}

/** What was sealed with our secret is what the app flashed. Messages live for minutes, and no schema checks them. */
function trustedMessages<Messages>(messages: object): Messages {
  return messages as Messages
}

/** What was sealed with our secret is what the app stored. Only a schema checks more than that. */
function trusted<Data extends object>(data: object): Data {
  return data as Data
}
