/** Logs, merged into one that means the same, whatever else a view holds. */
import type { Entry, Log } from '../format/fragment.ts'
import { digestOf, latestTimeOf, timeOf } from '../format/ids.ts'
import { prune } from '../ops/prune.ts'

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
    for (const entry of log.entries) if (entry.id > horizon) union.set(entry.id, entry)
    for (const digest of log.retired) {
      if (latestTimeOf(digest, now) > timeOf(horizon)) retired.add(digest)
    }
  }
  const all = [...union.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const entries = prune(all)
  const shown = new Set(entries.map(({ id }) => id))
  for (const { id } of all) if (!shown.has(id)) retired.add(digestOf(id))
  for (const id of shown) retired.delete(digestOf(id))
  const inside = new Set([...shown].map(digestOf).concat(...retired))
  const parents = new Set(logs.flatMap((log) => log.parents))
  return {
    since: horizon,
    parents: [...parents].filter((id) => id > horizon && !inside.has(digestOf(id))).sort(),
    heads: headsOf(logs, horizon),
    retired: [...retired].sort(),
    entries,
  }
}

/** The entries after `horizon` that no other entry of these logs had seen. */
export function headsOf(logs: readonly Log[], horizon: string): string[] {
  const heads = new Set(logs.flatMap((log) => log.heads).filter((head) => head > horizon))
  for (const log of logs) {
    const inside = new Set([...log.entries.map(({ id }) => digestOf(id)), ...log.retired])
    const [parents, own] = [new Set(log.parents), new Set(log.heads)]
    for (const head of heads) {
      if (parents.has(head) || (!own.has(head) && inside.has(digestOf(head)))) heads.delete(head)
    }
  }
  return [...heads].sort()
}
