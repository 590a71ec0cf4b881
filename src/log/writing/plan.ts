/**
 * What a response writes into the jar, and what it removes. It never overwrites a cookie: it adds
 * what it wrote under a new name, and removes only what it has read and taken over.
 */

import { FIRST_VISIT_SECONDS } from '../format/clocks.ts'
import type { Entry } from '../format/fragment.ts'
import { digestOf, entryId, isAfter, isJoin, timeOf } from '../format/ids.ts'
import { claimsToSeal } from '../format/length.ts'
import { type Current, newestIdOf } from '../reading/merge.ts'
import {
  type Compacted,
  collect,
  fold,
  foldSome,
  type Rebased,
  rebase,
  redundant,
} from './compact.ts'
import { isElected } from './elect.ts'
import { POLICY, type Policy } from './policy.ts'
import { type Cut, crowdedCut, cutAt, settlingCuts, takingCuts, withEntries } from './settle.ts'
import {
  both,
  delta,
  logFragment,
  ownEntries,
  type Plan,
  type Planning,
  sealedSize,
  type Write,
} from './write.ts'

/** Plans the cookies of a response that changed, or has to renew, the session of its view. */
export function planWrite(current: Current, write: Write, policy: Policy = POLICY): Plan {
  const plan = planFor(current, write, policy)
  const put = new Set(plan.put.map(({ id }) => id))
  const needless = redundant(current, plan.remove, write.now).filter(({ id }) => !put.has(id))
  return needless.length > 0 ? { ...plan, remove: [...plan.remove, ...needless] } : plan
}

function planFor(current: Current, write: Write, policy: Policy): Plan {
  const { now, arrivedAt, reseal, hold, random } = write
  const isOverfull =
    !isFirstVisit(current, write) && crowdedCut(current, policy.maxEntries, now) !== ''
  const crowded = isOverfull ? crowdedCut(current, policy.keptEntries[0] ?? 0, now) : ''
  const horizon = [hold ? '' : cutAt(arrivedAt, policy), crowded].reduce((a, b) => (a > b ? a : b))
  const planning = { ...write, policy, horizon }
  const own = ownEntries(current, planning)
  if (own.length === 0)
    return rebase(current, planning, { horizon }, write.most) ?? touch(current, planning)
  const alone = delta(current, planning, own, { put: [], remove: [], heads: current.heads })
  if (write.intoBase) return withOwn(current, planning, own) ?? alone
  const logs = current.fragments.filter(({ kind }) => kind === 'log')
  const isCalm = logs.length <= 1 && current.heads.length <= 1
  const isFew = logs.length < policy.foldFrom
  const collected = isCalm ? collect(current, planning, own) : undefined
  const room = policy.responseLength - sealedSize(alone.put, planning)
  const taken = takeAll(current, planning, own, room)
  if (taken) return taken
  if (!reseal && !isOverfull) {
    if (collected && isShort(collected, current, policy)) return collected
    if (isFew && !isCalm) return alone
  }
  const rebased =
    rebase(current, planning, { horizon }, room) ??
    (isOverfull ? squeezeOrStow(current, planning, room) : undefined)
  // What is written may be so long that no base fits beside it.
  const one = rebased || !collected ? undefined : inOne(current, planning, own, alone, collected)
  if (one) return one
  const isWorthIt =
    reseal ||
    isOverfull ||
    (isFew && rebased?.isWhole) ||
    settlingBy(current, horizon, now) >= policy.worthSettling
  const among = isFew || reseal ? 1 : policy.foldsPerRebase
  if (rebased && isWorthIt && isElected(current, planning, among))
    return both(rebased, delta(current, planning, own, rebased), random)
  if (isFew || !isElected(current, planning, 1)) return alone
  return shrink(current, planning, own, alone)
}

/**
 * A new base with all that there is, the response's own entries as well. They stay entries in it: a base that a
 * parallel response makes does not have them.
 */
function withOwn(current: Current, planning: Planning, own: readonly Entry[]): Rebased | undefined {
  const after = { ...current, ...withEntries(current, own) }
  const ids = own.map(({ id }) => id)
  return rebase(after, planning, { horizon: planning.horizon }, planning.most, ids)
}

/**
 * Where the newest entry has seen all others, one request at a time writes: after a few of them a base takes them all, so
 * that log and base stay short. Where it fits beside the response's own entries, all that have this view write the same
 * base. Otherwise it holds these as well, and each of a burst would write one of its own: so that is rare.
 */
function takeAll(
  current: Current,
  planning: Planning,
  own: readonly Entry[],
  room: number,
): Plan | undefined {
  const { horizon, policy, now, hold, most, random } = planning
  const beside = countBeside(current, now)
  if (current.heads.length > 1 || beside < policy.chainEntries) return undefined
  if (hold || isFirstVisit(current, planning)) return undefined
  const taken = newestIdOf(current)
  const enough = policy.keptEntries.filter((kept) => kept >= policy.keptForLate)
  const cuts = [policy.maxEntries, ...enough].map((kept) => {
    const crowded = crowdedCut(current, kept, now)
    return { kept, taken, horizon: crowded > horizon ? crowded : horizon }
  })
  const oldest = now - policy.keptSeconds * 1000
  for (const cut of cuts) {
    if (cut.kept < policy.keptBeside && timeOf(cut.horizon) > oldest) break
    const made = rebase(current, planning, cut, room)
    if (made) return both(made, delta(current, planning, own, made), random)
  }
  const [byte = 0] = random(1)
  if (beside < policy.unsharedEntries || byte >= policy.unsharedChance * 256) return undefined
  const after = { ...current, ...withEntries(current, own) }
  const ids = own.map(({ id }) => id)
  for (const length of policy.unsharedLengths)
    for (const cut of cuts) {
      const made = rebase(after, planning, cut, Math.min(length, most), ids)
      if (made) return made
    }
  return undefined
}

/** How many entries a view holds beside its base, those of which nothing shows any more included. */
function countBeside({ base, entries, retired }: Current, now: number): number {
  const { log } = base
  const inBase = new Set([
    ...(log?.entries.map(({ id }) => digestOf(id)) ?? []),
    ...(log?.retired ?? []),
  ])
  const live = entries.filter(({ id }) => !inBase.has(digestOf(id)))
  const gone = retired.filter(
    (digest) => !inBase.has(digest) && !isJoin(digest) && isAfter(digest, base.horizon, now),
  )
  return live.length + gone.length
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
