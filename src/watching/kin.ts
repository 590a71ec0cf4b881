/** What goes on of a login when its session gets a new id. */
import { revocationKeysOf } from '../data/keys.ts'
import type { Current } from '../log/reading/merge.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import { kinOf } from '../revocation/keys.ts'

/** What a request tells others of its session's login. */
export class Ties {
  /** The app's own keys to end it by, if the handler gave it some. */
  keys: readonly string[] | undefined
  /** What a list calls the session, if somebody logs in. */
  label = ''
  /** The marks that a login has seen, for it to seal. */
  seen: string | undefined
}

/** A session during a request, in so far as it tells whose login it is. */
export interface Bearer {
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
