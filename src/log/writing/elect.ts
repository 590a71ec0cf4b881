/** Which of several parallel responses does what one of them should do. They cannot ask each other. */
import { SPREAD_SECONDS } from '../format/clocks.ts'
import { logOf } from '../format/fragment.ts'
import { isJoin, latestTimeOf, timeOf } from '../format/ids.ts'
import type { Current } from '../reading/merge.ts'
import { outsideBase } from './compact.ts'
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
  if (missed < policy.aloneBelow && among === 1) return true
  const [high = 0, low = 0] = random(2)
  const span = now - arrivedAt < policy.freshMs ? policy.burstSpan : policy.slowSpan
  const urgency = (current.fragments.length - policy.manyFragments) / span
  const width = among > 1 ? widthOf(current) : 1
  const chance = Math.max(1 / Math.max(1 + missed, width) / among, urgency)
  return (high * 256 + low) / 65_536 < chance
}

/** How many requests write at once, as far as the view shows it: how many entries had not seen one another. */
export function widthOf({ heads, fragments }: Current): number {
  return Math.max(heads.length, ...fragments.map((each) => logOf(each)?.heads.length ?? 0))
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
  const [newest, oldest] = [recent[0], recent.at(-1)]
  if (newest === undefined || oldest === undefined) return 0
  // Clocks differ: what others wrote is compared with what others wrote, and with this clock only this clock. Somebody
  // who has stopped writing writes no more often than that either.
  const span = Math.max(newest - oldest, 0)
  const atRest = arrivedAt - newest - SPREAD_SECONDS * 1000
  const interval =
    recent.length > 1 ? Math.max(span / (recent.length - 1), atRest) : Number.POSITIVE_INFINITY
  return Math.max(0, now - arrivedAt) / Math.max(1, interval)
}

/** Whether each entry has seen those before it, as far as can be told: no join stands for several. */
export function isChain({ heads, base, retired }: Current): boolean {
  return heads.length <= 1 && (base.log?.heads.length ?? 0) <= 1 && !retired.some(isJoin)
}

/**
 * Whether nobody else is likely to have written since the request came in: where each entry has seen those before it, one
 * request at a time writes, and a machine that has too much to do takes long for each. Of slow requests there may be more.
 */
export function isAlone(current: Current, planning: Planning): boolean {
  const { now, arrivedAt, policy } = planning
  const isFresh = now - arrivedAt < policy.freshMs
  return (isFresh && isChain(current)) || isElected(current, planning, 1)
}

/**
 * Whether it is this response's turn to make a new base, where several write at once: by how many entries stand beside the
 * base. So it is the turn of those that see about the same, and not of those that come right after them.
 */
export function isTurn(current: Current, planning: Planning): boolean {
  // Those of which nothing shows any more included.
  const { entries, retired } = outsideBase(current)
  const loose = entries.length + retired.filter((digest) => !isJoin(digest)).length
  const { looseEntries: every, urgentEntries, urgentAmong } = planning.policy
  if (loose < every) return false
  const isUrgent = loose > urgentEntries && isElected(current, planning, urgentAmong)
  return loose % every === 0 || isUrgent
}
