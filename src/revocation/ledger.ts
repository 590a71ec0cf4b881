/** The store with all that it is asked. What fails is thrown. */
import {
  aboutOf,
  type EndedBy,
  enderOf,
  type KeyKind,
  type KnownSession,
  loginOf,
  startOf,
  storeKeyOf,
  type Watched,
} from './keys.ts'
import {
  isOver,
  lastSeen,
  laterMark,
  type Mark,
  marginOf,
  markText,
  newerMark,
  readMark,
  requireMark,
} from './marks.ts'
import { type Newest, nodeMemoryOf } from './recent.ts'
import type { Most, RegistryReply, RegistryRequest, SessionRow } from './registry.ts'
import { type RevocationStore, StoreCalls } from './store.ts'

/** A mark, by its key in the store. */
export interface Found {
  readonly kind: KeyKind
  readonly key: string
  readonly mark: Mark | undefined
  readonly isEnded?: boolean | undefined
}

/** The sessions of a user, and how many were taken out. */
type Listed = { readonly rows: readonly SessionRow[]; readonly gone: number }

/** What of a session its marks are compared with. */
type Begun = Pick<Watched, 'sid' | 'began' | 'seen'>

/** Marks in a store. */
export class Ledger {
  readonly #store: RevocationStore
  readonly #scope: string
  readonly #calls: StoreCalls
  readonly #ttlMs: number
  readonly #own: Newest<Mark>
  readonly #margin: number

  /**
   * @param scope - the name of the cookie
   * @param ttlMs - how long a session that is marked could still live
   */
  constructor(store: RevocationStore, scope: string, timeoutMs: number, ttlMs: number) {
    this.#store = store
    this.#margin = marginOf(store.isImmediate)
    this.#own = nodeMemoryOf(store, scope).own
    this.#scope = scope
    this.#calls = new StoreCalls(store, timeoutMs, ttlMs)
    this.#ttlMs = ttlMs
  }

  get isListing(): boolean {
    return this.#store.registry !== undefined
  }

  /** What this node itself has ended a session by. */
  async ownEnd(session: Watched): Promise<EndedBy | undefined> {
    for (const [kind, value] of this.#own.isEmpty ? [] : aboutOf(session)) {
      const mark = this.#own.get(`${kind} ${value}`)
      const key = mark && (await this.#storeKeyOf(kind, value))
      if (key !== undefined && this.#ends(kind, key, mark, session)) return enderOf(kind)
    }
    return undefined
  }

  #ends(kind: KeyKind, key: string, mark: Mark | undefined, session: Begun): boolean {
    if (kind === 'session') return mark !== undefined
    return isOver(mark, startOf(session, lastSeen(session, key)), this.#margin)
  }

  /** What a session has been ended by, all of its keys asked for at once. */
  async endOf(session: Watched): Promise<EndedBy | undefined> {
    const marks = await this.marksOf(session)
    const found = marks.find(
      ({ kind, key, mark, isEnded }) => isEnded || this.#ends(kind, key, mark, session),
    )
    return found && enderOf(found.kind)
  }

  /** Those of some marks that would end a session that starts: it has to seal that it has seen them. */
  seenOf(session: Watched, marks: readonly Found[]): ReadonlyMap<string, number> {
    const before = marks.filter(
      ({ kind, mark }) => kind !== 'session' && isOver(mark, startOf(session, 0), this.#margin),
    )
    return new Map(before.map(({ key, mark }) => [key, mark?.at ?? 0]))
  }

  /** Notes a session that starts. Tells whether there was room for it. */
  async admit(
    session: Watched & { readonly subject: string },
    row: SessionRow,
    more: { readonly most: Most | undefined; readonly replaces: string | undefined },
    now: number,
  ): Promise<boolean> {
    const { most, replaces } = more
    const [sawMark, whole] = [await this.#sawMark(session), await this.#whole(row, session)]
    const request = {
      do: 'admit',
      row: whole,
      sawMark,
      most,
      now,
      until: now + this.#ttlMs,
    } as const
    const { isAdmitted } = await this.#ask(
      session.subject,
      replaces === undefined ? request : { ...request, replaces: loginOf(replaces) },
    )
    return isAdmitted
  }

  async #sawMark(session: Watched & { readonly subject: string }): Promise<number> {
    return lastSeen(session, await this.#storeKeyOf('subject', session.subject))
  }

  /** A row with what marks of keys are compared with. */
  async #whole(row: SessionRow, { keys, seen: knew }: Watched): Promise<SessionRow> {
    const digests = await Promise.all(keys.map((key) => this.#storeKeyOf('key', key)))
    return {
      ...row,
      ...(digests.length > 0 ? { keys: digests } : {}),
      ...(knew === undefined ? {} : { knew }),
    }
  }

  async withdraw(sid: string, subject: string): Promise<void> {
    await this.#ask(subject, { do: 'withdraw', login: loginOf(sid) })
  }

  async renew(session: Watched & { readonly subject: string }, row: SessionRow): Promise<void> {
    const [sawMark, whole] = [await this.#sawMark(session), await this.#whole(row, session)]
    await this.#ask(session.subject, { do: 'renew', row: whole, sawMark })
  }

  /** The sessions of a user. Those that were ended by what the registry was not told of are taken out of it: so many. */
  async list(subject: string, now: number): Promise<Listed> {
    const { sessions } = await this.#ask(subject, { do: 'list', now })
    const gone = new Set(await this.#gone(sessions))
    if (gone.size > 0)
      await this.#ask(subject, { do: 'end', logins: [...gone], until: now + this.#ttlMs })
    return { rows: sessions.filter(({ login }) => !gone.has(login)), gone: gone.size }
  }

  /** What was ended by its id alone, or by a key of the app. */
  async #gone(rows: readonly SessionRow[]): Promise<readonly string[]> {
    const ids = await Promise.all(rows.map(({ login }) => this.#storeKeyOf('session', login)))
    const keys = [...new Set([...ids, ...rows.flatMap((row) => row.keys ?? [])])]
    const found = keys.length > 0 ? await this.#calls.get(keys) : []
    const marks = new Map(keys.map((key, i) => [key, found[i]]))
    const isGone = ({ id: sid, began, knew: seen, keys: own = [] }: SessionRow, i: number) =>
      marks.get(ids[i] ?? '') !== undefined ||
      own.some((key) => this.#ends('key', key, marks.get(key), { sid, began, seen }))
    return rows.filter(isGone).map(({ login }) => login)
  }

  /** Ends sessions of one user, or of nobody. */
  async end(sids: readonly string[], subject: string | undefined, now: number): Promise<void> {
    const logins = [...new Set(sids.map(loginOf))]
    for (const login of logins) this.#own.set(`session ${login}`, { at: now })
    if (this.#store.registry && subject !== undefined) {
      await this.#ask(subject, { do: 'end', logins, until: now + this.#ttlMs })
      return
    }
    const mark = markText({ at: now })
    await Promise.all(
      logins.map(async (login) => this.#calls.put(await this.#storeKeyOf('session', login), mark)),
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
      const more = except === undefined ? request : { ...request, except }
      const made = readMark((await this.#ask(value, more)).mark ?? '')
      if (made) this.#own.set(`${kind} ${value}`, made)
      return
    }
    // Between the read and the write another mark may come: the weaker one must not take the place of this.
    const place = kind === 'subject' && except !== undefined ? 'others' : kind
    const key = await this.#storeKeyOf(place, value)
    const [stored] = await this.#calls.get([key])
    const before = newerMark(stored, this.#own.get(`${place} ${value}`))
    const mark = laterMark(before, now, except)
    await this.#calls.put(key, markText(mark))
    this.#own.set(`${place} ${value}`, mark)
  }

  /** What this node itself has marked. */
  async ownMarksOf(session: KnownSession): Promise<readonly Found[]> {
    return Promise.all(
      aboutOf(session).map(async ([kind, value]) => {
        const mark = this.#own.get(`${kind} ${value}`)
        return { kind, key: await this.#storeKeyOf(kind, value), mark }
      }),
    )
  }

  /** The marks of all that a session can be ended by, in one read. */
  async marksOf(session: KnownSession): Promise<readonly Found[]> {
    const { subject } = session
    const isListed = this.#store.registry !== undefined && subject !== undefined
    const own = await this.ownMarksOf(session)
    const asked = own.filter(({ kind }) => !isListed || (kind !== 'subject' && kind !== 'others'))
    const [texts, reply] = await Promise.all([
      this.#calls.get(asked.map(({ key }) => key)),
      isListed ? this.#ask(subject, { do: 'check', login: loginOf(session.sid) }) : undefined,
    ])
    return own.map(({ kind, key, mark }) => {
      const at = asked.findIndex((each) => each.key === key)
      const listed = kind === 'subject' ? (reply?.mark ?? undefined) : undefined
      const stored = at >= 0 ? texts[at] : listed === undefined ? undefined : requireMark(listed)
      const isEnded = kind === 'session' ? reply?.isEnded : undefined
      return { kind, key, mark: newerMark(stored, mark), isEnded }
    })
  }

  async #ask(subject: string, request: RegistryRequest): Promise<RegistryReply> {
    return this.#calls.ask(await this.#storeKeyOf('subject', subject), request)
  }

  #storeKeyOf(kind: KeyKind, value: string): Promise<string> {
    return storeKeyOf(this.#scope, kind, value)
  }
}
