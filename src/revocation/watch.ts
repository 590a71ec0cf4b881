/** Whether sessions are still to be honoured: when the store is asked, and what happens where it does not answer. */
import {
  ConfigError,
  type RevocationFailure,
  type RevocationOperation,
  RevocationUnavailable,
  TooManySessions,
} from '../errors.ts'
import type { SessionEvent } from '../events.ts'
import { StoreTimeout, withTimeout } from '../overflow/timeout.ts'
import { coverageOf, loginOf, type RevocationTarget, targetOf } from './keys.ts'
import { type EndedBy, Ledger, type Watched } from './ledger.ts'
import { InvalidMark } from './marks.ts'
import { type CheckOutcome, nodeMemoryOf, type RecentChecks } from './recent.ts'
import type { Most, SessionRow } from './registry.ts'
import { checkText, checkTime, isDue } from './sealed.ts'
import type { RevocationStore } from './store.ts'

export type { Watched }

/** How an app has its sessions watched. */
export interface WatchSettings {
  readonly store: RevocationStore
  readonly onUnavailable: 'allow' | 'deny'
  readonly lagMs: number
  readonly timeoutMs: number
  readonly most: Most | undefined
  /** The name of the cookie. */
  readonly scope: string
  /** How long a session can live at the most. */
  readonly longestMs: number
  /** The node's clock, in ms since 1970. */
  readonly clock: () => number
  readonly emit: (event: SessionEvent) => void
}

/** What became of a session's check. `checked` is what it may seal of it. */
export type Finding =
  | { readonly is: 'good'; readonly checked: string | undefined }
  | { readonly is: 'over' }
  | { readonly is: 'denied' }

/** A session that starts. */
export interface Starting extends Watched {
  /** Until when it is honoured unless it is renewed, in ms. */
  readonly expires: number
  readonly label: string
  /** The id of the session of the same user whose place it takes. */
  readonly replaces: string | undefined
}

/** After a failure a node applies the policy for so long without asking again, or each request would wait. */
const PAUSE_MS = 5000

/** Marks stay for so much longer than the sessions that they end: clocks differ. */
const SLACK_MS = 180_000

/** The watch over the sessions of an app. */
export class Watch {
  readonly #settings: WatchSettings
  readonly #ledger: Ledger
  readonly #recent: RecentChecks

  constructor(settings: WatchSettings) {
    const { store, scope, timeoutMs, longestMs } = settings
    this.#settings = settings
    this.#recent = nodeMemoryOf(store, scope).checks
    this.#ledger = new Ledger(store, scope, timeoutMs, longestMs + SLACK_MS)
  }

  /**
   * Checks a session, if that is due. Never throws.
   *
   * @param checked - what the session has sealed of its last check
   * @param now - the time of the request, in ms
   * @param isFresh - whether to ask in any case
   */
  async check(
    session: Watched,
    checked: string | undefined,
    now: number,
    isFresh: boolean,
  ): Promise<Finding> {
    const { lagMs, onUnavailable } = this.#settings
    const ownEnd = await this.#ledger.ownEnd(session)
    if (ownEnd) return this.#over(ownEnd)
    const coverage = await coverageOf(session.keys)
    const sealed = checkTime(checked, coverage)
    const name = nameOf(session)
    const known = this.#recent.get(name)
    if (known?.was === 'over') return this.#over(known.by)
    const isForced = isFresh || lagMs === 0
    if (!isForced && !isDue([sealed, session.began], now, lagMs))
      return { is: 'good', checked: undefined }
    const outcome =
      known && !isForced && this.#isUsable(known) ? known : await this.#ask(name, session, isForced)
    if (outcome.was === 'over') return this.#over(outcome.by)
    if (outcome.was === 'failed')
      return onUnavailable === 'deny' ? { is: 'denied' } : { is: 'good', checked: undefined }
    const isWorthIt = lagMs > 0 && outcome.at - sealed >= lagMs / 2
    return { is: 'good', checked: isWorthIt ? checkText({ at: outcome.at, coverage }) : undefined }
  }

  #over(by: EndedBy): Finding {
    this.#settings.emit({ type: 'revoked', by })
    return { is: 'over' }
  }

  /** Whether what this node remembers is recent enough. */
  #isUsable({ was, at }: CheckOutcome): boolean {
    const { clock, lagMs } = this.#settings
    return isDue([at], clock(), was === 'failed' ? Math.min(PAUSE_MS, lagMs) : lagMs) === false
  }

  /** Asks the store, or waits for a request of this session that does. */
  async #ask(name: string, session: Watched, isForced: boolean): Promise<CheckOutcome> {
    const running = isForced ? undefined : this.#recent.running(name)
    // The other request may have been given up: then nobody ever answers.
    const joined =
      running && (await withTimeout(running, this.#settings.timeoutMs).catch(() => undefined))
    return joined ?? this.#recent.run(name, () => this.#outcomeOf(session))
  }

  async #outcomeOf(session: Watched): Promise<CheckOutcome> {
    const { clock, emit } = this.#settings
    const at = clock()
    try {
      const by = await this.#ledger.endOf(session)
      emit({ type: 'revocation-check', keys: keysIn(session), ms: clock() - at })
      return by ? { was: 'over', by, at } : { was: 'good', at }
    } catch (error) {
      this.#tell('check', error, at)
      return { was: 'failed', at }
    }
  }

  /**
   * A session of a user starts. Returns the marks that it has seen, for it to seal.
   *
   * @throws TooManySessions; RevocationUnavailable, if what cannot be checked is to be denied
   */
  async admit(starting: Starting): Promise<string | undefined> {
    const { clock, onUnavailable, most } = this.#settings
    const now = clock()
    const { replaces } = starting
    const row = this.#ledger.isListing ? rowOf(starting, starting, now) : undefined
    try {
      const more = { most, replaces }
      const admission = await this.#ledger.admit(starting, row, more, now)
      if (admission.isAdmitted) return admission.seen
    } catch (error) {
      const failure = this.#tell('admit', error, now)
      if (onUnavailable === 'allow') return undefined
      throw new RevocationUnavailable('admit', failure, { cause: error })
    }
    this.#settings.emit({ type: 'too-many-sessions' })
    throw new TooManySessions(most?.count ?? 0)
  }

  /** What was admitted did not start after all. Never throws. */
  async withdraw({ sid, subject }: Watched): Promise<void> {
    if (!this.#ledger.isListing || subject === undefined) return
    await this.#quietly('withdraw', () => this.#ledger.withdraw(sid, subject))
  }

  /** A session of a user was renewed, or has a new id. Never throws. */
  async renew(session: Watched, expires: number): Promise<void> {
    const { subject } = session
    if (!this.#ledger.isListing || subject === undefined) return
    const row = rowOf(session, { expires, label: '' }, this.#settings.clock())
    await this.#quietly('renew', () => this.#ledger.renew({ ...session, subject }, row))
  }

  /** Ends sessions that a browser gives up. Never throws: its cookies go in any case. */
  async end(sessions: readonly Pick<Watched, 'sid' | 'subject'>[]): Promise<void> {
    const subjects = [...new Set(sessions.map(({ subject }) => subject))]
    await Promise.all(
      subjects.map((subject) => {
        const sids = sessions.flatMap((each) => (each.subject === subject ? each.sid : []))
        return this.#quietly('end', () => this.#ledger.end(sids, subject, this.#settings.clock()))
      }),
    )
  }

  /**
   * Ends what a target names.
   *
   * @throws ConfigError for what is no target; RevocationUnavailable
   */
  async revoke(target: RevocationTarget): Promise<void> {
    const { clock, emit } = this.#settings
    const now = clock()
    const { kind, value, subject, except } = targetOf(target)
    try {
      if (kind === 'session') await this.#ledger.endOne(value, subject, now)
      else await this.#ledger.markAll(kind, value, now, except)
    } catch (error) {
      throw new RevocationUnavailable('revoke', this.#tell('revoke', error, now), { cause: error })
    }
    emit({ type: 'marked', ms: clock() - now })
  }

  /**
   * The sessions of a user, the newest first.
   *
   * @throws ConfigError without a registry; RevocationUnavailable
   */
  async list(subject: string): Promise<readonly SessionRow[]> {
    if (!this.#ledger.isListing)
      throw new ConfigError(
        'list() needs a store that keeps a list: durableObjectMarks(env.REVOCATIONS), or memoryMarks() in tests.',
      )
    const now = this.#settings.clock()
    try {
      return await this.#ledger.list(subject, now)
    } catch (error) {
      throw new RevocationUnavailable('list', this.#tell('list', error, now), { cause: error })
    }
  }

  async #quietly(operation: RevocationOperation, call: () => Promise<void>): Promise<void> {
    const at = this.#settings.clock()
    try {
      await call()
    } catch (error) {
      this.#tell(operation, error, at)
    }
  }

  #tell(operation: RevocationOperation, error: unknown, at: number): RevocationFailure {
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

/** The same check for all requests that ask about the same. */
function nameOf({ sid, subject, keys, began, seen }: Watched): string {
  return JSON.stringify([loginOf(sid), subject, [...keys].sort(), began, seen])
}

function keysIn({ subject, keys }: Watched): number {
  return 1 + (subject === undefined ? 0 : 1) + keys.length
}

function rowOf(
  { sid, began }: Watched,
  { expires, label }: Pick<Starting, 'expires' | 'label'>,
  now: number,
): SessionRow {
  return { login: loginOf(sid), id: sid, began, seen: now, expires, label }
}
