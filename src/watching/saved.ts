/** What others are told of a commit: of logins, of ends, and of renewals. */
import { type Life, lifeOf } from '../data/keys.ts'
import type { SessionIdentity } from '../log/format/fragment.ts'
import type { Current } from '../log/reading/merge.ts'
import { isTellingDue, renewedUntil, termOf, toldUntil } from '../opening/lifetime.ts'
import type { OpenedView } from '../opening/view.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import { loginOf } from '../revocation/keys.ts'
import type { Watch, Watched } from '../revocation/watch.ts'
import { type Bearer, mayBeNew, ownKeysOf, seenIn } from './kin.ts'
import { type Hidden, watchedOf } from './opened.ts'

/** What has to be known of a session that is saved. */
export interface Saving extends Bearer {
  readonly opened: OpenedView & {
    readonly options: ResolvedOptions
    readonly arrivedAt: number
    readonly hidden: Hidden | undefined
  }
  readonly intent: 'keep' | 'new-id' | 'end'
  readonly limits: Partial<Pick<Life, 'idle' | 'absolute'>> | undefined
}

type Save = () => Promise<readonly string[]>

/**
 * Saves a session, and tells the store what that means for it.
 *
 * @throws what `save` throws; TooManySessions, RevocationUnavailable: nothing is saved
 */
export async function saveWatched(saving: Saving, save: Save): Promise<readonly string[]> {
  const { watch } = saving.opened.options
  if (!watch) return save()
  await watch.endOnce(losersOf(saving))
  if (saving.intent === 'end') {
    await endAll(watch, saving)
    return save()
  }
  const { current } = saving.opened.view
  const isStart = saving.isLogin || (!current && ownKeysOf(saving).length > 0)
  if (isStart) return start(watch, saving, save)
  const session = current && (await goingOn(watch, saving, current))
  const lines = await save()
  if (lines.length === 0 || !current || !session) return lines
  if (saving.isAnew) await endReplaced(watch, saving)
  else await tellRenewed(watch, saving, current, session)
  return lines
}

/** All sessions of users that the jar holds, and the one that counts, with those of the same first visit. */
async function endAll(watch: Watch, { opened }: Saving): Promise<void> {
  const counts = opened.view.current?.fragments.map(({ id }) => id)
  const own = new Set(
    opened.view.fragments.flatMap(({ id, identity }) => (counts?.includes(id) ? identity.sid : [])),
  )
  const sessions = notEnded(opened)
  await watch.end(sessions.filter(({ sid, subject }) => subject !== undefined || own.has(sid)))
}

/** The sessions whose cookies decrypt, and that have not ended before. */
function notEnded({ view, untimely }: OpenedView): readonly SessionIdentity[] {
  const sessions = new Map<string, SessionIdentity>()
  for (const { kind, identity } of [...view.fragments, ...untimely])
    if (kind !== 'tombstone') sessions.set(identity.sid, identity)
  for (const { reason, fragment } of view.dropped)
    if (reason === 'ended') sessions.delete(fragment.identity.sid)
  return [...sessions.values()]
}

/**
 * The users' sessions of a jar that lost to another one, though nobody gave them up: of two logins that did not see each
 * other the later one counts, and what was saved after a logout ends with it. Their cookies will be gone, and copies must
 * not live on.
 */
function losersOf({ opened: { view, hidden } }: Saving): readonly SessionIdentity[] {
  const counts = view.current?.base.identity.sid
  // What could not be checked is left as it is.
  if (hidden) return []
  const lost = view.dropped.flatMap(({ reason, fragment: { identity } }) =>
    reason === 'superseded' || reason === 'provisional' || reason === 'ended' ? identity : [],
  )
  const isAnother = ({ sid, subject }: SessionIdentity) =>
    subject !== undefined && (counts === undefined || loginOf(sid) !== loginOf(counts))
  return [...new Map(lost.filter(isAnother).map((each) => [loginOf(each.sid), each])).values()]
}

async function start(watch: Watch, saving: Saving, save: Save): Promise<readonly string[]> {
  const { opened, subject, limits, ties } = saving
  const { options, arrivedAt, view, hidden } = opened
  if (hidden && saving.isLogin) return watch.refuse(hidden.session, hidden.failure)
  const term = termOf(arrivedAt, limits ?? {}, options)
  const before = view.current?.base.identity
  const known = { sid: saving.id, subject, keys: ownKeysOf(saving), began: arrivedAt }
  ties.seen = await watch.logins.seenBy({ ...known, seen: undefined }, await seenIn(saving))
  const expires = toldUntil(renewedUntil(arrivedAt, term), term)
  const replaces = before?.subject === subject ? before?.sid : undefined
  const starting = { ...known, seen: ties.seen, expires, label: ties.label, replaces }
  const isAdmitted = await watch.logins.admit(starting, false)
  try {
    const lines = await save()
    // Nobody else ends for a login that cannot be saved.
    if (!isAdmitted) await watch.logins.admit(starting, true)
    await endReplaced(watch, saving)
    return lines
  } catch (error) {
    await watch.logins.withdraw(starting)
    throw error
  }
}

/** A login ends the user's session in whose place it is: a copy of its cookies would live on. */
async function endReplaced(watch: Watch, { opened: { view } }: Saving): Promise<void> {
  const before = view.current?.base.identity
  if (before?.subject !== undefined) await watch.end([before])
}

/** A session that goes on, as it will be known. One that gets keys seals which of their marks came before it. */
async function goingOn(watch: Watch, saving: Saving, current: Current): Promise<Watched> {
  const { ties, opened, id, isAnew } = saving
  const session = watchedOf(current, opened.options)
  if (!ties.keys || isAnew) return { ...session, sid: id }
  ties.seen = mayBeNew(saving)
    ? watch.logins.seenLater({ ...session, keys: ties.keys }, await seenIn(saving))
    : session.seen
  return { ...session, sid: id, keys: ties.keys, seen: ties.seen }
}

async function tellRenewed(
  watch: Watch,
  { opened, intent, limits, ties }: Saving,
  current: Current,
  session: Watched,
): Promise<void> {
  const { options, arrivedAt } = opened
  const now = Math.max(options.clock(), arrivedAt)
  const term = termOf(session.began, { ...lifeOf(current.state), ...limits }, options)
  const renewed = renewedUntil(now, term)
  // Cookies that stay are honoured as long as before, whatever `keepFor()` asked for; those of a new id begin anew.
  const expires = intent === 'keep' ? Math.max(opened.expires, renewed) : renewed
  const isDue = isTellingDue(opened.expires, expires, term)
  const isSet = intent !== 'keep' || limits !== undefined || ties.keys !== undefined
  if (!isSet && !isDue) return
  const { generation } = current.base.identity
  await watch.logins.renew(
    session,
    toldUntil(expires, term),
    intent === 'keep' ? generation : Math.max(0, generation) + 1,
    isSet,
  )
}
