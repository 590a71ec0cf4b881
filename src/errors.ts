/**
 * The errors of carryon, and the closed list of reasons for ignoring a cookie.
 *
 * Every message says what to do. No message contains a secret, a token or a value of the session.
 *
 * @module
 */

/**
 * The codes of {@link CarryonError}. They are stable: branch on these, not on messages.
 *
 * - `ERR_CONFIG`: the options are wrong.
 * - `ERR_VALUE`: a value in the session cannot be stored; `path` says which one.
 * - `ERR_TOO_LARGE`: the session does not fit; `largest` lists its largest keys.
 * - `ERR_OVERFLOW_UNAVAILABLE`: the overflow store failed or has lost a value.
 * - `ERR_COMMITTED`: the session was changed after it was committed, or first read too late.
 * - `ERR_DESTROYED`: the session was changed after `destroy()`.
 * - `ERR_SCHEMA`: the data does not match the schema; `issues` says where.
 * - `ERR_REVOCATION_UNAVAILABLE`: the revocation store failed.
 * - `ERR_TOO_MANY_SESSIONS`: the user has as many sessions as `maxSessions` allows.
 */
export type CarryonErrorCode =
  | 'ERR_CONFIG'
  | 'ERR_VALUE'
  | 'ERR_TOO_LARGE'
  | 'ERR_OVERFLOW_UNAVAILABLE'
  | 'ERR_COMMITTED'
  | 'ERR_DESTROYED'
  | 'ERR_SCHEMA'
  | 'ERR_REVOCATION_UNAVAILABLE'
  | 'ERR_TOO_MANY_SESSIONS'

/** Not the names of the classes: minifiers change those. */
const NAMES: Readonly<Record<CarryonErrorCode, string>> = {
  ERR_CONFIG: 'ConfigError',
  ERR_VALUE: 'ValueError',
  ERR_TOO_LARGE: 'SessionTooLarge',
  ERR_OVERFLOW_UNAVAILABLE: 'OverflowUnavailable',
  ERR_COMMITTED: 'SessionCommitted',
  ERR_DESTROYED: 'SessionDestroyed',
  ERR_SCHEMA: 'SchemaInvalid',
  ERR_REVOCATION_UNAVAILABLE: 'RevocationUnavailable',
  ERR_TOO_MANY_SESSIONS: 'TooManySessions',
}

/**
 * The base class of carryon's errors.
 *
 * Some mistakes in the calling code throw a plain `TypeError` instead, such as committing a session
 * that `read()` returned, or changing an object or a list of the data after the commit.
 *
 * @example
 * ```ts
 * import { CarryonError } from 'carryon'
 *
 * app.onError((error, c) => {
 *   if (error instanceof CarryonError && error.code === 'ERR_TOO_LARGE')
 *     return c.text('There is no room for this in your session.', 413)
 *   return c.text('Sorry.', 500)
 * })
 * ```
 */
export class CarryonError extends Error {
  /** Says which error this is. Codes do not change from release to release. */
  readonly code: CarryonErrorCode

  constructor(code: CarryonErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = NAMES[code]
    this.code = code
  }
}

/**
 * The options are wrong.
 *
 * Thrown at startup, by `createSessions()`, `session()` and the functions that make a store. Hono's
 * `session()` throws it during a request in two cases: a function that returns wrong options, and
 * two sessions that have the same cookie name but different variables.
 *
 * @example
 * ```ts
 * import { ConfigError, createSessions } from 'carryon'
 *
 * try {
 *   createSessions({ secrets: env.SESSION_SECRETS })
 * } catch (error) {
 *   if (error instanceof ConfigError) console.error(error.message) // says what to change
 *   throw error
 * }
 * ```
 */
export class ConfigError extends CarryonError {
  constructor(message: string) {
    super('ERR_CONFIG', message)
  }
}

/**
 * A value cannot be stored in the session, such as a function, a class instance or a cycle.
 *
 * Values in `data` are checked when the session is saved; if one fails, nothing is saved.
 * `flash()`, `increment()`, `advance()`, `once()` and assigning `subject` check their values at once.
 *
 * @example
 * ```ts
 * import { ValueError } from 'carryon'
 *
 * try {
 *   await session.commit()
 * } catch (error) {
 *   if (error instanceof ValueError) console.error(error.code, error.path)
 *   throw error
 * }
 * ```
 */
export class ValueError extends CarryonError {
  /** Where the value is, such as `data.cart.items[2]`. */
  readonly path: string

  constructor(path: string, problem: string) {
    super('ERR_VALUE', `${path} cannot be stored: ${problem}`)
    this.path = path
  }
}

/** A top-level key of the session, and the size of its value. */
export interface KeySize {
  /** The key in `data`; `once()` for all keys of `once`, `flash()` for all messages that were not shown yet. */
  readonly key: string
  /** The size of the value as JSON, in bytes of UTF-8. */
  readonly bytes: number
}

/**
 * The session does not fit into its cookie, or exceeds `maxSessionBytes`. Nothing was saved: the
 * browser keeps the session as it was.
 *
 * A cookie holds 4,096 bytes of name plus value (RFC 6265bis §5.6).
 *
 * @example
 * ```ts
 * import { SessionTooLarge } from 'carryon'
 *
 * app.onError((error, c) => {
 *   if (!(error instanceof SessionTooLarge)) throw error
 *   console.warn(error.code, error.bytes, error.limit, error.largest)
 *   return c.text('There is no room for this in your session.', 413)
 * })
 * ```
 */
export class SessionTooLarge extends CarryonError {
  /** The largest top-level keys, largest first. At most five; empty if they are not known. */
  readonly largest: readonly KeySize[]
  /** The size that the session, or its cookie, would have had, in bytes. */
  readonly bytes: number
  /** The limit that was exceeded, in bytes. */
  readonly limit: number

  constructor(
    what: string,
    bytes: number,
    limit: number,
    largest: readonly KeySize[],
    remedy: string,
  ) {
    const keys = largest.map(({ key, bytes: size }) => `${key} (${size} B)`).join(', ')
    super(
      'ERR_TOO_LARGE',
      `${what} takes ${bytes} bytes, the limit is ${limit}. Largest keys: ${keys || 'none'}. ${remedy}`,
    )
    this.bytes = bytes
    this.limit = limit
    this.largest = largest
  }
}

/**
 * Why a value could not be stored in the overflow store, or fetched from it.
 *
 * - `failed`: the store rejected the call, or no store is configured here.
 * - `timeout`: the store did not answer within `overflowTimeout`.
 * - `missing`: the store does not have the value (yet), or `load()` has not fetched it.
 * - `invalid`: the store holds something else in its place.
 * - `too-large`: it was not fetched, since what parallel requests put there is larger than 1.5 times `maxSessionBytes`
 *   together, or more than 48 values.
 */
export type OverflowFailure = 'failed' | 'timeout' | 'missing' | 'invalid' | 'too-large'

/**
 * A value could not be fetched from the overflow store, or could not be stored there.
 *
 * If fetching failed, the rest of the session stays usable, and the session keeps its reference to
 * the value, so a later request can try again. To go on without the value, assign a new one or
 * delete the key. If storing failed, nothing was saved.
 *
 * @example
 * ```ts
 * import { OverflowUnavailable } from 'carryon'
 *
 * try {
 *   console.log(session.data.cart)
 * } catch (error) {
 *   if (!(error instanceof OverflowUnavailable)) throw error
 *   console.warn(error.code, error.key, error.failure)
 *   session.data.cart = {}
 * }
 * ```
 */
export class OverflowUnavailable extends CarryonError {
  /** The top-level key of the session whose value is concerned. */
  readonly key: string
  /** What went wrong. `cause` is the error of the store, if it threw one. */
  readonly failure: OverflowFailure

  constructor(key: string, failure: OverflowFailure, message: string, options?: ErrorOptions) {
    super('ERR_OVERFLOW_UNAVAILABLE', message, options)
    this.key = key
    this.failure = failure
  }
}

/**
 * The session was changed after it was committed, so the change could not reach the browser. Or it
 * was looked at for the first time after the headers of the response were made: they allow caches
 * to serve the response to others, since nobody had looked at the session.
 *
 * @example
 * ```ts
 * import { SessionCommitted } from 'carryon'
 *
 * await session.commit()
 * try {
 *   session.increment('visits')
 * } catch (error) {
 *   if (error instanceof SessionCommitted) console.error(error.code) // 'ERR_COMMITTED'
 * }
 * ```
 */
export class SessionCommitted extends CarryonError {
  constructor(
    action: string,
    reason: string = 'after the session was committed: its cookies have left with the response headers. ' +
      'Change the session before the handler returns, and before commit().',
  ) {
    super('ERR_COMMITTED', `${action} ${reason}`)
  }
}

/**
 * The session was changed after `destroy()`. Reading it is still allowed, and so is `flash()`.
 *
 * @example
 * ```ts
 * import { SessionDestroyed } from 'carryon'
 *
 * session.destroy()
 * try {
 *   session.increment('visits')
 * } catch (error) {
 *   if (error instanceof SessionDestroyed) console.error(error.code) // 'ERR_DESTROYED'
 * }
 * ```
 */
export class SessionDestroyed extends CarryonError {
  constructor(action: string) {
    super(
      'ERR_DESTROYED',
      `${action} after destroy(): the session has ended. The next request starts a new one; ` +
        'to keep the data under a new id call regenerate() instead.',
    )
  }
}

/** One problem that a schema found. */
export interface SchemaIssue {
  /** Where the problem is, such as `data.user.name`. */
  readonly path: string
  /**
   * The schema's message. Some schema libraries quote the value, so be careful where you log it.
   */
  readonly message: string
}

/** How many places the message of a {@link SchemaInvalid} names. */
const SHOWN_ISSUES = 5

/**
 * The data of the session does not match the schema. Nothing was saved, and no cookie was deleted.
 *
 * Thrown when you read the data of a stored session, and when a session is saved. Assign new `data`
 * to replace data that the schema rejects, or set `onInvalid: 'new'`.
 *
 * @example
 * ```ts
 * import { SchemaInvalid } from 'carryon'
 *
 * try {
 *   console.log(session.data.visits)
 * } catch (error) {
 *   if (!(error instanceof SchemaInvalid)) throw error
 *   session.data = { cart: {}, visits: 0 }
 * }
 * ```
 */
export class SchemaInvalid extends CarryonError {
  // Not an own property: messages of schemas may quote values, and must not end up in logs by accident.
  readonly #issues: readonly SchemaIssue[]
  /**
   * Which data was checked. `open`: the stored data, which another version of the app may have
   * written. `save`: the data as the handler left it.
   */
  readonly when: 'open' | 'save'

  constructor(when: 'open' | 'save', issues: readonly SchemaIssue[]) {
    const more = issues.length > SHOWN_ISSUES ? ` and ${issues.length - SHOWN_ISSUES} more` : ''
    const shown = issues.slice(0, SHOWN_ISSUES).map(({ path }) => path)
    const paths = `${shown.join(', ') || 'data'}${more}`
    super(
      'ERR_SCHEMA',
      when === 'open'
        ? `The sealed session does not match the schema at ${paths}. Raise version and add a step to migrate, ` +
            "or set onInvalid: 'new' to treat such sessions as new."
        : `The session does not match the schema at ${paths}. It was not saved; see issues for what is wrong.`,
    )
    this.when = when
    this.#issues = issues
  }

  /**
   * The problems that the schema found. This is not an own property, so loggers do not print it:
   * the messages may quote values of the session.
   *
   * @example
   * ```ts
   * import { SchemaInvalid } from 'carryon'
   *
   * app.onError((error, c) => {
   *   if (error instanceof SchemaInvalid) console.warn(error.issues.map(({ path }) => path))
   *   return c.text('Sorry.', 500)
   * })
   * ```
   */
  get issues(): readonly SchemaIssue[] {
    return this.#issues
  }
}

/**
 * What the revocation store was asked for.
 *
 * - `check`: whether a session is over.
 * - `admit`, `withdraw`: a login, and one that was not saved after all.
 * - `renew`: a renewal or a new id, for the list of sessions.
 * - `end`: a logout, or a login in the place of another one.
 * - `revoke`, `list`: the methods of the same names.
 */
export type RevocationOperation =
  | 'check'
  | 'admit'
  | 'withdraw'
  | 'renew'
  | 'end'
  | 'revoke'
  | 'list'

/**
 * Why the revocation store could not be used. `failed`: it rejected the call. `timeout`: it did not answer within
 * `revocation.timeout`. `invalid`: it holds something else in the place of a mark.
 */
export type RevocationFailure = 'failed' | 'timeout' | 'invalid'

/**
 * The revocation store could not be asked, and the answer matters: `revoke()` and `list()` reject with this, and with
 * `onUnavailable: 'deny'` a login does, also while a session is hidden that could not be checked. A login that throws it was not saved. A mark may have been written or not, so
 * call `revoke()` again.
 *
 * @example
 * ```ts
 * import { RevocationUnavailable } from 'carryon'
 *
 * try {
 *   await sessions.revoke({ subject: 'ada' })
 * } catch (error) {
 *   if (!(error instanceof RevocationUnavailable)) throw error
 *   console.warn(error.code, error.operation, error.failure) // try again later
 * }
 * ```
 */
export class RevocationUnavailable extends CarryonError {
  /** What the store was asked for. */
  readonly operation: RevocationOperation
  /** What went wrong. `cause` is the error of the store, if it threw one. */
  readonly failure: RevocationFailure

  constructor(operation: RevocationOperation, failure: RevocationFailure, options?: ErrorOptions) {
    const then =
      operation === 'admit'
        ? 'Nobody was logged in, and no cookie was set.'
        : 'It is not known whether it took effect.'
    super(
      'ERR_REVOCATION_UNAVAILABLE',
      `The revocation store could not be used (${operation}: ${failure}). ${then} Try again, or see cause.`,
      options,
    )
    this.operation = operation
    this.failure = failure
  }
}

/**
 * A login was refused, since the user has `maxSessions` sessions already and `onTooMany` is `'reject'`. Nothing was saved.
 * To catch it in the handler, call `commit()` there.
 *
 * @example
 * ```ts
 * import { TooManySessions } from 'carryon'
 *
 * app.onError((error, c) => {
 *   if (error instanceof TooManySessions)
 *     return c.text(`You are logged in ${error.limit} times. Log out somewhere else first.`, 409)
 *   throw error
 * })
 * ```
 */
export class TooManySessions extends CarryonError {
  /** The option `maxSessions`. */
  readonly limit: number

  constructor(limit: number) {
    super(
      'ERR_TOO_MANY_SESSIONS',
      `The user has ${limit} sessions, as many as maxSessions allows. End one of them first, or set onTooMany: 'end-oldest'.`,
    )
    this.limit = limit
  }
}

/**
 * Why a cookie was ignored. The list is closed.
 *
 * - `malformed`: not a compact JWE as carryon writes them (RFC 7516 §7.1), or the cookie's name
 *   does not end in an id.
 * - `oversized`: more than 4,096 bytes of name plus value.
 * - `unsupported`: a JWE with another `alg` or `enc` (RFC 7516 §4.1), with header members that
 *   carryon never writes, or with parts of other lengths.
 * - `unknown-key`: encrypted with a secret that this node does not know. The cookie is left alone, unless such cookies
 *   take more than 4,096 bytes together: then the oldest are deleted.
 * - `key-window`: its key belongs to an hour in which no session that is alive can have started.
 * - `tampered`: decryption failed.
 * - `invalid`: decrypted, but not a fragment of wire format 1.
 * - `renamed`: made for a cookie with another id.
 * - `expired-idle`, `expired-absolute`: past the idle or the absolute timeout. `onEvent` reports a
 *   session that has expired with the event `expired` instead, and never gets `expired-idle`.
 * - `not-yet-valid`: dated further in the future than clocks may differ. The cookie is left alone.
 * - `ended`: belongs to a session that was destroyed.
 * - `orphaned`: a log whose parents or base are missing.
 * - `provisional`: of a session that a request started without the browser's cookies, beside another session.
 * - `too-many`: over the limits of what is opened and merged for one request, which are 64 cookies, 32,768 bytes of
 *   them, and 1,000 values and ops; or not tried because 8 or more others could not be opened. The cookie is left alone.
 */
export type RejectionReason = (typeof rejectionReasons)[number]

/** All values of {@link RejectionReason}, for counters and exhaustive tests. */
export const rejectionReasons = [
  'malformed',
  'oversized',
  'unsupported',
  'unknown-key',
  'key-window',
  'tampered',
  'invalid',
  'renamed',
  'expired-idle',
  'expired-absolute',
  'not-yet-valid',
  'ended',
  'orphaned',
  'provisional',
  'too-many',
] as const
