/**
 * Sessions as a Hono middleware.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from 'hono'
import { ConfigError } from './errors.ts'
import { cookiesFor, unstorableAt } from './http/address.ts'
import { factsOf } from './http/facts.ts'
import type {
  AnySessionOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  SchemaSessionOptions,
} from './options/options.ts'
import { optionsAt, type ResolvedOptions, resolveOptions } from './options/resolve.ts'
import { Registrations } from './registrations.ts'
import { SessionRequest } from './session/request.ts'
import { Session } from './session/session.ts'

export type {
  CookieOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  SchemaSessionOptions,
  SessionOptions,
} from './options/options.ts'
export type { FlashMessage, Session } from './session/session.ts'

/**
 * The variables that {@link session} adds to the context, for the type of your app.
 *
 * @example
 * ```ts
 * import { Hono } from 'hono'
 * import type { SessionVariables } from 'carryon/hono'
 *
 * type Data = { cart: Record<string, number> }
 *
 * const app = new Hono<{ Variables: SessionVariables<Data> }>()
 * ```
 */
export type SessionVariables<
  Data extends object = Record<string, unknown>,
  Name extends string = 'session',
> = {
  [Key in Name]: Session<Data>
}

/** What a function that makes options gets. */
export interface FromEnvironment<Bindings = Context['env']> {
  /** The environment: `c.env` of Hono. */
  readonly env: Bindings
}

/**
 * Options, or a function that makes them from the environment.
 *
 * The function is called once for each environment object `c.env`, and gets nothing but that: what
 * it would read from one visitor's request would be everybody's. On Workers that is once per
 * isolate. `@hono/node-server` makes a new environment for each request, so pass an object on Node.
 */
export type OptionsFrom<Options, Bindings = Context['env']> =
  | Options
  | ((from: FromEnvironment<Bindings>) => Options)

/** Where {@link session} puts the session. */
export interface Placement<Name extends string> {
  /**
   * The name of the context variable. Two sessions in one app need two variables and two cookie
   * names.
   *
   * @default 'session'
   */
  readonly variable: Name
}

/**
 * Opens the session of each request as `c.var.session`, and saves what the handlers changed.
 *
 * The session is saved after the handler returns. If the handler throws, only what it committed
 * itself is saved. The cookies are set on the final response, whatever it is. An error while saving
 * goes to `app.onError`; that may read the session, but what it changes is not saved. In a request
 * that runs the same middleware twice, the second run does nothing.
 *
 * If the session was read, the response gets `Vary: Cookie` and the `Cache-Control` of the option
 * `cacheControl` (RFC 9111 §4.1, §5.2.2).
 *
 * @param options - the options, or a function that makes them from the environment; `initial` says what
 *   the data of a new session is
 * @param placement - where to put the session, if not into `c.var.session`
 * @throws {@link ConfigError} if an option is wrong or unknown: at once, or at the first request if
 *   `options` is a function. At once, too, if `placement` has no name. Also in each request that
 *   runs two sessions with the same cookie name and different variables or options.
 * @example
 * ```ts
 * import { Hono } from 'hono'
 * import { session, type SessionVariables } from 'carryon/hono'
 *
 * type Data = { cart: Record<string, number> }
 * type Bindings = { SESSION_SECRETS: string }
 *
 * const app = new Hono<{ Bindings: Bindings; Variables: SessionVariables<Data> }>()
 *
 * app.use(
 *   session<Data>(({ env }) => ({
 *     secrets: env.SESSION_SECRETS,
 *     initial: () => ({ cart: {} }),
 *   })),
 * )
 * app.post('/cart/:sku', (c) => {
 *   c.var.session.data.cart[c.req.param('sku')] = 1
 *   return c.text('ok')
 * })
 *
 * export default app
 * ```
 *
 * @example
 * A second session in the same app:
 * ```ts
 * import { session } from 'carryon/hono'
 *
 * type Admin = { draft?: string }
 *
 * const admin = session<Admin, 'admin'>(
 *   { secrets, cookie: { name: 'admin' }, idleTimeout: 300 },
 *   { variable: 'admin' },
 * )
 * app.use('/admin/*', admin)
 * ```
 */
export function session<
  Data extends object = Record<string, unknown>,
  Name extends string = 'session',
  Bindings = Context['env'],
>(
  options: OptionsFrom<InitialSessionOptions<Data>, Bindings>,
  placement?: Placement<Name>,
): MiddlewareHandler<{ Variables: SessionVariables<Data, Name> }>
/**
 * Opens the session of each request. Its data starts empty, so that all of it is optional.
 *
 * @param options - the options, or a function that makes them from the environment
 * @param placement - where to put the session, if not into `c.var.session`
 * @throws {@link ConfigError} if an option is wrong or unknown
 * @example
 * ```ts
 * import { session } from 'carryon/hono'
 *
 * app.use(session<{ theme?: string }>({ secrets }))
 * ```
 */
export function session<
  Data extends object = Record<string, unknown>,
  Name extends string = 'session',
  Bindings = Context['env'],
>(
  options: OptionsFrom<PartialSessionOptions<Data>, Bindings>,
  placement?: Placement<Name>,
): MiddlewareHandler<{ Variables: SessionVariables<Partial<Data>, Name> }>
/**
 * Opens the session of each request. Its data is what `schema` returns.
 *
 * @param options - the options, or a function that makes them from the environment
 * @param placement - where to put the session, if not into `c.var.session`
 * @throws {@link ConfigError} if an option is wrong or unknown
 * @example
 * ```ts
 * import { session } from 'carryon/hono'
 * import { z } from 'zod'
 *
 * const schema = z.object({ visits: z.number().default(0) })
 * app.use(session({ secrets, schema }))
 * ```
 */
export function session<
  Data extends object,
  Name extends string = 'session',
  Bindings = Context['env'],
>(
  options: OptionsFrom<SchemaSessionOptions<Data>, Bindings>,
  placement?: Placement<Name>,
): MiddlewareHandler<{ Variables: SessionVariables<Data, Name> }>
export function session<Data extends object>(
  options: OptionsFrom<AnySessionOptions<Data>>,
  placement: Placement<string> = { variable: 'session' },
): MiddlewareHandler {
  checkPlacement(placement)
  const resolved = resolver(options)
  return async function session(c, next) {
    const filled = resolved(c)
    const { method, headers } = c.req.raw
    const url = new URL(c.req.url)
    const attributes = cookiesFor(url, headers, filled.cookies)
    const { variable } = placement
    const registered = Registrations.of(c)
    const known = registered.find(variable, filled)
    if (known) {
      // Another session may have hidden it since.
      c.set(variable, known)
      return next()
    }
    const unstorable = unstorableAt(url, headers, filled.cookies)
    const facts = factsOf(method, headers, attributes, unstorable)
    const cookies = headers.get('Cookie') ?? ''
    const own = optionsAt(filled, attributes, url)
    const request = await SessionRequest.open(cookies, attributes, own, { facts })
    const opened = new Session<Data>(request)
    registered.add({ variable, options: filled, session: opened })
    c.set(variable, opened)
    await next()
    const edit = (setCookies: readonly string[]) => {
      for (const { name, value, append = false } of request.editsOf(c.res, setCookies))
        c.header(name, value, { append })
    }
    try {
      // A handler that threw changed nothing, apart from what it committed itself before.
      edit(c.error ? request.rollBack() : await request.commit())
    } catch (error) {
      edit([])
      editNext(c, () => edit([]))
      throw error
    }
  }
}

/**
 * Edits what Hono sets in the place of the response once this middleware is done: what app.onError answers. It shows
 * what the handler did to the session, and its own headers win over those that were there.
 */
function editNext(c: Context, edit: () => void): void {
  const prototype: unknown = Object.getPrototypeOf(c)
  if (typeof prototype !== 'object' || prototype === null) return
  Object.defineProperty(c, 'res', {
    configurable: true,
    get: () => Reflect.get(prototype, 'res', c),
    set(response: Response) {
      Reflect.set(prototype, 'res', response, c)
      edit()
    },
  })
}

function resolver<Data extends object>(
  options: OptionsFrom<AnySessionOptions<Data>>,
): (c: Context) => ResolvedOptions {
  if (typeof options !== 'function') {
    const resolved = resolveOptions(options)
    return () => resolved
  }
  const known = new WeakMap<object, ResolvedOptions>()
  return (c) => {
    const environment: unknown = c.env
    const key = typeof environment === 'object' && environment !== null ? environment : c
    const found = known.get(key) ?? resolveOptions(options({ env: c.env }))
    known.set(key, found)
    return found
  }
}

/**
 * Checks where a session is put.
 *
 * @throws ConfigError with one sentence that says what to change
 */
function checkPlacement(placement: unknown): void {
  const variable: unknown = Reflect.get(Object(placement), 'variable')
  if (typeof variable !== 'string' || variable === '')
    throw new ConfigError(
      "placement.variable must be the name of a context variable, such as 'session'.",
    )
}
