/** What `onEvent` receives. No event contains a secret, a token or data of the session. */
import type {
  OverflowFailure,
  RejectionReason,
  RevocationFailure,
  RevocationOperation,
} from './errors.ts'

/**
 * Something that happened to a session. The list is closed, so a `switch` over `type` can be
 * exhaustive. All members are words from closed lists and whole numbers, so events are safe to log.
 * Sizes (`bytes`) are in bytes and times (`ms`) in milliseconds.
 *
 * @example
 * ```ts
 * createSessions({
 *   secrets,
 *   onEvent: (event) => {
 *     if (event.type === 'rejected') console.warn(event.reason, event.count)
 *   },
 * })
 * ```
 */
export type SessionEvent =
  /** A request without a session stored something, so a session was created. */
  | { readonly type: 'created' }
  /** A request carried a session, in `fragments` cookies. */
  | { readonly type: 'opened'; readonly fragments: number }
  /**
   * The session's cookies took more than 6,000 bytes of a request's Cookie header: `bytes` bytes, in `cookies` cookies.
   * Servers refuse headers that are too large, nginx from 8 KB on.
   */
  | { readonly type: 'crowded'; readonly bytes: number; readonly cookies: number }
  /**
   * A response sets `cookies` cookies and deletes `deleted`. `bytes` is the size of all of its
   * Set-Cookie values, deletions included.
   */
  | {
      readonly type: 'committed'
      readonly bytes: number
      readonly cookies: number
      readonly deleted: number
    }
  /**
   * The cookies of a request had changes by `writers` parallel requests that had not seen each
   * other.
   */
  | { readonly type: 'merged'; readonly writers: number }
  /** `writes` changes were overwritten by those of parallel requests that had not seen them. */
  | { readonly type: 'overwrote'; readonly writes: number }
  /**
   * Parallel requests, each valid, led to data that the schema rejects; or requests wrote while the overflow store did
   * not show a value, so that the schema could not check all. All nodes leave out the same `entries` changes, and the
   * next write makes this permanent.
   */
  | { readonly type: 'fell-back'; readonly entries: number }
  /**
   * The session was looked at for the first time after the headers of the response were made, such as in a stream. The
   * look threw `SessionCommitted`.
   */
  | { readonly type: 'read-late' }
  /**
   * A response sets cookies that no browser keeps at the address of its request, because of `cookie.domain`, or because
   * they are Secure and the address is plain http. Told by the request alone: where a proxy calls this server by
   * another name and tells nothing of itself, they may be kept all the same.
   */
  | { readonly type: 'unstorable'; readonly reason: 'domain' | 'secure' }
  /** `fragments` cookies were folded into fewer. */
  | { readonly type: 'folded'; readonly fragments: number }
  /** The session was renewed: its idle timeout started anew. */
  | { readonly type: 'renewed' }
  /** A session that was encrypted with another secret was encrypted with the first of `secrets`. */
  | { readonly type: 'rotated' }
  /** The session got a new id, by `regenerate()` or by assigning `subject`. */
  | { readonly type: 'regenerated' }
  /** The session was ended by `destroy()`. */
  | { readonly type: 'destroyed' }
  /** A request carried a session that was past its idle or its absolute timeout. */
  | { readonly type: 'expired'; readonly limit: 'idle' | 'absolute' }
  /** `count` cookies of a request were ignored, all for the same reason. */
  | { readonly type: 'rejected'; readonly reason: RejectionReason; readonly count: number }
  /** A value was put into the overflow store: its encrypted size, and how long that took. */
  | { readonly type: 'overflow-put'; readonly bytes: number; readonly ms: number }
  /** A value was fetched from the overflow store: its encrypted size, and how long that took. */
  | { readonly type: 'overflow-get'; readonly bytes: number; readonly ms: number }
  /** The overflow store does not have a value that a session refers to. */
  | { readonly type: 'overflow-miss'; readonly ms: number }
  /** The overflow store failed, did not answer in time, or returned something else. */
  | {
      readonly type: 'overflow-error'
      readonly operation: 'get' | 'put'
      readonly failure: Exclude<OverflowFailure, 'missing' | 'too-large'>
      readonly ms: number
    }
  /**
   * A request carried a session that was ended elsewhere: by its id, its user, a key of the app, or since `accept`
   * refused it. The request gets a new session.
   */
  | { readonly type: 'revoked'; readonly by: 'session' | 'subject' | 'key' | 'accept' }
  /** The revocation store was asked about a session, by so many `keys` at once. */
  | { readonly type: 'revocation-check'; readonly keys: number; readonly ms: number }
  /** `revoke()` has put a mark. */
  | { readonly type: 'marked'; readonly ms: number }
  /** A login was refused, since the user has `maxSessions` sessions. */
  | { readonly type: 'too-many-sessions' }
  /**
   * The revocation store failed, did not answer in time, or held something else. For `check` and `admit`, `policy` says
   * what became of the request.
   */
  | {
      readonly type: 'revocation-error'
      readonly operation: RevocationOperation
      readonly failure: RevocationFailure
      readonly policy: 'allow' | 'deny'
      readonly ms: number
    }
