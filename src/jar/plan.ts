/**
 * What a response writes into the jar, and what it removes. It never overwrites a cookie: it adds
 * what it wrote under a new name, and removes only what it has read and taken over.
 */
import { encodeClaims } from '../codec/claims.ts'
import type { Entry, Fragment } from '../codec/fragment.ts'
import { isElected, MANY_FRAGMENTS } from './elect.ts'
import { foldLogs } from './fold.ts'
import { derivedId, digestOf, entryId, latestTimeOf, type RandomBytes, timeOf } from './ids.ts'
import type { Current } from './merge.ts'
import { type Rebased, rebase } from './rebase.ts'
import {
  crowdedCut,
  cutAt,
  joined,
  KEPT_ENTRIES,
  MAX_ENTRIES,
  type Unsettled,
  withEntry,
} from './settle.ts'
import { fragmentOf, type Plan, sealedSize, type Write } from './write.ts'

/** A log of one writer at a time grows up to so many characters of claims before it moves into the base … */
const CALM_LOG_LENGTH = 270

/** … and this part of the base's own length on top. */
const CALM_BASE_SHARE = 0.1

/** Parallel writers fold once a view holds so many logs. */
const FOLD_FROM = 3

/** When parallel writers settle entries into a new base, one in so many of those that would fold does. */
const FOLDS_PER_REBASE = 8

/** A crowded view is worth a new base when so many entries settle by it. */
const WORTH_SETTLING = 8

/**
 * The values of the cookies of one response together have no more characters than this, if it can be helped:
 * with names, attributes and some deletions that is less than 3,500 bytes.
 */
const RESPONSE_LENGTH = 3200

/** What a response that changes little writes beside a base, in characters. */
const USUAL_DELTA_LENGTH = 400

/** A view with so many newest entries has more than a few writers at once. */
const MANY_TIPS = 3

/** So many entries stay unsettled at least, for answers that are late, unless it is urgent. */
const FEW_LATE = 16

/** Where a session nearly fills its cookie, fewer stay, as many as there is room for. */
const FEWER_ENTRIES = [KEPT_ENTRIES, 32, 16, 8]

/** Plans the cookies of a response that changed, or has to renew, the session of its view. */
export function planWrite(current: Current, write: Write): Plan {
  const { ops, now, opened, renew, random } = write
  const overfull = crowdedCut(current, MAX_ENTRIES, now) !== ''
  const crowded = overfull ? crowdedCut(current, KEPT_ENTRIES, now) : ''
  const cut = [write.hold ? '' : cutAt(opened), crowded].reduce((a, b) => (a > b ? a : b))
  if (ops.length === 0) return rebase(current, write, cut, write.most) ?? { put: [], remove: [] }
  const own = { id: entryId(Math.max(now, timeOf(current.newest) + 1), random), ops }
  const alone = delta(current, write, own, { put: [], tips: current.tips })
  const logs = current.fragments.filter(({ log, base }) => log && !base)
  const isCalm = logs.length <= 1 && current.tips.length <= 1
  const isFew = logs.length < FOLD_FROM
  if (!renew && !overfull) {
    const collected = isCalm ? collect(current, write, own) : undefined
    if (collected && isShort(collected, current)) return collected
    if (isFew && !isCalm) return alone
  }
  const room = RESPONSE_LENGTH - sealedSize(alone.put)
  const rebased =
    rebase(current, write, cut, room) ?? (overfull ? squeeze(current, write, room) : undefined)
  const isWorthIt =
    renew ||
    overfull ||
    (isFew && rebased?.isWhole) ||
    settlingBy(current, cut, now) >= WORTH_SETTLING
  const among = isFew || renew ? 1 : FOLDS_PER_REBASE
  if (rebased && isWorthIt && isElected(current, write, among)) {
    return both(rebased, delta(current, write, own, rebased), random)
  }
  if (isFew || !isElected(current, write, 1)) return alone
  const folded = fold(current, write)
  const roomy =
    sealedSize(folded.put) <= Math.min(room, write.most) ? folded : squeeze(current, write, room)
  return roomy ? both(roomy, delta(current, write, own, roomy), random) : alone
}

/** A new base for a view with too many entries, where not as many as usual can stay unsettled beside the state. */
function squeeze(current: Current, write: Write, room: number): Rebased | undefined {
  const fewer = (most: number, least: number): Rebased | undefined => {
    for (const kept of FEWER_ENTRIES) {
      const cut = crowdedCut(current, kept, write.now)
      const rebased = kept < least ? undefined : rebase(current, write, cut, most)
      if (rebased) return rebased
    }
    return undefined
  }
  const small = fewer(room, 0)
  if (small) return small
  // A response that changes less may have room soon; the Cookie header must not grow for ever, though.
  if (current.fragments.length > MANY_FRAGMENTS)
    return fewer(write.most, 0) ?? rebase(current, write, current.newest, write.most)
  // Nor does waiting help where the state alone takes all the room. Among many writers it would make many bases.
  const usual = Math.max(room, RESPONSE_LENGTH - USUAL_DELTA_LENGTH)
  const isLarge = current.tips.length < MANY_TIPS && !rebase(current, write, current.newest, usual)
  return isLarge ? fewer(write.most, FEW_LATE) : undefined
}

function isShort({ put }: Plan, { baseFragment }: Current): boolean {
  const length = put.reduce((sum, each) => sum + encodeClaims(each).length, 0)
  return length <= CALM_LOG_LENGTH + CALM_BASE_SHARE * encodeClaims(baseFragment).length
}

function settlingBy(current: Current, cut: string, now: number): number {
  const entries = current.entries.filter(({ id }) => id <= cut)
  const retired = current.retired.filter((digest) => latestTimeOf(digest, now) <= timeOf(cut))
  return entries.length + retired.length
}

/** Two plans as one. */
function both(a: Plan, b: Plan, random: RandomBytes): Plan {
  const put = [...a.put, ...b.put]
  const ids = new Set(put.map(({ id }) => id))
  const remove = [...a.remove, ...b.remove].filter(({ id }) => !ids.has(id))
  // There may not be room for all deletions in one response. Bases, which take most, go first; of the rest each
  // response of a burst begins with another one, so that all of them together delete all.
  const bases = remove.filter(({ base }) => base)
  const others = remove.filter(({ base }) => !base)
  const [byte = 0] = random(1)
  const first = Math.floor((byte * others.length) / 256)
  return { put, remove: [...bases, ...others.slice(first), ...others.slice(0, first)] }
}

/** The response's own entry, by itself. */
function delta(
  current: Current,
  write: Write,
  own: Entry,
  { put, tips: after }: { readonly put: readonly Fragment[]; readonly tips: readonly string[] },
): Plan {
  // What a new base settles is no parent any more. It is that base, or a later one, that must be there.
  const settled = put.find(({ base }) => base)?.base
  const log = {
    since: (settled ?? current.base).horizon,
    after,
    tips: [own.id],
    retired: [],
    entries: [own],
  }
  return { put: [fragmentOf(current, write, own.id, { log })], remove: [] }
}

/** One log in place of all that the view holds beside its base. */
function collect(current: Current, write: Write, own: Entry): Plan {
  // The new entry has seen all that is there: it alone is newest.
  const after = current.embedded?.tips ?? []
  const log = { since: current.base.horizon, after, ...withEntry(outsideBase(current, write), own) }
  return { put: [fragmentOf(current, write, own.id, { log })], remove: besideBase(current) }
}

/** One log in place of those that the view holds, the same cookie for all that have this view. */
function fold(current: Current, write: Write): Plan & { readonly tips: readonly string[] } {
  const { tips, base, baseFragment } = current
  const remove = besideBase(current)
  const logs = remove.flatMap(({ log }) => (log ? [log] : []))
  const log = foldLogs(logs, base.horizon, write.now)
  if (log.entries.length === 0) return { put: [], remove, tips }
  const inputs = [baseFragment.id, ...remove.map((each) => each.id).sort()]
  const id = derivedId('l', inputs)
  // It stands for all that the view has only where the base's own log does not have newer entries beside it.
  const isAll = tips.every((tip) => log.tips.includes(tip))
  const own = isAll ? { ...log, ...joined(log, inputs) } : log
  return {
    put: [fragmentOf(current, write, id, { log: own })],
    remove,
    tips: isAll ? own.tips : tips,
  }
}

/** What a view holds beside its base. */
function outsideBase(
  { embedded, base, entries, retired }: Current,
  { now }: Write,
): Omit<Unsettled, 'tips'> {
  // Digests may collide, ids do not: an entry that shows must not be taken for another one.
  const inBase = new Set(embedded?.entries.map(({ id }) => id))
  const digestsInBase = new Set([...inBase].map(digestOf).concat(embedded?.retired ?? []))
  return {
    entries: entries.filter(({ id }) => !inBase.has(id)),
    retired: retired.filter(
      (digest) => !digestsInBase.has(digest) && latestTimeOf(digest, now) > timeOf(base.horizon),
    ),
  }
}

function besideBase({ fragments, baseFragment }: Current): Fragment[] {
  return fragments.filter((other) => other !== baseFragment)
}
