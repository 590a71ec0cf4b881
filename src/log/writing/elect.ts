/** Which of several parallel responses does what one of them should do. They cannot ask each other. */
import { latestTimeOf, timeOf } from '../format/ids.ts'
import type { Current } from '../reading/merge.ts'
import type { Planning } from './write.ts'

/**
 * Whether this response does what one of those that are under way should do. Each guesses how many others
 * have written since its request came in, and takes its chance. Those with one view that are elected
 * write the same cookie.
 *
 * @param among - one in so many of those that are elected otherwise
 */
export function isElected(current: Current, planning: Planning, among: number): boolean {
  const { now, arrivedAt, random, policy } = planning
  const missed = missedWrites(current, planning)
  if (missed < policy.aloneBelow) return true
  const [high = 0, low = 0] = random(2)
  const span = now - arrivedAt < policy.freshMs ? policy.burstSpan : policy.slowSpan
  const urgency = (current.fragments.length - policy.manyFragments) / span
  const chance = Math.max(1 / (1 + missed) / among, urgency)
  return (high * 256 + low) / 65_536 < chance
}

/** How many writes have probably been made since the request came in, by how often the session is written. */
function missedWrites(current: Current, { now, arrivedAt, policy }: Planning): number {
  const times = [
    ...current.entries.map(({ id }) => timeOf(id)),
    // One that seems to come from the future is nine minutes older than that, as far as anybody can tell.
    ...current.retired
      .map((digest) => latestTimeOf(digest, now))
      .filter((time) => time <= arrivedAt),
  ]
  const recent = times.sort((a, b) => b - a).slice(0, policy.rateOver)
  const oldest = recent.at(-1)
  const interval =
    oldest === undefined ? Number.POSITIVE_INFINITY : (arrivedAt - oldest) / recent.length
  return Math.max(0, now - arrivedAt) / Math.max(1, interval)
}
