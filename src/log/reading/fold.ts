/** Logs, merged into one that means the same, whatever else a view holds. */

import { AHEAD_SECONDS } from '../format/clocks.ts'
import type { Entry, Log } from '../format/fragment.ts'
import { digestOf, isAfter, timeOf } from '../format/ids.ts'
import { prune } from '../ops/prune.ts'
import { operandOf } from '../ops/waiting.ts'

/**
 * One log of all entries after `horizon`. It leaves out only what entries of its own replace, and names all
 * parents that it does not contain, so that it applies exactly where all of `logs` do.
 */
export function foldLogs(logs: readonly Log[], horizon: string): Log {
  const until = untilOf(logs, horizon)
  const union = new Map<string, Entry>()
  const retired = new Set<string>()
  for (const log of logs) {
    for (const entry of log.entries)
      if (entry.id > horizon && !isFetched(union.get(entry.id))) union.set(entry.id, entry)
    for (const digest of log.retired) {
      if (isAfter(digest, horizon, until)) retired.add(digest)
    }
  }
  const all = [...union.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const entries = prune(all)
  const whole = new Set(entries.map(({ id }) => digestOf(id)))
  if (all.length > entries.length) for (const { id } of all) retired.add(digestOf(id))
  for (const digest of whole) retired.delete(digest)
  const inside = new Set([...whole, ...retired])
  const parents = new Set(logs.flatMap((log) => log.parents))
  return {
    since: horizon,
    parents: [...parents].filter((id) => id > horizon && !inside.has(digestOf(id))).sort(),
    heads: headsOf(logs, horizon),
    retired: [...retired].sort(),
    entries,
  }
}

/**
 * The clock by which the digests of some logs are told from older ones, in ms: that of whoever wrote the newest of their
 * entries. Nothing that is retired comes after the heads, so a digest that seems to is nine minutes older. A node's own
 * clock would leave that to chance, and one base would seem to lack what another has.
 */
export function untilOf(logs: readonly Log[], horizon: string): number {
  const ids = logs.flatMap(({ heads, entries }) => [...heads, ...entries.map(({ id }) => id)])
  const newest = ids.reduce((last, id) => (id > last ? id : last), horizon)
  return timeOf(newest) - AHEAD_SECONDS * 1000
}

/** Whether an entry has all that it writes. Another cookie may hold it with some of that in the store. */
function isFetched(entry: Entry | undefined): boolean {
  return entry?.ops.every((op) => operandOf(op) === undefined) === true
}

/** The entries after `horizon` that no other entry of these logs had seen. */
export function headsOf(logs: readonly Log[], horizon: string): string[] {
  const heads = new Set(logs.flatMap((log) => log.heads).filter((head) => head > horizon))
  const isPruned = logs.some(({ retired }) => retired.length > 0)
  const byDigest = new Map(isPruned ? [...heads].map((head) => [digestOf(head), head]) : [])
  for (const log of logs) {
    const own = new Set(log.heads)
    for (const parent of log.parents) heads.delete(parent)
    for (const { id } of log.entries) if (!own.has(id)) heads.delete(id)
    for (const digest of log.retired) {
      const head = byDigest.get(digest)
      if (head !== undefined && !own.has(head)) heads.delete(head)
    }
  }
  return [...heads].sort()
}
