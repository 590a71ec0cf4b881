/** From the cookies of a request to its view. */
import { type CookieAttributes, findCookies } from '../http/cookies.ts'
import { LATE_SECONDS } from '../log/format/clocks.ts'
import { type Fragment, isBase, logOf } from '../log/format/fragment.ts'
import { timeOf } from '../log/format/ids.ts'
import type { Dropped } from '../log/reading/choose.ts'
import { merge, type View } from '../log/reading/merge.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import {
  effectiveNow,
  judge,
  openAll,
  Rejections,
  unknownBeyondBudget,
  type Verdict,
} from './judge.ts'
import { honouredUntil } from './lifetime.ts'

/**
 * Our cookies take more of the Cookie header than this: an event tells, before a server refuses them. nginx takes 8 KB
 * of it, cookies of others included.
 */
export const CROWDED_HEADER_BYTES = 6000

/** What a request's cookies amount to. */
export interface OpenedView {
  readonly view: View
  /** Ids of cookies that are of no use any more, so that the next write deletes them. */
  readonly useless: readonly string[]
  /** Whether a fragment of the session was sealed with another secret than the newest. */
  readonly oldSecret: boolean
  /** The time of the request, in ms since 1970: by the node's clock, or that of the newest cookie if it is later. */
  readonly now: number
  /** Until when the session is honoured unless it is renewed, by the limits of today. */
  readonly expires: number
  /** What decrypts, and is too old to count or from too far ahead. The end of a session ends it as well. */
  readonly untimely: readonly Fragment[]
  /** The same as if there were only some of its fragments. The cookies of the others stay. */
  readonly only: (isKept: (fragment: Fragment) => boolean) => OpenedView
}

/**
 * Opens and merges our cookies. What is wrong with them is told to `onEvent`; this never throws.
 *
 * @param clock - the node's clock, in ms since 1970
 */
export async function openView(
  header: string,
  attributes: CookieAttributes,
  options: ResolvedOptions,
  clock: number,
): Promise<OpenedView> {
  const { cookies, oversized, foreign, surplus, all } = findCookies(header, attributes.prefix)
  if (all.bytes > CROWDED_HEADER_BYTES) options.emit({ type: 'crowded', ...all })
  const opened = await openAll(cookies, options, clock)
  const now = effectiveNow(opened, clock)
  const verdicts = opened.map(([id, result]) => judge(id, result, now, options))
  const unopened = surplus + cookies.length - opened.length
  const rejected = new Rejections(options)
  rejected.add('malformed', foreign)
  rejected.add('oversized', oversized.length)
  rejected.add('too-many', unopened)
  for (const verdict of verdicts)
    if (verdict.reason) rejected.addOne(verdict.reason, verdict.hadBase)
  const maybeOthers = verdicts.some(({ mayBeOthers }) => mayBeOthers)
  const fragments = verdicts.flatMap(({ fragment }) => fragment ?? [])
  const unread = unopened > 0 || maybeOthers
  const useless = [
    ...oversized,
    ...verdicts.flatMap(({ id, isUseless }) => (isUseless ? id : [])),
    ...unknownBeyondBudget(cookies, opened, attributes, now),
  ]
  const found = { verdicts, fragments, unread, now, useless }
  const merged = mergedOf(found, options)
  if (merged.limit) options.emit({ type: 'expired', limit: merged.limit })
  for (const { fragment, reason } of merged.opened.view.dropped) {
    if (reason === 'ended' || reason === 'orphaned' || reason === 'provisional')
      rejected.add(reason, 1)
    if (reason === 'expired' && isBase(fragment)) options.emit({ type: 'expired', limit: 'idle' })
  }
  rejected.tell()
  tellOpened(merged.opened.view, options)
  return merged.opened
}

/** What was found in the cookies of a request. */
interface Readable extends Pick<OpenedView, 'now' | 'useless'> {
  readonly verdicts: readonly Verdict[]
  readonly fragments: readonly Fragment[]
  readonly unread: boolean
}

function mergedOf(
  found: Readable,
  options: ResolvedOptions,
): { readonly opened: OpenedView; readonly limit?: 'idle' | 'absolute' | undefined } {
  const { verdicts, fragments, unread, now, useless } = found
  const merged = merge(fragments, now, unread)
  const { view, expires, limit } = honoured(merged, verdicts, now, options)
  const spent = view.dropped.filter(
    (each) => !mayBeNeeded(each, now) && !view.unplaced.includes(each.fragment),
  )
  const used = new Set(view.current?.fragments.map(({ id }) => id))
  const opened = {
    ...{ view, now, expires },
    untimely: verdicts.flatMap(({ untimely: fragment }) => fragment ?? []),
    useless: [...useless, ...spent.map(({ fragment }) => fragment.id)],
    oldSecret: verdicts.some(
      ({ fragment, newestSecret }) => fragment && !newestSecret && used.has(fragment.id),
    ),
    only: (isKept: (fragment: Fragment) => boolean) =>
      mergedOf({ ...found, fragments: view.fragments.filter(isKept) }, options).opened,
  }
  return { opened, limit }
}

/** A view without its session where that has passed a limit of its own, or one that was lowered since. */
function honoured(
  view: View,
  verdicts: readonly Verdict[],
  now: number,
  options: ResolvedOptions,
): { view: View; expires: number; limit?: 'idle' | 'absolute' } {
  const { current } = view
  if (!current) return { view, expires: now }
  const used = new Set(current.fragments.map(({ id }) => id))
  const own = verdicts.filter(({ id }) => used.has(id))
  const sealedBefore = Math.max(...own.map((verdict) => verdict.sealedBefore ?? 0))
  const { until, limit } = honouredUntil(current, sealedBefore, options)
  if (until > now) return { view, expires: until }
  return { view: { ...view, current: undefined }, expires: now, limit }
}

function tellOpened({ current }: View, { emit }: ResolvedOptions): void {
  if (!current) return
  const { fragments, heads, overwritten } = current
  emit({ type: 'opened', fragments: fragments.length })
  if (heads.length > 1) emit({ type: 'merged', writers: heads.length })
  if (overwritten > 0) emit({ type: 'overwrote', writes: overwritten })
}

/** Whether a fragment that is of no use now may be of use soon: then it is not deleted yet. */
function mayBeNeeded({ fragment, reason }: Dropped, now: number): boolean {
  // The parents of a log may still be on their way, and what has expired here may live on a node whose clock is
  // behind, and be renewed there.
  const newest = timeOf(logOf(fragment)?.entries.at(-1)?.id ?? '0')
  const since = reason === 'orphaned' ? newest : reason === 'expired' ? fragment.expires : 0
  return now - since <= LATE_SECONDS * 1000
}
