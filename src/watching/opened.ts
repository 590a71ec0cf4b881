/** What a request's session is once it has been checked whether others have ended it. */
import { lifeOf, revocationKeysOf } from '../data/keys.ts'
import type { RevocationFailure } from '../errors.ts'
import { type Fragment, isTombstone, PROVISIONAL } from '../log/format/fragment.ts'
import type { Current } from '../log/reading/merge.ts'
import { termOfCurrent } from '../opening/lifetime.ts'
import type { OpenedView } from '../opening/view.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import { loginOf } from '../revocation/keys.ts'
import type { Watched } from '../revocation/watch.ts'

/** A session that could not be checked, and why. */
export interface Hidden {
  readonly session: Watched
  readonly failure: RevocationFailure
}

/** A view whose session counts, or no session. */
export interface CheckedView extends OpenedView {
  /** Whether the session could not be checked: the request must not see it, nor change what the browser has. */
  readonly isDenied: boolean
  /** That session. */
  readonly hidden: Hidden | undefined
  /** What the next write seals about the check, if that is worth it. */
  readonly checked: string | undefined
}

/**
 * Checks the session of a view.
 *
 * @param isFresh - whether to ask the store in any case
 * @throws what the option `accept` throws
 */
export async function checked(
  opened: OpenedView,
  options: ResolvedOptions,
  isFresh = false,
): Promise<CheckedView> {
  const { watch, accept } = options
  const { current } = opened.view
  const good = { ...opened, isDenied: false, hidden: undefined, checked: undefined }
  if (!current || (!watch && !accept)) return good
  const session = watchedOf(current, options)
  if (accept && !(await accept(acceptedOf(session)))) {
    options.emit({ type: 'revoked', by: 'accept' })
    return withoutSession(good, session, options, isFresh)
  }
  if (!watch) return good
  const { checked: last } = lifeOf(current.state)
  const finding = await watch.check(session, last, opened.now, isFresh)
  if (finding.is === 'over') return withoutSession(good, session, options, isFresh)
  if (finding.is === 'good') return { ...good, checked: finding.checked }
  return denied(good, { session, failure: finding.failure }, options)
}

/** What a session is looked up by. */
export function watchedOf(current: Current, options: ResolvedOptions): Watched {
  const { sid, subject } = current.base.identity
  const { began } = termOfCurrent(current, options)
  const { seen } = lifeOf(current.state)
  return { sid, subject, keys: revocationKeysOf(current.state), began, seen }
}

function acceptedOf({ sid, subject, began }: Watched) {
  const startedAt = new Date(began)
  const authenticatedAt = subject === undefined ? undefined : startedAt
  return { id: sid, subject, startedAt, authenticatedAt }
}

/**
 * As where it has expired: what starts next takes its place, and its cookies go. What yielded to it, as a login by a form
 * of another site does, has nothing to yield to any more.
 */
async function withoutSession(
  opened: CheckedView,
  { sid }: Watched,
  options: ResolvedOptions,
  isFresh: boolean,
): Promise<CheckedView> {
  const isNext = (fragment: Fragment) =>
    isTombstone(fragment) ||
    (isProvisional(fragment) && loginOf(fragment.identity.sid) !== loginOf(sid))
  const next = opened.only(isNext)
  if (next.view.current) {
    const found = await checked(next, options, isFresh)
    const gone = opened.view.fragments.filter((fragment) => !isNext(fragment))
    const useless = [...found.useless, ...gone.map(({ id }) => id)]
    if (found.view.current && !found.isDenied) return { ...found, useless }
  }
  return { ...opened, view: { ...opened.view, current: undefined }, expires: opened.now }
}

/**
 * As if the browser had withheld the session: what starts now yields to it, and goes on from request to request. Only a
 * logout is about what is there, and ends it.
 */
async function denied(
  opened: CheckedView,
  hidden: Hidden,
  options: ResolvedOptions,
): Promise<CheckedView> {
  const isShown = (fragment: Fragment) =>
    isTombstone(fragment) || (isProvisional(fragment) && fragment.identity.subject === undefined)
  const shown = opened.only(isShown)
  const { current } = shown.view
  const isOver =
    current !== undefined &&
    (await options.watch?.isKnownOver(watchedOf(current, options))) === true
  const unseen = opened.view.fragments.filter((fragment) => !isShown(fragment))
  const own = new Set(shown.view.fragments.map(({ id }) => id))
  return {
    ...shown,
    view: isOver ? { ...shown.view, current: undefined } : shown.view,
    untimely: [...opened.untimely, ...unseen],
    // What could not be checked is left as it is.
    useless: shown.useless.filter((id) => own.has(id)),
    expires: isOver ? opened.now : shown.expires,
    checked: undefined,
    isDenied: true,
    hidden,
  }
}

/** Whether a session was started by a request that may not have been shown another one, and yields to that. */
function isProvisional({ identity }: Fragment): boolean {
  return identity.generation === PROVISIONAL
}
