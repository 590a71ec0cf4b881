/**
 * What a response writes into the jar, and what it removes. It never overwrites a cookie: it adds
 * what it wrote under a new name, and removes only what it has read and taken over.
 */
import { encodeClaims } from '../codec/claims.ts'
import type { Entry, Fragment, Op } from '../codec/fragment.ts'
import { derivedId, digestOf, entryId, type RandomBytes, timeOf } from './ids.ts'
import type { Current } from './merge.ts'
import {
  crowdedCut,
  cutAt,
  embed,
  MAX_ENTRIES,
  settle,
  type Unsettled,
  withEntry,
} from './settle.ts'

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
  /** Until when a base that is written now is honoured, in ms. */
  readonly expires: number
  /** When the session ends in any case, in ms: logs count that long. */
  readonly ends: number
  /** Whether the session is to be renewed, so that a base must be written. */
  readonly renew: boolean
  readonly random: RandomBytes
}

/** Tunables of the plan, in characters of claims. They change bytes, never what is kept. */
export const policy = {
  calmLog: 270,
  calmShare: 0.1,
  crowdLog: 450,
  crowdShare: 0.2,
  recentMs: 3000,
  fewLogs: 3,
  manyLogs: 7,
  least: 2,
  collectShare: 1,
  rebaseShare: 0.3,
  keepEntries: 40,
}

/** Plans the cookies of a response that changed, or has to renew, the session of its view. */
export function planWrite(current: Current, write: Write): Plan {
  const { ops, now, opened, renew, random } = write
  const crowded =
    crowdedCut(current, MAX_ENTRIES, now) === '' ? '' : crowdedCut(current, policy.keepEntries, now)
  const cut = [cutAt(opened), crowded].reduce((a, b) => (a > b ? a : b))
  if (ops.length === 0) return renewed(current, write, cut, undefined)
  const own = { id: entryId(Math.max(now, timeOf(current.newest) + 1), random), ops }
  const due = crowded !== ''
  const logs = current.fragments.filter(({ log, base }) => log && !base)
  const baseSize = encodeClaims(current.baseFragment).length
  const parallel =
    current.tips.length > 1 || logs.length > 2 || now - timeOf(current.newest) < policy.recentMs
  if (!parallel) {
    if (renew) return renewed(current, write, cut, own)
    if (due) return rebase(current, write, cut, own)
    const collected = collect(current, write, own)
    return sizeOf(collected.put) <= policy.calmLog + policy.calmShare * baseSize
      ? collected
      : rebase(current, write, cut, own)
  }
  if (renew) return renewed(current, write, cut, own)
  if (logs.length >= policy.fewLogs || due) {
    const [byte = 0] = random(1)
    const luck = byte / 256
    const chance =
      logs.length >= policy.manyLogs
        ? 1
        : policy.collectShare / Math.max(policy.least, current.tips.length)
    if (luck < chance) {
      const collected = collect(current, write, own)
      const big = due || sizeOf(collected.put) > policy.crowdLog + policy.crowdShare * baseSize
      if (big && luck < (policy.rebaseShare * 1) / Math.max(policy.least, current.tips.length))
        return rebase(current, write, cut, own)
      return collected
    }
  }
  return delta(current, write, own)
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
  const { embedded, base, baseFragment } = current
  // Digests may collide, ids do not: an entry that shows must not be taken for another one.
  const inBase = new Set(embedded?.entries.map(({ id }) => id))
  const digestsInBase = new Set([...inBase].map(digestOf).concat(embedded?.retired ?? []))
  const rest = {
    entries: current.entries.filter(({ id }) => !inBase.has(id)),
    retired: current.retired.filter((digest) => !digestsInBase.has(digest)),
  }
  const log = { since: base.horizon, after: embedded?.tips ?? [], ...withEntry(rest, own) }
  return {
    put: [fragment(current, write, own.id, { log })],
    // Of two bases the older one may be renewed for longer. It stays until there is a new base.
    remove: current.fragments.filter(
      (other) => other !== baseFragment && !(other.base && other.expires > baseFragment.expires),
    ),
  }
}

/** A new base in place of all that the view holds; what is newer than `cut` stays unsettled in it. */
function rebase(current: Current, write: Write, cut: string, own: Entry | undefined): Plan {
  const { base, rest } = settle(current.base, current, cut, write.now)
  const unsettled: Unsettled = own ? withEntry(rest, own) : rest
  const inputs = current.fragments.map(({ id }) => id).sort()
  const id = own?.id ?? derivedId('b', [base.horizon, String(write.expires), ...inputs])
  const serial = Math.max(...current.fragments.map((other) => other.base?.serial ?? 0)) + 1
  return {
    put: [fragment(current, write, id, embed({ ...base, serial }, unsettled))],
    remove: current.fragments,
  }
}

/**
 * A new base that parallel requests write alike, so that a burst of them, when renewal is due, leaves
 * one base in the jar and not one each. What the response wrote stands beside it.
 */
function renewed(current: Current, write: Write, cut: string, own: Entry | undefined): Plan {
  const coarse = Math.floor(write.expires / RENEWAL_STEP_MS) * RENEWAL_STEP_MS
  const expires = coarse > current.expires ? coarse : write.expires
  const shared = rebase(current, { ...write, expires }, cut, undefined)
  return own
    ? { put: [...delta(current, write, own).put, ...shared.put], remove: shared.remove }
    : shared
}

/** Bases that are written for renewal expire at a multiple of this, where that renews them at all. */
const RENEWAL_STEP_MS = 60_000

function fragment(
  { head }: Current,
  { expires, ends }: Write,
  id: string,
  content: { base?: Fragment['base']; log?: Fragment['log'] },
): Fragment {
  const { base, log } = content
  return { id, head, expires: base ? expires : ends, base, log, tombstone: false }
}

function sizeOf(fragments: readonly Fragment[]): number {
  return fragments.reduce((sum, each) => sum + encodeClaims(each).length, 0)
}
