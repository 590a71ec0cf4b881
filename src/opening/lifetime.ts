/** How long sessions live. Times in ms since 1970, unless a name says otherwise. */
import { type Life, lifeOf } from '../data/keys.ts'
import type { RejectionReason } from '../errors.ts'
import { NOT_YET_SECONDS } from '../log/format/clocks.ts'
import { type Fragment, isBase, logOf } from '../log/format/fragment.ts'
import { timeOf } from '../log/format/ids.ts'
import type { Current } from '../log/reading/merge.ts'

/** The limits of an app, in seconds. */
export interface Limits {
  readonly idleTimeout: number
  readonly absoluteTimeout: number
  readonly maxIdleTimeout: number
  readonly maxAbsoluteTimeout: number
}

/** The limits of one session. */
export interface Term {
  /** When it began: its user logged in, or else the first of the sessions started that it grew out of. */
  readonly began: number
  readonly idleMs: number
  readonly absoluteMs: number
}

/** Renewal happens once at most in this part of the idle timeout. */
const RENEWALS_PER_IDLE_TIMEOUT = 10

/** The limits of a session that started at `start`: its own, as far as the options allow. */
export function termOf(start: number, life: Partial<Life>, limits: Limits): Term {
  const idle = Math.min(life.idle ?? limits.idleTimeout, limits.maxIdleTimeout)
  const absolute = Math.min(life.absolute ?? limits.absoluteTimeout, limits.maxAbsoluteTimeout)
  const began = life.began === undefined ? start : Math.min(start, Math.round(life.began * 1000))
  return { began, idleMs: Math.min(idle, absolute) * 1000, absoluteMs: absolute * 1000 }
}

/** The limits of the session of a view. */
export function termOfCurrent({ base, state }: Current, limits: Limits): Term {
  return termOf(base.identity.start, lifeOf(state), limits)
}

/** When a session ends in any case. */
export function endOf({ began, absoluteMs }: Term): number {
  return began + absoluteMs
}

/** When a session that starts at `start` ends at the latest, whatever limits it has. */
export function lastEndOf(start: number, { maxAbsoluteTimeout }: Limits): number {
  return start + maxAbsoluteTimeout * 1000
}

/** Until when a session is honoured that is renewed at `now`. Whole seconds, rounded down. */
export function renewedUntil(now: number, term: Term): number {
  return Math.floor(Math.min(now + term.idleMs, endOf(term)) / 1000) * 1000
}

/** Whether a session that is honoured until `expires` is to be renewed at `now`. */
export function isRenewalDue(now: number, expires: number, term: Term): boolean {
  return renewedUntil(now, term) - expires >= term.idleMs / RENEWALS_PER_IDLE_TIMEOUT
}

/**
 * Whether others are to be told that a session is honoured longer than before: once in each tenth of the idle timeout.
 * Each write renews a session, so a busy one would never be told of by how much one of them does.
 */
export function isTellingDue(before: number, after: number, { idleMs }: Term): boolean {
  const part = (at: number) => Math.floor(at / (idleMs / RENEWALS_PER_IDLE_TIMEOUT))
  return part(after) > part(before)
}

/**
 * Until when others are told that a session is honoured: to the end of that tenth, since they are not told of what else
 * renews it in this.
 */
export function toldUntil(expires: number, term: Term): number {
  const part = term.idleMs / RENEWALS_PER_IDLE_TIMEOUT
  const end = Math.ceil((Math.floor(expires / part) + 1) * part)
  return Math.max(expires, Math.min(end, endOf(term)))
}

/**
 * Until when a session is honoured, and by which limit. A timeout that was lowered since holds for it: what was sealed
 * before `sealedBefore` was renewed before that.
 */
export function honouredUntil(
  current: Current,
  sealedBefore: number,
  limits: Limits,
): { readonly until: number; readonly limit: 'idle' | 'absolute' } {
  const term = termOfCurrent(current, limits)
  const idle = Math.min(current.expires, sealedBefore + term.idleMs)
  const end = endOf(term)
  return idle < end ? { until: idle, limit: 'idle' } : { until: end, limit: 'absolute' }
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
  const end = kind === 'tombstone' ? expires : lastEndOf(identity.start, limits)
  if (now >= end) return 'expired-absolute'
  return newestTimeOf(fragment) > now + NOT_YET_SECONDS * 1000 ? 'not-yet-valid' : undefined
}

/** The latest time that a fragment tells of: so late it was when it was written. */
export function newestTimeOf(fragment: Fragment): number {
  if (fragment.kind === 'tombstone') return timeOf(fragment.id)
  const horizon = isBase(fragment) ? fragment.horizon : undefined
  const newest = logOf(fragment)?.entries.at(-1)?.id ?? horizon
  return Math.max(fragment.identity.start, newest === undefined ? 0 : timeOf(newest))
}
