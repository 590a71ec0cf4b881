/** Our cookies, opened one by one: which of them count, and why the others do not. */
import type { RejectionReason } from '../errors.ts'
import { type CookieAttributes, type FoundCookie, inTurn } from '../http/cookies.ts'
import { type Fragment, isBase } from '../log/format/fragment.ts'
import type { Content } from '../log/format/length.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import { type OpenedFragment, openFragment } from '../seal/fragment.ts'
import { newestTimeOf, untimely } from './lifetime.ts'

/** So many cookies are opened at once; a jar seldom has more. */
const AT_ONCE = 16

/** Once so many cookies did not decrypt to one of ours, the next ones are not even tried. */
const MOST_FAILURES = 8

/** Cookies that fail for one of these reasons were decrypted first. */
const COSTLY: readonly RejectionReason[] = ['tampered', 'invalid', 'renamed']

/**
 * How much may be merged for one request at the most: values and ops of all fragments, and names with what they are
 * compared with. The largest of a browser in the tests is 620.
 */
export const MAX_CONTENT = 1000

/** Opens cookies in the order of the header, as long as it is worth it. With each the id in its name. */
export async function openAll(
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
  return withinContent(opened)
}

/**
 * What was opened, without what would be too much to merge. Which that is follows from the fragments, in whatever order
 * they came. None of it is deleted: once the others are folded there is room for it.
 */
function withinContent(
  opened: readonly (readonly [string, OpenedFragment])[],
): (readonly [string, OpenedFragment])[] {
  const beyond = new Set<OpenedFragment>()
  let sum: Content = { nodes: 0, names: 0, longest: 0, added: 0 }
  for (const { result } of inTurn(opened.map(([id, result]) => ({ id, result })))) {
    if (!result.ok) continue
    const more = result.content
    const total = {
      nodes: sum.nodes + more.nodes,
      names: sum.names + more.names,
      longest: Math.max(sum.longest, more.longest),
      added: sum.added + more.added,
    }
    if (amountOf(total) > MAX_CONTENT) beyond.add(result)
    else sum = total
  }
  if (beyond.size === 0) return [...opened]
  return opened.map(([id, result]) => [id, beyond.has(result) ? TOO_MUCH : result])
}

/** Each name is compared with the elements of a list. */
function amountOf({ nodes, names, longest, added }: Content): number {
  return nodes + names * (1 + (longest + added) / ELEMENTS_PER_NODE)
}

/** To compare a name with so many elements costs as much as a value. */
const ELEMENTS_PER_NODE = 50

const TOO_MUCH: OpenedFragment = { ok: false, reason: 'too-many' }

/** What becomes of one cookie. */
export interface Verdict {
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
const LEFT_ALONE: readonly RejectionReason[] = ['unknown-key', 'not-yet-valid', 'too-many']

/** What is in such cookies this node does not know. */
const UNREAD: readonly RejectionReason[] = ['unknown-key', 'too-many']

export function judge(
  id: string,
  result: OpenedFragment,
  now: number,
  options: ResolvedOptions,
): Verdict {
  if (!result.ok) {
    const { reason, ahead = false } = result
    const isUseless = !ahead && !LEFT_ALONE.includes(reason)
    return { id, reason, isUseless, mayBeOthers: ahead || UNREAD.includes(reason) }
  }
  const { fragment, newestSecret, sealedBefore } = result
  const reason = untimely(fragment, now, options)
  const common = { id, isUseless: false, mayBeOthers: false }
  if (reason === undefined) return { ...common, fragment, newestSecret, sealedBefore }
  const isUseless = !LEFT_ALONE.includes(reason)
  return { ...common, reason, hadBase: isBase(fragment), isUseless, untimely: fragment }
}

/** Name plus value of all cookies of unknown secrets that are left alone. */
export const UNKNOWN_BYTES = 4096

/**
 * The same with those of which the hour has been over for less than an hour: in the middle of a rotation other nodes can
 * read them, and they may be all that a session has.
 */
export const YOUNG_UNKNOWN_BYTES = 8192
const YOUNG_MS = 3_600_000

/**
 * Ids of the cookies of unknown secrets that are one too many: the oldest, beyond {@link UNKNOWN_BYTES}. Of one hour,
 * the first in the header are the oldest: browsers send cookies in the order of their creation (RFC 6265bis §5.8.3).
 */
export function unknownBeyondBudget(
  cookies: readonly FoundCookie[],
  opened: readonly (readonly [id: string, OpenedFragment])[],
  { prefix }: Pick<CookieAttributes, 'prefix'>,
  now: number,
): string[] {
  const unknown = opened.flatMap(([id, result], at) => {
    if (result.ok || result.reason !== 'unknown-key') return []
    const length = cookies[at]?.value.length ?? 0
    return [
      { id, sealedBefore: result.sealedBefore ?? 0, bytes: prefix.length + id.length + length },
    ]
  })
  let bytes = 0
  return unknown
    .toSorted((a, b) => a.sealedBefore - b.sealedBefore)
    .toReversed()
    .flatMap((cookie) => {
      bytes += cookie.bytes
      const isYoung = cookie.sealedBefore > now - YOUNG_MS
      return bytes > (isYoung ? YOUNG_UNKNOWN_BYTES : UNKNOWN_BYTES) ? [cookie.id] : []
    })
    .toReversed()
}

/** Counts rejected cookies by their reason, for `onEvent`. */
export class Rejections {
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

/**
 * The time of a request: no earlier than what is sealed in its cookies, as if the clock of a node that is behind were
 * right. No cookie can tell of a time after the hour of its key.
 */
export function effectiveNow(
  opened: readonly (readonly [string, OpenedFragment])[],
  clock: number,
): number {
  return opened.reduce((now, [, result]) => {
    if (!result.ok) return now
    return Math.max(now, Math.min(newestTimeOf(result.fragment), result.sealedBefore - 1))
  }, clock)
}
