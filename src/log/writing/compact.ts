/** Fewer cookies in place of many: new bases, folds, and the log of one writer at a time. */
import {
  type BaseFragment,
  type Entry,
  type Fragment,
  isBase,
  isOfFirstVisit,
  logOf,
} from '../format/fragment.ts'
import { derivedId, digestOf, isAfter, startId } from '../format/ids.ts'
import { wholeOf } from '../reading/base.ts'
import { foldLogs } from '../reading/fold.ts'
import type { Current } from '../reading/merge.ts'
import { hasTaken } from '../reading/siblings.ts'
import { besideBase, isClosed } from './needless.ts'
import {
  type Cut,
  embed,
  joined,
  type Settled,
  settle,
  type Unsettled,
  withEntries,
} from './settle.ts'
import { baseFragment, logFragment, type Plan, type Planning, sealedSize } from './write.ts'

/** A plan that takes over what a view holds, and what an entry that is written beside it names as its parents. */
export interface Compacted extends Plan {
  readonly heads: readonly string[]
}

/** A new base. */
export interface Rebased extends Compacted {
  readonly put: readonly BaseFragment[]
  /** Whether it takes the place of all that the view holds. */
  readonly isWhole: boolean
}

/**
 * A new base that has all entries up to `cut`: the same cookie for all that have this view. The rest
 * stays unsettled in it, if there is room for that. Otherwise the logs that it does not have stay as they are.
 * `undefined` where there is no room for that either.
 *
 * @param room - how many characters the value of its cookie may have
 * @param own - ids of entries of `current` that no fragment has yet
 */
export function rebase(
  current: Current,
  planning: Planning,
  cut: Cut,
  room: number,
  own: readonly string[] = [],
): Rebased | undefined {
  const settled = settle(current.base, current, cut, current.until, planning.fetched)
  if (!settled || planning.noBase) return undefined
  const { base, taken } = settled
  const rest = { ...settled.rest, retired: [...settled.rest.retired, ...marksOf(current, settled)] }
  const { fragments } = current
  const serial = Math.max(...fragments.filter(isBase).map((other) => other.serial)) + 1
  const order = cut.isUnordered ? ['unordered'] : []
  const inputs = [
    base.horizon,
    ...taken,
    ...order,
    ...own,
    ...fragments.map((each) => each.id).sort(),
  ]
  const most = Math.min(room, planning.most)
  const make = (kind: string, kept: Unsettled): BaseFragment | undefined => {
    const embedded = embed({ ...base, serial }, kept)
    const id = derivedId(kind, inputs)
    const made = baseFragment(current, planning, id, embedded.base, embedded.log)
    return sealedSize([made], planning) <= most ? made : undefined
  }
  const all = joined(rest, inputs, planning.policy)
  const whole = make('whole', all)
  if (whole) return { put: [whole], remove: fragments, isWhole: true, heads: all.heads }
  // What hid a retired entry is gone where it was taken, and another cookie may hold that entry: all digests stay.
  const lean = taken.length > 0 ? undefined : make('lean', showing(current, rest))
  if (!lean) return undefined
  const isSettled = (fragment: Fragment) => {
    const log = logOf(fragment)
    const isOld = (digest: string) => !isAfter(digest, base.horizon, current.until)
    return log?.entries.every(({ id }) => id <= base.horizon) === true && log.retired.every(isOld)
  }
  return {
    put: [lean],
    remove: fragments.filter((each) => isBase(each) || isSettled(each)),
    isWhole: false,
    heads: current.heads,
  }
}

/** How a first base tells that it has taken entries, so that siblings are not merged with it as if it had not. */
function marksOf({ base: { identity }, fragments }: Current, { base, taken }: Settled): string[] {
  const mark = digestOf(startId(identity))
  const isFirst = base.horizon === startId(identity)
  const isMarked = taken.length > 0 || fragments.some((each) => isBase(each) && hasTaken(each))
  return isFirst && isMarked && isOfFirstVisit(identity) ? [mark] : []
}

/**
 * What must stand in a new base beside the logs that stay: all entries that show, since one without those that its
 * request had seen would be a state that never was; and what stood in the cookies of bases that go.
 */
function showing({ fragments }: Current, { entries, retired, heads }: Unsettled): Unsettled {
  const inBases = fragments.filter(isBase).flatMap(({ log }) => log ?? [])
  const inside = inBases.flatMap((log) => [
    ...log.entries.map(({ id }) => digestOf(id)),
    ...log.retired,
  ])
  const kept = new Set([...inside, ...heads.map(digestOf)])
  return { entries, retired: retired.filter((digest) => kept.has(digest)), heads }
}

/** One log in place of those that the view holds, the same cookie for all that have this view. */
export function fold(current: Current, planning: Planning): Compacted {
  return foldOf(current, planning, besideBase(current))
}

/**
 * One log in place of the oldest of those that the view holds, as many as there is room for. Those that take most of
 * the room stay as they are.
 */
export function foldSome(
  current: Current,
  planning: Planning,
  most: number,
): Compacted | undefined {
  const newest = (fragment: Fragment) => logOf(fragment)?.entries.at(-1)?.id ?? ''
  const logs = besideBase(current)
    .filter(
      (fragment) => sealedSize([fragment], planning) <= most * planning.policy.largestFoldedShare,
    )
    .sort((a, b) => (newest(a) < newest(b) ? -1 : 1))
  for (let count = logs.length; count > 1; count--) {
    const some = logs.slice(0, count)
    const folded = foldOf(current, planning, some)
    const fits = sealedSize(folded.put, planning) <= most
    if (fits && isClosed(current, some)) return { ...folded, heads: current.heads }
  }
  return undefined
}

/** One log in place of the short ones. Long ones stay, so that parallel responses do not all write them again. */
export function foldOpen(
  current: Current,
  planning: Planning,
  most: number,
): Compacted | undefined {
  const { openEntries, closedLogs } = planning.policy
  const logs = besideBase(current)
  const short = logs.filter(
    (fragment) =>
      fragment.kind === 'log' &&
      fragment.log.entries.length + fragment.log.retired.length < openEntries,
  )
  if (short.length < 2 || logs.length - short.length > closedLogs) return undefined
  const folded = foldOf(current, planning, short)
  const fits = sealedSize(folded.put, planning) <= most
  return fits && isClosed(current, short) ? { ...folded, heads: current.heads } : undefined
}

function foldOf(current: Current, planning: Planning, remove: readonly Fragment[]): Compacted {
  const { heads, base } = current
  const logs = remove.flatMap((fragment) => wholeOf(fragment) ?? [])
  const log = foldLogs(logs, base.horizon)
  // A renewal holds nothing. A join has no entries either, but others name it as their parent.
  if (log.entries.length === 0 && log.retired.length === 0) return { put: [], remove, heads }
  const inputs = [base.id, ...remove.map((each) => each.id).sort()]
  const id = derivedId('l', inputs)
  // The same for all that fold these logs, whatever else they have: a cookie of one id has one content.
  const own = { ...log, ...joined(log, inputs, planning.policy) }
  // It stands for all that the view has only where nothing newer stands beside it.
  const isAll = heads.every((head) => log.heads.includes(head))
  return {
    put: [logFragment(current, planning, id, own)],
    remove,
    heads: isAll ? own.heads : heads,
  }
}

/** One log with the response's own entries, in place of all that the view holds beside its base. */
export function collect(current: Current, planning: Planning, own: readonly Entry[]): Plan {
  const id = own.at(-1)?.id
  if (id === undefined) return { put: [], remove: [] }
  const { base } = current
  // The new entries have seen all that is there.
  const parents = base.log?.heads ?? []
  const unsettled = withEntries(outsideBase(current), own)
  const log = { since: base.horizon, parents, ...unsettled }
  return {
    put: [logFragment(current, planning, id, log)],
    remove: besideBase(current),
  }
}

/** What a view holds beside its base. */
export function outsideBase({ base, entries, retired, until }: Current): Omit<Unsettled, 'heads'> {
  // Digests may collide, ids do not: an entry that shows must not be taken for another one.
  const inBase = new Set(base.log?.entries.map(({ id }) => id))
  const digestsInBase = new Set([...inBase].map(digestOf).concat(base.log?.retired ?? []))
  return {
    entries: entries.filter(({ id }) => !inBase.has(id)),
    retired: retired.filter(
      (digest) => !digestsInBase.has(digest) && isAfter(digest, base.horizon, until),
    ),
  }
}
