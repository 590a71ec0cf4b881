/**
 * The view of one request: its fragments, merged into one state. Merging takes the union of what
 * the fragments hold, so their order does not matter and neither does how often one appears.
 */
import type { Base, Entry, Fragment, Log, SessionHead } from '../codec/fragment.ts'
import type { TreeObject } from '../codec/tree.ts'
import { digestOf } from './ids.ts'
import { prune, replay } from './replay.ts'
import { type Dropped, LATE_SECONDS, selectSession } from './select.ts'

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
  const merged = mergeSession(own)
  const current = merged && merged.current.expires > now ? merged.current : undefined
  const useless = fragments.filter(({ head }) => !valid.has(head.sid))
  if (!current) useless.push(...own)
  return {
    current,
    tombstones,
    dropped: [
      ...dropped,
      ...((current && merged?.dropped) ?? []),
      ...useless.map((fragment) => ({ fragment, reason: reasonOf(fragment, fragments) })),
    ],
    fragments,
    unread,
  }
}

function reasonOf({ head }: Fragment, fragments: readonly Fragment[]): 'expired' | 'orphaned' {
  const hasBase = fragments.some(({ base, head: { sid } }) => base && sid === head.sid)
  return hasBase ? 'expired' : 'orphaned'
}

function mergeSession(
  fragments: readonly Fragment[],
): { current: Current; dropped: Dropped[] } | undefined {
  const bases = fragments.filter((fragment) => fragment.base !== undefined).sort(laterBaseFirst)
  const [newest] = bases
  if (!newest?.base) return undefined
  const { base } = newest
  const { applied, orphaned } = applicable(fragments, base.horizon)
  const union = new Map<string, Entry>()
  const retired = new Set<string>()
  for (const { entries, retired: digests } of applied) {
    for (const entry of entries) if (entry.id > base.horizon) union.set(entry.id, entry)
    for (const digest of digests) retired.add(digest)
  }
  const all = [...union.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const entries = prune(all)
  const shown = new Set(entries.map(({ id }) => id))
  for (const { id } of all) if (!shown.has(id)) retired.add(digestOf(id))
  for (const id of shown) retired.delete(digestOf(id))
  const logs = fragments.filter(({ log }) => log !== undefined && !orphaned.has(log))
  const used = [...new Set([...bases, ...logs])]
  return {
    current: {
      head: newest.head,
      expires: Math.max(...used.map(({ expires }) => expires)),
      base,
      embedded: newest.log,
      entries,
      retired: [...retired].sort(),
      tips: tipsOf(applied, base.horizon),
      newest: all.at(-1)?.id ?? base.horizon,
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
 * The later horizon first; then the higher serial; then the one that expires later; then by id, so that all nodes agree. A base that a
 * response writes comes before each base that it read. So, whatever order answers arrive in, not all
 * bases of a jar can be removed in favour of one another.
 */
function laterBaseFirst(a: Fragment, b: Fragment): number {
  const [left, right] = [a.base?.horizon ?? '', b.base?.horizon ?? '']
  if (left !== right) return left > right ? -1 : 1
  const serial = (b.base?.serial ?? 0) - (a.base?.serial ?? 0)
  return serial || b.expires - a.expires || (a.id < b.id ? -1 : 1)
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

/** The entries that no other entry of these logs had seen. */
function tipsOf(logs: readonly Log[], horizon: string): string[] {
  const tips = new Set(logs.flatMap((log) => log.tips).filter((tip) => tip > horizon))
  for (const log of logs) {
    const inside = new Set([...log.entries.map(({ id }) => digestOf(id)), ...log.retired])
    for (const tip of tips) {
      if (log.after.includes(tip) || (inside.has(digestOf(tip)) && !log.tips.includes(tip)))
        tips.delete(tip)
    }
  }
  return [...tips].sort()
}
