/**
 * Fragments: what one cookie of ours holds. A base, a log, or a tombstone. A base may have the log that
 * follows it in the same cookie.
 */
import type { Tree, TreeObject } from '../../tree/tree.ts'
import type { Memory } from './memory.ts'

/**
 * One change of the state. Paths are pointers (`tree/pointer.ts`). All steps but the last must lead through what is
 * there: where a parallel request removed it, the op does nothing.
 */
export type Op =
  /**
   * What its writer did not see, or a new leaf. A plain object merges into what is there, path by path; a list, a map
   * or a set merges with one that a parallel request put there; all else replaces it.
   */
  | { readonly kind: 'set'; readonly path: string; readonly value: Tree }
  /** Takes the place of what its writer saw, whole. */
  | { readonly kind: 'put'; readonly path: string; readonly value: Tree }
  | { readonly kind: 'delete'; readonly path: string }
  /** As `set`, but a leaf of the value only goes where nothing is. */
  | { readonly kind: 'fill'; readonly path: string; readonly value: Tree }
  | { readonly kind: 'increment'; readonly path: string; readonly by: number }
  /** A number or a text that only grows: the larger one stays. */
  | { readonly kind: 'advance'; readonly path: string; readonly value: number | string }
  /** Elements at the end of a list. */
  | { readonly kind: 'append'; readonly path: string; readonly items: readonly Tree[] }
  /** Elements between two others of a list; `''` is the beginning or the end. */
  | {
      readonly kind: 'insert'
      readonly path: string
      readonly after: string
      readonly before: string
      readonly items: readonly Tree[]
    }
  /** Elements of a list, by their names. */
  | { readonly kind: 'remove'; readonly path: string; readonly names: readonly string[] }
  /** Elements of a list, by their names in their new order. */
  | { readonly kind: 'order'; readonly path: string; readonly names: readonly string[] }
  /** Takes a key. Where another entry took it, the entry of this op is void. */
  | { readonly kind: 'once'; readonly path: string }

/** What one response changed. */
export interface Entry {
  /** {@link ID_LENGTH} characters that sort by time. */
  readonly id: string
  readonly ops: readonly Op[]
}

/** Whether an entry with these ops is void where another one took a key of its `once`. */
export function mayBeVoid(ops: readonly Op[]): boolean {
  return ops.some(({ kind }) => kind === 'once')
}

/** The settled state. */
export interface Base {
  /** The id up to which all entries are settled into `state`. */
  readonly horizon: string
  readonly state: TreeObject
  /** Counts the bases that this one came out of: of two with one horizon the higher one is newer. */
  readonly serial: number
  /** What was settled of lists in the last minutes; `undefined` where nobody edited one. */
  readonly memory: Memory | undefined
}

/** Recent entries, all or none of which apply. A log of one response's entries is a delta. */
export interface Log {
  /** The horizon of the base that its writer saw. It applies only onto a base at least that far. */
  readonly since: string
  /** The newest entries that its writer had seen and that are not in it, like a commit's parents. */
  readonly parents: readonly string[]
  /** Those of its entries that no other of its entries had seen. */
  readonly heads: readonly string[]
  /** Digests of entries all of whose ops were replaced by later ones of this log. */
  readonly retired: readonly string[]
  /** In the order of their ids. */
  readonly entries: readonly Entry[]
}

/** What all fragments of a session tell about it. */
export interface SessionIdentity {
  /** The session's id: 128 random bits in base64url. */
  readonly sid: string
  /** When the session started, in ms since 1970. */
  readonly start: number
  /**
   * The rank among sessions that have not seen each other; the higher one wins. That of a login is about its time, an
   * anonymous one counts how often it got a new id, and -1 is a provisional session, see {@link PROVISIONAL}.
   */
  readonly generation: number
  /**
   * The sids ({@link SID_PREFIX_LENGTH} characters of each) of those that it grew out of, or whose place it took, in the
   * last minutes.
   */
  readonly from: readonly string[]
  /** Whose session it is. */
  readonly subject: string | undefined
  /** The id of the newest tombstone that its writer had seen. Later ones end it. */
  readonly seen?: string | undefined
}

interface AnyFragment {
  /** The id in the cookie's name; the JWT's `jti`. */
  readonly id: string
  readonly identity: SessionIdentity
  /** Until when this fragment counts, in ms since 1970. */
  readonly expires: number
}

/** A base, and the log that stands in the same cookie. */
export interface BaseFragment extends AnyFragment, Base {
  readonly kind: 'base'
  /** Entries that follow the base. What they set and delete shows in its state already. */
  readonly log: Log | undefined
}

/** A log in a cookie of its own. */
export interface LogFragment extends AnyFragment {
  readonly kind: 'log'
  readonly log: Log
}

/** "This session has ended", and perhaps others of the last minutes. */
export interface Tombstone extends AnyFragment {
  readonly kind: 'tombstone'
  readonly others?: readonly Ended[]
}

/** A session that has ended, or one that it grew out of. */
export interface Ended {
  /** {@link SID_PREFIX_LENGTH} characters of its sid. */
  readonly sid: string
  /** Whether somebody was logged in: then logins that grew out of it end as well. */
  readonly hadSubject: boolean
  /** How many minutes before its tombstone it ended. */
  readonly minutes: number
}

/** What one cookie of ours holds. */
export type Fragment = BaseFragment | LogFragment | Tombstone

/** The log in a fragment's cookie, if there is one. */
export function logOf(fragment: Fragment): Log | undefined {
  return fragment.kind === 'tombstone' ? undefined : fragment.log
}

/** Whether a fragment is a base. */
export function isBase(fragment: Fragment): fragment is BaseFragment {
  return fragment.kind === 'base'
}

/** Whether a fragment is a tombstone. */
export function isTombstone(fragment: Fragment): fragment is Tombstone {
  return fragment.kind === 'tombstone'
}

/**
 * The generation of a session that started where not all cookies of the jar could be read: the browser withheld them, or
 * the node lacks a secret. It yields to any session that is found there.
 */
export const PROVISIONAL = -1

/** Characters of an entry's id: 8 of its time in ms, base 36, and 5 random ones. */
export const ID_LENGTH = 13

/** Characters of one digest of an entry's id (see `Log.retired`). */
export const DIGEST_LENGTH = 5

/** Characters of a sid that `SessionIdentity.from` keeps. */
export const SID_PREFIX_LENGTH = 8

/**
 * Characters of the sid that a log tells whose base tells the rest. Whoever logs in 2^33 times has two sessions that begin
 * alike.
 */
export const SHORT_SID_LENGTH = 11

/** Whether a log did not tell more of its session than that, and its base was not there. */
export function isUnnamed({ identity }: Pick<Fragment, 'identity'>): boolean {
  return identity.sid.length === SHORT_SID_LENGTH
}

/** Whether a session may have siblings: nobody's, which grew out of no other. */
export function isOfFirstVisit({ subject, generation }: SessionIdentity): boolean {
  return subject === undefined && generation === 0
}

/** The key in a state under which stands what a session tells of its own life, see `data/keys.ts`. */
export const LIFE_KEY = '~l'
