/** How sessions start, get a new id, and end. */
import { toBase64Url } from '../../tree/bytes.ts'
import type { TreeObject } from '../../tree/tree.ts'
import { LATE_SECONDS } from '../format/clocks.ts'
import {
  type BaseFragment,
  type Fragment,
  PROVISIONAL,
  type SessionIdentity,
  SID_PREFIX_LENGTH,
  type Tombstone,
} from '../format/fragment.ts'
import { entryId, type RandomBytes, timeOf } from '../format/ids.ts'
import { type Current, newestIdOf, type View } from '../reading/merge.ts'
import type { Plan } from './write.ts'

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
 * Starts a session in a jar that has none. Of two sessions that start at once, the one whose request
 * came in later counts. Where there are cookies that this node cannot read, they may be a session that nodes
 * with more secrets know: the new one yields to it, unless it is a login.
 *
 * @param rank - 1 for a session that must win over those that parallel requests start without it,
 *   such as a login, otherwise 0
 */
export function planStart(view: View, start: Start, rank: 0 | 1): Plan {
  const afterEnd = view.tombstones.length > 0 ? 1 : 0
  const usual = view.unread && afterEnd === 0 ? PROVISIONAL : highest(view) + afterEnd
  const generation = rank === 1 ? risen(view, start) : usual
  return plant(view, start, start.arrivedAt, generation, [])
}

/** Goes on with the state under a new id. Late answers to the old one lose. */
export function planRegenerate(view: View, current: Current, start: Start): Plan {
  const { identity } = current.base
  const recent = start.arrivedAt - identity.start <= LATE_SECONDS * 1000 ? identity.from : []
  const from = [identity.sid.slice(0, SID_PREFIX_LENGTH), ...recent].slice(0, MAX_FROM)
  const isLogin = start.subject !== undefined && start.subject !== identity.subject
  const wins = isLogin || identity.generation === PROVISIONAL
  const generation = wins ? risen(view, start) : highest(view) + 1
  return plant(view, start, start.now, generation, from)
}

/** The highest generation of a view, without sessions that a tombstone has ended. */
function highest({ fragments, dropped }: View): number {
  const ended = new Set(dropped.flatMap((each) => (each.reason === 'ended' ? each.fragment : [])))
  const others = fragments.filter((fragment) => !ended.has(fragment))
  return Math.max(0, ...others.map(({ identity }) => identity.generation))
}

/**
 * The generation of a login: higher than what slower requests without it can reach, however often they
 * regenerate, and higher than that of former logins, which its request may not have seen.
 */
function risen(view: View, { arrivedAt }: Pick<Start, 'arrivedAt'>): number {
  const time = Math.floor((arrivedAt - GENERATIONS_SINCE_MS) / 1000)
  return Math.max(highest(view) + REGENERATIONS, time)
}

/** Generations of logins count seconds from 2025 on. */
const GENERATIONS_SINCE_MS = 1_735_689_600_000

/** How often a session can be regenerated while a login out of it is under way, and not win over it. */
const REGENERATIONS = 16

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
 * Ends a session: its cookies go, and a tombstone stays. Where there are cookies that this node cannot read,
 * the tombstone has the rank of a login, so that it ends the session that they may be.
 */
export function planEnd(view: View, current: Current | undefined, end: End): Plan {
  const { now, arrivedAt, expires, random } = end
  const none = { sid: '', start: arrivedAt, generation: 0, from: [], subject: undefined }
  const identity = current?.base.identity ?? { ...none, sid: newSid(random) }
  const newest = current ? timeOf(newestIdOf(current)) + 1 : 0
  const tombstone: Tombstone = {
    kind: 'tombstone',
    id: entryId(Math.max(now, newest), random),
    identity: view.unread
      ? { ...identity, start: Math.max(identity.start, arrivedAt), generation: risen(view, end) }
      : identity,
    expires,
  }
  return { put: [tombstone], remove: removable(view, arrivedAt) }
}

/** What of a view can go once another session, or a tombstone, takes its place. */
export function removable(view: View, arrivedAt: number): Fragment[] {
  return view.fragments.filter(
    (fragment) =>
      !view.unplaced.includes(fragment) &&
      (fragment.kind !== 'tombstone' || arrivedAt - timeOf(fragment.id) > LATE_SECONDS * 1000),
  )
}

function plant(
  view: View,
  start: Start,
  time: number,
  generation: number,
  from: readonly string[],
): Plan {
  const { sid, state, subject, now, arrivedAt, idle, absolute, random } = start
  const id = entryId(now, random)
  const began = Math.max(time, ...view.fragments.map(({ identity }) => identity.start + 1))
  const identity: SessionIdentity = {
    sid,
    start: began,
    generation,
    from,
    subject,
  }
  const base: BaseFragment = {
    kind: 'base',
    id,
    identity,
    expires: Math.min(now + idle, began + absolute),
    horizon: id,
    state,
    serial: 0,
    memory: undefined,
    log: undefined,
  }
  return { put: [base], remove: removable(view, arrivedAt) }
}
