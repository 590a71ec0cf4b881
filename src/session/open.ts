/** From the cookies of a request to its session, as it was found. */

import { claimChecks } from '../data/keys.ts'
import { type RejectionReason, SchemaInvalid } from '../errors.ts'
import { type CookieAttributes, type FoundCookie, findCookies } from '../http/cookies.ts'
import type { RequestFacts } from '../http/facts.ts'
import { LATE_SECONDS } from '../log/format/clocks.ts'
import { type Fragment, isBase, logOf } from '../log/format/fragment.ts'
import { timeOf } from '../log/format/ids.ts'
import type { Dropped } from '../log/reading/choose.ts'
import { type Current, merge, type View } from '../log/reading/merge.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import type { Depot } from '../overflow/claim-check.ts'
import { type OpenedFragment, openFragment } from '../seal/fragment.ts'
import { fallBack } from '../shown/fall-back.ts'
import { type Shown, show, showNew } from '../shown/show.ts'
import { honouredUntil, newestTimeOf, untimely } from './lifetime.ts'

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
}

/** A request's session, as it was found. */
export interface Opened extends OpenedView {
  readonly options: ResolvedOptions
  readonly attributes: CookieAttributes
  readonly depot: Depot | undefined
  /** When the request came in, in ms since 1970. */
  readonly arrivedAt: number
  /** Whether what was flashed goes when it is read. */
  readonly takes: boolean
  /** Whether there may be a session in the browser that this request does not show: it came without its cookies. */
  readonly isWithheld: boolean
  readonly shown: Shown
  /** A session that is treated as if there were none. Its cookies are not deleted unless it is ended. */
  readonly setAside: Current | undefined
}

/** Opens the session of a request. Never throws for what the request carries. */
export async function openSession(
  cookieHeader: string,
  attributes: CookieAttributes,
  options: ResolvedOptions,
  facts: RequestFacts,
): Promise<Opened> {
  const opened = await openView(cookieHeader, attributes, options, options.clock())
  const { takes } = facts
  // Where one of them came, none was withheld.
  const isWithheld = facts.isWithheld && opened.view.fragments.length === 0
  const { current } = opened.view
  const depot = depotOf(options)
  const request = { arrivedAt: opened.now, takes, isWithheld }
  const found = { ...opened, ...request, options, attributes, depot, setAside: undefined }
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
  const view = { ...opened.view, current: undefined }
  return { ...found, view, setAside: current, shown: showNew(options) }
}

function depotOf(options: ResolvedOptions): Depot | undefined {
  const { overflow: store, keyring, overflowTimeoutMs: timeoutMs, clock, emit: report } = options
  return store && { store, keyring, timeoutMs, clock, report }
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
  const { cookies, oversized, foreign, surplus } = findCookies(header, attributes.prefix)
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
  const merged = merge(fragments, now, unopened > 0 || maybeOthers)
  const { view, expires, limit } = honoured(merged, verdicts, now, options)
  if (limit) options.emit({ type: 'expired', limit })
  for (const { fragment, reason } of view.dropped) {
    if (reason === 'ended' || reason === 'orphaned' || reason === 'provisional')
      rejected.add(reason, 1)
    if (reason === 'expired' && isBase(fragment)) options.emit({ type: 'expired', limit: 'idle' })
  }
  rejected.tell()
  tellOpened(view, options)
  const spent = view.dropped.filter(
    (each) => !mayBeNeeded(each, now) && !view.unplaced.includes(each.fragment),
  )
  const used = new Set(view.current?.fragments)
  return {
    view,
    now,
    expires,
    untimely: verdicts.flatMap(({ untimely: fragment }) => fragment ?? []),
    useless: [
      ...oversized,
      ...verdicts.flatMap(({ id, isUseless }) => (isUseless ? id : [])),
      ...spent.map(({ fragment }) => fragment.id),
    ],
    oldSecret: verdicts.some(
      ({ fragment, newestSecret }) => fragment && !newestSecret && used.has(fragment),
    ),
  }
}

/**
 * The time of a request: no earlier than what is sealed in its cookies, as if the clock of a node that is behind were
 * right. No cookie can tell of a time after the hour of its key.
 */
function effectiveNow(
  opened: readonly (readonly [string, OpenedFragment])[],
  clock: number,
): number {
  return opened.reduce((now, [, result]) => {
    if (!result.ok) return now
    return Math.max(now, Math.min(newestTimeOf(result.fragment), result.sealedBefore - 1))
  }, clock)
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

/**
 * Whether the schema may not have checked what the last requests wrote: they wrote in parallel, or while the store did
 * not show a value. Whoever writes after them makes good what they led to, unless that lay in the store unseen.
 */
function mayBeUnchecked({ heads, fragments, state }: Current): boolean {
  const isMerged = (fragment: Fragment) => (logOf(fragment)?.parents.length ?? 0) > 1
  return heads.length > 1 || fragments.some(isMerged) || claimChecks(state).size > 0
}

function tellOpened({ current }: View, { emit }: ResolvedOptions): void {
  if (!current) return
  const { fragments, heads, overwritten } = current
  emit({ type: 'opened', fragments: fragments.length })
  if (heads.length > 1) emit({ type: 'merged', writers: heads.length })
  if (overwritten > 0) emit({ type: 'overwrote', writes: overwritten })
}

/** So many cookies are opened at once; a jar seldom has more. */
const AT_ONCE = 16

/** Once so many cookies did not decrypt to one of ours, the next ones are not even tried. */
const MOST_FAILURES = 8

/** Cookies that fail for one of these reasons were decrypted first. */
const COSTLY: readonly RejectionReason[] = ['tampered', 'invalid', 'renamed']

/** Opens cookies in the order of the header, as long as it is worth it. With each the id in its name. */
async function openAll(
  cookies: readonly FoundCookie[],
  { keyring, seen }: ResolvedOptions,
  now: number,
): Promise<(readonly [id: string, OpenedFragment])[]> {
  const opened: (readonly [string, OpenedFragment])[] = []
  let failures = 0
  for (let i = 0; i < cookies.length && failures < MOST_FAILURES; i += AT_ONCE) {
    const results = await Promise.all(
      cookies
        .slice(i, i + AT_ONCE)
        .map(
          async ({ id, value }) => [id, await openFragment(id, value, keyring, now, seen)] as const,
        ),
    )
    opened.push(...results)
    failures += results.filter(([, each]) => !each.ok && COSTLY.includes(each.reason)).length
  }
  return opened
}

/** What becomes of one cookie. */
interface Verdict {
  readonly id: string
  /** What counts of it. */
  readonly fragment?: Fragment
  readonly newestSecret?: boolean
  readonly sealedBefore?: number
  /** What decrypted, and does not count because of its time. */
  readonly untimely?: Fragment
  /** Why it does not count. */
  readonly reason?: RejectionReason
  /** Whether a base stood in it. */
  readonly hadBase?: boolean
  /** Whether the next write deletes it. */
  readonly isUseless: boolean
  /** Whether it may be good for another node. */
  readonly mayBeOthers: boolean
}

/** Cookies that fail for one of these reasons may be good for another node, or for another app. */
const LEFT_ALONE: readonly RejectionReason[] = ['unknown-key', 'not-yet-valid']

function judge(id: string, result: OpenedFragment, now: number, options: ResolvedOptions): Verdict {
  if (!result.ok) {
    const { reason, ahead = false } = result
    const isUseless = !ahead && !LEFT_ALONE.includes(reason)
    return { id, reason, isUseless, mayBeOthers: ahead || reason === 'unknown-key' }
  }
  const { fragment, newestSecret, sealedBefore } = result
  const reason = untimely(fragment, now, options)
  const common = { id, isUseless: false, mayBeOthers: false }
  if (reason === undefined) return { ...common, fragment, newestSecret, sealedBefore }
  const isUseless = !LEFT_ALONE.includes(reason)
  return { ...common, reason, hadBase: isBase(fragment), isUseless, untimely: fragment }
}

/** Counts rejected cookies by their reason, for `onEvent`. */
class Rejections {
  readonly #counts = new Map<RejectionReason, number>()
  readonly #emit: ResolvedOptions['emit']

  constructor({ emit }: ResolvedOptions) {
    this.#emit = emit
  }

  add(reason: RejectionReason, count: number): void {
    if (count > 0) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count)
  }

  /** A base that is too old is a session that has expired. */
  addOne(reason: RejectionReason, base = false): void {
    if (reason === 'expired-absolute' && base) this.#emit({ type: 'expired', limit: 'absolute' })
    else this.add(reason, 1)
  }

  tell(): void {
    for (const [reason, count] of this.#counts) this.#emit({ type: 'rejected', reason, count })
  }
}

/** Whether a fragment that is of no use now may be of use soon: then it is not deleted yet. */
function mayBeNeeded({ fragment, reason }: Dropped, now: number): boolean {
  // The parents of a log may still be on their way, and what has expired here may live on a node whose clock is
  // behind, and be renewed there.
  const newest = timeOf(logOf(fragment)?.entries.at(-1)?.id ?? '0')
  const since = reason === 'orphaned' ? newest : reason === 'expired' ? fragment.expires : 0
  return now - since <= LATE_SECONDS * 1000
}
