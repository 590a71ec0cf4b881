/** Sessions that start and go on: which marks they have seen, and what a registry is told of them. */
import {
  type RevocationFailure,
  type RevocationOperation,
  RevocationUnavailable,
  TooManySessions,
} from '../errors.ts'
import type { SessionEvent } from '../events.ts'
import { StoreTimeout } from '../overflow/timeout.ts'
import {
  type Found,
  type KnownSession,
  loginOf,
  type SeenMark,
  startOf,
  type Watched,
} from './keys.ts'
import type { Ledger } from './ledger.ts'
import { InvalidMark, isOver, marginOf, seenText, withSeen } from './marks.ts'
import type { Most, SessionRow } from './registry.ts'

/** When a session starts or gets keys: by the node's clock, in ms, and in the order of what happens on it. */
export interface LoginMoment {
  readonly at: number
  readonly turn: number
}

/** The marks that were there at a moment; or why that is not known. */
export type Glance =
  | { readonly since: LoginMoment; readonly marks: readonly SeenMark[]; readonly failure?: never }
  | {
      readonly since: LoginMoment
      readonly marks?: never
      readonly failure: RevocationFailure
      readonly cause: unknown
    }

/** A session that starts. */
export interface Starting extends Watched {
  /** Until when it is honoured unless it is renewed, in ms. */
  readonly expires: number
  readonly label: string
  /** The id of the session of the same user whose place it takes. */
  readonly replaces: string | undefined
}

/** What is to be done about logins. */
export interface LoginSettings extends TellerSettings {
  readonly most: Most | undefined
  /** Whether the store shows marks at once. */
  readonly isImmediate: boolean
  /** Counts what happens on this node. */
  readonly turn: () => number
}

/**
 * Where the store answers a login within this time, no clock is asked what came first: a `revoke()` that goes on beside
 * it shows as pending, and one that is over came before it.
 */
const PROMPT_MS = 250

/** Logins, renewals and new ids. */
export class Logins {
  readonly #settings: LoginSettings
  readonly #ledger: Ledger
  readonly #teller: Teller

  constructor(settings: LoginSettings, ledger: Ledger, teller: Teller) {
    this.#settings = settings
    this.#ledger = ledger
    this.#teller = teller
  }

  /** Now, for a session that starts or gets keys. */
  moment(): LoginMoment {
    return { at: this.#settings.clock(), turn: this.#settings.turn() }
  }

  /**
   * The marks that there are when a session starts or gets keys, whatever comes until it is saved. Never throws.
   *
   * @param since - when that is
   * @param isLate - whether the store is asked only a while after that
   */
  async glance(session: KnownSession, since: LoginMoment, isLate: boolean): Promise<Glance> {
    const { clock, isImmediate } = this.#settings
    try {
      const found = await this.#ledger.marksOf(session)
      const until = clock()
      const isPrompt = isImmediate && !isLate && until - since.at <= PROMPT_MS
      // What came while the store was asked came later.
      const isBefore = ({ mark, turn }: Found) => {
        if (!mark || mark.isPending) return false
        if (turn !== undefined) return turn < since.turn
        return isPrompt || mark.at <= since.at || (!isLate && mark.at > until)
      }
      return { since, marks: found.map((each) => seenBefore(each, session, isBefore(each))) }
    } catch (cause) {
      return { since, failure: this.#teller.tell('admit', cause, since.at), cause }
    }
  }

  /**
   * The text of the marks that a session which starts has seen, for it to seal. Of what several glances tell the first
   * counts.
   *
   * @throws RevocationUnavailable, if what cannot be checked is to be denied
   */
  async seenBy(session: Watched, glances: readonly Glance[]): Promise<string | undefined> {
    const marks = new Map<string, SeenMark>()
    const add = (found: readonly SeenMark[]) => {
      for (const each of found) if (!marks.has(each.key)) marks.set(each.key, each)
    }
    let isBlind = false
    for (const { since, ...glance } of glances) {
      if (glance.failure === undefined) add(glance.marks)
      else if (this.#settings.onUnavailable === 'allow') {
        isBlind = true
        const own = await this.#ledger.ownMarksOf(session)
        add(own.map((each) => seenBefore(each, session, (each.turn ?? 0) < since.turn)))
      } else throw new RevocationUnavailable('admit', glance.failure, { cause: glance.cause })
    }
    return seenText(this.#seenOf(session, [...marks.values()]), isBlind)
  }

  /**
   * The same for a session that goes on and gets keys: the marks of those from before it began. A later one ends it,
   * though it had not got the key yet.
   */
  seenLater(session: Watched, glances: readonly Glance[]): string | undefined {
    const marks = glances.flatMap((glance) => glance.marks ?? [])
    if (marks.length === 0) return session.seen
    const earlier = marks.flatMap((each) =>
      each.kind === 'key' && each.mark && each.mark.at < session.began
        ? { ...each, seen: each.mark.at }
        : [],
    )
    const keys = [...new Set(marks.map(({ key }) => key))]
    return withSeen(session.seen, this.#seenOf(session, earlier), keys)
  }

  /** Of the marks that a session has seen, those that would end it: it has to seal that it has seen them. */
  #seenOf(session: Watched, marks: readonly SeenMark[]): ReadonlyMap<string, number> {
    const margin = marginOf(this.#settings.isImmediate)
    const before = marks.filter(
      ({ kind, mark, seen }) =>
        seen > 0 && kind !== 'session' && isOver(mark, startOf(session, 0), margin),
    )
    return new Map(before.map(({ key, seen }) => [key, seen]))
  }

  /**
   * A session of a user starts. Returns `false` where that has to end another one first: then it is to be told once more
   * when it is saved.
   *
   * @throws TooManySessions; RevocationUnavailable, if what cannot be checked is to be denied
   */
  async admit(starting: Starting, isSaved: boolean): Promise<boolean> {
    const { clock, onUnavailable, most } = this.#settings
    const { subject, replaces } = starting
    if (!this.#ledger.isListing || subject === undefined) return true
    const [now, session] = [clock(), { ...starting, subject }]
    const row = rowOf(starting, starting, now)
    const admit = (otherwise: Most['otherwise']) =>
      this.#ledger.admit(session, row, { most: most && { ...most, otherwise }, replaces }, now)
    try {
      if (await admit(isSaved ? 'end-oldest' : 'reject')) return true
      // Some may be over by what the registry was not told of.
      const { gone } = await this.#ledger.list(subject, now)
      if (gone > 0 && (await admit('reject'))) return true
      if (most?.otherwise === 'end-oldest') return false
    } catch (error) {
      const failure = this.#teller.tell('admit', error, now)
      if (onUnavailable === 'allow') return true
      await this.withdraw(starting)
      throw new RevocationUnavailable('admit', failure, { cause: error })
    }
    this.#settings.emit({ type: 'too-many-sessions' })
    throw new TooManySessions(most?.count ?? 0)
  }

  /** What was admitted did not start after all. Never throws. */
  async withdraw({ sid, subject }: Watched): Promise<void> {
    if (!this.#ledger.isListing || subject === undefined) return
    await this.#teller.quietly('withdraw', () => this.#ledger.withdraw(sid, subject))
  }

  /**
   * A session of a user was renewed, or has a new id. Never throws.
   *
   * @param turn - how many ids it has had
   * @param isSet - whether it got keys, limits or an id
   */
  async renew(session: Watched, expires: number, turn: number, isSet: boolean): Promise<void> {
    const { subject } = session
    if (!this.#ledger.isListing || subject === undefined) return
    const row = { ...rowOf(session, { expires, label: '' }, this.#settings.clock()), turn }
    await this.#teller.quietly('renew', () =>
      this.#ledger.renew({ ...session, subject }, row, isSet),
    )
  }
}

/** A mark, as far as a login has seen it. One that spares the login means no more to it than what was there before. */
function seenBefore(found: Found, { sid }: KnownSession, isBefore: boolean): SeenMark {
  const { mark } = found
  const spared = mark?.except?.login === loginOf(sid) ? mark.except.at : 0
  return { ...found, seen: mark && isBefore ? mark.at : spared }
}

function rowOf(
  { sid, began }: Watched,
  { expires, label }: Pick<Starting, 'expires' | 'label'>,
  now: number,
): SessionRow {
  return { login: loginOf(sid), id: sid, began, seen: now, expires, label }
}

/** What a teller needs. */
export interface TellerSettings {
  readonly onUnavailable: 'allow' | 'deny'
  /** The node's clock, in ms since 1970. */
  readonly clock: () => number
  readonly emit: (event: SessionEvent) => void
}

/** Tells of a store that fails. */
export class Teller {
  readonly #settings: TellerSettings

  constructor(settings: TellerSettings) {
    this.#settings = settings
  }

  /** Tells whether it worked. */
  async quietly(operation: RevocationOperation, call: () => Promise<void>): Promise<boolean> {
    const at = this.#settings.clock()
    try {
      await call()
      return true
    } catch (error) {
      this.tell(operation, error, at)
      return false
    }
  }

  tell(operation: RevocationOperation, error: unknown, at: number): RevocationFailure {
    const { emit, clock, onUnavailable: policy } = this.#settings
    const failure = failureOf(error)
    emit({ type: 'revocation-error', operation, failure, policy, ms: clock() - at })
    return failure
  }
}

function failureOf(error: unknown): RevocationFailure {
  if (error instanceof StoreTimeout) return 'timeout'
  return error instanceof InvalidMark ? 'invalid' : 'failed'
}
