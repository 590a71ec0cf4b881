/** New bases: what they take of what is young, and what settles, so that there is room. */
import { FIRST_VISIT_SECONDS } from '../format/clocks.ts'
import { type Entry, isOfFirstVisit, type Log } from '../format/fragment.ts'
import { type Current, newestIdOf } from '../reading/merge.ts'
import { hasTaken } from '../reading/siblings.ts'
import { type Rebased, rebase } from './compact.ts'
import { isChain, widthOf } from './elect.ts'
import type { Policy } from './policy.ts'
import { type Cut, crowdedCut, isOrderless, withEntries } from './settle.ts'
import { type Planning, sealedSize, type Write } from './write.ts'

/**
 * A new base. As long as that is short, what is young stands in it as entries, so that what comes later and is older
 * takes its place among them. Otherwise the state has it all.
 */
export function renewed(current: Current, planning: Planning, room: number): Rebased | undefined {
  const { horizon, policy, hold } = planning
  const exact = rebase(current, planning, { horizon }, room)
  const isLong = !exact?.isWhole || exact.put.some(({ log }) => log && isLongLog(log, policy))
  if (!isLong || hold || mayHaveSiblings(current, planning)) return exact
  if (!losesNoOrder(current, planning)) return exact
  // Rather a response without room for deletions than a jar that grows.
  const most = isFull(current, planning) ? room + policy.deletionsLength : room
  for (const cut of allTaken(current, planning)) {
    const made = rebase(current, planning, cut, most)
    if (made) return made
  }
  return exact
}

/**
 * Whether a base may take what is young without changing what comes of it: where all of it means the same in any order, or
 * nobody else writes. Where the jar is full, rather the order of some list changes than that a browser is refused.
 */
function losesNoOrder(current: Current, planning: Planning): boolean {
  return current.entries.every(isOrderless) || isChain(current) || isFull(current, planning)
}

/** Whether a jar holds so much that there is less room for late answers, and for deletions. */
export function isFull({ fragments }: Current, planning: Planning): boolean {
  return sealedSize(fragments, planning) > planning.policy.roomyLength
}

/**
 * Ways to take all that a view has into a base, the one first that lets the least settle. The more requests write at once,
 * the more of them may overtake one that is slow: so many stay, unless the jar is full.
 */
function allTaken(current: Current, planning: Planning): readonly Cut[] {
  const { policy, horizon } = planning
  const taken = newestIdOf(current)
  const writers = isFull(current, planning) ? 0 : widthOf(current)
  const least = Math.max(policy.keptForLate, policy.keptPerWriter * writers)
  return policy.keptEntries
    .filter((kept) => kept >= Math.min(least, policy.maxEntries))
    .map((kept) => {
      const crowded = crowdedCut(current, kept, current.until)
      return { horizon: crowded > horizon ? crowded : horizon, taken }
    })
}

/** Whether a base is too long with these entries in it. Where order is all that is lost, they may be longer. */
function isLongLog({ entries }: Log, { embeddedLength, orderedLength }: Policy): boolean {
  const most = entries.every(isOrderless) ? embeddedLength : orderedLength
  return JSON.stringify(entries).length > most
}

/**
 * A new base with all that there is, the response's own entries as well. They stay entries in it: a base that a
 * parallel response makes does not have them.
 */
export function withOwn(
  current: Current,
  planning: Planning,
  own: readonly Entry[],
): Rebased | undefined {
  const after = { ...current, ...withEntries(current, own) }
  const ids = own.map(({ id }) => id)
  const { horizon, most, hold } = planning
  const exact = rebase(after, planning, { horizon }, most, ids)
  if (exact?.isWhole || hold || mayHaveSiblings(current, planning)) return exact
  for (const cut of allTaken(current, planning)) {
    const made = rebase(after, planning, cut, most, ids)
    if (made) return made
  }
  return exact
}

/**
 * Whether other requests of a first visit may still be answered, whose sessions this one becomes part of, or it of theirs:
 * that is no longer possible once a base has taken something. A page has so few first requests that whoever sees more
 * entries is not one of them.
 */
export function mayHaveSiblings(
  { base, entries, retired }: Current,
  { arrivedAt }: Write,
): boolean {
  const { identity } = base
  const isYoung = arrivedAt - identity.start < FIRST_VISIT_SECONDS * 1000
  const isSmall = entries.length + retired.length <= MOST_OF_FIRST_VISIT && !hasTaken(base)
  return isOfFirstVisit(identity) && isYoung && isSmall
}

/** So many entries may a first visit have that leaves the way open to become part of another one. */
const MOST_OF_FIRST_VISIT = 24

/** The same beside a store. Without one too little is taken where a view is crowded. */
export function isFirstVisit(current: Current, write: Write): boolean {
  return write.tightSizeOf !== undefined && mayHaveSiblings(current, write)
}

/** As {@link squeeze}. With a store values go there, rather than that what is young settles. */
export function squeezeOrStow(
  current: Current,
  planning: Planning,
  room: number,
): Rebased | undefined {
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
export function settlesYoung({ put }: Rebased, { base }: Current, { horizon }: Planning): boolean {
  return put.some((made) => made.horizon > horizon && made.horizon > base.horizon)
}

/** Ways to take entries into a base, the one that keeps most beside it first. */
function takingCuts(current: Current, planning: Planning): readonly Cut[] {
  const { policy, horizon } = planning
  const newest = newestIdOf(current)
  const crowd = { entries: current.entries, retired: [] }
  const ends = policy.keptEntries.map((kept) => crowdedCut(crowd, kept, current.until))
  return [
    ...Array.from(new Set([...ends, newest]), (taken) => ({ horizon, taken })),
    { horizon, taken: newest, isUnordered: true },
  ]
}

/** Ways to let entries settle that are young, so that at least so many stay. */
function settlingCuts(current: Current, planning: Planning, least: number): readonly Cut[] {
  const { policy } = planning
  const enough = policy.keptEntries.filter((kept) => kept >= least)
  const cuts = new Set(enough.map((kept) => crowdedCut(current, kept, current.until)))
  return Array.from(cuts, (horizon) => ({ horizon }))
}
