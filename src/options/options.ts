/** The options of sessions. */

import type { SessionEvent } from '../events.ts'
import type { OverflowStore } from '../overflow/store.ts'
import type { RevocationStore } from '../revocation/store.ts'
import type { Migrate } from './migration.ts'
import type { StandardSchema } from './standard-schema.ts'

/**
 * The name and the attributes of the session cookies (RFC 6265bis §4.1.2). They are always
 * `HttpOnly`.
 *
 * @example
 * ```ts
 * createSessions({ secrets, cookie: { name: 'shop', sameSite: 'Strict' } })
 * ```
 */
export interface CookieOptions {
  /**
   * The name of the session: 1 to 64 characters, without a prefix. Its cookies are called
   * `__Host-<name>.<id>` (RFC 6265bis §4.1.3). The name is part of the encryption keys, so sessions
   * with different names cannot read each other, even with the same secret.
   *
   * @default 'session'
   */
  readonly name?: string | undefined
  /**
   * The `Domain` of the cookies (RFC 6265bis §4.1.2.3): subdomains of it get them, too. The prefix
   * becomes `__Secure-` instead of `__Host-`. Left out on localhost and the like, where no browser
   * would keep such a cookie; at any other host outside of the domain the event `unstorable` tells.
   *
   * @default none: this host only
   * @example
   * ```ts
   * createSessions({ secrets, cookie: { domain: 'shop.example' } })
   * ```
   */
  readonly domain?: string | undefined
  /**
   * The `Path` of the cookies (RFC 6265bis §4.1.2.4): browsers send them only with requests below
   * it. With any path other than `/` the prefix becomes `__Secure-` instead of `__Host-`.
   *
   * @default '/'
   */
  readonly path?: string | undefined
  /**
   * The `SameSite` of the cookies (RFC 6265bis §4.1.2.7). `'None'` needs Secure: it cannot be
   * combined with `secure: false`, and becomes `'Lax'` over plain http on localhost.
   *
   * @default 'Lax'
   */
  readonly sameSite?: 'Strict' | 'Lax' | 'None' | undefined
  /**
   * Whether the cookies are `Partitioned` (CHIPS), for a site that other sites show in a frame.
   * This needs Secure: it cannot be combined with `secure: false`, and is off over plain http on
   * localhost.
   *
   * @default false
   */
  readonly partitioned?: boolean | undefined
  /**
   * Whether the cookies are `Secure` (RFC 6265bis §4.1.2.5) and have a prefix.
   *
   * - `'auto'`: yes, except over plain http on localhost, *.localhost, 127.0.0.0/8, 0.0.0.0 and
   *   [::1]. Any header of a proxy, such as `X-Forwarded-For` or `Forwarded`, means yes.
   * - `true`: always. Set it if a proxy calls your server by the name localhost, does not pass
   *   `Host` on and sets no such header, as nginx does by default.
   * - `false`: never. For development without TLS on other hosts.
   *
   * @default 'auto'
   */
  readonly secure?: 'auto' | boolean | undefined
}

/**
 * What `clientErrorHandler()` has to know of the app.
 *
 * @example
 * ```ts
 * import { type ClientErrorOptions, clientErrorHandler } from 'carryon/node'
 *
 * const options: ClientErrorOptions = { cookie: [{ name: 'session' }, { name: 'admin' }] }
 * server.on('clientError', clientErrorHandler(options))
 * ```
 */
export interface ClientErrorOptions {
  /**
   * The option `cookie` of the session, or a list with that of each session that the app has. Only these cookies can
   * be deleted by name.
   *
   * @default the defaults of `session()`
   */
  readonly cookie?: CookieOptions | readonly CookieOptions[] | undefined
}

/**
 * How sessions are ended that other browsers have. `store` and `onUnavailable` are required.
 *
 * @example
 * ```ts
 * import { workersKVMarks } from 'carryon/workers-kv'
 *
 * createSessions({
 *   secrets,
 *   revocation: { store: workersKVMarks(env.SESSIONS), onUnavailable: 'allow', lag: 30 },
 * })
 * ```
 */
export interface RevocationOptions {
  /**
   * Where the marks are. `durableObjectMarks(env.REVOCATIONS)`: everywhere at once, and it lists sessions.
   * `workersKVMarks(env.MARKS)`: after about a minute. `unstorageMarks(storage)`: as its driver, Redis at once.
   */
  readonly store: RevocationStore
  /**
   * What happens to a session that has to be checked while the store does not answer. There is no default: choose what is
   * worse for your app.
   *
   * - `'allow'`: it counts. Who was signed out may come back as long as the store is down.
   * - `'deny'`: the request gets a new session, and logins throw `RevocationUnavailable`. What the browser has stays as it
   *   is, and counts again once the store is back.
   */
  readonly onUnavailable: 'allow' | 'deny'
  /**
   * For how many seconds a check counts: 0 to 86,400. A session that is used is checked when this time is over, so this
   * is how late a revocation may show, beside the time that the store needs. `0` checks each request.
   *
   * @default 60
   */
  readonly lag?: number | undefined
  /**
   * How many seconds one call of the store may take: a whole number from 1 to 60.
   *
   * @default 2
   */
  readonly timeout?: number | undefined
  /**
   * How many sessions a user may have: a whole number from 1 to 1,000. It needs a store that lists sessions.
   *
   * @default none
   */
  readonly maxSessions?: number | undefined
  /**
   * What a login does that would be one too many. `'reject'`: it throws `TooManySessions`. `'end-oldest'`: the session
   * that started first ends.
   *
   * @default 'reject'
   */
  readonly onTooMany?: 'reject' | 'end-oldest' | undefined
}

/**
 * What `accept` is told of a session.
 *
 * @example
 * ```ts
 * import type { AcceptedSession } from 'carryon'
 *
 * const accept = ({ subject }: AcceptedSession) => subject !== 'mallory'
 * createSessions({ secrets, accept })
 * ```
 */
export interface AcceptedSession {
  /** As `session.id`. */
  readonly id: string
  /** The id of the user, if one is logged in. */
  readonly subject: string | undefined
  /** When it started: the first start, or the last login. */
  readonly startedAt: Date
  /** When the user logged in, if one did. */
  readonly authenticatedAt: Date | undefined
}

/**
 * The options that do not depend on the type of the data.
 *
 * @example
 * ```ts
 * import type { BaseSessionOptions } from 'carryon'
 *
 * const base: BaseSessionOptions = { secrets, idleTimeout: 900, absoluteTimeout: 8 * 3600 }
 *
 * createSessions({ ...base, initial: () => ({ visits: 0 }) })
 * ```
 */
export interface BaseSessionOptions {
  /**
   * One secret, or several: the first one encrypts, all of them decrypt. Each has at least 32
   * bytes; `npx carryon secret` prints one. A string with commas is a list, so one environment
   * variable is enough to rotate secrets. Examples, repeats, quotes, white space inside and lists in
   * JSON are refused. Required.
   *
   * @example
   * ```ts
   * createSessions({ secrets: process.env.SESSION_SECRETS }) // such as 'new,old'
   * ```
   */
  readonly secrets: string | readonly string[] | undefined
  /**
   * Whose sessions these are, where one secret serves several hosts, tenants or environments: 1 to 255 characters, or a
   * function that makes them of the URL of each request. It goes into the keys (RFC 5869 §3.2), so that a cookie of one
   * audience never opens in another, wherever it is sent. Behind a proxy that changes `Host`, the URL has the host that
   * this server is called by. A function cannot be used together with `revocation` or `cookie.domain`. Apps of different
   * audiences that share a secret, a cookie name and a domain delete the cookies of one another. Whoever changes the
   * audience ends all sessions. With `cookie.name`, `cookie.path` and `cookie.domain` it takes at most 960 bytes.
   *
   * @default none: all hosts with this secret, `cookie.name`, prefix, path and domain have the same keys
   * @throws {@link ConfigError} in a request for which the function returns no text, or one of more than 255 characters
   * @example
   * ```ts
   * createSessions({ secrets, audience: (url) => url.host })
   * ```
   */
  readonly audience?: string | ((url: URL) => string) | undefined
  /** The name and the attributes of the cookies. */
  readonly cookie?: CookieOptions | undefined
  /**
   * After how many seconds without use a session ends: a whole number from 1 to `absoluteTimeout`.
   *
   * Use renews the session, at most once in a tenth of this time. So a session can end that tenth
   * early, but never late. The clocks of your nodes may be off by 30 seconds. To switch the idle
   * timeout off, set it to the value of `absoluteTimeout`.
   *
   * @default 1800
   * @example
   * ```ts
   * createSessions({ secrets, idleTimeout: 15 * 60 })
   * ```
   */
  readonly idleTimeout?: number | undefined
  /**
   * After how many seconds a session ends in any case: a whole number from 1 to 34,560,000 (400
   * days), the longest time that browsers keep a cookie (RFC 6265bis §5.5). It cannot be switched
   * off.
   *
   * @default 43200
   */
  readonly absoluteTimeout?: number | undefined
  /**
   * The longest idle timeout, in seconds, that `session.keepFor()` can give a session: from
   * `idleTimeout` to 34,560,000.
   *
   * @default none: `idleTimeout`, which `keepFor()` can only shorten
   * @example
   * ```ts
   * const days = 24 * 3600
   * createSessions({ secrets, maxIdleTimeout: 30 * days, maxAbsoluteTimeout: 90 * days })
   * ```
   */
  readonly maxIdleTimeout?: number | undefined
  /**
   * The longest absolute timeout, in seconds, that `session.keepFor()` can give a session: from
   * `absoluteTimeout` to 34,560,000. Cookies and values in the overflow store are kept for so long.
   *
   * @default none: `absoluteTimeout`, which `keepFor()` can only shorten
   */
  readonly maxAbsoluteTimeout?: number | undefined
  /**
   * Values that are one value: they are compared and written whole, and never mixed from two
   * requests. Keys of the data, or paths with dots, where `*` stands for any key. Use it for what
   * must hold together, such as a user with their roles, or a pair of tokens.
   *
   * @default none: requests that change different parts of an object both win
   * @example
   * ```ts
   * createSessions({ secrets, atomic: ['user', 'tokens', 'addresses.*'] })
   * ```
   */
  readonly atomic?: readonly string[] | undefined
  /**
   * The version of the shape of the data: a whole number from 1 on. Data that was stored with an
   * older version, or with none (0), goes through `migrate` when the session is opened.
   *
   * @default none
   */
  readonly version?: number | undefined
  /**
   * Brings data of an older version up to date: one function that gets the version, or one step for
   * each version, by its number. The result is stored once something else is stored or the session
   * is renewed. It needs `version`.
   *
   * @default none: data of older versions is used as it is
   * @example
   * ```ts
   * createSessions({
   *   secrets,
   *   version: 2,
   *   migrate: { 1: ({ name, ...rest }) => ({ ...rest, fullName: name }) },
   *   initial: () => ({ fullName: '' }),
   * })
   * ```
   */
  readonly migrate?: Migrate | undefined
  /**
   * What happens to a stored session that the schema rejects, for example because a newer version
   * of the app wrote it.
   *
   * - `'fail'`: reading `data` throws `SchemaInvalid`.
   * - `'new'`: the request gets a new session. The cookies of the old one are not deleted, but no
   *   longer count once something is stored in the new one.
   *
   * @default 'fail'
   */
  readonly onInvalid?: 'fail' | 'new' | undefined
  /**
   * Where to store values that are too big for a cookie.
   *
   * @default none: a session that does not fit throws `SessionTooLarge`
   * @example
   * ```ts
   * import { workersKV } from 'carryon/workers-kv'
   *
   * createSessions({ secrets: env.SESSION_SECRETS, overflow: workersKV(env.SESSIONS) })
   * ```
   */
  readonly overflow?: OverflowStore | undefined
  /**
   * When to fetch values from the overflow store. `'eager'`: all of them, before the handler runs.
   * `'lazy'`: each one when you call `load(key)`.
   *
   * @default 'eager'
   */
  readonly overflowLoad?: 'eager' | 'lazy' | undefined
  /**
   * How many seconds one call of the overflow store may take: a whole number from 1 to 2,147,483. After that
   * the call counts as failed, with `OverflowUnavailable`.
   *
   * @default 5
   */
  readonly overflowTimeout?: number | undefined
  /**
   * Ends sessions that other browsers have: signs a user out everywhere.
   *
   * @default none: `destroy()` ends a session in the browser that sent the request, and a copy of its cookies lives on
   * @example
   * ```ts
   * import { unstorageMarks } from 'carryon/unstorage'
   *
   * const revocation = { store: unstorageMarks(storage), onUnavailable: 'deny' } as const
   * const sessions = createSessions({ secrets, revocation })
   * await sessions.revoke({ subject: 'ada' })
   * ```
   */
  readonly revocation?: RevocationOptions | undefined
  /**
   * Is asked about the session of each request that has one, before the handler runs. If it returns `false`, the session
   * is over. For apps that look up the user anyway, and keep a time there before which no login counts. What it throws
   * fails the request.
   *
   * @default none
   * @example
   * ```ts
   * const notBefore = new Map([['ada', Date.now()]]) // in an app: a column of the users
   *
   * createSessions({
   *   secrets,
   *   accept: ({ subject, startedAt }) => startedAt.getTime() > (notBefore.get(subject ?? '') ?? 0),
   * })
   * ```
   */
  readonly accept?: ((session: AcceptedSession) => boolean | Promise<boolean>) | undefined
  /**
   * The largest size of a session as JSON, in bytes, including all values in the overflow store: a
   * whole number from 1 to 26,214,400 (25 MiB). A larger session throws `SessionTooLarge`.
   *
   * @default 262144
   */
  readonly maxSessionBytes?: number | undefined
  /**
   * The `Cache-Control` of responses for which the session was read (RFC 9111 §5.2.2), unless the
   * app set one that is as strict. Headers that override it for a CDN (RFC 9213) are removed unless
   * they forbid caching, too. `false` leaves all of this to the app. `Vary: Cookie` is added in any
   * case.
   *
   * @default 'private, no-store'
   */
  readonly cacheControl?: string | false | undefined
  /**
   * Is called with everything that happens to sessions. carryon itself never logs. Errors that this
   * function throws are ignored.
   *
   * @default none
   * @example
   * ```ts
   * createSessions({ secrets, onEvent: (event) => console.log(JSON.stringify(event)) })
   * ```
   */
  readonly onEvent?: ((event: SessionEvent) => void) | undefined
  /**
   * Returns the time in milliseconds since 1970. For tests.
   *
   * @default Date.now
   * @example
   * ```ts
   * let now = Date.now()
   * createSessions({ secrets, clock: () => now })
   * now += 3_600_000 // one hour later
   * ```
   */
  readonly clock?: (() => number) | undefined
}

/**
 * The options of sessions whose data starts as what `initial` returns.
 *
 * @example
 * ```ts
 * import type { SessionOptions } from 'carryon'
 *
 * type Data = { user?: { id: string }; cart: Record<string, number> }
 *
 * const options: SessionOptions<Data> = {
 *   secrets,
 *   initial: () => ({ cart: {} }),
 *   transient: ['user'],
 * }
 * ```
 */
export interface SessionOptions<Data extends object> extends BaseSessionOptions {
  /**
   * Returns the data of a new session. With `transient` keys it is called in every request that
   * reads the data, and these keys are taken from its result.
   *
   * @example
   * ```ts
   * createSessions({ secrets, initial: () => ({ cart: {}, theme: 'light' }) })
   * ```
   */
  readonly initial: () => Data
  /**
   * Checks the data when the session is opened and before it is saved. Takes a Standard Schema, for
   * example from zod, valibot or arktype. The schema must accept its own output.
   *
   * What the schema adds, such as a default, is stored once a handler changes it or a part of it.
   * What it leaves out, such as a field of a newer version of the app, stays in the session. If a
   * value of the overflow store is missing, because loading is lazy or the store fails, the data is
   * neither checked nor changed, neither at opening nor at saving.
   *
   * @default none
   * @example
   * ```ts
   * import { z } from 'zod'
   *
   * const schema = z.object({ theme: z.enum(['light', 'dark']) })
   * createSessions({ secrets, schema, initial: () => ({ theme: 'light' as const }) })
   * ```
   */
  readonly schema?: StandardSchema<Data> | undefined
  /**
   * Top-level keys that exist during the request and are never stored. Each request starts with
   * their values from `initial`.
   *
   * @default none
   * @example
   * ```ts
   * createSessions({ secrets, initial: () => ({ cart: {}, trace: '' }), transient: ['trace'] })
   * ```
   */
  readonly transient?: readonly (keyof NoInfer<Data> & string)[] | undefined
}

/** {@link SessionOptions} without a schema: the type of the data is that of `initial`. */
export interface InitialSessionOptions<Data extends object> extends SessionOptions<Data> {
  /** Not set. With a schema, see {@link SchemaSessionOptions}. */
  readonly schema?: undefined
}

/**
 * {@link SessionOptions} with a schema: the type of the data is that of `schema`.
 *
 * In `initial` a string literal of a union then needs a type: write `(): Data => ({ theme: 'dark'
 * })` or `() => ({ theme: 'dark' as const })`.
 */
export interface SchemaSessionOptions<Data extends object> extends SessionOptions<Data> {
  /** As in {@link SessionOptions}. */
  readonly initial: () => NoInfer<Data>
}

/**
 * The options of sessions without `initial`: the data starts empty, so all of it is optional.
 *
 * @example
 * ```ts
 * const sessions = createSessions<{ theme: string }>({ secrets })
 * const { data } = await sessions.open(request)
 * console.log(data.theme ?? 'light')
 * ```
 */
export interface PartialSessionOptions<Data extends object = Record<string, unknown>>
  extends BaseSessionOptions {
  /** Not set. With `initial`, see {@link SessionOptions}. */
  readonly initial?: undefined
  /** As in {@link SessionOptions}. A new session starts empty and is checked when it is saved. */
  readonly schema?: StandardSchema<Data> | undefined
  /** As in {@link SessionOptions}. These keys start as `undefined`. */
  readonly transient?: readonly (keyof NoInfer<Data> & string)[] | undefined
}

/** Options of any kind: with or without `initial`, with or without a schema. */
export type AnySessionOptions<Data extends object> =
  | SessionOptions<Data>
  | PartialSessionOptions<Data>
