/**
 * The view of one request: its fragments, merged into one state. Merging takes the union of what
 * the fragments hold, so their order does not matter and neither does how often one appears. The steps
 * are those of `docs/wire-format.md`, section 9.
 */
import type { TreeObject } from '../../tree/tree.ts'
import { LATE_SECONDS } from '../format/clocks.ts'
import {
  type BaseFragment,
  type Entry,
  type Fragment,
  isBase,
  isTombstone,
  type Log,
  logOf,
  type Tombstone,
} from '../format/fragment.ts'
import { digestOf, isAfter } from '../format/ids.ts'
import type { Memory } from '../format/memory.ts'
import { replay } from '../ops/replay.ts'
import type { Waiting } from '../ops/waiting.ts'
import { chooseBase, withoutTaken } from './base.ts'
import { chooseSession, type Dropped, isNewer } from './choose.ts'
import { foldLogs, untilOf } from './fold.ts'
import { overwrites } from './overwrites.ts'
import { place } from './place.ts'
import { adopted, hasSettled } from './siblings.ts'

/** The session of a view. */
export interface Current {
  /** The newest base. Step 9: it tells the session's id, start and subject. */
  readonly base: BaseFragment
  /** Until when the session is honoured unless it is renewed, in ms since 1970. */
  readonly expires: number
  /** All that was changed since the base's horizon, without what later changes replace. */
  readonly entries: readonly Entry[]
  /** Digests of entries of which nothing shows any more. */
  readonly retired: readonly string[]
  /** The newest entries: those which no other entry of the view had seen. */
  readonly heads: readonly string[]
  /** The clock by which digests are told from older ones, in ms: nothing that is retired is younger than the heads. */
  readonly until: number
  /** The state that all this leads to. */
  readonly state: TreeObject
  /** What its lists remember of their elements. */
  readonly memory: Memory | undefined
  /** Keys of the state whose values lie in the overflow store, and were changed since. */
  readonly waiting: ReadonlyMap<string, Waiting>
  /** How many ops hid others whose writers had not seen them. */
  readonly overwritten: number
  /** All fragments that it was merged from. */
  readonly fragments: readonly Fragment[]
}

/** The newest id of a session; what is written next sorts after it. */
export function newestIdOf({ base, entries }: Pick<Current, 'base' | 'entries'>): string {
  return entries.at(-1)?.id ?? base.horizon
}

/** What the fragments of one request amount to. */
export interface View {
  /** The session, or `undefined` where there is none, or it has ended. */
  readonly current: Current | undefined
  readonly tombstones: readonly Tombstone[]
  readonly dropped: readonly Dropped[]
  /** All fragments that were given: the next session must start later than each of them. */
  readonly fragments: readonly Fragment[]
  /** Whether the jar has cookies that this node cannot read, and perhaps another can. */
  readonly unread: boolean
  /** Logs that lack a base or parents, which may be among those cookies. They must not be deleted. */
  readonly unplaced: readonly Fragment[]
}

/**
 * Merges the fragments of one request.
 *
 * A session is honoured as long as one of its fragments is, since each tells of a time when it was used,
 * and until then all of them count. For some minutes more it keeps
 * its place, so that no older session, which a late answer has just renewed, comes back in its stead.
 *
 * @param now - in ms since 1970
 * @param unread - whether there are cookies that this node cannot read, and perhaps another can
 * @param all - what the jar holds beside these: what a session there took the place of does not come back
 */
export function merge(
  given: readonly Fragment[],
  now: number,
  unread = false,
  all: readonly Fragment[] = given,
): View {
  const fragments = place(given)
  // Step 3.
  const alive = new Set(
    fragments.flatMap(({ expires, identity }) =>
      expires + LATE_SECONDS * 1000 > now ? [identity.sid] : [],
    ),
  )
  const { chosen, siblings, dropped, tombstones } = chooseSession(
    fragments.filter(({ identity }) => alive.has(identity.sid)),
    all,
  )
  const own = fragments.filter(({ identity }) => identity.sid === chosen?.sid)
  const beside = fragments.filter(({ identity }) => siblings.includes(identity.sid))
  const merged = mergeSession(own, beside)
  // Step 7.
  const isHonoured = merged !== undefined && merged.current.expires > now
  const later =
    merged && !isHonoured ? mergeLater(fragments, merged.current, now, unread) : undefined
  if (later) return later
  const current = isHonoured ? merged.current : undefined
  const useless = fragments.filter(({ identity }) => !alive.has(identity.sid))
  if (!current) useless.push(...own, ...beside)
  const unused = [
    ...dropped,
    ...((current && merged?.dropped) ?? []),
    ...useless.map((fragment) => ({ fragment, reason: reasonOf(fragment, fragments) })),
  ]
  return {
    current,
    tombstones,
    dropped: unused,
    fragments,
    unread,
    unplaced: unread
      ? unused.filter((each) => isUnplaced(each, current)).map(({ fragment }) => fragment)
      : [],
  }
}

/** Sessions that started only after the chosen one had expired do not wait for it. */
function mergeLater(
  fragments: readonly Fragment[],
  { base, expires }: Current,
  now: number,
  unread: boolean,
): View | undefined {
  const since = fragments.filter(
    ({ identity }) => identity.sid !== base.identity.sid && identity.start >= expires,
  )
  if (!since.some(isBase)) return undefined
  const left = [...new Set([...since, ...fragments.filter(isTombstone)])]
  const view = merge(left, now, unread, fragments)
  const kept = new Set(view.fragments)
  const gone = fragments
    .filter((fragment) => !kept.has(fragment))
    .map((fragment) => ({ fragment, reason: reasonOf(fragment, fragments) }))
  return { ...view, fragments, dropped: [...view.dropped, ...gone] }
}

/** Whether what a log lacks may be among the cookies that this node cannot read. */
function isUnplaced({ fragment, reason }: Dropped, current: Current | undefined): boolean {
  if (reason === 'orphaned') return true
  const isLater = !current || isNewer(fragment.identity, current.base.identity)
  return reason === 'superseded' && fragment.kind === 'log' && isLater
}

function reasonOf({ identity }: Fragment, fragments: readonly Fragment[]): 'expired' | 'orphaned' {
  const hasBase = fragments.some((other) => isBase(other) && identity.sid === other.identity.sid)
  return hasBase ? 'expired' : 'orphaned'
}

/** Steps 5 to 8. */
function mergeSession(
  own: readonly Fragment[],
  siblings: readonly Fragment[],
): { current: Current; dropped: Dropped[] } | undefined {
  const bases = own.filter(isBase)
  const base = chooseBase(bases, own)
  if (!base) return undefined
  const others = adopted(siblings, base)
  const ids = new Set(others.map(({ id }) => id))
  const fragments = [...own, ...others]
  /** A sibling's fragment as it was before it became a log of this session. */
  const given = (fragment: Fragment): Fragment =>
    (others.includes(fragment) ? siblings.find(({ id }) => id === fragment.id) : undefined) ??
    fragment
  const { applied, orphaned } = applicable(fragments, base)
  const rest = fragments.flatMap((fragment) => {
    const log = logOf(fragment)
    return log && !orphaned.has(log) ? (withoutTaken(fragment, base) ?? []) : []
  })
  const until = untilOf(rest, base.horizon)
  const { entries, retired, heads } = foldLogs(rest, base.horizon)
  const isApplied = (fragment: Fragment) => {
    const log = logOf(fragment)
    return log !== undefined && !orphaned.has(log)
  }
  const used = [...new Set<Fragment>([...bases, ...fragments.filter(isApplied)])]
  return {
    current: {
      base,
      expires: Math.max(...used.map(({ expires }) => expires)),
      entries,
      // Of what the base has taken, its log may have some ops for their order: no other version of it counts.
      retired: [...new Set([...retired, ...(base.log?.retired ?? [])])]
        .filter((digest) => isAfter(digest, base.horizon, until))
        .sort(),
      heads,
      until,
      // Step 8.
      ...replay(base, entries),
      overwritten: heads.length > 1 ? overwrites(applied) : 0,
      fragments: used,
    },
    dropped: [
      ...fragments
        .filter((fragment) => fragment.kind === 'log' && orphaned.has(fragment.log))
        .map((fragment): Dropped => ({ fragment: given(fragment), reason: 'orphaned' })),
      ...siblings
        .filter(({ id }) => !ids.has(id))
        .map((fragment): Dropped => ({ fragment, reason: 'superseded' })),
    ],
  }
}

/**
 * Step 6. The logs that apply onto a base: those at or after whose horizon it is, and whose parents are there. Nothing
 * has settled into the first base of a session: what is older than that is of a sibling, and must be there itself.
 */
function applicable(
  fragments: readonly Fragment[],
  base: BaseFragment,
): { applied: Log[]; orphaned: Set<Log> } {
  const { horizon } = base
  const isSettled = (id: string) => id === horizon || (id < horizon && hasSettled(base))
  const applied: Log[] = []
  const present = new Set<string>()
  const logs = fragments.flatMap((fragment) => logOf(fragment) ?? [])
  let rest = logs.filter((log) => log.since <= horizon)
  for (let before = -1; before !== rest.length; ) {
    before = rest.length
    rest = rest.filter((log) => {
      const ready = log.parents.every((id) => isSettled(id) || present.has(digestOf(id)))
      if (!ready) return true
      applied.push(log)
      for (const { id } of log.entries) present.add(digestOf(id))
      for (const digest of log.retired) present.add(digest)
      return false
    })
  }
  const used = new Set(applied)
  return { applied, orphaned: new Set(logs.filter((log) => !used.has(log))) }
}
