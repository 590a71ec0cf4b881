/** From the cookies of a request to a view. */
import type { Fragment } from '../codec/fragment.ts'
import type { RejectionReason } from '../errors.ts'
import { type CookieAttributes, findCookies } from '../jar/cookies.ts'
import { timeOf } from '../jar/ids.ts'
import { LATE_SECONDS } from '../jar/lifecycle.ts'
import { merge, type View } from '../jar/merge.ts'
import { openFragment } from '../seal/fragment.ts'
import { untimely } from './lifetime.ts'
import type { ResolvedOptions } from './resolve.ts'

/** What a request's cookies amount to. */
export interface OpenedView {
  readonly view: View
  /** Ids of cookies that are of no use any more, so that the next write deletes them. */
  readonly useless: readonly string[]
  /** Ids of cookies that must not be deleted, though nothing uses them here. */
  readonly kept: readonly string[]
  /** Whether a fragment of the session was sealed with another secret than the newest. */
  readonly oldSecret: boolean
}

/** Cookies that fail for one of these reasons may be good for another node, or for another app. */
const LEFT_ALONE: readonly RejectionReason[] = ['unknown-key', 'not-yet-valid']

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
  reject('too-many', surplus)
  const useless = [...oversized]
  const fragments: Fragment[] = []
  const sealedBefore = new Set<Fragment>()
  const opened = await Promise.all(
    cookies.map(({ id, value }) => openFragment(id, value, options.keyring, now)),
  )
  opened.forEach((result, i) => {
    const reason = result.ok ? untimely(result.fragment, now, options) : result.reason
    if (result.ok && !result.current) sealedBefore.add(result.fragment)
    if (result.ok && reason === undefined) fragments.push(result.fragment)
    else if (reason !== undefined) {
      const id = cookies[i]?.id
      if (id !== undefined && !LEFT_ALONE.includes(reason)) useless.push(id)
      if (result.ok && result.fragment.base && reason === 'expired-absolute')
        options.emit({ type: 'expired', limit: 'absolute' })
      else reject(reason)
    }
  })
  const view = merge(fragments, now)
  for (const { fragment, reason } of view.dropped) {
    if (reason === 'ended' || reason === 'orphaned') reject(reason)
    if (reason === 'expired' && fragment.base) options.emit({ type: 'expired', limit: 'idle' })
    // The parents of a log may still be on their way.
    const late = now - timeOf(fragment.log?.entries.at(-1)?.id ?? '0') > LATE_SECONDS * 1000
    if (reason !== 'orphaned' || late) useless.push(fragment.id)
  }
  for (const [reason, count] of rejected) options.emit({ type: 'rejected', reason, count })
  if (view.current) options.emit({ type: 'opened', fragments: view.current.fragments.length })
  if (view.current && view.current.tips.length > 1)
    options.emit({ type: 'merged', writers: view.current.tips.length })
  return {
    view,
    useless,
    kept: [],
    oldSecret: view.current?.fragments.some((fragment) => sealedBefore.has(fragment)) ?? false,
  }
}
