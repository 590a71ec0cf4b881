/**
 * The view of one request: its fragments, merged into one state. Merging takes the union of what
 * the fragments hold, so their order does not matter and neither does how often one appears.
 */
import type { Base, Entry, Fragment, Log, SessionHead } from '../codec/fragment.ts'
import type { TreeObject } from '../codec/tree.ts'
import { foldLogs } from './fold.ts'
import { digestOf } from './ids.ts'
import { replay } from './replay.ts'
import { type Dropped, isNewer, LATE_SECONDS, selectSession } from './select.ts'

/** The session of a view. */
export interface Current {
  readonly head: SessionHead
  /** Until when it is honoured unless it is renewed, in ms since 1970. */
  readonly expires: number
  readonly base: Base
  /** The log that stands in the base's own cookie. */
  readonly embedded: Log | undefined
  /** All that was changed since the base's horizon, without what later changes replace. */
  readonly entries: readonly Entry[]
  /** Digests of entries of which nothing shows any more. */
  readonly retired: readonly string[]
  /** The newest entries: those which no other entry of the view had seen. */
  readonly tips: readonly string[]
  /** The newest id of the view; what is written next sorts after it. */
  readonly newest: string
  /** The state that all this leads to. */
  readonly state: TreeObject
  /** The cookie of the base. */
  readonly baseFragment: Fragment
  /** All fragments that it was merged from. */
  readonly fragments: readonly Fragment[]
}

/** What the fragments of one request amount to. */
export interface View {
  /** The session, or `undefined` where there is none, or it has ended. */
  readonly current: Current | undefined
  readonly tombstones: readonly Fragment[]
  readonly dropped: readonly Dropped[]
  /** All fragments that were given: the next session must start later than each of them. */
  readonly fragments: readonly Fragment[]
  /** Whether the jar has cookies that this node cannot read, and perhaps another can. */
  readonly unread: boolean
  /** Logs that lack a base or parents, which may be among those cookies. They must not be deleted. */
  readonly waiting: readonly Fragment[]
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
 */
export function merge(fragments: readonly Fragment[], now: number, unread = false): View {
  const valid = new Set(
    fragments.flatMap(({ expires, head }) =>
      expires + LATE_SECONDS * 1000 > now ? [head.sid] : [],
    ),
  )
  const { chosen, dropped, tombstones } = selectSession(
    fragments.filter(({ head }) => valid.has(head.sid)),
  )
  const own = fragments.filter(({ head }) => head.sid === chosen)
  const merged = mergeSession(own, now)
  if (merged && merged.current.expires <= now) {
    // What started only after it had expired does not wait for it.
    const { expires } = merged.current
    const since = fragments.filter(({ head }) => head.sid !== chosen && head.start >= expires)
    if (since.some(({ base }) => base)) {
      const ends = fragments.filter(({ tombstone }) => tombstone)
      const view = merge([...new Set([...since, ...ends])], now, unread)
      const kept = new Set(view.fragments)
      const rest = fragments.filter((fragment) => !kept.has(fragment))
      const gone = rest.map((fragment) => ({ fragment, reason: reasonOf(fragment, fragments) }))
      return { ...view, fragments, dropped: [...view.dropped, ...gone] }
    }
  }
  const current = merged && merged.current.expires > now ? merged.current : undefined
  const useless = fragments.filter(({ head }) => !valid.has(head.sid))
  if (!current) useless.push(...own)
  const unused = [
    ...dropped,
    ...((current && merged?.dropped) ?? []),
    ...useless.map((fragment) => ({ fragment, reason: reasonOf(fragment, fragments) })),
  ]
  const waits = ({ fragment: { head, base, log }, reason }: Dropped) =>
    reason === 'orphaned' ||
    (reason === 'superseded' && log && !base && (!current || isNewer(head, current.head)))
  return {
    current,
    tombstones,
    dropped: unused,
    fragments,
    unread,
    waiting: unread ? unused.filter(waits).map(({ fragment }) => fragment) : [],
  }
}

function reasonOf({ head }: Fragment, fragments: readonly Fragment[]): 'expired' | 'orphaned' {
  const hasBase = fragments.some(({ base, head: { sid } }) => base && sid === head.sid)
  return hasBase ? 'expired' : 'orphaned'
}

function mergeSession(
  fragments: readonly Fragment[],
  now: number,
): { current: Current; dropped: Dropped[] } | undefined {
  const bases = fragments.filter((fragment) => fragment.base !== undefined).sort(laterBaseFirst)
  const [newest] = bases
  if (!newest?.base) return undefined
  const { base } = newest
  const { applied, orphaned } = applicable(fragments, base.horizon)
  const { entries, retired, tips } = foldLogs(applied, base.horizon, now)
  const logs = fragments.filter(({ log }) => log !== undefined && !orphaned.has(log))
  const used = [...new Set([...bases, ...logs])]
  return {
    current: {
      head: newest.head,
      expires: Math.max(...used.map(({ expires }) => expires)),
      base,
      embedded: newest.log,
      entries,
      retired,
      tips,
      newest: entries.at(-1)?.id ?? base.horizon,
      state: replay(base.state, entries),
      baseFragment: newest,
      fragments: used,
    },
    dropped: fragments
      .filter(({ log, base: own }) => own === undefined && log !== undefined && orphaned.has(log))
      .map((fragment) => ({ fragment, reason: 'orphaned' })),
  }
}

/**
 * The later horizon first; then the higher serial; then by id, so that all nodes agree. A base that a response
 * writes comes before each base that it read. So, whatever order answers arrive in, not all bases of a jar can be
 * removed in favour of one another. When they expire must not count: parallel responses write one base alike but
 * for that, and an order that changes has cycles.
 */
function laterBaseFirst(a: Fragment, b: Fragment): number {
  const [left, right] = [a.base?.horizon ?? '', b.base?.horizon ?? '']
  if (left !== right) return left > right ? -1 : 1
  return (b.base?.serial ?? 0) - (a.base?.serial ?? 0) || (a.id < b.id ? -1 : 1)
}

/** The logs that apply onto a base with `horizon`: those at or after which it is, and whose parents are there. */
function applicable(
  fragments: readonly Fragment[],
  horizon: string,
): { applied: Log[]; orphaned: Set<Log> } {
  const applied: Log[] = []
  const present = new Set<string>()
  let waiting = fragments.flatMap(({ log }) => (log && log.since <= horizon ? [log] : []))
  for (let before = -1; before !== waiting.length; ) {
    before = waiting.length
    waiting = waiting.filter((log) => {
      const ready = log.after.every((parent) => parent <= horizon || present.has(digestOf(parent)))
      if (!ready) return true
      applied.push(log)
      for (const { id } of log.entries) present.add(digestOf(id))
      for (const digest of log.retired) present.add(digest)
      return false
    })
  }
  const used = new Set(applied)
  return {
    applied,
    orphaned: new Set(fragments.flatMap(({ log }) => (log && !used.has(log) ? [log] : []))),
  }
}
