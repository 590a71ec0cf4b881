/** From what a request changed to Set-Cookie headers. */
import { utf8Length } from '../codec/bytes.ts'
import type { Fragment, SessionHead } from '../codec/fragment.ts'
import { equal } from '../codec/tree.ts'
import { SessionTooLarge } from '../errors.ts'
import {
  type CookieAttributes,
  cookieBytes,
  deleteCookie,
  MAX_COOKIE_BYTES,
  setCookie,
} from '../jar/cookies.ts'
import type { RandomBytes } from '../jar/ids.ts'
import { planEnd, planRegenerate, planStart } from '../jar/lifecycle.ts'
import type { Current } from '../jar/merge.ts'
import { type Plan, planWrite } from '../jar/plan.ts'
import type { Depot } from '../overflow/claim-check.ts'
import { sealFragment } from '../seal/fragment.ts'
import type { SessionEvent } from './events.ts'
import { fitState, type Room } from './fit.ts'
import { endOf, isRenewalDue, renewedUntil } from './lifetime.ts'
import type { OpenedView } from './open.ts'
import type { ResolvedOptions } from './resolve.ts'
import type { SessionState } from './state.ts'

/**
 * The Set-Cookie headers of one response stay under this: by default nginx buffers 4 KB of response
 * headers and answers 502 beyond. Deletions that do not fit are left to a later response.
 */
export const MAX_SET_COOKIE_BYTES = 3500

/** All that a commit needs. */
export interface Committing {
  readonly options: ResolvedOptions
  readonly attributes: CookieAttributes
  readonly opened: OpenedView
  readonly state: SessionState
  readonly depot: Depot | undefined
  /** The id that a session that starts now gets. */
  readonly sid: string
  readonly random: RandomBytes
}

/**
 * The Set-Cookie headers that save what changed; none where nothing did.
 *
 * @throws ValueError, SessionTooLarge, OverflowUnavailable: nothing is saved, the old state is whole
 */
export async function commitState(committing: Committing): Promise<readonly string[]> {
  const { state, options, opened } = committing
  if (!state.read) return []
  const now = options.clock()
  const planned = await planCommit(committing, now)
  if (!planned) return []
  const { plan, events } = planned
  const lines = await toHeaders(committing, plan, now)
  for (const event of events) options.emit(event)
  const bytes = lines.reduce((sum, line) => sum + utf8Length(line), 0)
  const cookies = plan.put.length
  options.emit({ type: 'committed', bytes, cookies, deleted: lines.length - cookies })
  if (opened.oldSecret && plan.put.some(({ base }) => base)) options.emit({ type: 'rotated' })
  return lines
}

interface Planned {
  readonly plan: Plan
  readonly events: readonly SessionEvent[]
}

async function planCommit(committing: Committing, now: number): Promise<Planned | undefined> {
  const { state, opened, options, random } = committing
  const { view } = opened
  const { current } = view
  if (state.destroyed) {
    if (!current) return undefined
    const ends = endOf(current.head.start, options)
    return { plan: planEnd(view, current, now, ends, random), events: [{ type: 'destroyed' }] }
  }
  const after = state.after()
  const again = state.regenerated || state.subject !== current?.head.subject
  if (current && !again) return planChange(committing, current, now)
  if (!current && !again && equal(after, state.before)) return undefined
  const fitted = await fitState(
    roomFor(committing, undefined, now),
    state,
    after,
    current !== undefined,
  )
  const idle = options.idleTimeout * 1000
  const absolute = options.absoluteTimeout * 1000
  const start = {
    sid: committing.sid,
    state: fitted,
    subject: state.subject,
    now,
    idle,
    absolute,
    random,
  }
  if (current)
    return { plan: planRegenerate(view, current, start), events: [{ type: 'regenerated' }] }
  return {
    plan: planStart(view, start, state.opened, again ? 1 : 0),
    events: [{ type: 'created' }],
  }
}

async function planChange(
  committing: Committing,
  current: Current,
  now: number,
): Promise<Planned | undefined> {
  const { state, options, opened, random } = committing
  const { start } = current.head
  const due = isRenewalDue(now, start, current.expires, options)
  const after = state.after()
  if (state.opsTo(after).length === 0 && !due) return undefined
  const fitted = await fitState(roomFor(committing, current.head, now), state, after, false)
  const expires = Math.max(current.expires, renewedUntil(now, start, options))
  const plan = planWrite(current, {
    ops: state.opsTo(fitted),
    now,
    opened: state.opened,
    expires,
    ends: endOf(start, options),
    renew: due || opened.oldSecret,
    random,
  })
  const events: SessionEvent[] = []
  if (plan.remove.length > 1) events.push({ type: 'folded', fragments: plan.remove.length })
  if (due) events.push({ type: 'renewed' })
  return { plan, events }
}

function roomFor(
  { options, depot, attributes, state, sid }: Committing,
  head: SessionHead | undefined,
  now: number,
): Room {
  return {
    options,
    depot,
    prefixLength: attributes.prefix.length,
    head: head ?? {
      sid,
      start: now,
      generation: 1,
      from: [sid.slice(0, 8)],
      subject: state.subject,
    },
    ttlSeconds: (endOf(head?.start ?? now, options) - now) / 1000,
  }
}

async function toHeaders(committing: Committing, plan: Plan, now: number): Promise<string[]> {
  const { attributes, opened } = committing
  const lines = await Promise.all(plan.put.map((fragment) => putLine(committing, fragment, now)))
  const written = new Set(plan.put.map(({ id }) => id))
  const gone = new Set([...plan.remove.map(({ id }) => id), ...opened.useless])
  let bytes = lines.reduce((sum, line) => sum + line.length, 0)
  for (const id of gone) {
    const line = deleteCookie(attributes, id)
    bytes += line.length
    if (bytes > MAX_SET_COOKIE_BYTES) break
    if (!written.has(id)) lines.push(line)
  }
  return lines
}

async function putLine(
  { attributes, options }: Committing,
  fragment: Fragment,
  now: number,
): Promise<string> {
  const value = await sealFragment(fragment, options.keyring, now)
  const bytes = cookieBytes(attributes, fragment.id, value.length)
  if (bytes > MAX_COOKIE_BYTES) {
    throw new SessionTooLarge("The session's cookie", bytes, MAX_COOKIE_BYTES, [], 'Store less.')
  }
  return setCookie(attributes, fragment.id, value, (fragment.expires - now) / 1000)
}
