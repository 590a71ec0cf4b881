/** The store with all that it is asked. Every call is bounded by a timeout; what fails is thrown. */
import { MIN_TTL_SECONDS } from '../overflow/store.ts'
import { withTimeout } from '../overflow/timeout.ts'
import { aboutOf, type KeyKind, loginOf, storeKeyOf } from './keys.ts'
import {
  InvalidMark,
  isOver,
  laterMark,
  type Mark,
  marginOf,
  markText,
  newerMark,
  readMark,
  requireMark,
} from './marks.ts'
import { nodeMemoryOf } from './recent.ts'
import type { Most, RegistryReply, RegistryRequest, SessionRow } from './registry.ts'
import { seenText, seenTime } from './sealed.ts'
import type { RevocationStore } from './store.ts'

/** What the marks of a session are looked up by. */
export interface Watched {
  readonly sid: string
  readonly subject: string | undefined
  /** The app's own keys of the session. */
  readonly keys: readonly string[]
  /** When it began, in ms since 1970. */
  readonly began: number
  /** The marks that its login had seen, as text. */
  readonly seen: string | undefined
}

/** What a session was ended by. */
export type EndedBy = KeyKind

/** A session that is admitted: what its login had seen, or nothing if there are too many. */
export type Admission =
  | { readonly isAdmitted: true; readonly seen: string | undefined }
  | { readonly isAdmitted: false }

/** How many marks of its own a node remembers. */
const MOST_OWN = 1024

/** Marks in a store. */
export class Ledger {
  readonly #store: RevocationStore
  readonly #scope: string
  readonly #timeoutMs: number
  readonly #ttlMs: number
  readonly #own: Map<string, Mark>

  /**
   * @param scope - the name of the cookie
   * @param ttlMs - how long a session that is marked could still live
   */
  constructor(store: RevocationStore, scope: string, timeoutMs: number, ttlMs: number) {
    this.#store = store
    this.#own = nodeMemoryOf(store, scope).own
    this.#scope = scope
    this.#timeoutMs = timeoutMs
    this.#ttlMs = ttlMs
  }

  get isListing(): boolean {
    return this.#store.registry !== undefined
  }

  /** What this node itself has ended a session by. */
  async ownEnd(session: Watched): Promise<EndedBy | undefined> {
    for (const [kind, value] of this.#own.size > 0 ? aboutOf(session) : []) {
      const mark = this.#own.get(`${kind} ${value}`)
      if (mark && this.#ends(kind, await this.#storeKeyOf(kind, value), mark, session)) return kind
    }
    return undefined
  }

  #ends(kind: KeyKind, key: string, mark: Mark, session: Watched): boolean {
    const margin = marginOf(this.#store.isImmediate)
    return (
      kind === 'session' || isOver(mark, startedOf(session, seenTime(session.seen, key)), margin)
    )
  }

  /** What a session has been ended by, all of its keys asked for at once. */
  async endOf(session: Watched): Promise<EndedBy | undefined> {
    const marks = await this.#marksOf(session)
    return marks.find(
      ({ kind, key, mark, isEnded }) =>
        isEnded === true || (mark !== undefined && this.#ends(kind, key, mark, session)),
    )?.kind
  }

  /** Notes a session that starts, and finds the marks that came before it. */
  async admit(
    session: Watched,
    row: SessionRow | undefined,
    more: { readonly most?: Most | undefined; readonly replaces?: string | undefined },
    now: number,
  ): Promise<Admission> {
    const { subject } = session
    if (row && subject !== undefined && this.#store.registry) {
      const { most, replaces } = more
      const until = now + this.#ttlMs
      const common = { do: 'admit', row, most, now, until } as const
      const request = replaces === undefined ? common : { ...common, replaces: loginOf(replaces) }
      if (!(await this.#ask(subject, request)).isAdmitted) return { isAdmitted: false }
    }
    const margin = marginOf(this.#store.isImmediate)
    const before = (await this.#marksOf(session)).filter(
      ({ kind, mark }) => kind !== 'session' && isOver(mark, startedOf(session, 0), margin),
    )
    const seen = new Map(before.map(({ key, mark }) => [key, mark?.at ?? 0]))
    return { isAdmitted: true, seen: seenText(seen) }
  }

  async withdraw(sid: string, subject: string): Promise<void> {
    await this.#ask(subject, { do: 'withdraw', login: loginOf(sid) })
  }

  async renew(session: Watched & { readonly subject: string }, row: SessionRow): Promise<void> {
    const key = await this.#storeKeyOf('subject', session.subject)
    await this.#ask(session.subject, { do: 'renew', row, sawMark: seenTime(session.seen, key) })
  }

  async list(subject: string, now: number): Promise<readonly SessionRow[]> {
    const { sessions } = await this.#ask(subject, { do: 'list', now })
    const keys = await Promise.all(
      sessions.map(({ login }) => storeKeyOf(this.#scope, 'session', login)),
    )
    // Those that were ended by their id alone, which nobody has told the registry.
    const marks = keys.length > 0 ? await this.#get(keys) : []
    const gone = sessions.filter((_, i) => marks[i] !== undefined)
    if (gone.length > 0) {
      const logins = gone.map(({ login }) => login)
      await this.#ask(subject, { do: 'end', logins, until: now + this.#ttlMs })
    }
    return sessions.filter((each) => !gone.includes(each))
  }

  /** Ends sessions of one user, or of nobody. */
  async end(sids: readonly string[], subject: string | undefined, now: number): Promise<void> {
    const logins = [...new Set(sids.map(loginOf))]
    for (const login of logins) this.#remember('session', login, { at: now })
    if (this.#store.registry && subject !== undefined) {
      await this.#ask(subject, { do: 'end', logins, until: now + this.#ttlMs })
      return
    }
    const mark = markText({ at: now })
    await Promise.all(
      logins.map(async (login) => this.#put(await this.#storeKeyOf('session', login), mark)),
    )
  }

  /** Ends a session by its id, whoever it belongs to; its user's list knows at once if the user was told rightly. */
  async endOne(sid: string, subject: string | undefined, now: number): Promise<void> {
    const isListed = this.isListing && subject !== undefined
    await Promise.all([
      this.end([sid], undefined, now),
      isListed ? this.end([sid], subject, now) : undefined,
    ])
  }

  /** Ends all that has a key, but for one login. */
  async markAll(
    kind: 'subject' | 'key',
    value: string,
    now: number,
    except?: string,
  ): Promise<void> {
    if (kind === 'subject' && this.#store.registry) {
      const request = { do: 'mark', now, until: now + this.#ttlMs } as const
      const { mark } = await this.#ask(
        value,
        except === undefined ? request : { ...request, except },
      )
      const made = mark === null ? undefined : readMark(mark)
      if (made) this.#remember(kind, value, made)
      return
    }
    const key = await this.#storeKeyOf(kind, value)
    const [stored] = await this.#get([key])
    const before = newerMark(stored, this.#own.get(`${kind} ${value}`))
    const mark = laterMark(before, now, except)
    await this.#put(key, markText(mark))
    this.#remember(kind, value, mark)
  }

  #remember(kind: KeyKind, value: string, mark: Mark): void {
    const name = `${kind} ${value}`
    this.#own.delete(name)
    const [oldest] = this.#own.keys()
    if (oldest !== undefined && this.#own.size >= MOST_OWN) this.#own.delete(oldest)
    this.#own.set(name, mark)
  }

  async #marksOf(session: Watched): Promise<readonly Found[]> {
    const { subject } = session
    const isListed = this.#store.registry !== undefined && subject !== undefined
    const about = await Promise.all(
      aboutOf(session).map(async ([kind, value]) => {
        return { kind, value, key: await this.#storeKeyOf(kind, value) }
      }),
    )
    const asked = isListed ? about.filter(({ kind }) => kind !== 'subject') : about
    const [texts, reply] = await Promise.all([
      this.#get(asked.map(({ key }) => key)),
      isListed ? this.#ask(subject, { do: 'check', login: loginOf(session.sid) }) : undefined,
    ])
    return about.map(({ kind, value, key }) => {
      const at = asked.findIndex((each) => each.key === key)
      const listed = kind === 'subject' && typeof reply?.mark === 'string' ? reply.mark : undefined
      const stored = at >= 0 ? texts[at] : listed === undefined ? undefined : requireMark(listed)
      const mark = newerMark(stored, this.#own.get(`${kind} ${value}`))
      return { kind, key, mark, ...(kind === 'session' ? { isEnded: reply?.isEnded } : {}) }
    })
  }

  #storeKeyOf(kind: KeyKind, value: string): Promise<string> {
    return storeKeyOf(this.#scope, kind, value)
  }

  async #get(keys: readonly string[]): Promise<readonly (Mark | undefined)[]> {
    const texts = await withTimeout(this.#store.get(keys), this.#timeoutMs)
    if (!Array.isArray(texts) || texts.length !== keys.length)
      throw new InvalidMark('The store did not answer for each key.')
    return texts.map((text) => (text === undefined ? undefined : requireMark(text)))
  }

  async #put(key: string, mark: string): Promise<void> {
    const ttlSeconds = Math.max(MIN_TTL_SECONDS, Math.ceil(this.#ttlMs / 1000))
    await withTimeout(this.#store.put(key, mark, ttlSeconds), this.#timeoutMs)
  }

  async #ask(subject: string, request: RegistryRequest): Promise<RegistryReply> {
    const { registry } = this.#store
    if (!registry) throw new InvalidMark('The store has no registry.')
    const key = await this.#storeKeyOf('subject', subject)
    return withTimeout(registry.ask(key, request), this.#timeoutMs)
  }
}

interface Found {
  readonly kind: KeyKind
  readonly key: string
  readonly mark: Mark | undefined
  readonly isEnded?: boolean | undefined
}

function startedOf({ sid, began }: Watched, seen: number) {
  return { login: loginOf(sid), began, seen }
}
