/** What a browser, its requests and their answers do, step by step; and the checks of the promises on the way. */
import { APART_WRITES } from '../../src/log/bursts/gather.ts'
import { encodeClaims } from '../../src/log/format/claims.ts'
import { SIBLINGS_SECONDS } from '../../src/log/format/clocks.ts'
import { type Fragment, logOf } from '../../src/log/format/fragment.ts'
import { digestOf } from '../../src/log/format/ids.ts'
import { sealedLength } from '../../src/log/format/length.ts'
import type { Current } from '../../src/log/reading/merge.ts'
import { utf8Length } from '../../src/tree/bytes.ts'
import type { TreeObject } from '../../src/tree/tree.ts'
import { seeded } from '../support/random.ts'
import type { Effect } from './effects.ts'
import { effectsOf } from './handler.ts'
import { BAG, isList, stateOfTree } from './naive.ts'
import { Oracle, type SessionRecord, stateOf, Violation, type Writes } from './oracle.ts'
import type { Schedule, Step } from './schedule.ts'
import {
  type Answer,
  type Done,
  type Jar,
  type Opened,
  type Rules,
  rules,
  type Settings,
  stateAfter,
} from './server.ts'

const START_MS = 1_763_800_000_000

const ALL: Writes = -1n

/** How long an answer may be under way. */
export const BOUND_MS = 120_000
/** By how many other answers an answer may be overtaken. */
const MOST_OVERTAKEN = 25

export type Send = Extract<Step, { does: 'send' }>

export interface Flight {
  readonly send: Send
  readonly sent: number
  readonly event: number
  readonly answered: number
  readonly opened: Opened
  readonly session: SessionRecord | undefined
  readonly seen: Writes
  readonly visit: Mutable<VisitRecord>
  done:
    | {
        answer: Answer | undefined
        writes: Writes
        /** Writes of other requests with the same view that its answer tells of. */
        others: Writes
        started: SessionRecord | undefined
      }
    | undefined
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** A cookie that was set at some time, and what its writer knew. */
export interface Recorded {
  readonly text: string
  readonly fragment: Fragment
  readonly session: SessionRecord
  /** All writes that its writer had seen, its own included. */
  readonly known: Writes
}

/** A request, and what it carried. Numbers of events tell when it was sent and answered. */
export interface VisitRecord {
  readonly sent: number
  readonly answered: number | undefined
  readonly late: boolean
  /** The session that it saw. */
  readonly session: SessionRecord | undefined
  readonly carried: readonly string[]
  /** What the node made of that. */
  readonly current: Current | undefined
  readonly writes: Writes
}

export interface Recording {
  readonly oracle: Oracle
  readonly cookies: readonly Recorded[]
  readonly visits: readonly VisitRecord[]
  readonly jar: ReadonlyMap<string, string>
  readonly headerBytes: number
  readonly told: number
  /** The writes that showed at last. */
  readonly last: Writes
}

export interface Options {
  readonly rules?: Rules
  /** What is in a session at its start, beside an empty list and a counter. */
  readonly initial?: TreeObject
  /** Whether answers may come later than promised. */
  readonly late?: boolean
  /** Whether sessions that start at once are one: the oracle here does not know of that, `lives.ts` does. */
  readonly siblings?: boolean
  /** Whether nodes remember what they wrote just before for requests with the same view. */
  readonly remembers?: boolean
  /** Whether answers may be overtaken by more others than promised. */
  readonly overtaken?: boolean
}

/** What a request's node has to do: open these cookies at this time by its clock. */
export interface Arrival {
  readonly jar: Jar
  readonly now: number
}

/** What a handler did, for its node to commit at this time by its clock. */
export interface Work {
  readonly done: Done
  readonly now: number
}

/** Whoever drives it plays the nodes: opens and commits, one request at a time. */
export class Simulation implements Recording {
  readonly settings: Settings
  readonly oracle = new Oracle()
  readonly cookies: Recorded[] = []
  readonly visits: VisitRecord[] = []
  readonly jar = new Map<string, string>()
  headerBytes = 0
  /** How many writes answers told of that their requests had not seen. */
  told = 0
  last: Writes = 0n
  readonly #rules: Rules
  readonly #late: boolean
  readonly #siblings: boolean
  readonly #remembers: boolean
  /** The writes of each node upon each view, in their order. */
  readonly #bursts = new Map<string, Writes[]>()
  readonly #mostOvertaken: number
  readonly #flights = new Map<number, Flight>()
  #now = START_MS
  #answers = 0
  #fresh = 0

  constructor({ seed, idle, filler }: Schedule, options: Options) {
    this.#rules = options.rules ?? rules
    this.#late = options.late ?? false
    this.#siblings = options.siblings ?? false
    this.#remembers = options.remembers ?? false
    this.#mostOvertaken = options.overtaken ? Number.POSITIVE_INFINITY : MOST_OVERTAKEN
    const random = seeded(seed)
    this.settings = {
      idle: idle * 1000,
      absolute: 4 * 3600_000,
      initial: {
        hits: 0,
        list: [],
        [BAG]: [],
        ...options.initial,
        ...(filler > 0 ? { filler: 'x'.repeat(filler) } : {}),
      },
      random: (count) => Uint8Array.from({ length: count }, () => random.below(256)),
    }
  }

  /** What a request would carry that is sent now to a node whose clock is right. */
  get later(): Arrival {
    return { jar: this.jar, now: this.#now }
  }

  /** Time passes before a step. */
  pass({ after }: Pick<Step, 'after'>): void {
    this.#now += Math.round(after * 1000)
  }

  /** A request that is sent, if its number is free. */
  arrival({ request, bare, clock }: Send): Arrival | undefined {
    if (this.#flights.has(request)) return undefined
    return { jar: bare ? new Map() : this.jar, now: this.#now + clock * 1000 }
  }

  /** What a request sees that has just been opened. */
  saw(opened: Opened): { session: SessionRecord | undefined; seen: Writes } {
    return this.oracle.check(opened.view, opened.now, opened.hidden)
  }

  /** A request has been opened. */
  arrived(send: Send, opened: Opened): Flight {
    const event = this.oracle.tick()
    const { session, seen } = send.bare ? { session: undefined, seen: 0n } : this.saw(opened)
    const visit = {
      sent: event,
      answered: undefined,
      late: false,
      session,
      carried: send.bare ? [] : [...this.jar.values()],
      current: opened.view.current,
      writes: 0n,
    }
    this.visits.push(visit)
    const answered = this.#answers
    const found = { send, sent: this.#now, event, answered, visit, opened, session, seen }
    const flight: Flight = { ...found, done: undefined }
    this.#flights.set(send.request, flight)
    return flight
  }

  flight({ request }: Step): Flight | undefined {
    return this.#flights.get(request)
  }

  /** What a request's handler does; nothing where it is done, or too late. */
  work(flight: Flight): Work | undefined {
    if (flight.done || this.#isLost(flight)) return undefined
    const { send, opened, session, seen } = flight
    const sees =
      session && !this.#changesHands(send, session)
        ? stateOf(session, seen)
        : stateOfTree(this.settings.initial)
    const tags = opened.view.current?.state[BAG]
    if (isList(tags) && !(session && this.#changesHands(send, session)))
      sees.members.set(BAG, { kind: 'bag', values: tags })
    const effects = effectsOf(send.action, sees, ++this.#fresh)
    return {
      done: { action: send.action, sees, effects },
      now: this.#now + send.clock * 1000,
    }
  }

  /** A node has committed what a handler did. */
  committed(flight: Flight, { done }: Work, answer: Answer | undefined): void {
    const { opened, session, seen, event } = flight
    const { sees, effects } = done
    flight.done = { answer, writes: 0n, others: 0n, started: undefined }
    const [put] = answer?.put ?? []
    if (!answer || !put) return
    if (session && put.identity.sid === session.sid) {
      const own = effects.length > 0 ? newestId(answer, session) : undefined
      const others = heldBy(answer.put, session) & ~seen
      const writes = own === undefined ? 0n : wrote(session, own, effects, seen)
      this.#checkOthers(flight, writes, others)
      Object.assign(flight.done, { writes, others })
      flight.visit.writes = writes
      if (put.kind !== 'tombstone') this.#record(answer, session, seen | others, writes)
      return
    }
    if (put.kind === 'tombstone') return
    const state = stateAfter(sees, effects)
    const followed = opened.view.fragments.map(({ identity }) => identity.sid)
    if (this.#siblings && isSibling(put, this.oracle)) throw new FirstVisits()
    const start = { identity: put.identity, initial: state, parent: session, followed }
    flight.done.started = this.oracle.start(start, event, flight.send.bare)
    this.#record(answer, flight.done.started, 0n, 0n)
  }

  /** What comes of an answer arrives. Returns where somebody may look at what the jar holds then, if it changed. */
  delivered({ does, request }: Step, flight: Flight): Arrival | undefined {
    if (does === 'part') return this.#partly(flight)
    if (does !== 'answer' && does !== 'drop') return undefined
    this.#flights.delete(request)
    return does === 'answer' ? this.#answered(flight) : undefined
  }

  #partly(flight: Flight): Arrival | undefined {
    const { done, send } = flight
    const [first] = done?.answer?.texts ?? []
    const [put] = done?.answer?.put ?? []
    if (!done?.answer || !first || !put || this.#isLost(flight)) return undefined
    this.jar.set(...first)
    this.#told(flight, [put])
    // A log may lack the base that comes with it.
    const { length } = done.answer.put
    const { session } = flight
    const held = session ? heldBy([put], session) : 0n
    if ((held & done.writes) !== 0n)
      this.#acknowledge(flight, this.#isLate(flight) || (put.kind === 'log' && length > 1), held)
    return { jar: this.jar, now: this.#now + send.clock * 1000 }
  }

  #answered(flight: Flight): Arrival | undefined {
    const { done, send } = flight
    if (!done?.answer) return undefined
    if (this.#isLost(flight)) return undefined
    const late = this.#isLate(flight)
    this.#answers++
    flight.visit.answered = this.oracle.tick()
    flight.visit.late = late
    for (const [id, text] of done.answer.texts) this.jar.set(id, text)
    for (const id of done.answer.remove) this.jar.delete(id)
    this.#told(flight, done.answer.put)
    this.#acknowledge(flight, late)
    this.#weigh()
    return { jar: this.jar, now: this.#now + send.clock * 1000 }
  }

  /** Whether another user than the session's logs in, and starts anew. */
  #changesHands({ action }: Send, { subject }: SessionRecord): boolean {
    return action.kind === 'login' && subject !== undefined && subject !== action.subject
  }

  #isLate({ sent, answered }: Flight): boolean {
    return this.#now - sent > BOUND_MS || this.#answers - answered > MOST_OVERTAKEN
  }

  #told({ done, session, opened }: Flight, fragments: readonly Fragment[]): void {
    const owner = done?.started ?? session
    for (const { expires, kind } of fragments) {
      if (owner && kind !== 'tombstone') owner.expires = Math.max(owner.expires, expires)
      if (kind === 'tombstone')
        this.oracle.acknowledgeEnd(opened.view.fragments.map(({ identity }) => identity.sid))
    }
  }

  #acknowledge({ done, session }: Flight, late: boolean, held: Writes = ALL): void {
    if (!session || !done || done.writes === 0n) return
    const others = done.others & held & ~session.acknowledged
    session.acknowledged |= done.writes | others
    const own = session.writes[done.writes.toString(2).length - 1]
    if (own) own.late = late
    for (const [i, write] of session.writes.entries())
      if ((others >> BigInt(i)) & 1n) write.late = late
  }

  /** After six writes of a node upon one view, and not before, an answer may tell of those before. */
  #checkOthers({ send, visit }: Flight, writes: Writes, others: Writes): void {
    const key = `${send.clock} ${visit.carried.join()}`
    const before = this.#bursts.get(key) ?? []
    const may = this.#remembers && before.length >= APART_WRITES ? before : []
    if ((others & ~may.reduce((all, each) => all | each, 0n)) !== 0n)
      throw new Violation('an answer tells of what neither its request had seen nor its node may')
    if (others !== 0n) this.told += others.toString(2).replaceAll('0', '').length
    this.#bursts.set(key, [...before, writes])
  }

  #isLost({ send, sent, answered }: Flight): boolean {
    // Late answers are few, so that the oracle can try which of them were lost.
    const late =
      this.#late && send.request % 5 === 0 && this.#now - sent < this.settings.idle - 60_000
    return (this.#now - sent > BOUND_MS && !late) || this.#answers - answered > this.#mostOvertaken
  }

  #record({ texts }: Answer, session: SessionRecord, seen: Writes, writes: Writes): void {
    for (const [, text] of texts) {
      const fragment = this.#rules.decodeClaims(text)
      if (!fragment) throw new Violation(`a cookie that nobody can read: ${text}`)
      if (encodeClaims(fragment) !== text) throw new Violation(`reads as another one: ${text}`)
      const known = seen | (heldBy([fragment], session) & writes)
      this.cookies.push({ text, fragment, session, known })
    }
  }

  #weigh(): void {
    let bytes = 0
    for (const [id, text] of this.jar)
      bytes += `__Host-session.${id}=; `.length + sealedLength(utf8Length(text))
    this.headerBytes = Math.max(this.headerBytes, bytes)
  }
}

/** A schedule ends where two requests start a session at once. */
export class FirstVisits extends Error {}

function isSibling({ identity }: Fragment, { sessions }: Oracle): boolean {
  const { subject, generation, start } = identity
  if (subject !== undefined || generation !== 0) return false
  return [...sessions.values()].some(
    (other) =>
      other.parent === undefined &&
      other.subject === undefined &&
      Math.abs(start - other.start) <= SIBLINGS_SECONDS * 1000,
  )
}

/** The newest entry of an answer that is none of the writes before. */
function newestId({ put }: Answer, { writes }: SessionRecord): string | undefined {
  const known = new Set(writes.map(({ id }) => id))
  const ids = put.flatMap((fragment) => {
    const log = logOf(fragment)
    // Another one in the same cookie may have replaced it, but the cookie is called after it.
    const own = log?.retired.includes(digestOf(fragment.id)) ? [fragment.id] : []
    return [...own, ...(log?.entries.map(({ id }) => id) ?? [])]
  })
  const fresh = ids.filter((id) => !known.has(id))
  return fresh.sort().at(-1)
}

/** The writes of a session that these cookies' logs hold, or replace. */
function heldBy(fragments: readonly Fragment[], { writes }: SessionRecord): Writes {
  const logs = fragments.flatMap((each) => logOf(each) ?? [])
  const ids = new Set(logs.flatMap(({ entries }) => entries.map(({ id }) => id)))
  const retired = new Set(logs.flatMap((log) => log.retired))
  return writes.reduce(
    (all, { id }, i) => (ids.has(id) || retired.has(digestOf(id)) ? all | (1n << BigInt(i)) : all),
    0n,
  )
}

function wrote(
  session: SessionRecord,
  id: string,
  effects: readonly Effect[],
  seen: Writes,
): Writes {
  session.writes.push({ id, effects, seen, late: false })
  return 1n << BigInt(session.writes.length - 1)
}
