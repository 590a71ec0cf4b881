/** What is in the cookies of a Cookie header. */
import { dataEntries, flashOf } from '../data/keys.ts'
import { type CookieAttributes, findCookies, MAX_COOKIE_BYTES } from '../http/cookies.ts'
import { type Fragment, logOf } from '../log/format/fragment.ts'
import type { View } from '../log/reading/merge.ts'
import { effectiveNow, judge, openAll, type Verdict } from '../opening/judge.ts'
import { newestTimeOf } from '../opening/lifetime.ts'
import { openView } from '../opening/view.ts'
import { optionsAt, type ResolvedOptions, resolveOptions } from '../options/resolve.ts'
import { readClaimCheck } from '../overflow/claim-check.ts'
import { REASONS, type WhyIgnored } from './reasons.ts'

/** What `inspect` has to know of the app. */
export interface InspectOptions {
  readonly secrets: string
  readonly name?: string | undefined
  readonly path?: string | undefined
  readonly domain?: string | undefined
  /** As the option `audience`, or what its function returns at the address of the request. */
  readonly audience?: string | undefined
  /** The session's data is left out. */
  readonly withoutData?: boolean | undefined
  /** In ms since 1970. */
  readonly now: number
}

/** A limit on the size of a Cookie header. */
export interface HeaderLimit {
  readonly of: string
  readonly bytes: number
  readonly fits: boolean
}

/** One cookie. Times are ISO 8601. */
export interface InspectedCookie {
  readonly name: string
  /** Name plus value; a browser keeps at most 4,096. */
  readonly bytes: number
  readonly limit: number
  readonly counts: boolean
  readonly reason?: WhyIgnored
  readonly explanation?: string
  readonly kind?: Fragment['kind']
  readonly secret?: 'first' | 'older'
  readonly writtenAt?: string
  readonly ageSeconds?: number
  readonly expiresAt?: string
  readonly session?: string
  readonly subject?: string
  readonly horizon?: string
  readonly parents?: readonly string[]
  readonly entries?: readonly { readonly id: string; readonly changes: readonly string[] }[]
}

/** What the cookies of one prefix amount to. */
export interface InspectedSession {
  readonly prefix: string
  readonly cookies: readonly InspectedCookie[]
  readonly merged: MergedSession | null
}

/** What the merge gives. */
export interface MergedSession {
  readonly id: string
  readonly subject: string | null
  readonly startedAt: string
  readonly expiresAt: string
  readonly heads: readonly string[]
  /** Values as they are sealed: JSON, where objects with `$` stand for dates, maps and the like. */
  readonly data?: Readonly<Record<string, unknown>>
  readonly messages?: number
  /** Keys whose values lie in the overflow store. */
  readonly inStore: readonly string[]
}

/** All that a Cookie header tells. */
export interface Inspection {
  readonly header: { readonly bytes: number; readonly limits: readonly HeaderLimit[] }
  readonly sessions: readonly InspectedSession[]
}

const LIMITS: readonly (readonly [of: string, bytes: number])[] = [
  ['HTTP/2: more than this is sent again with every request', 3000],
  ['carryon: the event `crowded`', 6000],
  ['nginx, unless large_client_header_buffers is raised', 8192],
  ['Node, unless --max-http-header-size is raised (all headers together)', 16_384],
]

/** The audience is a text here: no address is needed for it. */
const NOWHERE = new URL('https://localhost.invalid/')

/** Tells what is in a Cookie header. @throws ConfigError if the secrets or the name are not valid */
export async function inspect(given: string, options: InspectOptions): Promise<Inspection> {
  const header = given.trim().replace(/^cookie:\s*/i, '')
  const { secrets, name, path, domain, audience, now } = options
  const longest = { absoluteTimeout: 34_560_000, idleTimeout: 34_560_000 }
  const cookie = { name, path, domain }
  const resolved = resolveOptions({ secrets, cookie, audience, ...longest, clock: () => now })
  const places = new Map<string, CookieAttributes>()
  for (const each of Object.values<CookieAttributes>({ ...resolved.cookies }))
    places.set(each.prefix, each)
  const sessions: InspectedSession[] = []
  for (const attributes of places.values()) {
    const session = await inspectPlace(
      header,
      attributes,
      optionsAt(resolved, attributes, NOWHERE),
      options,
    )
    if (session.cookies.length > 0) sessions.push(session)
  }
  const bytes = header.length
  const limits = LIMITS.map(([of, limit]) => ({ of, bytes: limit, fits: bytes <= limit }))
  return { header: { bytes, limits }, sessions }
}

async function inspectPlace(
  header: string,
  attributes: CookieAttributes,
  resolved: ResolvedOptions,
  { now: clock, withoutData = false }: InspectOptions,
): Promise<InspectedSession> {
  const { prefix } = attributes
  const { cookies, oversized } = findCookies(header, prefix)
  const { view, expires } = await openView(header, attributes, resolved, clock)
  const opened = await openAll(cookies, resolved, clock)
  const now = effectiveNow(opened, clock)
  const verdicts = new Map(opened.map(([id, result]) => [id, judge(id, result, now, resolved)]))
  const inspected = cookies.map(({ id, value }): InspectedCookie => {
    const bytes = prefix.length + id.length + value.length
    const common = { name: `${prefix}${id}`, bytes, limit: MAX_COOKIE_BYTES }
    return { ...common, ...verdictOf(verdicts.get(id), view, now) }
  })
  const tooLarge = oversized.map((id) => ({
    ...{ name: `${prefix}${id}`, bytes: MAX_COOKIE_BYTES + 1, limit: MAX_COOKIE_BYTES },
    ...refused('oversized'),
  }))
  const merged = mergedOf(view, expires, withoutData)
  return { prefix, cookies: [...inspected, ...tooLarge], merged }
}

type CookieFacts = Omit<InspectedCookie, 'name' | 'bytes' | 'limit'>

const refused = (reason: WhyIgnored) => ({ counts: false, reason, explanation: REASONS[reason] })

function verdictOf(verdict: Verdict | undefined, view: View, now: number): CookieFacts {
  if (!verdict) return refused('too-many')
  const fragment = verdict.fragment ?? verdict.untimely
  if (!fragment) return refused(verdict.reason ?? 'invalid')
  // A log may leave it to the base to tell whose it is.
  const named = view.fragments.find(({ id }) => id === fragment.id) ?? fragment
  const facts = factsOf(named, now)
  if (verdict.reason) return { ...refused(verdict.reason), ...facts }
  const secret = verdict.newestSecret ? 'first' : 'older'
  const isTombstone = fragment.kind === 'tombstone'
  const counts = isTombstone || (view.current?.fragments ?? []).some(({ id }) => id === fragment.id)
  if (counts) return { counts, secret, ...facts }
  const dropped = view.dropped.find((each) => each.fragment.id === fragment.id)
  return { ...refused(dropped?.reason ?? 'beside'), secret, ...facts }
}

function factsOf(fragment: Fragment, now: number) {
  const { kind, identity, expires } = fragment
  const log = logOf(fragment)
  const written = newestTimeOf(fragment)
  return {
    kind,
    writtenAt: iso(written),
    ageSeconds: Math.round((now - written) / 1000),
    expiresAt: iso(expires),
    session: identity.sid,
    ...(identity.subject !== undefined && { subject: identity.subject }),
    ...(kind === 'base' && { horizon: fragment.horizon }),
    ...(log && {
      parents: log.parents,
      entries: log.entries.map(({ id, ops }) => ({
        id,
        changes: ops.map(({ kind, path }) => `${kind} ${path}`.trim()),
      })),
    }),
  }
}

function mergedOf({ current }: View, expires: number, withoutData: boolean): MergedSession | null {
  if (!current) return null
  const { base, heads, state } = current
  const entries = dataEntries(state)
  const inStore = entries.flatMap(([key, tree]) => (readClaimCheck(tree) ? key : []))
  const here = entries.filter(([key]) => !inStore.includes(key))
  return {
    id: base.identity.sid,
    subject: base.identity.subject ?? null,
    startedAt: iso(base.identity.start),
    expiresAt: iso(expires),
    heads,
    inStore,
    ...(!withoutData && { data: Object.fromEntries(here) }),
    messages: Object.keys(flashOf(state)).length,
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
