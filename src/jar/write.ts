/** What a response wants to write into the jar, and the cookies that this leads to. */
import type { Base, Fragment, Log, Op } from '../codec/fragment.ts'
import { sealedFragmentLength } from '../seal/fragment.ts'
import type { RandomBytes } from './ids.ts'
import type { Current } from './merge.ts'

/** Cookies to set and to delete. */
export interface Plan {
  readonly put: readonly Fragment[]
  readonly remove: readonly Fragment[]
}

/** What a response wants to write, and when. */
export interface Write {
  /** What it changed; empty where it only renews. */
  readonly ops: readonly Op[]
  /** The time of the write, in ms since 1970. */
  readonly now: number
  /** The time at which the request came in: what had arrived by then is in its view. */
  readonly opened: number
  /** Until when the session is honoured that is written now, in ms. */
  readonly expires: number
  /** Whether a new base is wanted, as it is when an older secret sealed the one that there is. */
  readonly renew: boolean
  /** Whether nothing may settle, as long as there is room: there may be older entries that this node cannot read. */
  readonly hold?: boolean
  /** How many characters the value of a cookie may have. */
  readonly most: number
  readonly random: RandomBytes
}

/** A fragment of a view's session. */
export function fragmentOf(
  { head }: Current,
  { expires }: Write,
  id: string,
  content: { readonly base?: Base; readonly log?: Log | undefined },
): Fragment {
  return { id, head, expires, base: content.base, log: content.log, tombstone: false }
}

/** How many characters the values of these cookies have together. */
export function sealedSize(fragments: readonly Fragment[]): number {
  return fragments.reduce((sum, each) => sum + sealedFragmentLength(each), 0)
}
