/** Whether sessions are still to be honoured: when the store is asked, and what happens where it does not answer. */
import { ConfigError, type RevocationFailure, RevocationUnavailable } from '../errors.ts'
import { withTimeout } from '../overflow/timeout.ts'
import {
  coverageOf,
  type EndedBy,
  isSomeText,
  loginOf,
  type RevocationTarget,
  targetOf,
  type Watched,
} from './keys.ts'
import { Ledger } from './ledger.ts'
import { type Glance, type LoginMoment, type LoginSettings, Logins, Teller } from './logins.ts'
import { checkText, checkTime, isDue } from './marks.ts'
import { type CheckOutcome, type NodeMemory, nodeMemoryOf } from './recent.ts'
import type { SessionRow } from './registry.ts'
import type { RevocationStore } from './store.ts'

export type { Glance, LoginMoment, Watched }

/** How an app has its sessions watched. */
export interface WatchSettings extends Omit<LoginSettings, 'isImmediate' | 'turn'> {
  readonly store: RevocationStore
  readonly lagMs: number
  readonly timeoutMs: number
  /** The name of the cookie. */
  readonly scope: string
  /** How long a session can live at the most. */
  readonly longestMs: number
}

/** What became of a session's check. `checked` is what it may seal of it. */
export type Finding =
  | { readonly is: 'good'; readonly checked: string | undefined }
  | { readonly is: 'over' }
  | { readonly is: 'denied'; readonly failure: RevocationFailure }

/** After a failure a node applies the policy for so long without asking again, or each request would wait. */
const PAUSE_MS = 5000

/** Marks stay for so much longer than the sessions that they end: clocks differ. */
const SLACK_MS = 180_000

/** The watch over the sessions of an app. */
export class Watch {
  readonly #settings: WatchSettings
  readonly #ledger: Ledger
  readonly #node: NodeMemory
  readonly #teller: Teller
  readonly logins: Logins

  constructor(settings: WatchSettings) {
    const { store, scope, timeoutMs, longestMs } = settings
    // Marks tell whole milliseconds.
    const clock = () => Math.floor(settings.clock())
    this.#settings = { ...settings, clock }
    this.#node = nodeMemoryOf(store, scope)
    this.#ledger = new Ledger(store, scope, timeoutMs, longestMs + SLACK_MS)
    this.#teller = new Teller(this.#settings)
    const logins = { ...this.#settings, isImmediate: store.isImmediate, turn: this.#node.turn }
    this.logins = new Logins(logins, this.#ledger, this.#teller)
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
    if (ownEnd?.isCertain) return this.#over(ownEnd.by)
    const coverage = await coverageOf(session.keys)
    const sealed = checkTime(checked, coverage)
    const name = nameOf(session)
    const known = this.#node.checks.get(name)
    if (known?.was === 'over') return this.#over(known.by)
    const isAnswered = known?.was === 'good' && known.at > (ownEnd?.at ?? 0)
    const isForced = isFresh || lagMs === 0 || (ownEnd !== undefined && !isAnswered)
    if (!isForced && !isDue([sealed, session.began], now, lagMs))
      return { is: 'good', checked: undefined }
    const outcome =
      known && !isForced && this.#isUsable(known) ? known : await this.#ask(name, session, isForced)
    if (outcome.was === 'over') return this.#over(outcome.by)
    if (outcome.was === 'failed' && ownEnd) return this.#over(ownEnd.by)
    if (outcome.was === 'failed' && onUnavailable === 'deny')
      return { is: 'denied', failure: outcome.failure }
    if (outcome.was === 'failed') return { is: 'good', checked: undefined }
    const isWorthIt = lagMs > 0 && outcome.at - sealed >= lagMs / 2
    return { is: 'good', checked: isWorthIt ? checkText({ at: outcome.at, coverage }) : undefined }
  }

  /** Whether this node knows that a session is over, without asking anybody. */
  async isKnownOver(session: Watched): Promise<boolean> {
    if (this.#node.checks.get(nameOf(session))?.was === 'over') return true
    return (await this.#ledger.ownEnd(session)) !== undefined
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
    const running = isForced ? undefined : this.#node.checks.running(name)
    // The other request may have been given up: then nobody ever answers.
    const joined =
      running && (await withTimeout(running, this.#settings.timeoutMs).catch(() => undefined))
    return joined ?? this.#node.checks.run(name, () => this.#outcomeOf(session))
  }

  async #outcomeOf(session: Watched): Promise<CheckOutcome> {
    const { clock, emit } = this.#settings
    const at = clock()
    try {
      const by = await this.#ledger.endOf(session)
      emit({ type: 'revocation-check', keys: keysIn(session), ms: clock() - at })
      return by ? { was: 'over', by, at } : { was: 'good', at }
    } catch (error) {
      return { was: 'failed', failure: this.#teller.tell('check', error, at), at }
    }
  }

  /**
   * Somebody logs in while a session is hidden, since it could not be checked. That must not be: the login would yield to
   * it. The store is asked once more, so that the next request need not wait until this node asks again.
   *
   * @throws RevocationUnavailable
   */
  async refuse(hidden: Watched, failure: RevocationFailure): Promise<never> {
    await this.#ask(nameOf(hidden), hidden, true)
    throw new RevocationUnavailable('admit', failure)
  }

  /** Ends sessions that a browser gives up. Never throws: its cookies go in any case. */
  async end(sessions: readonly Pick<Watched, 'sid' | 'subject'>[]): Promise<boolean> {
    const subjects = [...new Set(sessions.map(({ subject }) => subject))]
    const told = await Promise.all(
      subjects.map((subject) => {
        const sids = sessions.flatMap((each) => (each.subject === subject ? each.sid : []))
        return this.#teller.quietly('end', () =>
          this.#ledger.end(sids, subject, this.#settings.clock()),
        )
      }),
    )
    return told.every((isDone) => isDone)
  }

  /** Ends sessions that nobody gave up, and that lost to another one of the browser. Told once by each node. */
  async endOnce(sessions: readonly Pick<Watched, 'sid' | 'subject'>[]): Promise<void> {
    const { told } = this.#node
    const now = this.#settings.clock()
    const untold = sessions.filter(({ sid }) => (told.get(loginOf(sid)) ?? 0) <= now)
    if (untold.length === 0) return
    const until = (await this.end(untold)) ? Number.POSITIVE_INFINITY : now + PAUSE_MS
    for (const { sid } of untold) told.set(loginOf(sid), until)
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
      else await this.#ledger.markAll(kind, value, clock, except)
    } catch (error) {
      throw new RevocationUnavailable('revoke', this.#teller.tell('revoke', error, now), {
        cause: error,
      })
    }
    emit({ type: 'marked', ms: clock() - now })
  }

  /**
   * The sessions of a user, the newest first.
   *
   * @throws ConfigError without a registry, or for what is no user; RevocationUnavailable
   */
  async list(subject: string): Promise<readonly SessionRow[]> {
    if (!isSomeText(subject))
      throw new ConfigError("list() takes a user's id, such as session.subject.")
    if (!this.#ledger.isListing)
      throw new ConfigError(
        'list() needs a store that keeps a list: durableObjectMarks(env.REVOCATIONS), or memoryMarks() in tests.',
      )
    const now = this.#settings.clock()
    try {
      return (await this.#ledger.list(subject, now)).rows
    } catch (error) {
      throw new RevocationUnavailable('list', this.#teller.tell('list', error, now), {
        cause: error,
      })
    }
  }
}

/** The same check for all requests that ask about the same. */
function nameOf({ sid, subject, keys, began, seen }: Watched): string {
  return JSON.stringify([loginOf(sid), subject, [...keys].sort(), began, seen])
}

function keysIn({ subject, keys }: Watched): number {
  return 1 + (subject === undefined ? 0 : 1) + keys.length
}
