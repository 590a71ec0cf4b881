/** How sessions start, get a new id, and end. */
import { toBase64Url } from '../../tree/bytes.ts'
import type { TreeObject } from '../../tree/tree.ts'
import { LATE_SECONDS, SETTLE_SECONDS, SPREAD_SECONDS } from '../format/clocks.ts'
import {
  type BaseFragment,
  type Fragment,
  isTombstone,
  isUnnamed,
  logOf,
  type Op,
  PROVISIONAL,
  type SessionIdentity,
  type Tombstone,
} from '../format/fragment.ts'
import { entryId, lastIdAt, type RandomBytes, startId, timeOf } from '../format/ids.ts'
import { type Ending, graveOf, laterOf, othersOf, prefixOf } from '../reading/graves.ts'
import type { Current, View } from '../reading/merge.ts'
import { embed } from '../writing/settle.ts'
import type { Plan } from '../writing/write.ts'

/** A new sid: 128 random bits in base64url. */
export function newSid(random: RandomBytes): string {
  return toBase64Url(random(16))
}

/** A new session, or a session that gets a new id. */
export interface Start {
  /** Its id: 128 random bits in base64url. */
  readonly sid: string
  readonly state: TreeObject
  readonly subject: string | undefined
  /** Whether somebody logs in, though it may be who was logged in before. Default: where the subject changes. */
  readonly isLogin?: boolean
  /** Whether the browser may have withheld cookies from the request. Then the session yields to any other. */
  readonly isWithheld?: boolean
  /** The time of the write, in ms since 1970. */
  readonly now: number
  /** The time at which the request came in: what had arrived by then is in its view. */
  readonly arrivedAt: number
  /** How long after `now` the base is honoured, and how long after its start the session, in ms. */
  readonly idle: number
  readonly absolute: number
  readonly random: RandomBytes
}

/**
 * Starts a session in a jar that has none. An anonymous one yields to a login, and is one with those that parallel
 * requests start. Where there are cookies that this request did not bring, or that this node cannot read, they may be a
 * session: the new one yields to it, unless it is a login on a node that lacks a secret.
 *
 * @param ops - what the request wrote, if `state` is what sessions start with: so it merges with what others write
 */
export function planStart(view: View, start: Start, ops: readonly Op[] = []): Plan {
  const { subject, isWithheld = false } = start
  const isBlind = isWithheld || view.unread
  const isProvisional =
    isWithheld || (view.unread && subject === undefined && view.tombstones.length === 0)
  const generation = isProvisional ? PROVISIONAL : subject === undefined ? 0 : risen(view, start)
  const seen = isBlind ? laterOf(longBefore(start), newestGrave(view)) : newestGrave(view)
  return plant(view, start, { generation, seen, from: replacedIn(view, start) }, ops)
}

/** A request cannot have seen a tombstone that it was not shown, but those from long before it do not mean it. */
function longBefore({ arrivedAt }: Start): string {
  return lastIdAt(arrivedAt - SPREAD_SECONDS * 1000)
}

/** Goes on with the state under a new id. Late answers to the old one lose. */
export function planRegenerate(view: View, current: Current, start: Start): Plan {
  const { identity } = current.base
  const { subject } = start
  const recent = start.arrivedAt - identity.start <= LATE_SECONDS * 1000 ? identity.from : []
  const from = [prefixOf(identity.sid), ...recent].slice(0, MAX_FROM)
  const isLogin = start.isLogin ?? (subject !== undefined && subject !== identity.subject)
  const isStill = identity.generation === PROVISIONAL && (view.unread || start.isWithheld === true)
  // One that grew out of another is no first visit.
  const next = subject === identity.subject ? Math.max(0, identity.generation) + 1 : 1
  const generation = isLogin ? risen(view, start) : isStill ? PROVISIONAL : next
  const known = laterOf(identity.seen, newestGrave(view))
  const seen = isLogin && view.unread ? laterOf(longBefore(start), known) : known
  return plant(view, start, { generation, seen, from })
}

/** What had no end of its own, but a session took its place: one that has expired, say. */
function replacedIn({ fragments, dropped }: View, { arrivedAt }: Start): readonly string[] {
  const ended = new Set(
    dropped.flatMap(({ fragment, reason }) => (reason === 'ended' ? fragment : [])),
  )
  const sids = fragments
    .filter((each) => each.kind === 'base' && !ended.has(each))
    .filter((each) => arrivedAt - each.expires <= LATE_SECONDS * 1000)
    .map(({ identity }) => prefixOf(identity.sid))
  return [...new Set(sids)].sort().slice(0, MAX_FROM)
}

function newestGrave({ tombstones }: View): string | undefined {
  return tombstones.reduce<string | undefined>((newest, { id }) => laterOf(newest, id), undefined)
}

/**
 * The rank of a login: higher than that of former logins which its request may not have seen, and than that of all that
 * it has seen.
 */
function risen(
  { current, fragments, dropped }: View,
  { arrivedAt }: Pick<Start, 'arrivedAt'>,
): number {
  const time = Math.floor((arrivedAt - RANKS_SINCE_MS) / 1000)
  const gone = new Set(dropped.map(({ fragment }) => fragment))
  const living = fragments.filter((each) => each.kind !== 'tombstone' && !gone.has(each))
  const ranks = living.map(({ identity }) => identity.generation + RANK_STEP)
  return Math.max(time, ...(current ? ranks : []))
}

/** Ranks of logins count seconds from 2025 on. */
const RANKS_SINCE_MS = 1_735_689_600_000

/** How far a login outranks what it has seen: a parallel one may be of a node whose clock is ahead by as much. */
const RANK_STEP: number = SPREAD_SECONDS + 4

/** Of how many former ids a session tells at the most. */
const MAX_FROM = 8

/** The end of a session. */
export interface End {
  /** The time of the write, and when the request came in, in ms since 1970. */
  readonly now: number
  readonly arrivedAt: number
  /** When the tombstone expires, in ms since 1970: no earlier than any session that slower requests make of this one. */
  readonly expires: number
  readonly random: RandomBytes
}

/**
 * Ends all sessions of a view, those as well that have expired: their cookies go, and one tombstone stays, in the place
 * of those that were there. It ends whatever has not seen it, so also what this node cannot read.
 *
 * @param untimely - fragments that are too old to count, or from too far ahead
 * @param next - an anonymous session that starts with it
 */
export function planEnd(
  view: View,
  end: End,
  untimely: readonly Fragment[] = [],
  next?: Start,
): Plan {
  const { now, arrivedAt, expires, random } = end
  const all = [...view.fragments, ...untimely]
  const newest = Math.max(0, ...all.map((each) => timeOf(newestIdIn(each)) + 1))
  const id = entryId(Math.max(now, newest), random)
  const graves = all.filter(isTombstone)
  const sessions = endingIn(view, untimely, arrivedAt)
  const first = sessions.find((each) => !isUnnamed(each))
  const nobody = { generation: 0, from: [], subject: undefined }
  const none = { ...nobody, sid: newSid(random), start: arrivedAt }
  const { seen: _, ...own }: SessionIdentity =
    view.current?.base.identity ?? (first && asItEnds(first)) ?? none
  // What had not seen the last end of a user's session does not live beside this one either.
  const seen = graves.reduce<string | undefined>(
    (at, each) => laterOf(at, graveOf(each, graves).userEnd),
    undefined,
  )
  const identity = { ...own, ...(seen === undefined ? {} : { seen }) }
  const known = othersOf(timeOf(id), identity, sessions, graves)
  // What this node cannot read may be a user's session.
  const unknown = { sid: prefixOf(newSid(random)), hadSubject: true, minutes: 0 }
  const others = view.unread ? [...known, unknown] : known
  const grave: Tombstone = {
    kind: 'tombstone',
    id,
    identity,
    expires,
    ...(others.length > 0 ? { others } : {}),
  }
  const remove = all.filter((each) => !view.unplaced.includes(each))
  if (!next) return { put: [grave], remove }
  const empty = { current: undefined, fragments: [], dropped: [], unplaced: [], unread: false }
  const { put } = planStart({ ...empty, tombstones: [grave] }, next)
  return { put: [grave, ...put], remove }
}

/**
 * The sessions that end with those that count: not what has ended before. What another one took the place of was over
 * already, and so was what expired so long ago that no answer of it is under way: its user is not who logs out.
 */
function endingIn(view: View, untimely: readonly Fragment[], arrivedAt: number): readonly Ending[] {
  const all = notEndedIn(view, untimely)
  const isLate = ({ expires }: Fragment) => arrivedAt - expires <= SETTLE_SECONDS * 1000
  const late = new Set(all.filter(isLate).map(({ identity }) => identity.sid))
  const reasons = new Map(
    view.dropped.map(({ fragment, reason }) => [fragment.identity.sid, reason]),
  )
  const sessions = new Map<string, Ending>()
  for (const { identity } of all) {
    const reason = reasons.get(identity.sid)
    const isReplaced = reason === 'superseded' || reason === 'provisional'
    sessions.set(identity.sid, { identity, minutes: isReplaced || !late.has(identity.sid) ? 1 : 0 })
  }
  return [...sessions.values()]
}

function notEndedIn(
  { fragments, dropped }: View,
  untimely: readonly Fragment[],
): readonly Fragment[] {
  const over = new Set(
    dropped.flatMap(({ fragment, reason }) => (reason === 'ended' ? fragment.identity.sid : [])),
  )
  return [...fragments, ...untimely].filter(
    ({ kind, identity }) => kind !== 'tombstone' && !over.has(identity.sid),
  )
}

/** What was over already ends as nobody's. */
function asItEnds({ identity, minutes }: Ending): SessionIdentity {
  return minutes === 0 ? identity : { ...identity, subject: undefined }
}

/** Whether there is anything in a view that has not ended yet. */
export function endsAnything(view: View, untimely: readonly Fragment[]): boolean {
  return notEndedIn(view, untimely).length > 0
}

function newestIdIn(fragment: Fragment): string {
  if (fragment.kind === 'tombstone') return fragment.id
  const horizon = fragment.kind === 'base' ? fragment.horizon : fragment.log.since
  return logOf(fragment)?.entries.at(-1)?.id ?? horizon
}

/** What of a view can go once another session, or a tombstone, takes its place. */
export function removable(view: View, arrivedAt: number): Fragment[] {
  // As long as it ends something that is still in the jar, or may do so, a tombstone stays.
  const isNeeded = view.unread || view.dropped.some(({ reason }) => reason === 'ended')
  const isOver = ({ id }: Fragment) => arrivedAt - timeOf(id) > LATE_SECONDS * 1000
  return view.fragments.filter(
    (fragment) =>
      !view.unplaced.includes(fragment) &&
      (fragment.kind !== 'tombstone' || (isOver(fragment) && !isNeeded)),
  )
}

/** What a new session says of those before it. */
type Rank = Pick<SessionIdentity, 'generation' | 'from' | 'seen'>

function plant(view: View, start: Start, rank: Rank, ops: readonly Op[] = []): Plan {
  const { sid, state, subject, now, arrivedAt, idle, absolute, random } = start
  const began = Math.max(arrivedAt, ...view.fragments.map(({ identity }) => identity.start + 1))
  const { generation, from, seen } = rank
  const identity: SessionIdentity = {
    ...{ sid, start: began, generation, from, subject },
    ...(seen === undefined ? {} : { seen }),
  }
  const id = startId(identity)
  const expires = Math.min(now + idle, began + absolute)
  const common = { kind: 'base', id, identity, expires } as const
  const settled = { horizon: id, state, serial: 0, memory: undefined }
  const base: BaseFragment = { ...common, ...settled, log: undefined }
  const remove = removable(view, arrivedAt)
  if (ops.length === 0) return { put: [base], remove }
  const entry = { id: entryId(Math.max(now, timeOf(id) + 1), random), ops }
  const { base: shown, log } = embed(settled, { entries: [entry], retired: [], heads: [entry.id] })
  return { put: [{ ...base, ...shown, log }], remove }
}
