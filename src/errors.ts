/**
 * Every error that carryon throws, and the closed list of reasons for which a cookie is not used.
 *
 * Messages name the remedy. They never hold a secret, a token or a value of the session.
 *
 * @module
 */

/**
 * Stable codes of {@link CarryonError}. Branch on these, not on messages.
 *
 * - `ERR_CONFIG`: the options are wrong; thrown when the sessions are created.
 * - `ERR_VALUE`: a value in the session cannot be stored; `path` says which.
 * - `ERR_TOO_LARGE`: the session does not fit; `largest` names its largest keys.
 * - `ERR_OVERFLOW_UNAVAILABLE`: the overflow store failed or has lost a value.
 * - `ERR_COMMITTED`: the session was changed after its cookies were made.
 * - `ERR_DESTROYED`: the session was changed after `destroy()`.
 * - `ERR_SCHEMA`: the data does not match the schema; `issues` says where.
 */
export type CarryonErrorCode =
  | 'ERR_CONFIG'
  | 'ERR_VALUE'
  | 'ERR_TOO_LARGE'
  | 'ERR_OVERFLOW_UNAVAILABLE'
  | 'ERR_COMMITTED'
  | 'ERR_DESTROYED'
  | 'ERR_SCHEMA'

/** The base of every error that carryon throws. */
export class CarryonError extends Error {
  /** One of {@link CarryonErrorCode}; stable across releases. */
  readonly code: CarryonErrorCode

  constructor(code: CarryonErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** The options are wrong. Thrown when the sessions are created, never during a request. */
export class ConfigError extends CarryonError {
  constructor(message: string) {
    super('ERR_CONFIG', message)
  }
}

/** A value in the session cannot be stored, such as a function, a class instance or a cycle. */
export class ValueError extends CarryonError {
  /** Where the value stands, such as `data.cart.items[2]`. */
  readonly path: string

  constructor(path: string, problem: string) {
    super('ERR_VALUE', `${path} cannot be stored: ${problem}`)
    this.path = path
  }
}

/** A top-level key of the session and the bytes that its value takes as JSON. */
export interface KeySize {
  readonly key: string
  readonly bytes: number
}

/** The session does not fit where it has to go. Nothing was saved; the old state is whole. */
export class SessionTooLarge extends CarryonError {
  /** The largest top-level keys, largest first; at most five. */
  readonly largest: readonly KeySize[]
  /** What the session, or its cookie, would have taken, in bytes. */
  readonly bytes: number
  /** The limit that this passes, in bytes. */
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

/** Why the overflow store could not help: it failed, did not answer in time, or has no such value. */
export type OverflowFailure = 'failed' | 'timeout' | 'missing' | 'invalid'

/**
 * A value that was checked in to the overflow store cannot be fetched, or could not be put.
 * What is in the cookie stays usable, and the claim check stays in the session.
 */
export class OverflowUnavailable extends CarryonError {
  /** The top-level key of the session whose value is concerned. */
  readonly key: string
  readonly failure: OverflowFailure

  constructor(key: string, failure: OverflowFailure, message: string, options?: ErrorOptions) {
    super('ERR_OVERFLOW_UNAVAILABLE', message, options)
    this.key = key
    this.failure = failure
  }
}

/** The session was changed after its cookies were made; the change could not reach the browser. */
export class SessionCommitted extends CarryonError {
  constructor(action: string) {
    super(
      'ERR_COMMITTED',
      `${action} after the session was committed: its cookies have left with the response headers. ` +
        'Change the session before the handler returns, and before commit().',
    )
  }
}

/** The session was used after `destroy()`. */
export class SessionDestroyed extends CarryonError {
  constructor(action: string) {
    super(
      'ERR_DESTROYED',
      `${action} after destroy(): the session has ended. The next request starts a new one; ` +
        'to keep the data under a new id call regenerate() instead.',
    )
  }
}

/** One thing that a schema found wrong. */
export interface SchemaIssue {
  /** Where, such as `data.user.name`. */
  readonly path: string
  /** What the schema says. Some schema libraries quote the value here, so mind where you log it. */
  readonly message: string
}

/** So many places the message of a {@link SchemaInvalid} names. */
const SHOWN_ISSUES = 5

/** The data of the session does not match the schema. Nothing was saved, and no cookie deleted. */
export class SchemaInvalid extends CarryonError {
  // Not a property of its own: what schemas say may quote values, and must not get into logs unasked.
  readonly #issues: readonly SchemaIssue[]
  /** `open`: what was sealed, perhaps by another version of the app. `save`: what the handler left. */
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

  /** What the schema found wrong. */
  get issues(): readonly SchemaIssue[] {
    return this.#issues
  }
}

/**
 * Why a cookie was not used. A closed list:
 *
 * - `malformed`: not a compact JWE of ours, or the id in the cookie's name is none.
 * - `oversized`: more than 4,096 bytes of name plus value.
 * - `unsupported`: a JWE with another `alg` or `enc`, with header members that we never write, or with parts of
 *   other lengths.
 * - `unknown-key`: sealed with a secret that this node does not know. The cookie is left alone.
 * - `key-window`: its key belongs to an hour in which no session that lives now can have begun.
 * - `tampered`: decryption failed.
 * - `invalid`: decrypted, but not a fragment of format 1.
 * - `renamed`: sealed for a cookie of another id.
 * - `expired-idle`, `expired-absolute`: past its idle timeout, or its absolute one.
 * - `not-yet-valid`: from further in the future than clocks may differ.
 * - `ended`: belongs to a session that has been destroyed.
 * - `orphaned`: a log whose parents or base are not there.
 * - `too-many`: beyond the number of fragments that are opened for one request.
 */
export type RejectionReason = (typeof rejectionReasons)[number]

/** All of {@link RejectionReason}, for counters and exhaustive tests. */
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
  'too-many',
] as const
