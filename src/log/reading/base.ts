/** Which of several bases a view stands on. */
import {
  type BaseFragment,
  type Entry,
  type Fragment,
  type Log,
  logOf,
} from '../format/fragment.ts'
import { digestOf, isAfter, isJoin } from '../format/ids.ts'

/**
 * Step 5. The latest horizon. Of those, the base that lacks least of what the others have taken; then the later one,
 * so that all nodes agree.
 */
export function chooseBase(
  bases: readonly BaseFragment[],
  fragments: readonly Fragment[],
): BaseFragment | undefined {
  const latest = bases.reduce((at, { horizon }) => (horizon > at ? horizon : at), '')
  const rivals = bases.filter(({ horizon }) => horizon === latest)
  if (rivals.length < 2) return rivals[0]
  const there = new Set(
    fragments.flatMap((each) => {
      const log = wholeOf(each)
      return log ? log.entries.map(({ id }) => digestOf(id)) : []
    }),
  )
  // A join holds nothing that a base could lack.
  const taken = new Set(
    rivals.flatMap(({ log }) => log?.retired.filter((digest) => !isJoin(digest)) ?? []),
  )
  for (const digest of there) taken.delete(digest)
  const lacks = new Map(
    rivals.map((base) => {
      const own = [...new Set(base.log?.retired)].filter((digest) => taken.has(digest))
      return [base, taken.size - own.length]
    }),
  )
  const [first] = rivals.sort(
    (a, b) => (lacks.get(a) ?? 0) - (lacks.get(b) ?? 0) || (isLaterBase(a, b) ? -1 : 1),
  )
  return first
}

/**
 * Whether `a` is the later base: that with the later horizon, then the higher serial, then by id. A base that a
 * response writes is later than each that it read, and a response removes a base only where there is a later one.
 * So, whatever order answers arrive in, not all bases of a jar can be removed in favour of one another. When they
 * expire must not count: parallel responses write one base alike but for that, and an order that changes has cycles.
 */
export function isLaterBase(a: BaseFragment, b: BaseFragment): boolean {
  if (a.horizon !== b.horizon) return a.horizon > b.horizon
  return a.serial !== b.serial ? a.serial > b.serial : a.id < b.id
}

/**
 * Whether base `a` has nothing but what `b` has, which is later, so that it can go. Parallel responses never remove both.
 */
export function isCovered(a: BaseFragment, b: BaseFragment, until: number): boolean {
  return a !== b && isLaterBase(b, a) && isInBase(a.log, b, until)
}

/** Whether a base has all that a log holds, joins as well: what was written upon it may name them as parents. */
export function isInBase(
  log: Log | undefined,
  { horizon, log: own }: BaseFragment,
  until: number,
): boolean {
  const inside = new Set([
    ...(own?.entries.map(({ id }) => digestOf(id)) ?? []),
    ...(own?.retired ?? []),
  ])
  const isIn = ({ id }: Entry) => id <= horizon || inside.has(digestOf(id))
  const isKnown = (digest: string) => inside.has(digest) || !isAfter(digest, horizon, until)
  return !log || (log.entries.every(isIn) && log.retired.every(isKnown))
}

/**
 * A fragment's log without what does not apply on this base: entries that the base has taken, and those of which
 * another base has only a part, see {@link wholeOf}. The base's own log stays as it is.
 */
export function withoutTaken(fragment: Fragment, base: BaseFragment): Log | undefined {
  if (fragment === base) return base.log
  const log = wholeOf(fragment)
  return log && without(log, new Set(base.log?.retired))
}

/**
 * A fragment's log without the entries that the log of a base tells as retired as well: that base has taken them, and
 * of their ops its log has only those that must stay in order. They mean something on that base alone. In other logs
 * such an entry has, by chance, the digest of another one.
 */
export function wholeOf(fragment: Fragment): Log | undefined {
  const log = logOf(fragment)
  return log && fragment.kind === 'base' ? without(log, new Set(log.retired)) : log
}

function without(log: Log, done: ReadonlySet<string>): Log {
  const entries = log.entries.filter(({ id }) => !done.has(digestOf(id)))
  if (entries.length === log.entries.length) return log
  const gone = log.entries.flatMap(({ id }) => (done.has(digestOf(id)) ? [digestOf(id)] : []))
  return { ...log, entries, retired: [...new Set([...log.retired, ...gone])] }
}
