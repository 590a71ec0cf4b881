/**
 * Hono middleware.
 *
 * ```ts
 * app.use(session({ secrets: process.env.SESSION_SECRETS, initial: () => ({ cart: {} }) }))
 * app.get('/', (c) => c.json(c.var.session.data))
 * ```
 *
 * @module
 */
import type { Context, MiddlewareHandler } from 'hono'
import { ConfigError } from './errors.ts'
import { cookiesFor } from './http/address.ts'
import { headerEdits } from './http/caching.ts'
import type {
  AnySessionOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  SchemaSessionOptions,
} from './options/options.ts'
import { type ResolvedOptions, resolveOptions } from './options/resolve.ts'
import { SessionRequest } from './session/request.ts'
import { Session } from './session/session.ts'

export type {
  CookieOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  SchemaSessionOptions,
  SessionOptions,
} from './options/options.ts'
export type { Session } from './session/session.ts'

/** The variables that {@link session} adds to a context: `Hono<{ Variables: SessionVariables<Data> }>`. */
export type SessionVariables<
  Data extends object = Record<string, unknown>,
  Name extends string = 'session',
> = {
  [Key in Name]: Session<Data>
}

/** Options, or a function that gets them from a context: called once for each environment object. */
export type OptionsFrom<Options> = Options | ((c: Context) => Options)

/** Where the middleware puts the session. */
export interface Placement<Name extends string> {
  /**
   * The variable: `c.var[name]`. Two sessions in one app need two.
   *
   * @default 'session'
   */
  readonly variable: Name
}

/**
 * Opens the session of each request as `c.var.session`, and saves what the handlers changed in it.
 *
 * The session is saved after the handler returned, unless it threw: then it stays as it was. The cookies go
 * onto whatever response there is in the end. An error while saving reaches `app.onError`, which may read the
 * session; what it changes there is not saved.
 *
 * @throws ConfigError where options are wrong: at once, or with a function of the context at the first request;
 *   and in each request where two sessions of different variables have the same cookie name
 */
export function session<
  Data extends object = Record<string, unknown>,
  Name extends string = 'session',
>(
  options: OptionsFrom<InitialSessionOptions<Data>>,
  placement?: Placement<Name>,
): MiddlewareHandler<{ Variables: SessionVariables<Data, Name> }>
export function session<
  Data extends object = Record<string, unknown>,
  Name extends string = 'session',
>(
  options: OptionsFrom<PartialSessionOptions<Data>>,
  placement?: Placement<Name>,
): MiddlewareHandler<{ Variables: SessionVariables<Partial<Data>, Name> }>
export function session<Data extends object, Name extends string = 'session'>(
  options: OptionsFrom<SchemaSessionOptions<Data>>,
  placement?: Placement<Name>,
): MiddlewareHandler<{ Variables: SessionVariables<Data, Name> }>
export function session<Data extends object>(
  options: OptionsFrom<AnySessionOptions<Data>>,
  placement: Placement<string> = { variable: 'session' },
): MiddlewareHandler {
  const resolved = resolver(options)
  return async function session(c, next) {
    const current = resolved(c)
    const proto = c.req.header('X-Forwarded-Proto') ?? ''
    const attributes = cookiesFor(new URL(c.req.url), proto, current.cookies)
    const { variable } = placement
    const { prefix } = attributes
    if (isOpen(c, { variable, prefix, keyring: current.keyring })) return next()
    const request = await SessionRequest.open(c.req.header('Cookie') ?? '', attributes, current)
    c.set(variable, new Session<Data>(request))
    await next()
    let setCookies: readonly string[] = []
    try {
      // A handler that threw changed nothing, apart from what it committed itself before.
      setCookies = c.error ? request.rollBack() : await request.commit()
    } finally {
      // Hono keeps these headers for what app.onError answers.
      const { cacheControl } = current
      for (const { name, value, append = false } of headerEdits(c.res, {
        setCookies,
        wasRead: request.wasRead,
        cacheControl,
      }))
        c.header(name, value, { append })
    }
  }
}

/** A session in a request. */
interface Place {
  readonly variable: string
  /** What the names of its cookies begin with. */
  readonly prefix: string
  readonly keyring: ResolvedOptions['keyring']
}

/** The sessions of a request. */
const places = new WeakMap<Context, Place[]>()

/**
 * Whether this session is open already in this request: then the one that is open counts. If not, it is from now on.
 *
 * @throws ConfigError where another variable has the same cookies: each would take them for its own
 */
function isOpen(c: Context, place: Place): boolean {
  const others = places.get(c) ?? []
  const other = others.find(({ prefix }) => prefix === place.prefix)
  if (other && other.variable !== place.variable) {
    throw new ConfigError(
      `The sessions "${other.variable}" and "${place.variable}" have the same cookies: give one of them another cookie.name.`,
    )
  }
  const last = others.findLast(({ variable }) => variable === place.variable)
  if (last?.keyring === place.keyring) return true
  places.set(c, [...others, place])
  return false
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
    const found = known.get(key) ?? resolveOptions(options(c))
    known.set(key, found)
    return found
  }
}
