/** How long sessions live. Times in ms since 1970, unless a name says otherwise. */
import type { RejectionReason } from '../errors.ts'
import { NOT_YET_SECONDS } from '../log/format/clocks.ts'
import { type Fragment, isBase, logOf } from '../log/format/fragment.ts'
import { timeOf } from '../log/format/ids.ts'

/** A session's limits, in seconds. */
export interface Limits {
  readonly idleTimeout: number
  readonly absoluteTimeout: number
}

/** Renewal happens once at most in this part of the idle timeout. */
const RENEWALS_PER_IDLE_TIMEOUT = 10

/** When a session that started at `start` ends in any case. */
export function endOf(start: number, { absoluteTimeout }: Limits): number {
  return start + absoluteTimeout * 1000
}

/** Until when a session is honoured that is renewed at `now`. Whole seconds, rounded down. */
export function renewedUntil(now: number, start: number, limits: Limits): number {
  const until = Math.min(now + limits.idleTimeout * 1000, endOf(start, limits))
  return Math.floor(until / 1000) * 1000
}

/** Whether a session that is honoured until `expires` is to be renewed at `now`. */
export function isRenewalDue(now: number, start: number, expires: number, limits: Limits): boolean {
  const gained = renewedUntil(now, start, limits) - expires
  return gained >= (limits.idleTimeout * 1000) / RENEWALS_PER_IDLE_TIMEOUT
}

/**
 * Step 2 of `docs/wire-format.md`, section 9. Why a fragment is not to be honoured at `now`, or `undefined`. Whether its session has been renewed in
 * time shows only when all of them are merged.
 */
export function untimely(
  fragment: Fragment,
  now: number,
  limits: Limits,
): RejectionReason | undefined {
  const { kind, identity, expires } = fragment
  // A tombstone outlives its session.
  const end = kind === 'tombstone' ? expires : endOf(identity.start, limits)
  if (now >= end) return 'expired-absolute'
  const horizon = isBase(fragment) ? fragment.horizon : undefined
  const newest = logOf(fragment)?.entries.at(-1)?.id ?? horizon
  const latest = Math.max(identity.start, newest === undefined ? 0 : timeOf(newest))
  return latest > now + NOT_YET_SECONDS * 1000 ? 'not-yet-valid' : undefined
}
