/** Which of several sessions in one jar counts: the newest that has not ended. */
import { type Fragment, type SessionHead, SID_PREFIX_LENGTH } from '../codec/fragment.ts'
import { timeOf } from './ids.ts'

/**
 * How long an answer of a session that has ended may still be on its way: the request may have been
 * sent just before the end of one that was in flight for two minutes itself, and clocks differ.
 */
export const LATE_SECONDS = 300

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

/** What {@link selectSession} found. */
export interface Selection {
  /** The sid of the session that counts. */
  readonly chosen: string | undefined
  readonly tombstones: readonly Fragment[]
  readonly dropped: readonly Dropped[]
}

/**
 * Chooses the session of a view: of those that have a base and have not ended, the one of the
 * highest generation, and of these the one that started last. A session that is not newer than an
 * ended one is dropped with it.
 */
export function selectSession(fragments: readonly Fragment[]): Selection {
  const tombstones = fragments.filter(({ tombstone }) => tombstone)
  let chosen: Fragment | undefined
  for (const fragment of fragments) {
    if (!fragment.base || tombstones.some((grave) => ends(grave.head, fragment.head))) continue
    if (tombstones.some((grave) => !outlives(fragment.head, grave))) continue
    if (!chosen || isNewer(fragment.head, chosen.head)) chosen = fragment
  }
  const dropped: Dropped[] = []
  for (const fragment of fragments) {
    if (fragment.tombstone || fragment.head.sid === chosen?.head.sid) continue
    const ended = tombstones.some((grave) => ends(grave.head, fragment.head))
    const orphaned =
      !fragment.base &&
      !fragments.some((other) => other.base && other.head.sid === fragment.head.sid)
    dropped.push({
      fragment,
      reason: ended ? 'ended' : orphaned && !chosen ? 'orphaned' : 'superseded',
    })
  }
  return { chosen: chosen?.head.sid, tombstones, dropped }
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
function outlives(head: SessionHead, grave: Fragment): boolean {
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
