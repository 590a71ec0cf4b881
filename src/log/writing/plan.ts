/**
 * What a response writes into the jar, and what it removes. It never overwrites a cookie: it adds
 * what it wrote under a new name, and removes only what it has read and taken over.
 */

import { FIRST_VISIT_SECONDS } from '../format/clocks.ts'
import { type Entry, isBase, type Log } from '../format/fragment.ts'
import { digestOf, entryId, isAfter, isJoin, type RandomBytes, timeOf } from '../format/ids.ts'
import { claimsToSeal } from '../format/length.ts'
import { isCovered } from '../reading/base.ts'
import { type Current, newestIdOf } from '../reading/merge.ts'
import {
  type Compacted,
  collect,
  fold,
  foldOpen,
  foldSome,
  type Rebased,
  rebase,
  redundant,
} from './compact.ts'
import { isElected } from './elect.ts'
import { POLICY, type Policy } from './policy.ts'
import { type Cut, crowdedCut, cutOf, isOrderless, withEntries } from './settle.ts'
import {
  logFragment,
  ownEntries,
  type Plan,
  type Planning,
  sealedSize,
  type Write,
} from './write.ts'

/** Plans the cookies of a response that changed, or has to renew, the session of its view. */
export function planWrite(current: Current, write: Write, policy: Policy = POLICY): Plan {
  const plan = withoutRivals(current, planFor(current, write, policy), write.now)
  const put = new Set(plan.put.map(({ id }) => id))
  const needless = redundant(current, plan.remove, write.now).filter(({ id }) => !put.has(id))
  return needless.length > 0 ? { ...plan, remove: [...plan.remove, ...needless] } : plan
}

/** A plan that removes bases as well of which the view's own has all. */
function withoutRivals(current: Current, plan: Plan, now: number): Plan {
  if (plan.put.some(isBase)) return plan
  const gone = new Set(plan.remove.map(({ id }) => id))
  const rivals = current.fragments
    .filter(isBase)
    .filter((each) => isCovered(each, current.base, now) && !gone.has(each.id))
  return rivals.length > 0 ? { ...plan, remove: [...rivals, ...plan.remove] } : plan
}

function planFor(current: Current, write: Write, policy: Policy): Plan {
  const { now, arrivedAt, reseal, hold, most, random } = write
  const isFirst = isFirstVisit(current, write)
  const isOverfull = !isFirst && crowdedCut(current, policy.maxEntries, now) !== ''
  const crowded = isFirst || (hold && !isOverfull) ? '' : crowdedCut(current, policy.keptYoung, now)
  const old = hold ? '' : cutOf(current, arrivedAt, policy)
  const horizon = old > crowded ? old : crowded
  const planning = { ...write, policy, horizon }
  const own = ownEntries(current, planning)
  if (own.length === 0)
    return rebase(current, planning, { horizon }, most) ?? touch(current, planning)
  const alone = delta(current, planning, own, { put: [], remove: [], heads: current.heads })
  if (write.intoBase) return withOwn(current, planning, own) ?? alone
  const logs = current.fragments.filter(({ kind }) => kind === 'log')
  const isCalm = isChain(current)
  const isFew = logs.length < policy.foldFrom
  const isTurn =
    isCalm || reseal
      ? isElected(current, planning, 1)
      : isTurnAt(looseEntries(current, now), current, planning)
  const collected = isCalm ? collect(current, planning, own) : undefined
  if (!reseal && !isOverfull) {
    const isYoung = settlingBy(current, horizon, now) < policy.calmSettling
    if (collected && isYoung && isShort(collected, current, policy)) return collected
    if (isFew && !isCalm && !isTurn) return alone
  }
  const room = policy.responseLength - sealedSize(alone.put, planning)
  const rebased =
    renewed(current, planning, room) ??
    (isOverfull ? squeezeOrStow(current, planning, room) : undefined)
  // What is written may be so long that no base fits beside it.
  const one = rebased || !collected ? undefined : inOne(current, planning, own, alone, collected)
  if (one) return one
  const isWorthIt =
    reseal ||
    isOverfull ||
    (isCalm && isFew && rebased?.isWhole) ||
    !isCalm ||
    settlingBy(current, horizon, now) >= policy.worthSettling
  if (rebased && isWorthIt && isTurn)
    return both(rebased, delta(current, planning, own, rebased), random)
  if (isFew || !isElected(current, planning, 1)) return alone
  return shrink(current, planning, own, alone)
}

/**
 * A new base. As long as that is short, what is young stands in it as entries, so that what comes later and is older
 * takes its place among them. Otherwise the state has it all.
 */
function renewed(current: Current, planning: Planning, room: number): Rebased | undefined {
  const { horizon, policy, hold } = planning
  const exact = rebase(current, planning, { horizon }, room)
  const isLong = !exact?.isWhole || exact.put.some(({ log }) => log && isLongLog(log, policy))
  if (!isLong || hold || isFirstVisit(current, planning)) return exact
  for (const cut of allTaken(current, planning)) {
    const made = rebase(current, planning, cut, room)
    if (made) return made
  }
  return exact
}

/** Ways to take all that a view has into a base, the one first that lets the least settle. */
function allTaken(current: Current, { policy, now, horizon }: Planning): readonly Cut[] {
  const taken = newestIdOf(current)
  return policy.keptEntries.flatMap((kept) => {
    const crowded = crowdedCut(current, kept, now)
    const cut = { horizon: crowded > horizon ? crowded : horizon, taken }
    return [cut, { ...cut, isUnordered: true }]
  })
}

/** Whether a base is too long with these entries in it. Where order is all that is lost, they may be longer. */
function isLongLog({ entries }: Log, { embeddedLength, orderedLength }: Policy): boolean {
  const most = entries.every(isOrderless) ? embeddedLength : orderedLength
  return JSON.stringify(entries).length > most
}

/** Whether each entry has seen those before it, as far as can be told: no join stands for several. */
function isChain({ heads, base, retired }: Current): boolean {
  return heads.length <= 1 && (base.log?.heads.length ?? 0) <= 1 && !retired.some(isJoin)
}

function isTurnAt(loose: number, current: Current, planning: Planning): boolean {
  const { looseEntries: every, turnWidth, urgentEntries, foldsPerRebase } = planning.policy
  if (loose < every) return false
  return (
    loose % every < turnWidth ||
    (loose > urgentEntries && isElected(current, planning, foldsPerRebase))
  )
}

/** Whether what stands beside the base is worth a new one. */
function looseEntries({ base, entries, retired }: Current, now: number): number {
  const inBase = new Set([
    ...(base.log?.entries.map(({ id }) => digestOf(id)) ?? []),
    ...(base.log?.retired ?? []),
  ])
  const live = entries.filter(({ id }) => !inBase.has(digestOf(id)))
  const gone = retired.filter(
    (digest) => !inBase.has(digest) && !isJoin(digest) && isAfter(digest, base.horizon, now),
  )
  return live.length + gone.length
}

/**
 * A new base with all that there is, the response's own entries as well. They stay entries in it: a base that a
 * parallel response makes does not have them.
 */
function withOwn(current: Current, planning: Planning, own: readonly Entry[]): Rebased | undefined {
  const after = { ...current, ...withEntries(current, own) }
  const ids = own.map(({ id }) => id)
  const { horizon, most, hold } = planning
  const exact = rebase(after, planning, { horizon }, most, ids)
  if (exact?.isWhole || hold || isFirstVisit(current, planning)) return exact
  for (const cut of allTaken(current, planning)) {
    const made = rebase(after, planning, cut, most, ids)
    if (made) return made
  }
  return exact
}

/** Renews a session whose state does not fit into one base: a log without entries. */
function touch(current: Current, planning: Planning): Plan {
  const { horizon: since } = current.base
  const id = entryId(Math.max(planning.now, timeOf(newestIdOf(current)) + 1), planning.random)
  const log = { since, parents: [], heads: [], retired: [], entries: [] }
  return { put: [logFragment(current, planning, id, log)], remove: [] }
}

/** Fewer cookies in place of many: all as one if it fits, or the oldest; where the jar is full, what is young settles. */
function shrink(current: Current, planning: Planning, own: readonly Entry[], alone: Plan): Plan {
  const { policy, random, tightSizeOf } = planning
  const room = policy.responseLength - sealedSize(alone.put, planning)
  const beside = (by: Compacted | undefined) =>
    by && both(by, delta(current, planning, own, by), random)
  const collected = collect(current, planning, own)
  // Where one cookie holds all, nothing is lost but what it held, whichever a browser evicts.
  if (lengthOf(collected) <= policy.sharedLogLength) return collected
  const open = foldOpen(current, planning, Math.min(room, planning.most))
  if (open) return beside(open) ?? alone
  const folded = fold(current, planning)
  const fits = ({ put }: Plan, most: number, sizeOf = planning.sizeOf) =>
    sealedSize(put, sizeOf ? { sizeOf } : {}) <= Math.min(most, planning.most)
  if (fits(folded, room)) return beside(folded) ?? alone
  if (isNoLonger(collected, alone, policy)) return collected
  // As long as there is room in the jar, what is young stays: an answer that is late may have been overtaken by it.
  const isFull = sealedSize(current.fragments, planning) > policy.roomyLength
  if (isFull && tightSizeOf && fits(folded, room, tightSizeOf))
    return beside({ ...folded, isTight: true }) ?? alone
  const small = isFull ? squeezeOrStow(current, planning, room) : undefined
  // Rather one long response than that answers under way do not count any more.
  if (small && settlesYoung(small, current, planning) && fits(folded, planning.most))
    return beside(folded) ?? alone
  return beside(small ?? foldSome(current, planning, Math.min(room, planning.most))) ?? alone
}

/**
 * Whether other requests of a first visit may still be answered, whose sessions this one becomes part of: what it had
 * taken until then could not be told apart from what it began with.
 */
function isFirstVisit({ base }: Current, { arrivedAt, tightSizeOf }: Write): boolean {
  const { generation, start, subject } = base.identity
  // Without a store too little is taken for that.
  const isFresh = tightSizeOf !== undefined && subject === undefined && generation === 0
  return isFresh && arrivedAt - start < FIRST_VISIT_SECONDS * 1000
}

/** As {@link squeeze}. With a store values go there, rather than that what is young settles. */
function squeezeOrStow(current: Current, planning: Planning, room: number): Rebased | undefined {
  const { tightSizeOf: sizeOf } = planning
  const tight = sizeOf && squeeze(current, { ...planning, sizeOf }, room)
  return tight ? { ...tight, isTight: true } : squeeze(current, planning, room)
}

/**
 * A new base for a view with too many entries, where not as many as usual can stay beside the state. It takes what is
 * young as well. That settles only where there is no room for its digests either.
 */
function squeeze(current: Current, planning: Planning, room: number): Rebased | undefined {
  const { policy, most } = planning
  if (isFirstVisit(current, planning)) return undefined
  const first = (cuts: readonly Cut[], length: number): Rebased | undefined => {
    for (const cut of cuts) {
      const rebased = rebase(current, planning, cut, length)
      if (rebased) return rebased
    }
    return undefined
  }
  const taking = takingCuts(current, planning)
  const small = first(taking, room)
  if (small) return small
  const everything = { horizon: newestIdOf(current) }
  // A response that changes less may have room soon; the Cookie header must not grow for ever, though.
  if (current.fragments.length > policy.manyFragments)
    return first([...taking, ...settlingCuts(current, planning, 0), everything], most)
  // Nor does waiting help where the state alone takes all the room. Among many writers it would make many bases.
  const usual = Math.max(room, policy.responseLength - policy.usualDeltaLength)
  const isLarge =
    current.heads.length < policy.manyHeads && !rebase(current, planning, everything, usual)
  if (!isLarge) return undefined
  return first([...taking, ...settlingCuts(current, planning, policy.keptForLate)], most)
}

/** Whether a base lets entries settle that are younger than usual. */
function settlesYoung({ put }: Rebased, { base }: Current, { horizon }: Planning): boolean {
  return put.some((made) => made.horizon > horizon && made.horizon > base.horizon)
}

/** Ways to take entries into a base, the one that keeps most beside it first. */
function takingCuts(current: Current, planning: Planning): readonly Cut[] {
  const { policy, now, horizon } = planning
  const newest = newestIdOf(current)
  const crowd = { entries: current.entries, retired: [] }
  const ends = policy.keptEntries.map((kept) => crowdedCut(crowd, kept, now))
  return [
    ...Array.from(new Set([...ends, newest]), (taken) => ({ horizon, taken })),
    { horizon, taken: newest, isUnordered: true },
  ]
}

/** Ways to let entries settle that are young, so that at least so many stay. */
function settlingCuts(current: Current, planning: Planning, least: number): readonly Cut[] {
  const { policy, now } = planning
  const enough = policy.keptEntries.filter((kept) => kept >= least)
  const cuts = new Set(enough.map((kept) => crowdedCut(current, kept, now)))
  return Array.from(cuts, (horizon) => ({ horizon }))
}

function isShort(plan: Plan, { base }: Current, policy: Policy): boolean {
  return lengthOf(plan) <= policy.calmLogLength + policy.calmBaseShare * claimsToSeal(base).length
}

/** One log of all beside the base, or all in a new base, where that is not much longer than the response's own entries. */
function inOne(
  current: Current,
  planning: Planning,
  own: readonly Entry[],
  alone: Plan,
  collected: Plan,
): Plan | undefined {
  const { policy } = planning
  if (isNoLonger(collected, alone, policy)) return collected
  const whole = withOwn(current, planning, own)
  const isWorthIt =
    whole?.isWhole === true &&
    (sealedSize(whole.put, planning) <= policy.responseLength ||
      lengthOf(whole) <= 2 * lengthOf(alone))
  return isWorthIt ? whole : undefined
}

/** Whether one log of all is hardly longer than the response's own entries alone. */
function isNoLonger(collected: Plan, alone: Plan, { sharedLogLength }: Policy): boolean {
  return lengthOf(collected) <= lengthOf(alone) + sharedLogLength
}

function lengthOf({ put }: Plan): number {
  return put.reduce((sum, each) => sum + claimsToSeal(each).length, 0)
}

function settlingBy(current: Current, cut: string, now: number): number {
  const entries = current.entries.filter(({ id }) => id <= cut)
  const retired = current.retired.filter((digest) => !isAfter(digest, cut, now))
  return entries.length + retired.length
}

/** Two plans as one. */
function both(a: Plan, b: Plan, random: RandomBytes): Plan {
  const put = [...a.put, ...b.put]
  const ids = new Set(put.map(({ id }) => id))
  const remove = [...a.remove, ...b.remove].filter(({ id }) => !ids.has(id))
  // There may not be room for all deletions in one response. Bases, which take most, go first; of the rest each
  // response of a burst begins with another one, so that all of them together delete all.
  const bases = remove.filter(isBase)
  const others = remove.filter((fragment) => !isBase(fragment))
  const [byte = 0] = random(1)
  const first = Math.floor((byte * others.length) / 256)
  const ordered = [...bases, ...others.slice(first), ...others.slice(0, first)]
  return { put, remove: ordered, isTight: a.isTight === true }
}

/** The response's own entries, by themselves, beside what `compacted` puts. */
function delta(
  current: Current,
  planning: Planning,
  own: readonly Entry[],
  { put, heads: parents }: Compacted,
): Plan {
  const newest = own.at(-1)
  if (!newest) return { put: [], remove: [] }
  // What a new base settles is no parent any more. It is that base, or a later one, that must be there.
  const { horizon: since } = put.find(isBase) ?? current.base
  const log = { since, parents, heads: [newest.id], retired: [], entries: own }
  return { put: [logFragment(current, planning, newest.id, log)], remove: [] }
}
