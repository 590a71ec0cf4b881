/**
 * Sessions without a framework: for plain `fetch` handlers, WebSocket upgrades and other services.
 */
import { ConfigError } from './errors.ts'
import { cookiesFor, unstorableAt } from './http/address.ts'
import { edited } from './http/caching.ts'
import { factsOf } from './http/facts.ts'
import type {
  AnySessionOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  SchemaSessionOptions,
} from './options/options.ts'
import { optionsAt, type ResolvedOptions, resolveOptions } from './options/resolve.ts'
import type { RevocationTarget } from './revocation/keys.ts'
import type { Watch } from './revocation/watch.ts'
import { type OpenMode, SessionRequest } from './session/request.ts'
import { Session } from './session/session.ts'

/**
 * Options, or a function that makes them. It is called when the sessions are used for the first time, so
 * that a build without secrets works.
 */
export type OptionsOrMaker<Options> = Options | (() => Options)

/**
 * A session in the list of a user.
 *
 * @example
 * ```ts
 * import type { ListedSession } from 'carryon'
 *
 * const line = ({ label, lastSeenAt }: ListedSession) => `${label}, last seen ${lastSeenAt}`
 * console.log((await sessions.list('ada')).map(line))
 * ```
 */
export interface ListedSession {
  /** Its id of now, as `session.id` of the browser that has it. */
  readonly id: string
  /** When it started: its login. */
  readonly startedAt: Date
  /** When it was used last, to a tenth of its idle timeout: its login or its last renewal. */
  readonly lastSeenAt: Date
  /** The `label` of its login. */
  readonly label: string
}

/** Opens and saves the sessions of requests. Make it with {@link createSessions}. */
export interface Sessions<Data extends object> {
  /**
   * Opens the session of a request. It never rejects because of what the request carries: cookies
   * that cannot be used are reported to `onEvent`, and the session is a new one.
   *
   * @example
   * ```ts
   * const session = await sessions.open(request)
   * session.increment('visits')
   * const response = await sessions.commit(session, Response.json(session.data))
   * ```
   */
  open(request: Request): Promise<Session<Data>>
  /**
   * Saves the changes and returns the response with the cookies set. If the session was not even
   * read, this is the response that you passed.
   *
   * If the session was read, the response gets `Vary: Cookie` and the `Cache-Control` of the option
   * `cacheControl` (RFC 9111 §4.1, §5.2.2). If it throws, nothing is saved.
   *
   * @param session - a session that `open()` of these sessions returned
   * @param response - what to answer; its headers may be immutable
   * @throws {@link ValueError} if the data contains a value that cannot be stored
   * @throws {@link SessionTooLarge} if the session does not fit
   * @throws {@link OverflowUnavailable} if the overflow store fails
   * @throws {@link SchemaInvalid} if the changed data does not match the schema
   * @throws `TypeError` if the session is from `read()` or from other sessions
   * @example
   * ```ts
   * const session = await sessions.open(request)
   * session.subject = 'ada'
   * const response = await sessions.commit(session, new Response('Hello, Ada.'))
   * ```
   */
  commit(session: Session<Data>, response: Response): Promise<Response>
  /**
   * Makes a `fetch` handler that opens the session, calls `fn`, and commits the session to the
   * response. If `fn` throws, nothing is saved, and the handler rejects with the same error. It
   * also rejects with what {@link Sessions.commit} throws.
   *
   * @example
   * ```ts
   * const fetch = sessions.handle((_request, session) => {
   *   session.increment('visits')
   *   return Response.json(session.data)
   * })
   * ```
   */
  handle(
    fn: (request: Request, session: Session<Data>) => Response | Promise<Response>,
  ): (request: Request) => Promise<Response>
  /**
   * Opens a session from headers alone, such as those of a WebSocket upgrade. The session can be
   * read but not saved: `commit()` throws a `TypeError`.
   *
   * @param headers - the request's headers; only `Cookie` and those that proxies set are used
   * @param url - the address of the request; only its scheme and host are used. Without it an https
   *   address is assumed, so only cookies with a prefix are read.
   * @throws `TypeError` if `url` is not an absolute URL; {@link ConfigError} if it is missing and `audience` is a function
   * @example
   * ```ts
   * const { subject } = await sessions.read(request.headers)
   * if (subject === undefined) console.log('Nobody is logged in.')
   * ```
   */
  read(headers: Headers, url?: string | URL): Promise<Session<Data>>
  /**
   * Ends sessions that other browsers have, whatever cookies exist of them: what started before this call is over. A later
   * login is not locked out.
   *
   * A node notices when it checks the session next, after `revocation.lag` seconds at the latest, and a store that is not
   * immediate takes its own time in addition. The mark goes once no session that it ends could be alive.
   *
   * @param target - `{ session: id }`, `{ subject }`, `{ subject, except: id }` or `{ key }`
   * @throws {@link ConfigError} if `revocation` is not configured, or the target is none of these
   * @throws {@link RevocationUnavailable} if the store fails; then try again
   * @example
   * ```ts
   * await sessions.revoke({ subject: 'ada' }) // signed out everywhere
   * await sessions.revoke({ subject: 'ada', except: session.id }) // on all other devices
   * await sessions.revoke({ key: 'tenant:acme' }) // see session.keys
   * ```
   */
  revoke(target: RevocationTarget): Promise<void>
  /**
   * The sessions of a user that are alive, the newest first. It needs a store that keeps a list, such as
   * `durableObjectMarks()`.
   *
   * What is missing: sessions that started before the store was configured, until they are renewed. What may be in it too
   * long: sessions that nobody uses any more, until their idle timeout.
   *
   * @throws {@link ConfigError} if the store keeps no list
   * @throws {@link RevocationUnavailable} if the store fails
   * @example
   * ```ts
   * for (const { id, label, lastSeenAt } of await sessions.list('ada'))
   *   console.log(id === session.id ? 'this device' : label, lastSeenAt)
   * ```
   */
  list(subject: string): Promise<readonly ListedSession[]>
}

/**
 * Creates sessions for plain `fetch` handlers. The options are checked at once; those of a function
 * when the sessions are used for the first time, where `open()` and `read()` reject if they are wrong.
 *
 * Call it once per process; on Workers, once per environment, not once per request. The cookies are
 * encrypted as compact JWEs (RFC 7516 §7.1) and set as RFC 6265bis §4.1 describes.
 *
 * @param options - `initial` says what the data of a new session is. Or a function that returns the
 *   options, such as `() => ({ secrets: process.env.SESSION_SECRETS })`
 * @throws {@link ConfigError} if an option is wrong or unknown
 * @example
 * ```ts
 * import { createSessions } from 'carryon'
 *
 * const sessions = createSessions({
 *   secrets: process.env.SESSION_SECRETS,
 *   initial: () => ({ visits: 0 }),
 * })
 *
 * export default {
 *   fetch: sessions.handle((_request, session) => {
 *     session.increment('visits')
 *     return Response.json(session.data)
 *   }),
 * }
 * ```
 */
export function createSessions<Data extends object = Record<string, unknown>>(
  options: OptionsOrMaker<InitialSessionOptions<Data>>,
): Sessions<Data>
/**
 * Creates sessions whose data starts empty, so that all of it is optional.
 *
 * @param options - without `initial` and `schema`
 * @throws {@link ConfigError} if an option is wrong or unknown
 * @example
 * ```ts
 * import { createSessions } from 'carryon'
 *
 * const sessions = createSessions<{ theme?: string }>({ secrets })
 * ```
 */
export function createSessions<Data extends object = Record<string, unknown>>(
  options: OptionsOrMaker<PartialSessionOptions<Data>>,
): Sessions<Partial<Data>>
/**
 * Creates sessions whose data is what `schema` returns.
 *
 * @param options - `schema` is any Standard Schema, such as one of zod, valibot or arktype
 * @throws {@link ConfigError} if an option is wrong or unknown
 * @example
 * ```ts
 * import { createSessions } from 'carryon'
 * import { z } from 'zod'
 *
 * const schema = z.object({ visits: z.number().default(0) })
 * const sessions = createSessions({ secrets, schema })
 * ```
 */
export function createSessions<Data extends object>(
  options: OptionsOrMaker<SchemaSessionOptions<Data>>,
): Sessions<Data>
export function createSessions<Data extends object>(
  options: OptionsOrMaker<AnySessionOptions<Data>>,
): Sessions<Data> {
  const resolvedNow = resolver(options)
  const requests = new WeakMap<Session<Data>, SessionRequest>()

  async function openHeaders(
    address: string | URL,
    { method, headers }: Pick<Request, 'method' | 'headers'>,
    mode: OpenMode,
  ): Promise<Session<Data>> {
    const resolved = resolvedNow()
    const url = new URL(address)
    const attributes = cookiesFor(url, headers, resolved.cookies)
    const cookies = headers.get('Cookie') ?? ''
    const facts = factsOf(method, headers, attributes, unstorableAt(url, headers, resolved.cookies))
    const own = optionsAt(resolved, attributes, url)
    const request = await SessionRequest.open(cookies, attributes, own, { ...mode, facts })
    const session = new Session<Data>(request)
    if (!mode.readOnly) requests.set(session, request)
    return session
  }

  const open = (request: Request) => openHeaders(request.url, request, {})

  async function commit(session: Session<Data>, response: Response): Promise<Response> {
    const request = requests.get(session)
    if (!request)
      throw new TypeError('commit() needs a session that open() of the same sessions returned.')
    const setCookies = await request.commit()
    return edited(response, request.editsOf(response, setCookies))
  }

  function watching(method: string): Watch {
    const { watch } = resolvedNow()
    if (!watch)
      throw new ConfigError(
        `${method}() needs the option revocation, such as { store: durableObjectMarks(env.REVOCATIONS), onUnavailable: 'deny' }.`,
      )
    return watch
  }

  return {
    open,
    commit,
    revoke: async (target) => watching('revoke').revoke(target),
    list: async (subject) => {
      const rows = await watching('list').list(subject)
      return rows.map(({ id, began, seen, label }) => {
        return { id, startedAt: new Date(began), lastSeenAt: new Date(seen), label }
      })
    },
    handle: (fn) => async (request) => {
      const session = await open(request)
      return commit(session, await fn(request, session))
    },
    read: async (headers, url) =>
      openHeaders(url ?? unknownAddress(resolvedNow()), { method: 'GET', headers }, READ_ONLY),
  }
}

const READ_ONLY: OpenMode = { readOnly: true }

/**
 * What stands for the address of a request where that is not told: any public host.
 *
 * @throws ConfigError where the audience depends on it
 */
function unknownAddress({ audience }: ResolvedOptions): string {
  if (typeof audience === 'function')
    throw new ConfigError('read() needs the URL of the request: audience is a function of it.')
  return 'https://localhost.invalid/'
}

/** The options, resolved at once; those of a function when they are needed, and again until they are right. */
function resolver<Data extends object>(
  options: OptionsOrMaker<AnySessionOptions<Data>>,
): () => ResolvedOptions {
  if (typeof options !== 'function') {
    const resolved = resolveOptions(options)
    return () => resolved
  }
  let known: ResolvedOptions | undefined
  return () => {
    known ??= resolveOptions(options())
    return known
  }
}
