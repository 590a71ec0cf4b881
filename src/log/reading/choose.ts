/** Which of several sessions in one jar counts: the newest that has not ended. */
import {
  type Fragment,
  isBase,
  isTombstone,
  type SessionHead,
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
  let chosen: SessionHead | undefined
  for (const { head } of bases) {
    if (tombstones.some((grave) => ends(grave.head, head) || !outlives(head, grave))) continue
    if (!chosen || isNewer(head, chosen)) chosen = head
  }
  const dropped: Dropped[] = []
  for (const fragment of fragments) {
    const { kind, head } = fragment
    if (kind === 'tombstone' || head.sid === chosen?.sid) continue
    const ended = tombstones.some((grave) => ends(grave.head, head))
    const orphaned = !bases.some((base) => base.head.sid === head.sid)
    dropped.push({
      fragment,
      reason: ended ? 'ended' : orphaned && !chosen ? 'orphaned' : 'superseded',
    })
  }
  return { chosen: chosen?.sid, tombstones, dropped }
}

/** Whether session `a` takes precedence over `b`. */
export function isNewer(a: SessionHead, b: SessionHead): boolean {
  if (a.generation !== b.generation) return a.generation > b.generation
  return a.start !== b.start ? a.start > b.start : a.sid > b.sid
}

/**
 * Whether a session may live in a jar with a tombstone of another. A provisional one yields to all that
 * live, so that its rank says nothing; it must have started after the end.
 */
function outlives(head: SessionHead, grave: Tombstone): boolean {
  return head.generation < 0 ? head.start > timeOf(grave.id) : isNewer(head, grave.head)
}

/**
 * Whether a tombstone of `ended` ends `session`: it is that session, or grew out of it, or of one
 * that both grew out of, in the last minutes, when its writer cannot have seen the end. A login is not
 * undone by the end of the anonymous session before it.
 */
function ends(ended: SessionHead, session: SessionHead): boolean {
  if (ended.sid === session.sid) return true
  if (ended.subject === undefined && session.subject !== undefined) return false
  const grave = lineage(ended)
  return lineage(session).some((sid) => grave.includes(sid))
}

function lineage(head: SessionHead): string[] {
  return [head.sid.slice(0, SID_PREFIX_LENGTH), ...head.from]
}
