/** How sessions start, get a new id, and end. */
import { toBase64Url } from '../codec/bytes.ts'
import { type Fragment, type SessionHead, SID_PREFIX_LENGTH } from '../codec/fragment.ts'
import type { TreeObject } from '../codec/tree.ts'
import { entryId, type RandomBytes, timeOf } from './ids.ts'
import type { Current, View } from './merge.ts'
import type { Plan } from './plan.ts'

/**
 * How long an answer of a session that has ended may still be on its way: the request may have been
 * sent just before the end of one that was in flight for two minutes itself, and clocks differ.
 */
export const LATE_SECONDS = 300

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
  /** How long after `now` the base is honoured, and how long after its start the session, in ms. */
  readonly idle: number
  readonly absolute: number
  readonly random: RandomBytes
}

/**
 * Starts a session in a jar that has none.
 *
 * @param opened - when the request came in: of two sessions, the one whose request came later counts
 * @param rank - 1 for a session that must win over those that parallel requests start without it,
 *   such as a login, otherwise 0
 */
export function planStart(view: View, start: Start, opened: number, rank: 0 | 1): Plan {
  const generation = Math.max(0, ...view.fragments.map(({ head }) => head.generation)) + rank
  return plant(view, start, opened, generation, [])
}

/** Goes on with the state under a new id. Late answers to the old one lose. */
export function planRegenerate(view: View, current: Current, start: Start): Plan {
  const { head } = current
  const recent = start.now - head.start < LATE_SECONDS * 1000 ? head.from : []
  const from = [head.sid.slice(0, SID_PREFIX_LENGTH), ...recent].slice(0, MAX_FROM)
  return plant(view, start, start.now, head.generation + 1, from)
}

/** Of how many former ids a session tells at the most. */
const MAX_FROM = 8

/** Ends a session: its cookies go, and a tombstone stays for as long as it could have lived. */
export function planEnd(
  view: View,
  current: Current,
  now: number,
  ends: number,
  random: RandomBytes,
): Plan {
  const tombstone: Fragment = {
    id: entryId(Math.max(now, timeOf(current.newest) + 1), random),
    head: current.head,
    expires: ends,
    base: undefined,
    log: undefined,
    tombstone: true,
  }
  return { put: [tombstone], remove: removable(view, now) }
}

/** What of a view can go once another session, or a tombstone, takes its place. */
export function removable(view: View, now: number): Fragment[] {
  return view.fragments.filter(
    ({ tombstone, id }) => !tombstone || now - timeOf(id) > LATE_SECONDS * 1000,
  )
}

function plant(
  view: View,
  start: Start,
  time: number,
  generation: number,
  from: readonly string[],
): Plan {
  const { sid, state, subject, now, idle, absolute, random } = start
  const id = entryId(now, random)
  const began = Math.max(time, ...view.fragments.map(({ head }) => head.start + 1))
  const head: SessionHead = {
    sid,
    start: began,
    generation,
    from,
    subject,
  }
  const base: Fragment = {
    id,
    head,
    expires: Math.min(now + idle, began + absolute),
    base: { horizon: id, state, serial: 0 },
    log: undefined,
    tombstone: false,
  }
  return { put: [base], remove: removable(view, now) }
}
