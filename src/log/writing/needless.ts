/** Cookies that can go, since others hold all that they do: late answers bring back what was taken or folded before. */
import { type Fragment, isBase, type Log, type LogFragment, logOf } from '../format/fragment.ts'
import { digestOf, isAfter } from '../format/ids.ts'
import { prune } from '../ops/prune.ts'
import { isCovered, isInBase } from '../reading/base.ts'
import type { Current } from '../reading/merge.ts'
import type { Plan } from './write.ts'

/** A plan that removes as well what the view does not need. */
export function withoutNeedless(current: Current, plan: Plan): Plan {
  const rivals = plan.put.some(isBase)
    ? []
    : current.fragments
        .filter(isBase)
        .filter((each) => isCovered(each, current.base, current.until))
  const gone = new Set([...plan.put, ...plan.remove].map(({ id }) => id))
  const needless = [...rivals, ...redundant(current, plan.remove)].filter(({ id }) => !gone.has(id))
  return needless.length > 0 ? { ...plan, remove: [...plan.remove, ...needless] } : plan
}

/**
 * Logs of which the base or another log holds all: a late answer brings back what was taken or folded before. The larger
 * log stays, so that parallel responses never remove two in favour of one another.
 */
export function redundant(current: Current, gone: readonly Fragment[]): Fragment[] {
  const holders = current.fragments
    .filter((each): each is LogFragment => each.kind === 'log' && !gone.includes(each))
    .map(holderOf)
  return holders.flatMap((each) => {
    if (isInBase(each.fragment.log, current.base, current.until)) return [each.fragment]
    const isHeld = holders.some(
      (other) =>
        isLarger(other, each) &&
        holds(current, other, each) &&
        isClosed(current, [each.fragment, other.fragment]),
    )
    return isHeld ? [each.fragment] : []
  })
}

/** A log, and what it holds. */
interface Holder {
  readonly fragment: LogFragment
  readonly ids: ReadonlySet<string>
  /** Of its entries, and of those that it tells as retired. */
  readonly digests: ReadonlySet<string>
}

function holderOf(fragment: LogFragment): Holder {
  const { entries, retired } = fragment.log
  const ids = new Set(entries.map(({ id }) => id))
  return { fragment, ids, digests: new Set([...retired, ...[...ids].map(digestOf)]) }
}

function isLarger(a: Holder, b: Holder): boolean {
  const [size, other] = [a.digests.size, b.digests.size]
  return size === other ? a.fragment.id < b.fragment.id : size > other
}

/** Whether nothing of a log is lost without it: what is not in the base is in the other log, or hidden by what is. */
function holds({ base, until }: Current, other: Holder, { fragment }: Holder): boolean {
  const { entries, retired } = fragment.log
  const taken = base.log?.retired ?? []
  const isIn = (digest: string) => other.digests.has(digest) || taken.includes(digest)
  const left = entries.filter(({ id }) => id > base.horizon && !other.ids.has(id))
  if (left.some(({ id }) => !isIn(digestOf(id)))) return false
  if (retired.some((digest) => !isIn(digest) && isAfter(digest, base.horizon, until))) return false
  const untaken = left.filter(({ id }) => !taken.includes(digestOf(id)))
  if (untaken.length === 0) return true
  const both = [...untaken, ...other.fragment.log.entries]
  return prune(both.sort((a, b) => (a.id < b.id ? -1 : 1))).every(({ id }) => other.ids.has(id))
}

/** What can go where the base stays. Of other bases those of which it has all: others may stand on the rest. */
export function besideBase({ fragments, base, until }: Current): Fragment[] {
  return fragments.filter(
    (other) => other !== base && (!isBase(other) || isCovered(other, base, until)),
  )
}

/**
 * Whether no other log depends on some of these logs while others of these depend on it. If one does, a fold of these
 * would wait for that log, and that log for the fold.
 */
export function isClosed(current: Current, some: readonly Fragment[]): boolean {
  const chosen = new Set(some)
  const seen = new Set<string>()
  const inside = (log: Log) => [...log.entries.map(({ id }) => digestOf(id)), ...log.retired]
  const logs = besideBase(current).flatMap((fragment) => {
    const log = logOf(fragment)
    return log ? [{ log, isChosen: chosen.has(fragment) }] : []
  })
  for (const { log, isChosen } of logs) if (isChosen) for (const id of inside(log)) seen.add(id)
  const between = new Set<string>()
  for (let before = -1; before !== between.size; ) {
    before = between.size
    for (const { log, isChosen } of logs) {
      if (isChosen || !log.parents.some((id) => seen.has(digestOf(id)))) continue
      for (const id of inside(log)) {
        seen.add(id)
        between.add(id)
      }
    }
  }
  return !logs.some(
    ({ log, isChosen }) => isChosen && log.parents.some((id) => between.has(digestOf(id))),
  )
}
