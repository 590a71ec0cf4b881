/** Logs, merged into one that means the same, whatever else a view holds. */
import type { Entry, Log } from '../format/fragment.ts'
import { digestOf, isAfter } from '../format/ids.ts'
import { prune } from '../ops/prune.ts'
import { operandOf } from '../ops/waiting.ts'

/**
 * One log of all entries after `horizon`. It leaves out only what entries of its own replace, and names all
 * parents that it does not contain, so that it applies exactly where all of `logs` do.
 *
 * @param now - in ms since 1970
 */
export function foldLogs(logs: readonly Log[], horizon: string, now: number): Log {
  const union = new Map<string, Entry>()
  const retired = new Set<string>()
  for (const log of logs) {
    for (const entry of log.entries)
      if (entry.id > horizon && !isFetched(union.get(entry.id))) union.set(entry.id, entry)
    for (const digest of log.retired) {
      if (isAfter(digest, horizon, now)) retired.add(digest)
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
