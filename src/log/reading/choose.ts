/** Which of several sessions in one jar counts: the newest that has not ended. */
import {
  type Fragment,
  isBase,
  isTombstone,
  isUnnamed,
  PROVISIONAL,
  type SessionIdentity,
  type Tombstone,
} from '../format/fragment.ts'
import { ends, endsByName, graveOf, prefixOf } from './graves.ts'
import { countsByItself, siblingsOf } from './siblings.ts'

/** A fragment that the view does not use, and why. */
export interface Dropped {
  readonly fragment: Fragment
  /**
   * `superseded`: of an older session, or a base that a later one replaces. `ended`: of a session
   * that a tombstone ends. `orphaned`: a log whose base or parents are not there. `expired`: of a
   * session that was not renewed in time. `provisional`: of one that a request started without seeing the others.
   */
  readonly reason: 'superseded' | 'ended' | 'orphaned' | 'expired' | 'provisional'
}

/** What {@link chooseSession} found. */
export interface Choice {
  /** The session that counts. */
  readonly chosen: SessionIdentity | undefined
  /** The sids of those that started at the same time without seeing it: what they hold is part of it. */
  readonly siblings: readonly string[]
  readonly tombstones: readonly Tombstone[]
  readonly dropped: readonly Dropped[]
}

/**
 * Step 4. Chooses the session of a view: of those that have a base, have not ended, and in whose place no other one has
 * started, that of the highest rank; of these the one that started last. Anonymous sessions that started together
 * are one: the first of them.
 *
 * @param all - those as well of sessions that expired a while ago: what they took the place of does not come back
 */
export function chooseSession(
  fragments: readonly Fragment[],
  all: readonly Fragment[] = fragments,
): Choice {
  const tombstones = fragments.filter(isTombstone)
  const sessions = new Map<string, SessionIdentity>()
  for (const each of fragments)
    if (each.kind !== 'tombstone' && !isUnnamed(each))
      sessions.set(each.identity.sid, each.identity)
  const graves = tombstones.map((grave) => graveOf(grave, tombstones))
  const isOver = (identity: SessionIdentity) => graves.some((grave) => ends(grave, identity))
  const ended = new Set([...sessions.values()].filter(isOver).map(({ sid }) => sid))
  const withBase = new Set(fragments.filter(isBase).map(({ identity }) => identity.sid))
  const left = [...sessions.values()].filter(({ sid }) => !ended.has(sid))
  const living = left.filter(({ sid }) => withBase.has(sid))
  const followers = all.filter((each) => isBase(each) && !ended.has(each.identity.sid))
  const followed = new Set(followers.flatMap(({ identity }) => identity.from))
  const [best] = living.filter(({ sid }) => !followed.has(prefixOf(sid))).sort(byRank)
  const family = best
    ? siblingsOf(
        best,
        left.filter(({ sid }) => !followed.has(prefixOf(sid))),
      )
    : []
  // What one of them has settled cannot be told apart any more: it counts by itself.
  const isSettled = (identity: SessionIdentity) =>
    fragments.some(
      (each) => isBase(each) && countsByItself(each) && each.identity.sid === identity.sid,
    )
  const [first = best] = family.filter(({ sid }) => withBase.has(sid))
  const chosen = family.find(isSettled) ?? first
  const siblings = family.flatMap(({ sid }) => (sid === chosen?.sid ? [] : sid))
  const own = new Set([...siblings, ...(chosen ? [chosen.sid] : [])])
  const dropped = fragments.flatMap((fragment): Dropped[] => {
    const { kind, identity } = fragment
    if (kind === 'tombstone' || own.has(identity.sid)) return []
    if (isUnnamed(fragment)) {
      if (graves.some((grave) => endsByName(grave, identity.sid)))
        return [{ fragment, reason: 'ended' }]
      const isFollowed = followed.has(prefixOf(identity.sid))
      return [{ fragment, reason: isFollowed ? 'superseded' : 'orphaned' }]
    }
    if (ended.has(identity.sid)) return [{ fragment, reason: 'ended' }]
    if (!chosen && !withBase.has(identity.sid)) return [{ fragment, reason: 'orphaned' }]
    const isProvisional = identity.generation === PROVISIONAL && isBase(fragment)
    return [{ fragment, reason: isProvisional ? 'provisional' : 'superseded' }]
  })
  return { chosen, siblings, tombstones, dropped }
}

/** Whether session `a` takes precedence over `b`, if neither took the place of the other. */
export function isNewer(a: SessionIdentity, b: SessionIdentity): boolean {
  return byRank(a, b) < 0
}

function byRank(a: SessionIdentity, b: SessionIdentity): number {
  const bySid = a.sid === b.sid ? 0 : a.sid > b.sid ? -1 : 1
  const later = b.start - a.start || bySid
  // What started blindly does not replace what did so before.
  return b.generation - a.generation || (a.generation === PROVISIONAL ? -later : later)
}
