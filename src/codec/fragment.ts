/**
 * Fragments: what one cookie of ours holds. A base, a log, a tombstone, or a base with the log that
 * follows it in one cookie.
 */
import type { Tree, TreeObject } from './tree.ts'

/** One change of the state. Paths are pointers (`pointer.ts`). */
export type Op =
  /** A plain object merges into what is there, path by path; all else replaces it. */
  | { readonly kind: 'set'; readonly path: string; readonly value: Tree }
  | { readonly kind: 'delete'; readonly path: string }
  /** As `set`, but a leaf of the value only goes where nothing is. */
  | { readonly kind: 'fill'; readonly path: string; readonly value: Tree }
  | { readonly kind: 'increment'; readonly path: string; readonly by: number }
  | { readonly kind: 'append'; readonly path: string; readonly items: readonly Tree[] }

/** What one response changed. */
export interface Entry {
  /** {@link ID_LENGTH} characters that sort by time. */
  readonly id: string
  readonly ops: readonly Op[]
}

/** The settled state. */
export interface Base {
  /** The id up to which all entries are settled into `state`. */
  readonly horizon: string
  readonly state: TreeObject
  /** Counts the bases that this one came out of: of two with one horizon the higher one is newer. */
  readonly serial: number
}

/** Recent entries, all or none of which apply. A log of one entry is a delta. */
export interface Log {
  /** The horizon of the base that its writer saw. It applies only onto a base at least that far. */
  readonly since: string
  /** The newest entries that its writer had seen and that are not in it, like a commit's parents. */
  readonly after: readonly string[]
  /** Those of its entries that no other of its entries had seen. */
  readonly tips: readonly string[]
  /** Digests of entries all of whose ops were replaced by later ones of this log. */
  readonly retired: readonly string[]
  /** In the order of their ids. */
  readonly entries: readonly Entry[]
}

/** What all fragments of a session tell about it. */
export interface SessionHead {
  /** The session's id: 128 random bits in base64url. */
  readonly sid: string
  /** When the session started, in ms since 1970. */
  readonly start: number
  /**
   * Counts the sessions that this one grew out of by `regenerate()`. The higher one wins. -1 is a
   * provisional session, see {@link PROVISIONAL}.
   */
  readonly generation: number
  /** The sids (8 characters of each) of those that it grew out of in the last minutes. */
  readonly from: readonly string[]
  /** Whose session it is. */
  readonly subject: string | undefined
}

/** What one cookie of ours holds. */
export interface Fragment {
  /** The id in the cookie's name; the JWT's `jti`. */
  readonly id: string
  readonly head: SessionHead
  /** Until when this fragment counts, in ms since 1970. */
  readonly expires: number
  readonly base: Base | undefined
  readonly log: Log | undefined
  /** "This session has ended." Then there is neither a base nor a log. */
  readonly tombstone: boolean
}

/**
 * The generation of a session that started on a node that could not read all cookies of the jar. It yields to
 * a session that a node with all secrets finds there.
 */
export const PROVISIONAL = -1

/** Characters of an entry's id: 8 of its time in ms, base 36, and 5 random ones. */
export const ID_LENGTH = 13

/** Characters of one digest of an entry's id (see `Log.retired`). */
export const DIGEST_LENGTH = 5

/** Characters of a sid that `SessionHead.from` keeps. */
export const SID_PREFIX_LENGTH = 8
