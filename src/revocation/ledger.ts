/** The store with all that it is asked. What fails is thrown. */

import {
  comparable,
  type EndedBy,
  enderOf,
  type Found,
  type KeyKind,
  type KnownSession,
  loginOf,
  placesOf,
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
import { type NodeMemory, nodeMemoryOf, type OwnEnd, type OwnMark, turnOf } from './recent.ts'
import type { Most, RegistryReply, RegistryRequest, SessionRow } from './registry.ts'
import { type RevocationStore, StoreCalls, settling } from './store.ts'

/** Marks in a store. */
export class Ledger {
  readonly #store: RevocationStore
  readonly #scope: string
  readonly #calls: StoreCalls
  readonly #ttlMs: number
  readonly #node: NodeMemory
  readonly #margin: number

  /**
   * @param scope - the name of the cookie
   * @param ttlMs - how long a session that is marked could still live
   */
  constructor(store: RevocationStore, scope: string, timeoutMs: number, ttlMs: number) {
    this.#store = store
    this.#margin = marginOf(store.isImmediate)
    this.#node = nodeMemoryOf(store, scope)
    this.#scope = scope
    this.#calls = new StoreCalls(store, timeoutMs, ttlMs)
    this.#ttlMs = ttlMs
  }

  get isListing(): boolean {
    return this.#store.registry !== undefined
  }

  /** What this node itself has ended a session by. */
  async ownEnd(session: Watched): Promise<OwnEnd | undefined> {
    if (this.#node.own.isEmpty) return undefined
    const places = await placesOf(this.#scope, session)
    const found = places.find(({ kind, value, key }) =>
      this.#ends(kind, key, this.#ownMark(kind, value)?.mark, session),
    )
    const own = found && this.#ownMark(found.kind, found.value)
    const isCertain = !this.#store.isImmediate || found?.kind === 'session'
    return own && { by: enderOf(found.kind), at: own.at, isCertain }
  }

  #ownMark(kind: KeyKind, value: string): OwnMark | undefined {
    return this.#node.own.get(`${kind} ${value}`)
  }

  #ends(
    kind: KeyKind,
    key: string,
    mark: Mark | undefined,
    session: Pick<Watched, 'sid' | 'began' | 'seen'>,
  ): boolean {
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

  /** Notes a session that starts. Tells whether there was room for it. */
  async admit(
    session: Watched & { readonly subject: string },
    row: SessionRow,
    more: { readonly most: Most | undefined; readonly replaces: string | undefined },
    now: number,
  ): Promise<boolean> {
    const { most, replaces } = more
    const { sawMark, row: whole } = await comparable(this.#scope, row, session)
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

  async withdraw(sid: string, subject: string): Promise<void> {
    await this.#ask(subject, { do: 'withdraw', login: loginOf(sid) })
  }

  async renew(
    session: Watched & { readonly subject: string },
    row: SessionRow,
    isSet: boolean,
  ): Promise<void> {
    const { sawMark, row: whole } = await comparable(this.#scope, row, session)
    await this.#ask(session.subject, { do: 'renew', row: whole, isSet, sawMark })
  }

  /** The sessions of a user. Those that were ended by what the registry was not told of are taken out of it: so many. */
  async list(
    subject: string,
    now: number,
  ): Promise<{ readonly rows: readonly SessionRow[]; readonly gone: number }> {
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
    for (const login of logins)
      this.#node.own.set(`session ${login}`, { mark: { at: now }, at: now })
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

  /**
   * Ends all that has a key, but for one login. A login that asks the store meanwhile finds the mark pending, also where
   * it is slow: so between the two writes it is waited for as long again as the first took.
   */
  async markAll(
    kind: 'subject' | 'key',
    value: string,
    clock: () => number,
    except?: string,
  ): Promise<void> {
    const { own, begun, turn } = this.#node
    const [now, beginning] = [clock(), turn()]
    const place = kind === 'subject' && except !== undefined ? 'others' : kind
    if (kind === 'subject' && this.#store.registry) {
      const until = now + this.#ttlMs
      const request = { do: 'mark', now, until } as const
      const more = except === undefined ? request : { ...request, except }
      const made = readMark((await this.#ask(value, more)).mark ?? '')
      if (!made) return
      begun.set(`${kind} ${value} ${made.at}`, beginning)
      await settling(clock() - now)
      await this.#ask(value, { do: 'settle', at: made.at, until })
      own.set(`${kind} ${value}`, { mark: made, at: clock() })
      return
    }
    // Between the read and the write another mark may come: the weaker one must not take the place of this.
    const key = await this.#storeKeyOf(place, value)
    const [stored] = await this.#calls.get([key])
    const before = newerMark(stored, this.#ownMark(place, value)?.mark)
    const mark = laterMark(before, now, except)
    begun.set(`${place} ${value} ${mark.at}`, beginning)
    if (this.#store.isImmediate) {
      await this.#calls.put(key, markText({ ...mark, isPending: true }))
      await settling(clock() - now)
    }
    await this.#calls.put(key, markText(mark))
    own.set(`${place} ${value}`, { mark, at: clock() })
  }

  /** What this node itself has marked. */
  async ownMarksOf(session: KnownSession): Promise<readonly Found[]> {
    const marks = await placesOf(this.#scope, session)
    return marks.map(({ value, ...place }) => {
      const mark = this.#ownMark(place.kind, value)?.mark
      return { ...place, mark, turn: turnOf(this.#node, place.kind, value, mark) }
    })
  }

  /** The marks of all that a session can be ended by, in one read. */
  async marksOf(session: KnownSession): Promise<readonly Found[]> {
    const { subject } = session
    const isListed = this.#store.registry !== undefined && subject !== undefined
    const places = await placesOf(this.#scope, session)
    const asked = places.filter(
      ({ kind }) => !isListed || (kind !== 'subject' && kind !== 'others'),
    )
    const [texts, reply] = await Promise.all([
      this.#calls.get(asked.map(({ key }) => key)),
      isListed ? this.#ask(subject, { do: 'check', login: loginOf(session.sid) }) : undefined,
    ])
    return places.map(({ kind, key, value }) => {
      const at = asked.findIndex((each) => each.key === key)
      const listed = kind === 'subject' ? (reply?.mark ?? undefined) : undefined
      const stored = at >= 0 ? texts[at] : listed === undefined ? undefined : requireMark(listed)
      const isEnded = kind === 'session' ? reply?.isEnded : undefined
      const own = this.#ownMark(kind, value)?.mark
      // What the store shows at once is what others see.
      const mark = (this.#store.isImmediate ? stored : undefined) ?? newerMark(stored, own)
      return { kind, key, mark, isEnded, turn: turnOf(this.#node, kind, value, mark) }
    })
  }

  async #ask(subject: string, request: RegistryRequest): Promise<RegistryReply> {
    return this.#calls.ask(await this.#storeKeyOf('subject', subject), request)
  }

  #storeKeyOf(kind: KeyKind, value: string): Promise<string> {
    return storeKeyOf(this.#scope, kind, value)
  }
}
