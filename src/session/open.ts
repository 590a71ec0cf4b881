/** From the cookies of a request to a view. */
import type { Fragment } from '../codec/fragment.ts'
import type { RejectionReason } from '../errors.ts'
import { type CookieAttributes, type FoundCookie, findCookies } from '../jar/cookies.ts'
import { timeOf } from '../jar/ids.ts'
import { type Current, merge, type View } from '../jar/merge.ts'
import { type Dropped, LATE_SECONDS } from '../jar/select.ts'
import { type OpenedFragment, openFragment } from '../seal/fragment.ts'
import { untimely } from './lifetime.ts'
import type { ResolvedOptions } from './resolve.ts'

/** What a request's cookies amount to. */
export interface OpenedView {
  readonly view: View
  /** Ids of cookies that are of no use any more, so that the next write deletes them. */
  readonly useless: readonly string[]
  /** A session that is treated as if there were none. Its cookies are not deleted unless it is ended. */
  readonly setAside: Current | undefined
  /** Whether a fragment of the session was sealed with another secret than the newest. */
  readonly oldSecret: boolean
}

/** Cookies that fail for one of these reasons may be good for another node, or for another app. */
const LEFT_ALONE: readonly RejectionReason[] = ['unknown-key', 'not-yet-valid']

/** So many cookies are opened at once; a jar seldom has more. */
const AT_ONCE = 16

/** Once so many cookies did not decrypt to one of ours, the next ones are not even tried. */
const MOST_FAILURES = 8

/** Opens cookies in the order of the header, as long as it is worth it. */
async function openAll(
  cookies: readonly FoundCookie[],
  { keyring, seen }: ResolvedOptions,
  now: number,
): Promise<OpenedFragment[]> {
  const opened: OpenedFragment[] = []
  let failures = 0
  for (let i = 0; i < cookies.length && failures < MOST_FAILURES; i += AT_ONCE) {
    const some = cookies.slice(i, i + AT_ONCE)
    const results = await Promise.all(
      some.map(({ id, value }) => openFragment(id, value, keyring, now, seen)),
    )
    opened.push(...results)
    failures += results.filter((result) => !result.ok && COSTLY.includes(result.reason)).length
  }
  return opened
}

/** Cookies that fail for one of these reasons were decrypted first. */
const COSTLY: readonly RejectionReason[] = ['tampered', 'invalid', 'renamed']

/** Opens and merges our cookies. What is wrong with them is told to `onEvent`; this never throws. */
export async function openView(
  header: string,
  attributes: CookieAttributes,
  options: ResolvedOptions,
  now: number,
): Promise<OpenedView> {
  const { cookies, oversized, foreign, surplus } = findCookies(header, attributes.prefix)
  const rejected = new Map<RejectionReason, number>()
  const reject = (reason: RejectionReason, count = 1) => {
    if (count > 0) rejected.set(reason, (rejected.get(reason) ?? 0) + count)
  }
  reject('malformed', foreign)
  reject('oversized', oversized.length)
  const useless = [...oversized]
  const fragments: Fragment[] = []
  const sealedBefore = new Set<Fragment>()
  const opened = await openAll(cookies, options, now)
  const unopened = surplus + cookies.length - opened.length
  reject('too-many', unopened)
  let ahead = 0
  opened.forEach((result, i) => {
    const reason = result.ok ? untimely(result.fragment, now, options) : result.reason
    if (result.ok && !result.current) sealedBefore.add(result.fragment)
    if (result.ok && reason === undefined) fragments.push(result.fragment)
    else if (reason !== undefined) {
      const id = cookies[i]?.id
      const isAhead = !result.ok && result.ahead === true
      if (isAhead) ahead++
      if (id !== undefined && !isAhead && !LEFT_ALONE.includes(reason)) useless.push(id)
      if (result.ok && result.fragment.base && reason === 'expired-absolute')
        options.emit({ type: 'expired', limit: 'absolute' })
      else reject(reason)
    }
  })
  const unread = unopened + ahead > 0 || rejected.has('unknown-key')
  const view = merge(fragments, now, unread)
  for (const dropped of view.dropped) {
    const { fragment, reason } = dropped
    if (reason === 'ended' || reason === 'orphaned') reject(reason)
    if (reason === 'expired' && fragment.base) options.emit({ type: 'expired', limit: 'idle' })
    if (!mayBeNeeded(dropped, now) && !view.waiting.includes(fragment)) useless.push(fragment.id)
  }
  for (const [reason, count] of rejected) options.emit({ type: 'rejected', reason, count })
  if (view.current) options.emit({ type: 'opened', fragments: view.current.fragments.length })
  if (view.current && view.current.tips.length > 1)
    options.emit({ type: 'merged', writers: view.current.tips.length })
  return {
    view,
    useless,
    setAside: undefined,
    oldSecret: view.current?.fragments.some((fragment) => sealedBefore.has(fragment)) ?? false,
  }
}

/** Whether a fragment that is of no use now may be of use soon: then it is not deleted yet. */
function mayBeNeeded({ fragment, reason }: Dropped, now: number): boolean {
  // The parents of a log may still be on their way, and what has expired here may live on a node whose clock is
  // behind, and be renewed there.
  const newest = timeOf(fragment.log?.entries.at(-1)?.id ?? '0')
  const since = reason === 'orphaned' ? newest : reason === 'expired' ? fragment.expires : 0
  return now - since <= LATE_SECONDS * 1000
}
