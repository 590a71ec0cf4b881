/**
 * What a response writes into the jar, and what it removes. It never overwrites a cookie: it adds
 * what it wrote under a new name, and removes only what it has read and taken over.
 */

import { type Entry, isBase, type LogFragment } from '../format/fragment.ts'
import { derivedId, entryId, isAfter, type RandomBytes, timeOf } from '../format/ids.ts'
import { claimsToSeal } from '../format/length.ts'
import { type Current, newestIdOf } from '../reading/merge.ts'
import { type Compacted, collect, fold, foldOpen, foldSome, rebase } from './compact.ts'
import { isAlone, isChain, isElected, isTurn } from './elect.ts'
import { withoutNeedless } from './needless.ts'
import { POLICY, type Policy } from './policy.ts'
import {
  isFirstVisit,
  isFull,
  mayHaveSiblings,
  renewed,
  settlesYoung,
  squeezeOrStow,
  withOwn,
} from './rebases.ts'
import { crowdedCut, cutOf, joined } from './settle.ts'
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
  return withoutNeedless(current, planFor(current, write, policy))
}

function planFor(current: Current, write: Write, policy: Policy): Plan {
  const { arrivedAt, reseal, hold, most, random } = write
  const isFirst = isFirstVisit(current, write)
  const crowded = isFirst ? '' : crowdedCut(current, policy.maxEntries, current.until)
  const isOverfull = !isFirst && crowdedCut(current, policy.overfullEntries, current.until) !== ''
  const old = hold ? '' : cutOf(current, arrivedAt, policy)
  const planning = { ...write, policy, horizon: old > crowded ? old : crowded }
  const { horizon } = planning
  const own = ownEntries(current, planning)
  if (own.length === 0)
    return rebase(current, planning, { horizon }, most) ?? touch(current, planning)
  const alone = delta(current, planning, own, { put: [], remove: [], heads: current.heads })
  if (write.intoBase) return withOwn(current, planning, own) ?? alone
  const isCalm = isChain(current)
  const isFew = current.fragments.filter(({ kind }) => kind === 'log').length < policy.foldFrom
  const isOurTurn = isCalm || reseal ? isAlone(current, planning) : isTurn(current, planning)
  const collected = isCalm ? collect(current, planning, own) : undefined
  if (!reseal && !isOverfull) {
    const isYoung = settlingBy(current, horizon) < policy.calmSettling
    if (collected && isYoung && isShort(collected, current, policy)) return collected
    if (isFew && !isCalm && !isOurTurn) return alone
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
    !isCalm ||
    (isFew && rebased?.isWhole) ||
    settlingBy(current, horizon) >= policy.worthSettling
  if (rebased && isWorthIt && isOurTurn)
    return both(rebased, delta(current, planning, own, rebased), random)
  if (isFew || !isElected(current, planning, 1)) return alone
  return shrink(current, planning, own, alone)
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
  const open = mayHaveSiblings(current, planning)
    ? undefined
    : foldOpen(current, planning, Math.min(room, planning.most))
  if (open) return beside(open) ?? alone
  const folded = fold(current, planning)
  const fits = ({ put }: Plan, most: number, sizeOf = planning.sizeOf) =>
    sealedSize(put, sizeOf ? { sizeOf } : {}) <= Math.min(most, planning.most)
  if (fits(folded, room)) return beside(folded) ?? alone
  if (isNoLonger(collected, alone, policy)) return collected
  // As long as there is room in the jar, what is young stays: an answer that is late may have been overtaken by it.
  const isCrammed = isFull(current, planning)
  if (isCrammed && tightSizeOf && fits(folded, room, tightSizeOf))
    return beside({ ...folded, isTight: true }) ?? alone
  const small = isCrammed ? squeezeOrStow(current, planning, room) : undefined
  // Rather one long response than that answers under way do not count any more.
  if (small && settlesYoung(small, current, planning) && fits(folded, planning.most))
    return beside(folded) ?? alone
  return beside(small ?? foldSome(current, planning, Math.min(room, planning.most))) ?? alone
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
      lengthOf(whole) <= 2 * lengthOf(alone) ||
      (!planning.tightSizeOf && lengthOf(collected) > policy.longLogLength))
  return isWorthIt ? whole : undefined
}

/** Whether one log of all is hardly longer than the response's own entries alone. */
function isNoLonger(collected: Plan, alone: Plan, { sharedLogLength }: Policy): boolean {
  return lengthOf(collected) <= lengthOf(alone) + sharedLogLength
}

function lengthOf({ put }: Plan): number {
  return put.reduce((sum, each) => sum + claimsToSeal(each).length, 0)
}

function settlingBy({ entries, retired, until }: Current, cut: string): number {
  const old = retired.filter((digest) => !isAfter(digest, cut, until))
  return entries.filter(({ id }) => id <= cut).length + old.length
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
  { put, heads }: Compacted,
): Plan {
  const newest = own.at(-1)
  if (!newest) return { put: [], remove: [] }
  // What a new base settles is no parent any more. It is that base, or a later one, that must be there.
  const { horizon: since } = put.find(isBase) ?? current.base
  const join = joinOf(current, planning, since, heads)
  const parents = join ? join.log.heads : heads
  const log = { since, parents, heads: [newest.id], retired: [], entries: own }
  return {
    put: [...(join ? [join] : []), logFragment(current, planning, newest.id, log)],
    remove: [],
  }
}

/**
 * One head for the many that a burst leaves, in a log without entries: the same cookie for all that have this view. Each
 * of those that write upon them would name all of them otherwise.
 */
function joinOf(
  current: Current,
  planning: Planning,
  since: string,
  parents: readonly string[],
): LogFragment | undefined {
  const { joinBesideFrom, joinFrom } = planning.policy
  if (parents.length < Math.max(joinBesideFrom, joinFrom)) return undefined
  const none = { entries: [], retired: [], heads: parents }
  const inputs = [since, ...parents]
  const log = { since, parents, ...joined(none, inputs, planning.policy) }
  return logFragment(current, planning, derivedId('j', inputs), log)
}
