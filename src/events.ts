/** What `onEvent` gets to know. No event holds a secret, a token or data of the session. */
import type { OverflowFailure, RejectionReason } from './errors.ts'

/** Something that happened to a session. The list is closed: a switch over `type` can be exhaustive. */
export type SessionEvent =
  /** A request without a session stored something, and a session began. */
  | { readonly type: 'created' }
  /** A request carried a session. `fragments` cookies of it were read. */
  | { readonly type: 'opened'; readonly fragments: number }
  /** Cookies left: `cookies` of them, with `bytes` bytes of Set-Cookie in all, and `deleted` deletions. */
  | {
      readonly type: 'committed'
      readonly bytes: number
      readonly cookies: number
      readonly deleted: number
    }
  /** The cookies of a request had changes of `writers` parallel requests, none of which had seen the others. */
  | { readonly type: 'merged'; readonly writers: number }
  /** `fragments` cookies were folded into fewer. */
  | { readonly type: 'folded'; readonly fragments: number }
  /** The idle timeout started anew. */
  | { readonly type: 'renewed' }
  /** A session that an older secret had sealed was sealed with the newest. */
  | { readonly type: 'rotated' }
  /** The session goes on under a new id. */
  | { readonly type: 'regenerated' }
  /** The session was ended by `destroy()`. */
  | { readonly type: 'destroyed' }
  /** A session was past its idle or absolute timeout. */
  | { readonly type: 'expired'; readonly limit: 'idle' | 'absolute' }
  /** `count` cookies were not used. */
  | { readonly type: 'rejected'; readonly reason: RejectionReason; readonly count: number }
  /** A value was put into the overflow store, in `ms`. */
  | { readonly type: 'overflow-put'; readonly bytes: number; readonly ms: number }
  /** A value was fetched from the overflow store, in `ms`. */
  | { readonly type: 'overflow-get'; readonly bytes: number; readonly ms: number }
  /** The overflow store does not have a value that a session refers to. */
  | { readonly type: 'overflow-miss'; readonly ms: number }
  /** The overflow store failed. */
  | {
      readonly type: 'overflow-error'
      readonly operation: 'get' | 'put'
      readonly failure: Exclude<OverflowFailure, 'missing'>
      readonly ms: number
    }
