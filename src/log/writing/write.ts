/** What a response wants to write into the jar, and the cookies that this leads to. */
import { SPREAD_SECONDS } from '../format/clocks.ts'
import type {
  Base,
  BaseFragment,
  Entry,
  Fragment,
  Log,
  LogFragment,
  Op,
} from '../format/fragment.ts'
import { derivedId, digestOf, entryId, type RandomBytes, timeOf } from '../format/ids.ts'
import { sealedFragmentLength } from '../format/length.ts'
import { prune } from '../ops/prune.ts'
import type { Fetched } from '../ops/waiting.ts'
import { type Current, newestIdOf } from '../reading/merge.ts'
import type { Policy } from './policy.ts'

/** Cookies to set and to delete. */
export interface Plan {
  readonly put: readonly Fragment[]
  readonly remove: readonly Fragment[]
  /** Whether more values of its base and its logs go elsewhere than usual: those for which `tightSizeOf` counts less. */
  readonly isTight?: boolean
}

/** What a response wants to write, and when. */
export interface Write {
  /**
   * What follows from the state that was read, such as a migration. It counts as older than what parallel
   * requests write.
   */
  readonly earlier?: readonly Op[]
  /** What the response changed; empty where it only renews. */
  readonly ops: readonly Op[]
  /** The time of the write, in ms since 1970. */
  readonly now: number
  /** The time at which the request came in: what had arrived by then is in its view. */
  readonly arrivedAt: number
  /** Until when the session is honoured that is written now, in ms. */
  readonly expires: number
  /** Whether a new base is wanted, as it is when an older secret sealed the one that there is. */
  readonly reseal: boolean
  /** Whether nothing may settle, as long as there is room: there may be older entries that this node cannot read. */
  readonly hold?: boolean
  /** How many characters the value of a cookie may have. */
  readonly most: number
  /** How many characters a fragment takes, where some of its values go elsewhere. */
  readonly sizeOf?: (fragment: Fragment) => number
  /** The same where more values go elsewhere, so that there is room for what is not settled. */
  readonly tightSizeOf?: (fragment: Fragment) => number
  /** Values of the overflow store that are here. What waits for others cannot settle. */
  readonly fetched?: Fetched
  /** Whether all goes into a new base, what is written as well, since that does not fit into a cookie of its own. */
  readonly intoBase?: boolean
  /** Whether no new base is wanted, since the overflow store takes nothing. */
  readonly noBase?: boolean
  /** Whether all that write these ops with this view write the same entry, so that its id follows from both. */
  readonly isShared?: boolean
  readonly random: RandomBytes
}

/** A write, and the numbers that it is planned by. */
export interface Planning extends Write {
  readonly policy: Policy
  /** The id up to which entries are old enough to settle. */
  readonly horizon: string
}

/**
 * The entries that a response adds, in the order of their ids: none where it only renews. What follows from the
 * state alone is as old as that state: what other responses have written since stays, though clocks may differ. It
 * must not be older than that, or it could be older than what they settle.
 */
export function ownEntries(current: Current, write: Planning): readonly Entry[] {
  const { earlier = [], ops, now, arrivedAt, random, isShared } = write
  if (isShared) return [{ id: sharedId(current, write), ops }]
  let newest = timeOf(newestIdOf(current))
  const entryAt = (ms: number, of: readonly Op[]): Entry => {
    newest = Math.max(ms, newest + 1)
    return { id: freshId(current, newest, random), ops: of }
  }
  const left = prune([
    { id: 'earlier', ops: earlier },
    { id: 'later', ops },
  ]).find(({ id }) => id === 'earlier')
  return [
    ...(left ? [entryAt(arrivedAt - SPREAD_SECONDS * 1000, left.ops)] : []),
    ...(ops.length > 0 ? [entryAt(now, ops)] : []),
  ]
}

/** An id whose digest no other entry has that the view knows of: it would be taken for that one. */
function freshId({ entries, retired }: Current, ms: number, random: RandomBytes): string {
  const known = new Set([...retired, ...entries.map(({ id }) => digestOf(id))])
  for (let tries = 1; ; tries++) {
    const id = entryId(ms, random)
    if (!known.has(digestOf(id)) || tries === MOST_TRIES) return id
  }
}

/** One in 262,144 is like another one of the same tenth of a second. */
const MOST_TRIES = 4

/**
 * The id of an entry that is shared. Clocks differ, so its time is that of the view. But it must not be older than what
 * others let settle before it arrives: the step of the cut in which its request came in is later than all of these.
 */
function sharedId(current: Current, { ops, arrivedAt, policy }: Planning): string {
  const step = policy.cutStepSeconds * 1000
  const unsettled = Math.floor(arrivedAt / step) * step
  const time = Math.max(timeOf(newestIdOf(current)), unsettled) + 1
  return derivedEntryId(time, [
    ...current.fragments.map(({ id }) => id).sort(),
    ...ops.map(({ kind, path }) => `${kind} ${path}`),
  ])
}

/** The id of an entry of the time `ms`: the same for all that make it of the same `inputs`. */
export function derivedEntryId(ms: number, inputs: readonly string[]): string {
  const bytes = new TextEncoder().encode(derivedId('e', inputs))
  return entryId(ms, (count) => bytes.subarray(0, count))
}

/** A base of a view's session, in a cookie with `id`. */
export function baseFragment(
  current: Current,
  { expires }: Write,
  id: string,
  { horizon, state, serial, memory }: Base,
  log: Log | undefined,
): BaseFragment {
  const { identity } = current.base
  return { kind: 'base', id, identity, expires, horizon, state, serial, memory, log }
}

/** A log of a view's session, in a cookie with `id`. */
export function logFragment(
  current: Current,
  { expires }: Write,
  id: string,
  log: Log,
): LogFragment {
  return { kind: 'log', id, identity: current.base.identity, expires, log }
}

/** How many characters the values of these cookies have together. */
export function sealedSize(
  fragments: readonly Fragment[],
  { sizeOf = sealedFragmentLength }: Pick<Write, 'sizeOf'>,
): number {
  return fragments.reduce((sum, each) => sum + sizeOf(each), 0)
}
