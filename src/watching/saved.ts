/** What others are told of a commit: of logins, of ends, and of renewals. */
import { type Life, lifeOf } from '../data/keys.ts'
import type { SessionIdentity } from '../log/format/fragment.ts'
import { isRenewalDue, renewedUntil, termOf } from '../opening/lifetime.ts'
import type { OpenedView } from '../opening/view.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import type { Watch } from '../revocation/watch.ts'
import { type Bearer, ownKeysOf } from './kin.ts'
import { watchedOf } from './opened.ts'

/** What has to be known of a session that is saved. */
export interface Saving extends Bearer {
  readonly opened: OpenedView & { readonly options: ResolvedOptions; readonly arrivedAt: number }
  readonly intent: 'keep' | 'new-id' | 'end'
  readonly id: string
  readonly subject: string | undefined
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
  if (saving.intent === 'end') {
    await endAll(watch, saving)
    return save()
  }
  const { current } = saving.opened.view
  const isStart = saving.isLogin || (!current && ownKeysOf(saving).length > 0)
  if (isStart) return start(watch, saving, save)
  const lines = await save()
  if (lines.length === 0 || !current) return lines
  if (saving.isAnew) await endReplaced(watch, saving)
  else await tellRenewed(watch, saving)
  return lines
}

/** All sessions of users that the jar holds, and the one that counts. */
async function endAll(watch: Watch, { opened }: Saving): Promise<void> {
  const counts = opened.view.current?.base.identity.sid
  const sessions = notEnded(opened)
  await watch.end(sessions.filter(({ sid, subject }) => subject !== undefined || sid === counts))
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

async function start(watch: Watch, saving: Saving, save: Save): Promise<readonly string[]> {
  const { opened, subject, limits, ties } = saving
  const { options, arrivedAt, view } = opened
  const term = termOf(arrivedAt, limits ?? {}, options)
  const before = view.current?.base.identity
  const session = {
    ...{ sid: saving.id, subject, keys: ownKeysOf(saving) },
    ...{ began: arrivedAt, seen: undefined },
  }
  const expires = renewedUntil(arrivedAt, term)
  const replaces = before?.subject === subject ? before?.sid : undefined
  ties.seen = await watch.admit({ ...session, expires, label: ties.label, replaces })
  try {
    const lines = await save()
    await endReplaced(watch, saving)
    return lines
  } catch (error) {
    await watch.withdraw(session)
    throw error
  }
}

/** A login ends the user's session in whose place it is: a copy of its cookies would live on. */
async function endReplaced(watch: Watch, { opened: { view } }: Saving): Promise<void> {
  const before = view.current?.base.identity
  if (before?.subject !== undefined) await watch.end([before])
}

async function tellRenewed(watch: Watch, saving: Saving): Promise<void> {
  const { opened, intent, limits, id } = saving
  const { options, arrivedAt } = opened
  const { current } = opened.view
  if (!current) return
  const session = watchedOf(current, options)
  const now = Math.max(options.clock(), arrivedAt)
  const life = { ...lifeOf(current.state), ...limits }
  const term = termOf(session.began, life, options)
  if (intent === 'keep' && !isRenewalDue(now, opened.expires, term)) return
  const expires = Math.max(opened.expires, renewedUntil(now, term))
  await watch.renew({ ...session, sid: id }, expires)
}
