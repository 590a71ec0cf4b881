/** Sessions that start and go on: which marks they have seen, and what a registry is told of them. */
import {
  type RevocationFailure,
  type RevocationOperation,
  RevocationUnavailable,
  TooManySessions,
} from '../errors.ts'
import type { SessionEvent } from '../events.ts'
import { StoreTimeout } from '../overflow/timeout.ts'
import { type KnownSession, loginOf, type Watched } from './keys.ts'
import type { Found, Ledger } from './ledger.ts'
import { InvalidMark, seenText, withSeen } from './marks.ts'
import type { Most, SessionRow } from './registry.ts'

/** The marks that were there at a moment; or why that is not known. */
export type Glance =
  | { readonly marks: readonly Found[]; readonly failure?: never }
  | { readonly marks?: never; readonly failure: RevocationFailure; readonly cause: unknown }

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
}

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

  /**
   * The marks that there are when a session starts or gets keys, whatever comes until it is saved. Never throws.
   *
   * @param at - when that is, in ms
   */
  async glance(session: KnownSession, at: number): Promise<Glance> {
    const { clock } = this.#settings
    try {
      const marks = await this.#ledger.marksOf(session)
      const until = clock()
      // What came while the store was asked came later.
      return { marks: marks.filter(({ mark }) => !mark || mark.at <= at || mark.at > until) }
    } catch (cause) {
      return { failure: this.#teller.tell('admit', cause, at), cause }
    }
  }

  /**
   * The text of the marks that a session which starts has seen, for it to seal.
   *
   * @throws RevocationUnavailable, if what cannot be checked is to be denied
   */
  async seenBy(session: Watched, glances: readonly Glance[]): Promise<string | undefined> {
    const marks: Found[] = []
    let isBlind = false
    for (const glance of glances) {
      if (glance.failure === undefined) marks.push(...glance.marks)
      else if (this.#settings.onUnavailable === 'allow') isBlind = true
      else throw new RevocationUnavailable('admit', glance.failure, { cause: glance.cause })
    }
    if (isBlind) marks.push(...(await this.#ledger.ownMarksOf(session)))
    return seenText(this.#ledger.seenOf(session, marks), isBlind)
  }

  /**
   * The same for a session that goes on and gets keys: the marks of those from before it began. A later one ends it,
   * though it had not got the key yet.
   */
  seenLater(session: Watched, glances: readonly Glance[]): string | undefined {
    const marks = glances.flatMap((glance) => glance.marks ?? [])
    const earlier = marks.filter(
      ({ kind, mark }) => kind === 'key' && mark && mark.at < session.began,
    )
    return withSeen(session.seen, this.#ledger.seenOf(session, earlier))
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
   */
  async renew(session: Watched, expires: number, turn: number): Promise<void> {
    const { subject } = session
    if (!this.#ledger.isListing || subject === undefined) return
    const row = { ...rowOf(session, { expires, label: '' }, this.#settings.clock()), turn }
    await this.#teller.quietly('renew', () => this.#ledger.renew({ ...session, subject }, row))
  }
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
