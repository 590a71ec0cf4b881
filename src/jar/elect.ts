/** Which of several parallel responses does what one of them should do. They cannot ask each other. */
import { latestTimeOf, timeOf } from './ids.ts'
import type { Current } from './merge.ts'
import type { Write } from './write.ts'

/** Over so many of the newest entries it is measured how often a session is written. */
const RATE_OVER = 8

/** Who has missed fewer writes than this is taken to be alone, or one of a burst with one view. */
const ALONE = 0.5

/** A response is not expected to have missed much since its request came in if that is not longer ago. */
const FRESH_MS = 2000

/** Beyond so many fragments it becomes urgent to fold … */
export const MANY_FRAGMENTS = 15

/** … and with so many more everybody does: most likely it was a burst, and all have one view. */
const BURST_SPAN = 5

/** Slow requests have other views each, and many folds would be worse than none. */
const SLOW_SPAN = 30

/**
 * Whether this response does what one of those that are under way should do. Each guesses how many others
 * have written since its request came in, and takes its chance. Those with one view that are elected
 * write the same cookie.
 */
export function isElected(
  current: Current,
  { now, opened, random }: Write,
  among: number,
): boolean {
  const times = [
    ...current.entries.map(({ id }) => timeOf(id)),
    // One that seems to come from the future is nine minutes older than that, as far as anybody can tell.
    ...current.retired.map((digest) => latestTimeOf(digest, now)).filter((time) => time <= opened),
  ]
  const recent = times.sort((a, b) => b - a).slice(0, RATE_OVER)
  const oldest = recent.at(-1)
  const interval =
    oldest === undefined ? Number.POSITIVE_INFINITY : (opened - oldest) / recent.length
  const missed = Math.max(0, now - opened) / Math.max(1, interval)
  if (missed < ALONE) return true
  const [high = 0, low = 0] = random(2)
  const isFresh = now - opened < FRESH_MS
  const urgency = (current.fragments.length - MANY_FRAGMENTS) / (isFresh ? BURST_SPAN : SLOW_SPAN)
  const chance = Math.max(1 / (1 + missed) / among, urgency)
  return (high * 256 + low) / 65_536 < chance
}
