/** What a request's session is once it has been checked whether others have ended it. */
import { lifeOf, revocationKeysOf } from '../data/keys.ts'
import type { RevocationFailure } from '../errors.ts'
import { isTombstone } from '../log/format/fragment.ts'
import type { Current } from '../log/reading/merge.ts'
import { termOfCurrent } from '../opening/lifetime.ts'
import type { OpenedView } from '../opening/view.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
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
    return withoutSession(good)
  }
  if (!watch) return good
  const { checked: last } = lifeOf(current.state)
  const finding = await watch.check(session, last, opened.now, isFresh)
  if (finding.is === 'over') return withoutSession(good)
  if (finding.is === 'good') return { ...good, checked: finding.checked }
  return denied(good, { session, failure: finding.failure })
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

/** As where it has expired: what starts next takes its place, and its cookies go. */
function withoutSession(opened: CheckedView): CheckedView {
  return { ...opened, view: { ...opened.view, current: undefined }, expires: opened.now }
}

/**
 * As if the browser had withheld the session: what starts now yields to it. Only a logout is about what is there, and
 * ends it.
 */
function denied(opened: CheckedView, hidden: Hidden): CheckedView {
  const { view, untimely } = opened
  const fragments = view.fragments.filter(isTombstone)
  const unseen = view.fragments.filter((fragment) => !isTombstone(fragment))
  return {
    ...opened,
    view: { ...view, current: undefined, fragments, unplaced: [] },
    untimely: [...untimely, ...unseen],
    useless: [],
    expires: opened.now,
    isDenied: true,
    hidden,
  }
}
