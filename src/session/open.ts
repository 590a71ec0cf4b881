/** From the cookies of a request to its session, as it was found. */

import { claimChecks } from '../data/keys.ts'
import { SchemaInvalid } from '../errors.ts'
import { MERGED_SHARE } from '../fit/fit.ts'
import type { Unstorable } from '../http/address.ts'
import type { CookieAttributes } from '../http/cookies.ts'
import type { RequestFacts } from '../http/facts.ts'
import { type Fragment, logOf } from '../log/format/fragment.ts'
import type { Current } from '../log/reading/merge.ts'
import { openView } from '../opening/view.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import type { Depot } from '../overflow/claim-check.ts'
import { fallBack } from '../shown/fall-back.ts'
import { type Shown, show, showNew } from '../shown/show.ts'
import { type CheckedView, checked } from '../watching/opened.ts'

/** A request's session, as it was found. */
export interface Opened extends CheckedView {
  readonly options: ResolvedOptions
  readonly attributes: CookieAttributes
  readonly depot: Depot | undefined
  /** When the request came in, in ms since 1970. */
  readonly arrivedAt: number
  /** Whether what was flashed goes when it is read. */
  readonly takes: boolean
  /** Whether there may be a session in the browser that this request does not show: it came without its cookies. */
  readonly isWithheld: boolean
  /** Why the browser will not keep our cookies, if it will not. */
  readonly unstorable: Unstorable | undefined
  readonly shown: Shown
  /** A session that is treated as if there were none. Its cookies are not deleted unless it is ended. */
  readonly setAside: Current | undefined
}

/**
 * Opens the session of a request. Never throws for what the request carries.
 *
 * @throws what the option `accept` throws
 */
export async function openSession(
  cookieHeader: string,
  attributes: CookieAttributes,
  options: ResolvedOptions,
  facts: RequestFacts,
): Promise<Opened> {
  const found = await openView(cookieHeader, attributes, options, options.clock())
  const { takes, unstorable } = facts
  // Where one of them came, none was withheld.
  const isWithheld = facts.isWithheld && found.view.fragments.length === 0
  const opened = await checked(found, options)
  const depot = depotOf(options)
  const request = {
    arrivedAt: opened.now,
    takes,
    isWithheld: isWithheld || opened.isDenied,
    unstorable,
  }
  return withShown({ ...opened, ...request, options, attributes, depot })
}

/** What handlers get of a session. */
async function withShown(common: Omit<Opened, 'shown' | 'setAside'>): Promise<Opened> {
  const { options, depot } = common
  const { current } = common.view
  const found = { ...common, setAside: undefined }
  if (!current) return { ...found, shown: showNew(options) }
  const merged = await show(current, options, depot)
  if (!(merged.refused instanceof SchemaInvalid)) return { ...found, shown: merged }
  const back = mayBeUnchecked(current)
    ? await fallBack(current.base, current.entries, merged, options, depot)
    : undefined
  if (back) {
    options.emit({ type: 'fell-back', entries: back.left })
    return { ...found, shown: back.shown }
  }
  if (options.onInvalid === 'fail') return { ...found, shown: merged }
  const view = { ...common.view, current: undefined }
  return { ...found, view, setAside: current, shown: showNew(options) }
}

/** The session of a request, checked once more. `undefined` where it still counts. */
export async function withoutEnded(opened: Opened): Promise<Opened | undefined> {
  const again = await checked(opened, opened.options, true)
  const isSame = again.view.current?.base.identity.sid === opened.view.current?.base.identity.sid
  if (again.view.current && isSame && !again.isDenied) return undefined
  return withShown({ ...opened, ...again, isWithheld: opened.isWithheld || again.isDenied })
}

function depotOf(options: ResolvedOptions): Depot | undefined {
  const { overflow: store, keyring, overflowTimeoutMs: timeoutMs, clock, emit: report } = options
  // What parallel requests made larger than one may be still shows.
  const maxBytes = Math.floor(options.maxSessionBytes * MERGED_SHARE)
  const fetching = { count: 0, bytes: 0 }
  return store && { store, keyring, timeoutMs, maxBytes, fetching, clock, report }
}

/**
 * Whether the schema may not have checked what the last requests wrote: they wrote in parallel, or while the store did
 * not show a value. Whoever writes after them makes good what they led to, unless that lay in the store unseen.
 */
function mayBeUnchecked({ heads, fragments, state }: Current): boolean {
  const isMerged = (fragment: Fragment) => (logOf(fragment)?.parents.length ?? 0) > 1
  return heads.length > 1 || fragments.some(isMerged) || claimChecks(state).size > 0
}
