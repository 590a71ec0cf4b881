/** The session of one request, from opened to committed: the way into all layers below, for adapters. */
import { claimChecks } from '../data/keys.ts'
import { ConfigError, SessionCommitted, SessionTooLarge } from '../errors.ts'
import { type HeaderEdit, headerEdits, isCacheable, type ResponseHead } from '../http/caching.ts'
import type { CookieAttributes } from '../http/cookies.ts'
import { ORDINARY, type RequestFacts } from '../http/facts.ts'
import type { RandomBytes } from '../log/format/ids.ts'
import { newSid } from '../log/lives/lifecycle.ts'
import { renewedUntil, termOf, termOfCurrent } from '../opening/lifetime.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import { fetchKey } from '../shown/stored.ts'
import { look } from '../watching/kin.ts'
import { saveWatched } from '../watching/saved.ts'
import { lifeAfter } from './classify.ts'
import { commitDraft } from './commit.ts'
import { Draft } from './draft.ts'
import { openSession, withoutEnded } from './open.ts'

/** How a request is opened. */
export interface OpenMode {
  /** Whether there is no response that could carry cookies: then `saveNow()` throws. */
  readonly readOnly?: boolean
  /** What the request tells beside its cookies. Default: that it is an ordinary one. */
  readonly facts?: RequestFacts
}

/** The session of one request. `Session` is what handlers get of it. */
export class SessionRequest {
  #draft: Draft
  readonly #readOnly: boolean
  readonly #facts: RequestFacts
  #wasRead = false
  /** Whether the headers of the response are made. */
  #isAnswered = false
  #committing: Promise<readonly string[]> | undefined
  #made: readonly string[] = []

  private constructor(draft: Draft, { readOnly = false, facts = ORDINARY }: OpenMode) {
    this.#draft = draft
    this.#readOnly = readOnly
    this.#facts = facts
  }

  /** Opens the session of a request. Never throws for what the request carries. */
  static async open(
    cookieHeader: string,
    attributes: CookieAttributes,
    options: ResolvedOptions,
    mode: OpenMode = {},
  ): Promise<SessionRequest> {
    const opened = await openSession(cookieHeader, attributes, options, mode.facts ?? ORDINARY)
    return new SessionRequest(new Draft(opened, freshSid()), mode)
  }

  /**
   * The draft, to read or to change. This is the only way to it, so that a response for which the app looked at the
   * session is always known to depend on it.
   *
   * @throws SessionCommitted where the headers were made as if the response did not depend on it
   */
  look(): Draft {
    if (this.#isAnswered && !this.#wasRead) {
      this.#draft.opened.options.emit({ type: 'read-late' })
      throw new SessionCommitted(
        'The session was looked at for the first time',
        "after the response's headers were made, so that a cache may serve the response to others. " +
          'Read it before the handler returns and before a stream begins, and register session() before what reads it.',
      )
    }
    this.#wasRead = true
    return this.#draft
  }

  /** The attributes of its cookies. */
  get attributes(): CookieAttributes {
    return this.#draft.opened.attributes
  }

  /** When the session began and until when it is honoured, in ms since 1970. */
  times(): { readonly began: number; readonly expires: number } {
    const draft = this.look()
    const { current, isReplaced, opened } = draft
    const { arrivedAt, options, expires } = opened
    if (!current || isReplaced) {
      const term = termOf(arrivedAt, lifeAfter(draft), options)
      return { began: term.began, expires: renewedUntil(arrivedAt, term) }
    }
    return { began: termOfCurrent(current, options).began, expires }
  }

  /** Leaves a value for the next request. */
  flash(key: string, value: unknown): void {
    const draft = this.look()
    draft.flash(key, value, draft.opened.options.clock(), randomBytes)
  }

  /**
   * Logs somebody in, or out. What is revoked from here on ends the login, though it was not saved yet.
   *
   * @throws SessionCommitted, SessionDestroyed
   */
  login(subject: string | undefined, keep: readonly string[] = [], label = ''): void {
    const draft = this.look()
    draft.login(subject, keep)
    draft.ties.label = label
    if (draft.isLogin) look(draft)
  }

  /**
   * Gives the session keys to end it by.
   *
   * @throws SessionCommitted, SessionDestroyed
   */
  assignKeys(keys: readonly string[]): void {
    const draft = this.look()
    draft.requireOpen('keys was assigned')
    draft.ties.keys = [...new Set(keys)]
    look(draft)
  }

  /**
   * Asks whether others have ended the session. If they have, there is another draft from here on, without it.
   *
   * @throws ConfigError where nobody could know
   */
  async verify(): Promise<boolean> {
    const draft = this.look()
    const { watch, accept } = draft.opened.options
    if (!watch && !accept)
      throw new ConfigError('verify() needs the option revocation, or accept: nobody else knows.')
    // The store is asked about a login when it is saved.
    if (draft.isLogin) return true
    if (!draft.current || draft.opened.isDenied) return false
    const opened = await withoutEnded(draft.opened)
    if (!opened) return true
    // A commit that is under way may fail: then the session is as it was before.
    await this.#committing?.catch(() => undefined)
    if (draft !== this.#draft || draft.intent === 'end') return false
    // Who logged in meanwhile is logged in.
    if (draft.isLogin) return draft.phase === 'open'
    const { phase } = draft
    draft.close()
    this.#draft = new Draft(opened, freshSid())
    if (phase !== 'open') this.#draft.close()
    return false
  }

  /** Fetches one value that was checked in to the overflow store. */
  async load(key: string): Promise<void> {
    const draft = this.look()
    const { options, depot } = draft.opened
    // A transient key shows nothing of what another release stored under it.
    if (options.transient.includes(key) || draft.isLoaded(key)) return
    if (!claimChecks(draft.stored.state).has(key)) return
    draft.fill(key, await fetchKey(draft.stored, key, depot))
  }

  /** Commits while the handler runs. */
  async saveNow(): Promise<void> {
    this.look()
    if (this.#readOnly)
      throw new TypeError(
        'commit() of a session that read() returned: no response carries its cookies. Use open() and commit().',
      )
    await this.commit()
  }

  /** The Set-Cookie headers, once they are made. The same ones however often it is called. */
  commit(): Promise<readonly string[]> {
    this.#committing ??= this.#commit()
    return this.#committing
  }

  async #commit(): Promise<readonly string[]> {
    const draft = this.#draft
    draft.phase = 'saving'
    try {
      // Whoever did not look until now is answered as one who did not look.
      this.#isAnswered = !this.#wasRead
      this.#made = this.#wasRead ? await saveWatched(draft, () => saved(draft)) : []
    } catch (error) {
      // The handler may catch this, make the session smaller and commit again.
      this.#committing = undefined
      draft.phase = 'open'
      throw error
    }
    draft.close()
    return this.#made
  }

  /** What has to change in the headers of the response. From here on it is too late for a first look. */
  editsOf(response: ResponseHead, setCookies: readonly string[]): readonly HeaderEdit[] {
    this.#isAnswered = isCacheable(response.status)
    const { cacheControl } = this.#draft.opened.options
    const { ifNoneMatch } = this.#facts
    return headerEdits(response, {
      setCookies,
      wasRead: this.#wasRead,
      cacheControl,
      ifNoneMatch,
    })
  }

  /** Gives up what was not committed, since the handler threw. Returns what `saveNow()` made before. */
  rollBack(): readonly string[] {
    this.#draft.close()
    // A commit that is under way goes on; another one would save what was given up.
    this.#committing ??= Promise.resolve(this.#made)
    return this.#made
  }
}

/** Commits. Messages that nobody has read give way to what does not fit beside them. */
async function saved(draft: Draft): Promise<readonly string[]> {
  try {
    return await commitDraft(draft, randomBytes)
  } catch (error) {
    if (!(error instanceof SessionTooLarge)) throw error
    const made = await savedWithFewer(draft).finally(() => draft.messages.keep())
    if (!made) throw error
    return made
  }
}

/** Commits with fewer of them. `undefined` where it does not fit without any either. */
async function savedWithFewer(draft: Draft): Promise<readonly string[] | undefined> {
  while (draft.messages.giveUp()) {
    try {
      return await commitDraft(draft, randomBytes)
    } catch (error) {
      if (!(error instanceof SessionTooLarge)) throw error
    }
  }
  return undefined
}

function freshSid(): () => string {
  return lazily(() => newSid(randomBytes))
}

const randomBytes: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count))

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
