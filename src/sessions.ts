/** What `createSessions()` returns: sessions without a framework. */
import type { NodeHeaders } from './http/node-headers.ts'
import type { RevocationTarget } from './revocation/keys.ts'
import type { Session } from './session/session.ts'

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

/**
 * What is used of a request. Every `Request` is one; adapters can do without.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 *
 * createServer(async ({ method = 'GET', headers }, response) => {
 *   const session = await sessions.open({ method, url: 'https://shop.example/', headers })
 *   response.end(session.subject)
 * })
 * ```
 */
export interface RequestLike {
  /** The address that the browser asked. Only its scheme and its host are used. */
  readonly url: string
  /** Such as `'GET'`. */
  readonly method: string
  /** The headers, also as Node has them. */
  readonly headers: Headers | NodeHeaders
}

/**
 * What a response has before the session is saved.
 *
 * @example
 * ```ts
 * import type { ResponseSoFar } from 'carryon'
 *
 * const notFound: ResponseSoFar = { status: 404, headers: { 'cache-control': 'max-age=60' } }
 * const headers = await sessions.headers(session, notFound)
 * ```
 */
export interface ResponseSoFar {
  /** Its headers. Default: none. */
  readonly headers?: Headers | NodeHeaders | undefined
  /** Its status. Default: 200. */
  readonly status?: number | undefined
}

/**
 * A cookie to set, for frameworks that set cookies one by one.
 *
 * @example
 * ```ts
 * import type { SessionCookie } from 'carryon'
 *
 * const isDeleted = ({ options }: SessionCookie) => options.maxAge === 0
 * console.log((await sessions.cookies(session)).filter(isDeleted).length)
 * ```
 */
export interface SessionCookie {
  /** Its name, prefix included. */
  readonly name: string
  /** Its value: nothing in it needs to be escaped. Empty if the cookie is to be deleted. */
  readonly value: string
  /** What stands behind the value, as most frameworks name it. */
  readonly options: {
    /** In seconds. 0 deletes the cookie. */
    readonly maxAge: number
    /** As in `maxAge`: for jars that have only this. */
    readonly expires: Date
    /** The option `cookie.path`. */
    readonly path: string
    /** The option `cookie.domain`, where it is used. */
    readonly domain?: string
    /** Whether it goes over https only. */
    readonly secure: boolean
    /** No script of the page sees it. */
    readonly httpOnly: true
    /** The option `cookie.sameSite`, in lower case. */
    readonly sameSite: 'strict' | 'lax' | 'none'
    /** Only where the option `cookie.partitioned` is on. */
    readonly partitioned?: true
  }
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
  open(request: RequestLike): Promise<Session<Data>>
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
   * Saves the changes and returns the headers of a response, for frameworks that want headers and
   * make the response themselves: those that you pass, and what {@link Sessions.commit} would add.
   * It throws the same errors.
   *
   * Pass all headers that the response has, so that its `Vary` stays and its `Cache-Control` is
   * made as strict as it has to be.
   *
   * @param session - a session that `open()` of these sessions returned
   * @param response - `headers`: those of the response. Default: none. `status`: default 200
   * @example
   * ```ts
   * const session = await sessions.open(request)
   * session.increment('visits')
   * const headers = await sessions.headers(session, { headers: { 'Content-Type': 'text/plain' } })
   * const response = new Response(`visit ${session.data.visits}`, { headers })
   * ```
   */
  headers(session: Session<Data>, response?: ResponseSoFar): Promise<Headers>
  /**
   * Saves the changes and returns the cookies to set, for frameworks that set cookies one by one.
   * It throws what {@link Sessions.commit} throws. The framework has to set `Cache-Control:
   * private, no-store` itself, unless its responses are never cached.
   *
   * @param session - a session that `open()` of these sessions returned
   * @example
   * ```ts
   * const jar = { set: (name: string, value: string, options: object) => console.log(name, value, options) }
   *
   * for (const { name, value, options } of await sessions.cookies(session))
   *   jar.set(name, value, options)
   * ```
   */
  cookies(session: Session<Data>): Promise<readonly SessionCookie[]>
  /**
   * Gives up what was changed, since the handler failed: nothing of it is saved, and the session
   * can no longer be changed. What the handler saved itself before, with `session.commit()`, stays.
   *
   * With a response, returns that response with those cookies, and kept out of caches if the session was read.
   * Without one, `commit()`, `headers()` and `cookies()` do the same afterwards.
   *
   * @param session - a session that `open()` of these sessions returned
   * @param response - what to answer
   * @throws `TypeError` if the session is from `read()` or from other sessions
   * @example
   * ```ts
   * const session = await sessions.open(request)
   * try {
   *   session.increment('visits')
   *   await fetch('https://shop.example/orders', { method: 'POST' })
   * } catch {
   *   const response = sessions.discard(session, new Response('Sorry.', { status: 500 }))
   * }
   * ```
   */
  discard(session: Session<Data>, response: Response): Response
  /**
   * Gives up what was changed, without a response at hand.
   *
   * @param session - a session that `open()` of these sessions returned
   * @throws `TypeError` if the session is from `read()` or from other sessions
   * @example
   * ```ts
   * sessions.discard(session)
   * const headers = await sessions.headers(session, { status: 500 })
   * ```
   */
  discard(session: Session<Data>): void
  /**
   * Makes a `fetch` handler that opens the session, calls `fn`, and commits the session to the
   * response. If `fn` throws, nothing is saved, and the handler rejects with the same error. It
   * also rejects with what {@link Sessions.commit} throws.
   *
   * @param fn - gets the request, its session, and whatever else the handler is called with, such as
   *   the environment on Workers, or the parameters of a route
   * @example
   * ```ts
   * const fetch = sessions.handle((_request, session) => {
   *   session.increment('visits')
   *   return Response.json(session.data)
   * })
   * ```
   *
   * @example
   * A route handler of Next:
   * ```ts
   * export const POST = sessions.handle(
   *   async (_request, session, { params }: { params: Promise<{ sku: string }> }) => {
   *     session.increment(['cart', (await params).sku])
   *     return new Response('ok')
   *   },
   * )
   * ```
   */
  handle<More extends readonly unknown[]>(
    fn: (request: Request, session: Session<Data>, ...more: More) => Response | Promise<Response>,
  ): (request: Request, ...more: More) => Promise<Response>
  /**
   * Opens a session that can be read but not saved: `commit()` throws a `TypeError`. For code that has
   * no response to set cookies on, such as a WebSocket upgrade, a page of Next, or another service.
   *
   * @param from - the request; or its headers, also those of `node:http`: only `Cookie` and those that proxies set are used
   * @param url - the address of the request; only its scheme and host are used. Without it that of
   *   the request; for headers alone an https address, so only cookies with a prefix are read.
   * @throws `TypeError` if `url` is not an absolute URL
   * @example
   * ```ts
   * const { subject } = await sessions.read(request)
   * if (subject === undefined) console.log('Nobody is logged in.')
   * ```
   *
   * @example
   * A WebSocket upgrade on Node:
   * ```ts
   * server.on('upgrade', async (request, socket) => {
   *   const { subject } = await sessions.read(request.headers, 'http://localhost:3000')
   *   if (subject === undefined) socket.destroy()
   * })
   * ```
   */
  read(from: Request | Headers | NodeHeaders, url?: string | URL): Promise<Session<Data>>
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
