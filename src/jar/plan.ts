/**
 * What a response writes into the jar, and what it removes. It never overwrites a cookie: it adds
 * what it wrote under a new name, and removes only what it has read and taken over.
 */
import { encodeClaims } from '../codec/claims.ts'
import type { Entry, Fragment, Log, Op } from '../codec/fragment.ts'
import { derivedId, digestOf, entryId, latestTimeOf, type RandomBytes, timeOf } from './ids.ts'
import type { Current } from './merge.ts'
import { crowdedCut, cutAt, embed, MAX_ENTRIES, settle, withEntry } from './settle.ts'

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
  readonly random: RandomBytes
}

/** A log of one writer at a time grows up to so many characters of claims before it moves into the base … */
const CALM_LOG_LENGTH = 270

/** … and this part of the base's own length on top. */
const CALM_BASE_SHARE = 0.1

/** Parallel writers fold once a view holds so many logs. */
const FOLD_FROM = 3

/** Over so many of the newest entries it is measured how often a session is written. */
const RATE_OVER = 8

/** Who has missed fewer writes than this is taken to be alone, or one of a burst with one view. */
const ALONE = 0.5

/** When parallel writers settle entries into a new base, one in so many of those that would fold does. */
const FOLDS_PER_REBASE = 5

/** A crowded view is worth a new base when so many entries settle by it. */
const WORTH_SETTLING = 8

/** Where more than `MAX_ENTRIES` are unsettled, about so many stay so. */
const KEPT_ENTRIES = 40

/** Plans the cookies of a response that changed, or has to renew, the session of its view. */
export function planWrite(current: Current, write: Write): Plan {
  const { ops, now, opened, renew, random } = write
  const overfull = crowdedCut(current, MAX_ENTRIES, now) !== ''
  const crowded = overfull ? crowdedCut(current, KEPT_ENTRIES, now) : ''
  const cut = [cutAt(opened), crowded].reduce((a, b) => (a > b ? a : b))
  if (ops.length === 0) return rebase(current, write, cut)
  const own = { id: entryId(Math.max(now, timeOf(current.newest) + 1), random), ops }
  const ownDelta = delta(current, write, own)
  const logs = current.fragments.filter(({ log, base }) => log && !base)
  if (logs.length <= 1 && current.tips.length <= 1 && !renew && !overfull) {
    const collected = collect(current, write, own)
    const base = encodeClaims(current.baseFragment).length
    if (sizeOf(collected.put) <= CALM_LOG_LENGTH + CALM_BASE_SHARE * base) return collected
    return isElected(current, write, 1) ? both(rebase(current, write, cut), ownDelta) : ownDelta
  }
  if (renew)
    return isElected(current, write, 1) ? both(rebase(current, write, cut), ownDelta) : ownDelta
  if (logs.length < FOLD_FROM && !overfull) return ownDelta
  const settling = overfull || settlingBy(current, cut, now) >= WORTH_SETTLING
  if (settling && isElected(current, write, FOLDS_PER_REBASE)) {
    return both(rebase(current, write, cut), ownDelta)
  }
  return isElected(current, write, 1) ? both(fold(current, write), ownDelta) : ownDelta
}

/**
 * Whether this response does what one of those that are under way should do. Each guesses how many others
 * have written since its request came in, and takes its chance. Those with one view that are elected
 * write the same cookie.
 */
function isElected(current: Current, { now, opened, random }: Write, among: number): boolean {
  const times = [
    ...current.entries.map(({ id }) => timeOf(id)),
    ...current.retired.map((digest) => latestTimeOf(digest, now)),
  ]
  const recent = times.sort((a, b) => b - a).slice(0, RATE_OVER)
  const oldest = recent.at(-1)
  const interval =
    oldest === undefined ? Number.POSITIVE_INFINITY : (opened - oldest) / recent.length
  const missed = Math.max(0, now - opened) / Math.max(1, interval)
  if (missed < ALONE) return true
  const [high = 0, low = 0] = random(2)
  return (high * 256 + low) / 65_536 < 1 / (among * (1 + missed))
}

function settlingBy(current: Current, cut: string, now: number): number {
  const entries = current.entries.filter(({ id }) => id <= cut)
  const retired = current.retired.filter((digest) => latestTimeOf(digest, now) <= timeOf(cut))
  return entries.length + retired.length
}

/** Two plans as one. */
function both(a: Plan, b: Plan): Plan {
  const put = [...a.put, ...b.put]
  const ids = new Set(put.map(({ id }) => id))
  return { put, remove: [...a.remove, ...b.remove].filter(({ id }) => !ids.has(id)) }
}

/** The response's own entry, by itself. */
function delta(current: Current, write: Write, own: Entry): Plan {
  const log = {
    since: current.base.horizon,
    after: current.tips,
    tips: [own.id],
    retired: [],
    entries: [own],
  }
  return { put: [fragment(current, write, own.id, { log })], remove: [] }
}

/** One log in place of all that the view holds beside its base. */
function collect(current: Current, write: Write, own: Entry): Plan {
  const { since, after, ...rest } = outsideBase(current, write)
  const log = { since, after, ...withEntry(rest, own) }
  return { put: [fragment(current, write, own.id, { log })], remove: besideBase(current) }
}

/** As {@link collect}, without an entry of its own: the same cookie for all that have this view. */
function fold(current: Current, write: Write): Plan {
  const remove = besideBase(current)
  const id = derivedId('l', [current.baseFragment.id, ...remove.map((each) => each.id).sort()])
  const log = { ...outsideBase(current, write), tips: current.tips }
  return { put: [fragment(current, write, id, { log })], remove }
}

/** What a view holds beside its base, as a log. */
function outsideBase(
  { embedded, base, entries, retired }: Current,
  { now }: Write,
): Omit<Log, 'tips'> {
  // Digests may collide, ids do not: an entry that shows must not be taken for another one.
  const inBase = new Set(embedded?.entries.map(({ id }) => id))
  const digestsInBase = new Set([...inBase].map(digestOf).concat(embedded?.retired ?? []))
  return {
    since: base.horizon,
    after: embedded?.tips ?? [],
    entries: entries.filter(({ id }) => !inBase.has(id)),
    retired: retired.filter(
      (digest) => !digestsInBase.has(digest) && latestTimeOf(digest, now) > timeOf(base.horizon),
    ),
  }
}

function besideBase({ fragments, baseFragment }: Current): Fragment[] {
  return fragments.filter((other) => other !== baseFragment)
}

/**
 * A new base in place of all that the view holds; what is newer than `cut` stays unsettled in it. The same
 * cookie for all that have this view.
 */
function rebase(current: Current, write: Write, cut: string): Plan {
  const { base, rest } = settle(current.base, current, cut, write.now)
  const inputs = current.fragments.map(({ id }) => id).sort()
  const id = derivedId('b', [base.horizon, ...inputs])
  const serial = Math.max(...current.fragments.map((other) => other.base?.serial ?? 0)) + 1
  return {
    put: [fragment(current, write, id, embed({ ...base, serial }, rest))],
    remove: current.fragments,
  }
}

function fragment(
  { head }: Current,
  { expires }: Write,
  id: string,
  content: { base?: Fragment['base']; log?: Fragment['log'] },
): Fragment {
  const { base, log } = content
  return { id, head, expires, base, log, tombstone: false }
}

function sizeOf(fragments: readonly Fragment[]): number {
  return fragments.reduce((sum, each) => sum + encodeClaims(each).length, 0)
}
