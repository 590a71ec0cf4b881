/** Which of several sessions in one jar counts: the newest that has not ended. */
import {
  type Fragment,
  isBase,
  isTombstone,
  type SessionIdentity,
  SID_PREFIX_LENGTH,
  type Tombstone,
} from '../format/fragment.ts'
import { timeOf } from '../format/ids.ts'

/** A fragment that the view does not use, and why. */
export interface Dropped {
  readonly fragment: Fragment
  /**
   * `superseded`: of an older session, or a base that a later one replaces. `ended`: of a session
   * that a tombstone ends. `orphaned`: a log whose base or parents are not there. `expired`: of a
   * session that was not renewed in time.
   */
  readonly reason: 'superseded' | 'ended' | 'orphaned' | 'expired'
}

/** What {@link chooseSession} found. */
export interface Choice {
  /** The sid of the session that counts. */
  readonly chosen: string | undefined
  readonly tombstones: readonly Tombstone[]
  readonly dropped: readonly Dropped[]
}

/**
 * Step 4. Chooses the session of a view: of those that have a base and have not ended, the one of the
 * highest generation, and of these the one that started last. A session that is not newer than an
 * ended one is dropped with it.
 */
export function chooseSession(fragments: readonly Fragment[]): Choice {
  const tombstones = fragments.filter(isTombstone)
  const bases = fragments.filter(isBase)
  let chosen: SessionIdentity | undefined
  for (const { identity } of bases) {
    if (tombstones.some((grave) => ends(grave.identity, identity) || !outlives(identity, grave)))
      continue
    if (!chosen || isNewer(identity, chosen)) chosen = identity
  }
  const dropped: Dropped[] = []
  for (const fragment of fragments) {
    const { kind, identity } = fragment
    if (kind === 'tombstone' || identity.sid === chosen?.sid) continue
    const ended = tombstones.some((grave) => ends(grave.identity, identity))
    const orphaned = !bases.some((base) => base.identity.sid === identity.sid)
    dropped.push({
      fragment,
      reason: ended ? 'ended' : orphaned && !chosen ? 'orphaned' : 'superseded',
    })
  }
  return { chosen: chosen?.sid, tombstones, dropped }
}

/** Whether session `a` takes precedence over `b`. */
export function isNewer(a: SessionIdentity, b: SessionIdentity): boolean {
  if (a.generation !== b.generation) return a.generation > b.generation
  return a.start !== b.start ? a.start > b.start : a.sid > b.sid
}

/**
 * Whether a session may live in a jar with a tombstone of another. A provisional one yields to all that
 * live, so that its rank says nothing; it must have started after the end.
 */
function outlives(identity: SessionIdentity, grave: Tombstone): boolean {
  return identity.generation < 0
    ? identity.start > timeOf(grave.id)
    : isNewer(identity, grave.identity)
}

/**
 * Whether a tombstone of `ended` ends `session`: it is that session, or grew out of it, or of one
 * that both grew out of, in the last minutes, when its writer cannot have seen the end. A login is not
 * undone by the end of the anonymous session before it.
 */
function ends(ended: SessionIdentity, session: SessionIdentity): boolean {
  if (ended.sid === session.sid) return true
  if (ended.subject === undefined && session.subject !== undefined) return false
  const grave = lineage(ended)
  return lineage(session).some((sid) => grave.includes(sid))
}

function lineage(identity: SessionIdentity): string[] {
  return [identity.sid.slice(0, SID_PREFIX_LENGTH), ...identity.from]
}
