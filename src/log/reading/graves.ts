/** What tombstones tell, and which sessions they end. */
import { LATE_SECONDS } from '../format/clocks.ts'
import {
  type Ended,
  type SessionIdentity,
  SID_PREFIX_LENGTH,
  type Tombstone,
} from '../format/fragment.ts'
import { timeOf } from '../format/ids.ts'

/** What stands for a sid in `from`, and in tombstones. */
export function prefixOf(sid: string): string {
  return sid.slice(0, SID_PREFIX_LENGTH)
}

/**
 * Whether a tombstone ends a session: one that had not seen it; or one that has ended itself, or grew out of one that
 * has, or of one that both grew out of, in the last minutes. A login is not undone by the end of anonymous sessions.
 */
export function ends(grave: Grave, session: SessionIdentity): boolean {
  if (namesOf(grave.ended, session).length > 0) return true
  const end = session.subject === undefined ? grave.id : grave.userEnd
  return end !== undefined && (session.seen === undefined || session.seen < end)
}

/** Whether a tombstone ends a session by name, of which nothing is known but how its id begins. */
export function endsByName({ ended }: Grave, sid: string): boolean {
  return ended.some((each) => each.sid === prefixOf(sid))
}

/** The id of the last end of a user's session that a tombstone tells of; its own, if it ended one itself. */
export function userEndOf(grave: Tombstone): string | undefined {
  const isOwn = endedBy(grave).some(({ hadSubject, minutes }) => hadSubject && minutes === 0)
  return isOwn ? grave.id : grave.identity.seen
}

/** What a tombstone says among others. */
export interface Grave {
  readonly ended: readonly Ended[]
  /** Its id, or that of an older end of the same session: a logout that was sent twice ends nothing more. */
  readonly id: string
  /** The same of the last end of a user's session. */
  readonly userEnd: string | undefined
}

export function graveOf(grave: Tombstone, all: readonly Tombstone[]): Grave {
  const ids = all.flatMap((other) => (other === grave ? [] : (endIn(other, grave.identity) ?? [])))
  const id = [...ids, grave.id].sort()[0] ?? grave.id
  const userEnd = userEndOf(grave)
  return { ended: endedBy(grave), id, userEnd: userEnd === grave.id ? id : userEnd }
}

/** The id of the end of a session that a tombstone ends by name, or that one which it tells of did. */
function endIn(grave: Tombstone, session: SessionIdentity): string | undefined {
  const names = namesOf(endedBy(grave), session)
  if (names.length === 0) return undefined
  const isEarlier = names.every(({ hadSubject, minutes }) => hadSubject && minutes > 0)
  return isEarlier ? userEndOf(grave) : grave.id
}

/** Those of the ended that end a session by name: itself, or what it grew out of. */
function namesOf(ended: readonly Ended[], session: SessionIdentity): readonly Ended[] {
  const own = lineageOf(session)
  const isLogin = session.subject !== undefined
  return ended.filter(
    ({ sid, hadSubject }) => sid === own[0] || ((hadSubject || !isLogin) && own.includes(sid)),
  )
}

/** All that a tombstone ends by name. */
export function endedBy({ identity, others = [] }: Tombstone): readonly Ended[] {
  const hadSubject = identity.subject !== undefined
  return [...lineageOf(identity).map((sid) => ({ sid, hadSubject, minutes: 0 })), ...others]
}

/** What stands for a session, and for those that it grew out of. */
export function lineageOf({ sid, from }: Pick<SessionIdentity, 'sid' | 'from'>): readonly string[] {
  return [prefixOf(sid), ...from]
}

/** The later of two ids. */
export function laterOf(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a
}

/** A session that ends, and for how many minutes it has been over already. */
export interface Ending {
  readonly identity: SessionIdentity
  readonly minutes: number
}

/** What a tombstone ends beside its own session, and what those ended that it takes the place of. */
export function othersOf(
  at: number,
  own: SessionIdentity,
  sessions: readonly Ending[],
  graves: readonly Tombstone[],
): readonly Ended[] {
  const known = new Map(lineageOf(own).map((sid) => [sid, own.subject !== undefined]))
  const others: Ended[] = []
  const add = (sid: string, hadSubject: boolean, minutes: number) => {
    const isKnown = known.get(sid) === true || known.get(sid) === hadSubject
    if (isKnown || others.length >= MAX_OTHERS || minutes * 60 > LATE_SECONDS) return
    known.set(sid, hadSubject)
    others.push({ sid, hadSubject, minutes })
  }
  for (const { identity, minutes } of sessions)
    for (const sid of lineageOf(identity))
      add(sid, identity.subject !== undefined && minutes === 0, minutes)
  for (const grave of [...graves].sort((a, b) => (a.id > b.id ? -1 : 1))) {
    const ago = Math.max(1, Math.ceil((at - timeOf(grave.id)) / 60_000))
    for (const { sid, hadSubject, minutes } of endedBy(grave)) add(sid, hadSubject, minutes + ago)
  }
  return others
}

/**
 * Of how many sessions one tombstone tells at the most, the latest ones. It ends all that had not seen it, so this is
 * only about what slow requests make of a session that ended a moment ago.
 */
const MAX_OTHERS = 48
