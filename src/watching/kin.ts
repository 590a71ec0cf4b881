/** What goes on of a login when its session gets a new id. */
import { revocationKeysOf } from '../data/keys.ts'
import type { Current } from '../log/reading/merge.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import { kinOf } from '../revocation/keys.ts'
import type { Glance, LoginMoment } from '../revocation/watch.ts'

/** What a request tells others of its session's login. */
export class Ties {
  /** The app's own keys to end it by, if the handler gave it some. */
  keys: readonly string[] | undefined
  /** What a list calls the session, if somebody logs in. */
  label = ''
  /** The marks that its login has seen, for it to seal, where that is to be told. */
  seen: string | undefined
  /** The marks that there were when it began, or got its keys. */
  glances: Promise<Glance>[] = []
  /** When it began, or got its first keys. */
  since: LoginMoment | undefined
  /** Whether one is about to be made. */
  isLooking = false
}

/** A session during a request, as far as it tells whose login it is. */
export interface Bearer {
  readonly id: string
  readonly subject: string | undefined
  readonly opened: { readonly options: ResolvedOptions }
  readonly ties: Ties
  readonly current: Current | undefined
  readonly isReplaced: boolean
  readonly isLogin: boolean
  readonly isAnew: boolean
}

/** The new id of a session. Where it stands for the same login, it shows that, so that a mark for any of its ids counts. */
export function sidFor(bearer: Bearer, fresh: string): string {
  const current = sameLogin(bearer)
  const isWatched = bearer.opened.options.watch !== undefined
  return isWatched && current && bearer.isReplaced ? kinOf(fresh, current.base.identity.sid) : fresh
}

/** The app's own keys to end a session by. */
export function ownKeysOf(bearer: Bearer): readonly string[] {
  const current = sameLogin(bearer)
  return bearer.ties.keys ?? (current ? revocationKeysOf(current.state) : [])
}

/** The session of before, unless somebody logs in or out. */
function sameLogin({ current, isLogin, isAnew }: Bearer): Current | undefined {
  return isLogin || isAnew ? undefined : current
}

/**
 * Looks which marks there are, at the moment of a login, or when a session gets keys: what is put later, though before it
 * is saved, ends it. Keys that are assigned right after the login are asked for with it. Who looks later, since the
 * first look failed or there are more keys, asks what there was then.
 */
export function look(bearer: Bearer): void {
  const { watch } = bearer.opened.options
  const { ties } = bearer
  if (!watch || ties.isLooking || !mayBeNew(bearer)) return
  ties.isLooking = true
  const isLate = ties.since !== undefined
  const since = ties.since ?? watch.logins.moment()
  ties.since = since
  const glance = async () => {
    await Promise.resolve()
    ties.isLooking = false
    const { id: sid, subject } = bearer
    return watch.logins.glance({ sid, subject, keys: ownKeysOf(bearer) }, since, isLate)
  }
  ties.glances.push(glance())
}

/** Whether there may be marks that the session has not told of: those of a login, or of keys that it did not have. */
export function mayBeNew(bearer: Bearer): boolean {
  const current = sameLogin(bearer)
  const had = current ? revocationKeysOf(current.state) : []
  return !current || (bearer.ties.keys ?? []).some((key) => !had.includes(key))
}

/** What was seen. A login that could not be saved is one of its next attempt. */
export async function seenIn(bearer: Bearer): Promise<readonly Glance[]> {
  const { ties } = bearer
  if (ties.glances.length === 0) look(bearer)
  const glances = await Promise.all(ties.glances)
  if (glances.some(({ failure }) => failure !== undefined)) ties.glances = []
  return glances
}
