/** Runs a schedule and checks the promises on the way. */
import { encodeClaims } from '../../src/log/format/claims.ts'
import { type Fragment, logOf } from '../../src/log/format/fragment.ts'
import { sealedLength } from '../../src/log/format/length.ts'
import type { Current } from '../../src/log/reading/merge.ts'
import { utf8Length } from '../../src/tree/bytes.ts'
import { seeded } from '../support/random.ts'
import type { Effect } from './effects.ts'
import { effectsOf } from './handler.ts'
import { BAG, isList, stateOfTree } from './naive.ts'
import { Oracle, type SessionRecord, stateOf, Violation, type Writes } from './oracle.ts'
import type { Schedule, Step } from './schedule.ts'
import {
  type Answer,
  commit,
  type Opened,
  open,
  type Rules,
  rules,
  type Settings,
  stateAfter,
} from './server.ts'

/** How long an answer may be under way. */
export const BOUND_MS = 120_000
/** By how many other answers an answer may be overtaken. */
const MOST_OVERTAKEN = 25

type Send = Extract<Step, { does: 'send' }>

interface Flight {
  readonly send: Send
  readonly sent: number
  readonly event: number
  readonly answered: number
  readonly opened: Opened
  readonly session: SessionRecord | undefined
  readonly seen: Writes
  readonly visit: Mutable<VisitRecord>
  done:
    | { answer: Answer | undefined; writes: Writes; started: SessionRecord | undefined }
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
  /** The writes that showed at last. */
  readonly last: Writes
}

export interface Options {
  readonly rules?: Rules
  /** Whether answers may come later than promised. */
  readonly late?: boolean
  /** Whether answers may be overtaken by more others than promised. */
  readonly overtaken?: boolean
}

/** @throws Violation */
export function run(schedule: Schedule, options: Options = {}): Recording {
  const simulation = new Simulation(schedule, options)
  for (const step of schedule.steps) simulation.step(step)
  simulation.last = simulation.look().seen
  return simulation
}

class Simulation implements Recording {
  readonly oracle = new Oracle()
  readonly cookies: Recorded[] = []
  readonly visits: VisitRecord[] = []
  readonly jar = new Map<string, string>()
  headerBytes = 0
  last: Writes = 0n
  readonly #rules: Rules
  readonly #late: boolean
  readonly #mostOvertaken: number
  readonly #settings: Settings
  readonly #flights = new Map<number, Flight>()
  #now = 1_763_800_000_000
  #answered = 0
  #fresh = 0

  constructor({ seed, idle, filler }: Schedule, options: Options) {
    this.#rules = options.rules ?? rules
    this.#late = options.late ?? false
    this.#mostOvertaken = options.overtaken ? Number.POSITIVE_INFINITY : MOST_OVERTAKEN
    const random = seeded(seed)
    this.#settings = {
      idle: idle * 1000,
      absolute: 4 * 3600_000,
      initial: {
        hits: 0,
        list: [],
        [BAG]: [],
        ...(filler > 0 ? { filler: 'x'.repeat(filler) } : {}),
      },
      random: (count) => Uint8Array.from({ length: count }, () => random.below(256)),
    }
  }

  step(step: Step): void {
    this.#now += Math.round(step.after * 1000)
    if (step.does === 'send') {
      this.#send(step)
      return
    }
    const flight = this.#flights.get(step.request)
    if (!flight) return
    if (step.does !== 'drop') this.#commit(flight)
    if (step.does === 'commit') return
    this.#flights.delete(step.request)
    if (step.does === 'answer') this.#answer(flight)
  }

  /** What a request would see now. */
  look(clock = 0): { opened: Opened; session: SessionRecord | undefined; seen: Writes } {
    const now = this.#now + clock * 1000
    const opened = open(this.#rules, this.jar, now)
    return { opened, ...this.oracle.check(opened.view, now) }
  }

  #send(send: Send): void {
    if (this.#flights.has(send.request)) return
    const event = this.oracle.tick()
    const now = this.#now + send.clock * 1000
    const seen = send.bare
      ? { opened: open(this.#rules, new Map(), now), session: undefined, seen: 0n }
      : this.look(send.clock)
    const visit = {
      sent: event,
      answered: undefined,
      late: false,
      session: seen.session,
      carried: send.bare ? [] : [...this.jar.values()],
      current: seen.opened.view.current,
      writes: 0n,
    }
    this.visits.push(visit)
    const flight = { send, sent: this.#now, event, answered: this.#answered, visit, ...seen }
    this.#flights.set(send.request, { ...flight, done: undefined })
  }

  #commit(flight: Flight): void {
    if (flight.done || this.#isLost(flight)) return
    const { send, opened, session, seen, event } = flight
    const sees = session ? stateOf(session, seen) : stateOfTree(this.#settings.initial)
    const tags = opened.view.current?.state[BAG]
    if (isList(tags)) sees.members.set(BAG, { kind: 'bag', values: tags })
    const effects = effectsOf(send.action, sees, ++this.#fresh)
    const now = this.#now + send.clock * 1000
    const done = { action: send.action, sees, effects }
    const answer = commit(this.#rules, opened, done, now, this.#settings)
    flight.done = { answer, writes: 0n, started: undefined }
    const [put] = answer?.put ?? []
    if (!answer || !put) return
    if (session && put.identity.sid === session.sid) {
      const own = effects.length > 0 ? newestId(answer) : undefined
      if (own !== undefined) flight.done.writes = wrote(session, own, effects, seen)
      flight.visit.writes = flight.done.writes
      if (put.kind !== 'tombstone') this.#record(answer, session, seen, own, flight.done.writes)
      return
    }
    const state = stateAfter(sees, effects)
    const followed = opened.view.fragments.map(({ identity }) => identity.sid)
    flight.done.started = this.oracle.start(put.identity, state, session, event, followed)
    this.#record(answer, flight.done.started, 0n, undefined, 0n)
  }

  #answer(flight: Flight): void {
    const { done, session } = flight
    if (!done?.answer) return
    const late =
      this.#now - flight.sent > BOUND_MS || this.#answered - flight.answered > MOST_OVERTAKEN
    if (this.#isLost(flight)) return
    this.#answered++
    flight.visit.answered = this.oracle.tick()
    flight.visit.late = late
    for (const [id, text] of done.answer.texts) this.jar.set(id, text)
    for (const id of done.answer.remove) this.jar.delete(id)
    const owner = done.started ?? session
    for (const { expires, kind } of done.answer.put) {
      if (owner && kind !== 'tombstone') owner.expires = Math.max(owner.expires, expires)
      if (owner && kind === 'tombstone') this.oracle.acknowledgeEnd(owner)
    }
    if (session && done.writes !== 0n) {
      session.acknowledged |= done.writes
      const own = session.writes[done.writes.toString(2).length - 1]
      if (own && late) own.late = true
    }
    this.#weigh()
    this.look(flight.send.clock)
  }

  #isLost({ send, sent, answered }: Flight): boolean {
    // Late answers are few, so that the oracle can try which of them were lost.
    const late =
      this.#late && send.request % 5 === 0 && this.#now - sent < this.#settings.idle - 60_000
    return (this.#now - sent > BOUND_MS && !late) || this.#answered - answered > this.#mostOvertaken
  }

  #record(
    { texts }: Answer,
    session: SessionRecord,
    seen: Writes,
    own: string | undefined,
    writes: Writes,
  ): void {
    for (const [, text] of texts) {
      const fragment = this.#rules.decodeClaims(text)
      if (!fragment) throw new Violation(`a cookie that nobody can read: ${text}`)
      if (encodeClaims(fragment) !== text) throw new Violation(`reads as another one: ${text}`)
      const known = logOf(fragment)?.entries.some(({ id }) => id === own) ? seen | writes : seen
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

function newestId({ put }: Answer): string | undefined {
  const ids = put.flatMap((fragment) => logOf(fragment)?.entries.at(-1)?.id ?? [])
  return ids.sort().at(-1)
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
