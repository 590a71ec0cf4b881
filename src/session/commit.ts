/** From what a request changed to Set-Cookie headers. */
import { utf8Length } from '../codec/bytes.ts'
import { type Fragment, ID_LENGTH, type SessionHead } from '../codec/fragment.ts'
import { equal, type TreeObject } from '../codec/tree.ts'
import { SessionTooLarge } from '../errors.ts'
import {
  type CookieAttributes,
  cookieBytes,
  deleteCookie,
  MAX_COOKIE_BYTES,
  setCookie,
} from '../jar/cookies.ts'
import { diff } from '../jar/diff.ts'
import type { RandomBytes } from '../jar/ids.ts'
import { planEnd, planRegenerate, planStart } from '../jar/lifecycle.ts'
import type { Current } from '../jar/merge.ts'
import { planInTurn } from '../jar/plan-in-turn.ts'
import { applyOp } from '../jar/replay.ts'
import { LATE_SECONDS } from '../jar/select.ts'
import type { Plan } from '../jar/write.ts'
import type { Depot } from '../overflow/claim-check.ts'
import { sealFragment } from '../seal/fragment.ts'
import type { Changes } from './changes.ts'
import { hasAbsent, pass, toData, versionOf, withVersion } from './data.ts'
import type { SessionEvent } from './events.ts'
import { fitState, type Room } from './fit.ts'
import { endOf, isRenewalDue, renewedUntil } from './lifetime.ts'
import type { OpenedView } from './open.ts'
import type { ResolvedOptions } from './resolve.ts'
import { validated } from './schema.ts'
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
  readonly sid: () => string
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
    // What this node cannot read may be a session: it ends as well.
    const ended = current ?? opened.setAside
    if (!ended && !view.unread) return undefined
    // A slower request may just have given it a new id, and with it another life.
    const expires = endOf(now + LATE_SECONDS * 1000, options)
    const end = { now, opened: state.opened, expires, random }
    return { plan: planEnd(view, ended, end), events: [{ type: 'destroyed' }] }
  }
  // Before anything is awaited: what is changed later than this is not part of the commit.
  const after = state.after()
  const again = state.regenerated || state.subject !== current?.head.subject
  if (!current && !again && equal(after, state.shown())) return undefined
  const due =
    current !== undefined && isRenewalDue(now, current.head.start, current.expires, options)
  const { earlier, ops } = current
    ? versioned(committing, state.changesTo(after, due || again), due || again)
    : { earlier: [], ops: [] }
  if (current && !again && earlier.length + ops.length === 0 && !due) return undefined
  if (ops.length > 0 || !current) await checkSchema(committing, after)
  const wanted = {
    state: current
      ? [...earlier, ...ops].reduce(applyOp, current.state)
      : withVersion(after, options.migration?.version ?? 0),
    ops,
  }
  const room = roomFor(committing, again ? undefined : current?.head, now)
  const fitted = await fitState(room, state, wanted, current !== undefined && again)
  if (current && !again)
    return planChange(committing, current, { earlier, ops: fitted.ops }, now, due)
  const start = {
    sid: committing.sid(),
    state: fitted.state,
    subject: state.subject,
    now,
    opened: state.opened,
    idle: options.idleTimeout * 1000,
    absolute: options.absoluteTimeout * 1000,
    random,
  }
  if (current)
    return { plan: planRegenerate(view, current, start), events: [{ type: 'regenerated' }] }
  return { plan: planStart(view, start, again ? 1 : 0), events: [{ type: 'created' }] }
}

/** @throws SchemaInvalid */
async function checkSchema({ state, options }: Committing, after: TreeObject): Promise<void> {
  const touched = state.touchedData
  if (!options.schema || !touched) return
  // What is sealed, and not what the handler holds: a schema may change what it is given.
  const data = toData(after, new Map())
  pass(data, () => touched, options.transient)
  if (!hasAbsent(data)) await validated(data, options.schema, 'save')
}

/**
 * Data that was brought up to date is of the app's version, and so is data that was assigned in the place of
 * what could not be used. Other data of a newer version stays what it is.
 */
function versioned(
  { state, options }: Committing,
  { earlier, ops }: Changes,
  writing: boolean,
): Changes {
  const version = options.migration?.version
  const { sealed, outdated, refused } = state.prepared
  if (version === undefined) return { earlier, ops }
  const told = diff(withVersion({}, versionOf(sealed)), withVersion({}, version))
  if (outdated && (writing || earlier.length + ops.length > 0))
    return { earlier: [...earlier, ...told], ops }
  const replaced = refused !== undefined && state.touchedData !== undefined
  return { earlier, ops: replaced ? [...ops, ...told] : ops }
}

function planChange(
  { state, options, opened, random, attributes }: Committing,
  current: Current,
  { earlier, ops }: Changes,
  now: number,
  due: boolean,
): Planned {
  const { start } = current.head
  const plan = planInTurn(current, earlier, state.opened, {
    ops,
    now,
    opened: state.opened,
    hold: opened.view.unread,
    expires: Math.max(current.expires, renewedUntil(now, start, options)),
    renew: opened.oldSecret,
    most: MAX_COOKIE_BYTES - cookieBytes(attributes, '0'.repeat(ID_LENGTH), 0),
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
    head: head ?? startOf(sid(), state.subject, now),
    ttlSeconds: (endOf(head?.start ?? now, options) - now) / 1000,
  }
}

function startOf(sid: string, subject: string | undefined, now: number): SessionHead {
  return { sid, start: now, generation: 1, from: [sid.slice(0, 8)], subject }
}

async function toHeaders(committing: Committing, plan: Plan, now: number): Promise<string[]> {
  const { attributes, opened, state } = committing
  const lines = await Promise.all(plan.put.map((fragment) => putLine(committing, fragment, now)))
  const aside = state.destroyed ? [] : (opened.setAside?.fragments ?? [])
  const spared = new Set([...plan.put, ...aside].map(({ id }) => id))
  const gone = new Set([...plan.remove.map(({ id }) => id), ...opened.useless])
  let bytes = lines.reduce((sum, line) => sum + line.length, 0)
  const room = roomForDeletions(bytes)
  for (const id of gone) {
    if (spared.has(id)) continue
    const line = deleteCookie(attributes, id)
    bytes += line.length
    if (bytes >= room) break
    lines.push(line)
  }
  return lines
}

/**
 * Up to how many bytes the Set-Cookie headers of a response may grow by deletions, that has `bytes` of them. One
 * that is too long already deletes the base that it replaces all the same, or the jar would keep both.
 */
export function roomForDeletions(bytes: number): number {
  return bytes < MAX_SET_COOKIE_BYTES ? MAX_SET_COOKIE_BYTES : bytes + 200
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
  return setCookie(attributes, fragment.id, value, (keepUntil(fragment, options) - now) / 1000)
}

/**
 * Until when the browser keeps a fragment. Any fragment that comes later may renew the session, and then this
 * one is still needed: so as long as the session can live at all. The server honours it no longer for that.
 */
function keepUntil({ head, expires, tombstone }: Fragment, options: ResolvedOptions): number {
  return tombstone ? expires : endOf(head.start, options)
}
