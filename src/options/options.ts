/** The options of a session, and what they become. */

import type { SessionEvent } from '../events.ts'
import type { OverflowStore } from '../overflow/store.ts'
import type { Migrate } from './migration.ts'
import type { StandardSchema } from './standard-schema.ts'

/** The cookies' name and attributes. */
export interface CookieOptions {
  /**
   * The name of the session. Its cookies are called `__Host-<name>.<id>`. It is part of the keys, so
   * sessions of different names cannot read one another even with the same secret.
   *
   * @default 'session'
   */
  readonly name?: string | undefined
  /**
   * Lets subdomains have the cookies, too. Turns `__Host-` into `__Secure-`.
   *
   * @default none: this host only
   */
  readonly domain?: string | undefined
  /**
   * The path under which the cookies are sent. Any other than `/` turns `__Host-` into `__Secure-`.
   *
   * @default '/'
   */
  readonly path?: string | undefined
  /**
   * `None` needs Secure, so it does not go with `secure: false`.
   *
   * @default 'Lax'
   */
  readonly sameSite?: 'Strict' | 'Lax' | 'None' | undefined
  /**
   * Partitioned cookies (CHIPS), for a site that is framed by others. They need Secure.
   *
   * @default false
   */
  readonly partitioned?: boolean | undefined
  /**
   * Whether the cookies are Secure and have a prefix. `'auto'`: always, except over plain http on
   * localhost, 127.0.0.1, [::1] and *.localhost. `false` is for development on other hosts without
   * TLS; such cookies have no prefix. Set it to `true` on a server that is asked by the name localhost by a
   * proxy which neither passes `Host` on nor sets `X-Forwarded-Proto`, as nginx does by default.
   *
   * @default 'auto'
   */
  readonly secure?: 'auto' | boolean | undefined
}

/** The options of a session, apart from `initial`. */
export interface BaseSessionOptions {
  /**
   * One secret of at least 32 bytes, or several: the first seals, all open. A string with commas in it
   * is a list, so one environment variable can hold a rotation.
   */
  readonly secrets: string | readonly string[] | undefined
  /** The cookies' name and attributes. */
  readonly cookie?: CookieOptions | undefined
  /**
   * Seconds after which a session that is not used ends. Use renews it, at most once in a tenth of this
   * time; so it can end early by that tenth, and never later. Nodes' clocks may differ by 30 s.
   * Give it the value of `absoluteTimeout` to switch it off.
   *
   * @default 1800
   */
  readonly idleTimeout?: number | undefined
  /**
   * Seconds after its start when a session ends in any case. At most 34,560,000 (400 days), the longest
   * that browsers keep a cookie.
   *
   * @default 43200
   */
  readonly absoluteTimeout?: number | undefined
  /**
   * The version of the data's shape: a whole number from 1 on. Data that was sealed with an older one, or
   * with none (0), goes through `migrate` when it is opened.
   *
   * @default none
   */
  readonly version?: number | undefined
  /**
   * Brings data of an older version up to date: a function that is told the version, or a step for each
   * version, by its number. What it changed is written when something else is, or the session is renewed.
   *
   * @default none: data of older versions is used as it is
   */
  readonly migrate?: Migrate | undefined
  /**
   * What becomes of a sealed session that the schema rejects, as one that a newer version of the app wrote
   * may be. `'fail'`: looking at `data` throws `SchemaInvalid`. `'new'`: the request gets a new session;
   * the cookies of the old one are not deleted, but lose once something is stored in the new one.
   *
   * @default 'fail'
   */
  readonly onInvalid?: 'fail' | 'new' | undefined
  /**
   * Where values go that are too big for a cookie.
   *
   * @default none: a session that does not fit throws `SessionTooLarge`
   */
  readonly overflow?: OverflowStore | undefined
  /**
   * `'eager'`: all values that were checked in are fetched before the handler runs. `'lazy'`: a value is
   * fetched when `load(key)` asks for it.
   *
   * @default 'eager'
   */
  readonly overflowLoad?: 'eager' | 'lazy' | undefined
  /**
   * Seconds that one call of the overflow store may take.
   *
   * @default 5
   */
  readonly overflowTimeout?: number | undefined
  /**
   * How many bytes a session may have as JSON, all values in the overflow store included.
   *
   * @default 262144
   */
  readonly maxSessionBytes?: number | undefined
  /**
   * The Cache-Control of responses for which the session was read, unless the app set one that is as
   * strict. `false` leaves it to the app; `Vary: Cookie` is added all the same.
   *
   * @default 'private, no-store'
   */
  readonly cacheControl?: string | false | undefined
  /** Is told what happens to sessions. What it throws is ignored. */
  readonly onEvent?: ((event: SessionEvent) => void) | undefined
  /**
   * The time in ms since 1970.
   *
   * @default Date.now
   */
  readonly clock?: (() => number) | undefined
}

/** The options of a session whose data starts as what `initial` returns. */
export interface SessionOptions<Data extends object> extends BaseSessionOptions {
  /** The data of a new session. With `transient`, these keys of it are there in every request. */
  readonly initial: () => Data
  /**
   * Checks the data when it is opened and before it is sealed: any Standard Schema. It must accept what it
   * gives. What it adds, such as a default, is stored once a handler changes it, or a part of it; what it leaves
   * out, such as a field of a newer version of the app, stays in the session. Data of which a value is not here,
   * since the overflow store is lazy or fails, is neither checked nor changed, at opening and at saving.
   *
   * @default none
   */
  readonly schema?: StandardSchema<Data> | undefined
  /**
   * Top-level keys that are there during the request, and are never stored. They start as `initial` gives them.
   *
   * @default none
   */
  readonly transient?: readonly (keyof NoInfer<Data> & string)[] | undefined
}

/** As {@link SessionOptions}: `initial` says what the data is. */
export interface InitialSessionOptions<Data extends object> extends SessionOptions<Data> {
  readonly schema?: undefined
}

/**
 * As {@link SessionOptions}: `schema` says what the data is. In `initial`, text that stands for one of several
 * then needs its type told, as in `(): Data => ({ theme: 'dark' })` or `() => ({ theme: 'dark' as const })`.
 */
export interface SchemaSessionOptions<Data extends object> extends SessionOptions<Data> {
  readonly initial: () => NoInfer<Data>
}

/** The options of a session whose data starts empty, so that all of it is optional. */
export interface PartialSessionOptions<Data extends object = Record<string, unknown>>
  extends BaseSessionOptions {
  readonly initial?: undefined
  /** As in {@link SessionOptions}. A new session, which is empty, is checked when it is saved. */
  readonly schema?: StandardSchema<Data> | undefined
  /** As in {@link SessionOptions}; they start as `undefined`. */
  readonly transient?: readonly (keyof NoInfer<Data> & string)[] | undefined
}

/** Any kind of options. */
export type AnySessionOptions<Data extends object> =
  | SessionOptions<Data>
  | PartialSessionOptions<Data>
