/**
 * What the state must be: a plain list of the writes of each session, who had seen which, and which
 * of them are acknowledged. It knows nothing of fragments, horizons and parents.
 */
import type { SessionIdentity } from '../../src/log/format/fragment.ts'
import type { View } from '../../src/log/reading/merge.ts'
import type { TreeObject } from '../../src/tree/tree.ts'
import { bagProblem } from './bags.ts'
import { type Effect, performAll } from './effects.ts'
import { BAG, copyOf, hasClaim, type NaiveObject, objectTreeOf, textOf } from './naive.ts'

/** A set of a session's writes: bit n stands for the nth. */
export type Writes = bigint

export interface WriteRecord {
  readonly id: string
  readonly effects: readonly Effect[]
  /** Those that its request had seen. */
  readonly seen: Writes
  /** Its answer came later than promised, so it may be lost. */
  late: boolean
}

export interface SessionRecord {
  readonly sid: string
  readonly start: number
  readonly parent: SessionRecord | undefined
  readonly root: SessionRecord | undefined
  readonly subject: string | undefined
  readonly initial: NaiveObject
  /** The sids of sessions that its request had seen, but that had ended or expired for its node. */
  readonly followed: Set<string>
  /** When the request that started it was arrivedAt, as the number of its event. */
  readonly arrivedAt: number
  readonly writes: WriteRecord[]
  acknowledged: Writes
  /** Until when it is honoured as far as the browser has been told; 0 before it has been told at all. */
  expires: number
  ended: boolean
  readonly isWithheld: boolean
}

/** A session that starts. */
export interface Started {
  readonly identity: SessionIdentity
  readonly initial: NaiveObject
  /** The one that it grows out of. */
  readonly parent: SessionRecord | undefined
  /** The sids of all that its request saw. */
  readonly followed: readonly string[]
}

const NONE: ReadonlySet<string> = new Set()

/** A promise that was broken. */
export class Violation extends Error {}

export class Oracle {
  readonly sessions = new Map<string, SessionRecord>()
  #events = 0
  #lastEnd = -1
  #lastUserEnd = -1
  #current: SessionRecord | undefined
  readonly #past = new Set<SessionRecord>()
  readonly #states = new Map<string, string>()

  /** A number for an event, higher than all before. */
  tick(): number {
    return this.#events++
  }

  /** @param isWithheld - whether its request came without the browser's cookies: then it yields to any other */
  start(
    { identity, initial, parent, followed }: Started,
    arrivedAt: number,
    isWithheld: boolean,
  ): SessionRecord {
    const { sid, subject } = identity
    const session: SessionRecord = {
      sid,
      start: identity.start,
      parent,
      root: parent?.root ?? parent,
      subject,
      initial,
      followed: new Set([
        ...followed.flatMap((each) => [each, ...(this.sessions.get(each)?.followed ?? [])]),
        ...(parent?.followed ?? []),
      ]),
      arrivedAt,
      writes: [],
      acknowledged: 0n,
      expires: 0,
      ended: false,
      isWithheld,
    }
    this.sessions.set(sid, session)
    return session
  }

  /** All of these sessions have ended, as the browser has been told. */
  acknowledgeEnd(sids: readonly string[]): void {
    this.#lastEnd = this.tick()
    for (const sid of sids) {
      const session = this.sessions.get(sid)
      if (!session) continue
      session.ended = true
      if (session.subject !== undefined) this.#lastUserEnd = this.#lastEnd
    }
  }

  /**
   * Checks what a request sees whose cookies come from the browser's jar.
   *
   * @param now - the node's clock
   * @param hidden - keys whose values the node could not have
   * @returns the session, and which writes show
   */
  check(
    { current, dropped }: View,
    now: number,
    hidden: ReadonlySet<string> = NONE,
  ): { session: SessionRecord | undefined; seen: Writes } {
    const session = current && this.sessions.get(current.base.identity.sid)
    if (current && !session) throw new Violation('a session that nobody started')
    for (const { fragment, reason } of dropped) {
      if (reason === 'expired') session?.followed.add(fragment.identity.sid)
    }
    this.#checkSession(session, now)
    if (!current || !session) return { session: undefined, seen: 0n }
    const { acknowledged } = session
    for (const lost of subsets(this.#late(session))) {
      const seen = acknowledged & ~lost
      if (this.problemOf(session, seen, current.state, hidden) === undefined)
        return { session, seen }
    }
    throw new Violation(this.problemOf(session, acknowledged, current.state, hidden))
  }

  #checkSession(session: SessionRecord | undefined, now: number): void {
    const ended = [...this.sessions.values()].filter((each) => each.ended)
    const isAlive = (each: SessionRecord) =>
      each.expires - 62_000 > now && !ended.some((other) => isResurrected(each, other))
    const before = this.#current
    if (!session && before && isAlive(before) && before.arrivedAt > this.#lastEnd)
      throw new Violation('the session is lost')
    for (const login of session && session.subject === undefined ? this.sessions.values() : []) {
      const isLogin = login.subject !== undefined && !login.isWithheld
      const counts = isLogin && login.arrivedAt > this.#lastUserEnd
      if (counts && isAlive(login) && !this.#past.has(login) && !session?.followed.has(login.sid))
        throw new Violation('a login was undone')
    }
    if (!session) return
    if (ended.some((other) => isResurrected(session, other)))
      throw new Violation('a session that had ended is back')
    if (session !== this.#current) {
      // Where what replaced it has ended, or has expired for some node, another one may be seen again.
      if (before && isAlive(before)) {
        if (this.#past.has(session)) throw new Violation('a session that was replaced is back')
        this.#past.add(before)
      }
      for (const sid of session.followed) {
        const left = this.sessions.get(sid)
        if (left && isAlive(left)) this.#past.add(left)
      }
      this.#current = session
    }
  }

  #late({ writes, acknowledged }: SessionRecord): Writes[] {
    return writes.flatMap(({ late }, i) => (late ? [acknowledged & (1n << BigInt(i))] : []))
  }

  /** How a state differs from what a set of a session's writes leads to; `undefined` where it does not. */
  problemOf(
    session: SessionRecord,
    shown: Writes,
    state: TreeObject,
    hidden: ReadonlySet<string> = NONE,
  ): string | undefined {
    const { initial, writes } = session
    const [text, expected] = [textOf(state, hidden), this.#stateText(session, shown, hidden)]
    if (text === expected && hidden.has(BAG)) return undefined
    return text === expected
      ? bagProblem(initial, writes, shown & ~voidOf(session, shown), state[BAG])
      : `the state is\n  ${text}\nand must be\n  ${expected}`
  }

  /** The state that a set of a session's writes leads to, as text. */
  #stateText(session: SessionRecord, shown: Writes, hidden: ReadonlySet<string>): string {
    const key = `${session.sid} ${shown} ${[...hidden]}`
    const known = this.#states.get(key)
    if (known !== undefined) return known
    const text = textOf(objectTreeOf(stateOf(session, shown)), hidden)
    this.#states.set(key, text)
    return text
  }
}

/** The state that a set of a session's writes leads to, in the order of their ids. */
export function stateOf({ initial, writes }: SessionRecord, shown: Writes): NaiveObject {
  const state = copyOf(initial)
  const ordered = writes.filter((_, i) => (shown >> BigInt(i)) & 1n)
  ordered.sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const { effects } of ordered) performAll(state, effects)
  return state
}

/** Those of some writes that do nothing, since an earlier one has their claim. */
function voidOf({ initial, writes }: SessionRecord, shown: Writes): Writes {
  const claims = new Set<string>()
  const ordered = writes
    .map((write, i) => ({ ...write, bit: 1n << BigInt(i) }))
    .filter(({ bit }) => (bit & shown) !== 0n)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  let all = 0n
  for (const { effects, bit } of ordered) {
    const own = effects.flatMap((effect) => (effect.does === 'once' ? [effect.path] : []))
    if (own.some((key) => claims.has(key) || hasClaim(initial, key))) all |= bit
    else for (const key of own) claims.add(key)
  }
  return all
}

/** Whether all that the shown writes had seen shows as well. */
export function isReachable({ writes }: SessionRecord, shown: Writes): boolean {
  return writes.every(({ seen }, i) => ((shown >> BigInt(i)) & 1n) === 0n || (seen & ~shown) === 0n)
}

/** Whether `session` shows although `ended`, which is the same or akin to it, has ended. */
function isResurrected(session: SessionRecord, ended: SessionRecord): boolean {
  if (session === ended) return true
  const akin = (session.root ?? session) === (ended.root ?? ended)
  // The end of an anonymous session does not end the login that came out of it.
  return akin && !(ended.subject === undefined && session.subject !== undefined)
}

function* subsets(parts: readonly Writes[]): Generator<Writes> {
  for (let n = 0; n < 2 ** Math.min(parts.length, 8); n++) {
    yield parts.reduce((all, part, i) => ((n >> i) & 1 ? all | part : all), 0n)
  }
}
