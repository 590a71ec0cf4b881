/**
 * A revocation store in Durable Objects: immediate everywhere, and it lists the sessions of each user.
 *
 * @module
 */
import { ConfigError } from '../errors.ts'
import { type Mark, markText, newerMark, readMark } from '../revocation/marks.ts'
import {
  answer,
  KEPT_MS,
  type Records,
  type RegistryRequest,
  requireReply,
  type SessionRow,
} from '../revocation/registry.ts'
import type { RevocationStore, SessionRegistry } from '../revocation/store.ts'

/** The part of a Durable Object namespace that is used. A binding of `wrangler types` has it. */
export interface DurableObjectNamespaceLike<Id> {
  /**
   * The id of the object with this name.
   *
   * @example
   * ```ts
   * const id = namespace.idFromName('name')
   * ```
   */
  idFromName(name: string): Id
  /**
   * The object with this id, wherever it runs.
   *
   * @example
   * ```ts
   * const stub = namespace.get(namespace.idFromName('name'))
   * ```
   */
  get(id: Id): DurableObjectStubLike
}

/** The part of the stub of a Durable Object that is used. */
export interface DurableObjectStubLike {
  /**
   * Sends a request to the object.
   *
   * @example
   * ```ts
   * const stub = namespace.get(namespace.idFromName('name'))
   * const response = await stub.fetch('https://marks/', { method: 'POST', body: '{}' })
   * ```
   */
  fetch(
    url: string,
    init: { readonly method: string; readonly body: string },
  ): Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>
}

/** What an object is asked. */
type Call =
  | { readonly get: true }
  | { readonly put: string; readonly until: number }
  | { readonly ask: RegistryRequest }

/**
 * Makes a store that keeps revocation marks in Durable Objects of the class {@link RevocationObject}.
 *
 * **Where.** One object for each user, with the user's mark, the list of sessions and what has ended of them, in SQLite. One
 * for each other key that was revoked. An object runs where it was asked first. A mark shows everywhere as soon as
 * `revoke()` resolves.
 *
 * **Cost.** A check is two requests to objects at once, and one more for each key of `session.keys`; it writes nothing. A
 * login, a logout, a new id and a renewal (at most one in a tenth of the idle timeout) are one request that writes a row
 * or two. Users who are asked about and have no row take no storage.
 *
 * **Errors.** A call that fails is made once more, since objects move. Then the error is passed on.
 *
 * @param namespace - the binding, such as `c.env.REVOCATIONS`
 * @throws {@link ConfigError} if the binding is missing or not a Durable Object namespace
 * @example
 * ```ts
 * import { durableObjectMarks } from 'carryon/durable-object'
 * import { session } from 'carryon/hono'
 *
 * app.use(
 *   session((c) => ({
 *     secrets: c.env.SESSION_SECRETS,
 *     revocation: { store: durableObjectMarks(c.env.REVOCATIONS), onUnavailable: 'deny' },
 *   })),
 * )
 * export { RevocationObject } from 'carryon/durable-object' // in the main module of the Worker
 * ```
 */
export function durableObjectMarks<Id>(
  namespace: DurableObjectNamespaceLike<Id>,
): DurableObjectMarks {
  if (typeof namespace?.idFromName !== 'function' || typeof namespace.get !== 'function') {
    throw new ConfigError(
      'durableObjectMarks: the namespace is missing; add the class RevocationObject to durable_objects and to migrations (new_sqlite_classes) in the wrangler configuration, export it from the main module, and pass the binding, as in durableObjectMarks(c.env.REVOCATIONS).',
    )
  }

  async function once(name: string, call: Call): Promise<unknown> {
    // A stub whose object has moved or failed does not recover.
    const stub = namespace.get(namespace.idFromName(name))
    const init = { method: 'POST', body: JSON.stringify(call) }
    const response = await stub.fetch('https://marks.invalid/', init)
    if (!response.ok) throw new Error(`durableObjectMarks: the object answered ${response.status}.`)
    return response.json()
  }

  const send = (name: string, call: Call) => once(name, call).catch(() => once(name, call))

  return {
    isImmediate: true,

    get: (keys) =>
      Promise.all(
        keys.map(async (key) => {
          const mark = await send(`key ${key}`, { get: true })
          if (mark !== null && typeof mark !== 'string') throw new Error(NO_ANSWER)
          return mark ?? undefined
        }),
      ),

    async put(key, mark, ttlSeconds) {
      const call = { put: mark, until: Date.now() + ttlSeconds * 1000 }
      if ((await send(`key ${key}`, call)) !== null) throw new Error(NO_ANSWER)
    },

    registry: {
      async ask(subject, request) {
        return requireReply(await send(`subject ${subject}`, { ask: request }), request)
      },
    },
  }
}

const NO_ANSWER =
  'durableObjectMarks: what answered is no RevocationObject; bind the class that carryon exports.'

/** What {@link durableObjectMarks} makes: it always lists sessions. */
export type DurableObjectMarks = RevocationStore & { readonly registry: SessionRegistry }

/** The part of the state of a Durable Object that is used. */
export interface DurableObjectStateLike {
  /** What the object keeps. */
  readonly storage: {
    /** Its database. */
    readonly sql: {
      /**
       * Runs a statement of SQLite.
       *
       * @example
       * ```ts
       * const rows = state.storage.sql.exec('SELECT 1 AS one').toArray()
       * ```
       */
      exec(
        query: string,
        ...bindings: (string | number)[]
      ): { toArray(): Record<string, unknown>[] }
    }
    /**
     * When the alarm goes off, in ms since 1970; `null` for never.
     *
     * @example
     * ```ts
     * const at = await state.storage.getAlarm()
     * ```
     */
    getAlarm(): Promise<number | null>
    /**
     * Sets the alarm.
     *
     * @example
     * ```ts
     * await state.storage.setAlarm(Date.now() + 60_000)
     * ```
     */
    setAlarm(at: number): Promise<void>
    /**
     * Deletes all that the object has stored.
     *
     * @example
     * ```ts
     * await state.storage.deleteAll()
     * ```
     */
    deleteAll(): Promise<void>
  }
}

/** What has expired goes some minutes later, with what expires until then. */
const CLEANING_MS = 600_000

/**
 * The Durable Object of {@link durableObjectMarks}. Export it from the main module of your Worker, and tell wrangler:
 *
 * ```toml
 * [[durable_objects.bindings]]
 * name = "REVOCATIONS"
 * class_name = "RevocationObject"
 *
 * [[migrations]]
 * tag = "v1"
 * new_sqlite_classes = ["RevocationObject"]
 * ```
 *
 * It deletes what has expired with an alarm, and then all that it has, so that an object that nobody needs any more
 * takes no storage.
 *
 * @example
 * ```ts
 * export { RevocationObject } from 'carryon/durable-object'
 * ```
 */
export class RevocationObject {
  readonly #storage: DurableObjectStateLike['storage']
  readonly #records: SqlRecords

  constructor(context: DurableObjectStateLike) {
    this.#storage = context.storage
    this.#records = new SqlRecords(context.storage.sql)
  }

  /**
   * Answers what {@link durableObjectMarks} asks. Nothing else calls it: an object has no address of its own.
   *
   * @example
   * ```ts
   * const response = await object.fetch(new Request('https://marks/', { method: 'POST', body: '{"get":true}' }))
   * ```
   */
  async fetch(request: Request): Promise<Response> {
    const call: Call = await request.json()
    const records = this.#records
    if ('get' in call) return Response.json(textOf(records.mark()))
    if ('put' in call) {
      const mark = readMark(call.put)
      if (!mark) return new Response('no mark', { status: 400 })
      // Of two that were put at once the later one stays.
      if (newerMark(mark, records.mark()) === mark) records.setMark(mark, call.until)
      await this.#wake()
      return Response.json(null)
    }
    // Nothing is awaited from here to the last row, so requests come one after the other.
    const reply = answer(records, call.ask)
    if (call.ask.do !== 'check' && call.ask.do !== 'list') await this.#wake()
    return Response.json(reply)
  }

  /**
   * Deletes what has expired.
   *
   * @example
   * ```ts
   * await object.alarm()
   * ```
   */
  async alarm(): Promise<void> {
    const next = this.#records.clean(Date.now())
    if (next === undefined) await this.#storage.deleteAll()
    else await this.#storage.setAlarm(next + CLEANING_MS)
  }

  async #wake(): Promise<void> {
    const next = this.#records.firstExpiry()
    if (next === undefined || (await this.#storage.getAlarm()) !== null) return
    await this.#storage.setAlarm(next + CLEANING_MS)
  }
}

function textOf(mark: Mark | undefined): string | null {
  return mark ? markText(mark) : null
}

/** One table for all: marks have the name '', ended logins theirs, sessions theirs after a '+'. */
class SqlRecords implements Records {
  readonly #sql: DurableObjectStateLike['storage']['sql']
  #isMade = false

  constructor(sql: DurableObjectStateLike['storage']['sql']) {
    this.#sql = sql
  }

  mark(): Mark | undefined {
    const text = this.#read('')
    return text === undefined ? undefined : readMark(text)
  }

  setMark(mark: Mark, until: number): void {
    this.#write('', markText(mark), until)
  }

  isEnded(login: string): boolean {
    return this.#read(login) !== undefined
  }

  setEnded(login: string, until: number): void {
    this.#write(login, '', until)
  }

  sessions(): readonly SessionRow[] {
    return this.#rows("SELECT text FROM rows WHERE name >= '+' AND name < ','").map(rowOf)
  }

  session(login: string): SessionRow | undefined {
    const text = this.#read(`+${login}`)
    return text === undefined ? undefined : rowOf(text)
  }

  setSession(row: SessionRow): void {
    this.#write(`+${row.login}`, JSON.stringify(row), row.expires + KEPT_MS)
  }

  removeSession(login: string): void {
    if (this.#exists()) this.#sql.exec('DELETE FROM rows WHERE name = ?', `+${login}`)
  }

  /** Deletes what has expired, and tells when the next row does. */
  clean(now: number): number | undefined {
    if (this.#exists()) this.#sql.exec('DELETE FROM rows WHERE until <= ?', now)
    const next = this.firstExpiry()
    // All that there is goes then, and the table with it.
    this.#isMade &&= next !== undefined
    return next
  }

  firstExpiry(): number | undefined {
    if (!this.#exists()) return undefined
    const until = this.#sql.exec('SELECT MIN(until) AS until FROM rows').toArray()[0]?.['until']
    return typeof until === 'number' ? until : undefined
  }

  #read(name: string): string | undefined {
    return this.#rows('SELECT text FROM rows WHERE name = ?', name)[0]
  }

  #rows(query: string, ...bindings: string[]): readonly string[] {
    if (!this.#exists()) return []
    return this.#sql
      .exec(query, ...bindings)
      .toArray()
      .map(({ text }) => String(text))
  }

  #write(name: string, text: string, until: number): void {
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS rows (name TEXT PRIMARY KEY, text TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID',
    )
    this.#isMade = true
    this.#sql.exec('INSERT OR REPLACE INTO rows VALUES (?, ?, ?)', name, text, Math.ceil(until))
  }

  /** An object that was only ever asked writes nothing, not even a table. */
  #exists(): boolean {
    this.#isMade ||=
      this.#sql.exec("SELECT name FROM sqlite_master WHERE name = 'rows'").toArray().length > 0
    return this.#isMade
  }
}

/** What was written by {@link SqlRecords.setSession}. */
function rowOf(text: string): SessionRow {
  return JSON.parse(text)
}
