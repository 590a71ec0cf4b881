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
import { cacheHeaders } from './session/caching.ts'
import type {
  AnySessionOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  SchemaSessionOptions,
} from './session/options.ts'
import { type ResolvedOptions, resolveOptions } from './session/resolve.ts'
import { Session } from './session/session.ts'
import { openSession } from './session/sessions.ts'

export type {
  CookieOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  SchemaSessionOptions,
  SessionOptions,
} from './session/options.ts'
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
    // Registered twice for this path: the session that is open already is the one that counts.
    const known: unknown = c.get(placement.variable)
    if (known instanceof Session && keyrings.get(known) === current.keyring) return next()
    const opened = await openSession<Data>(c.req.url, (name) => c.req.header(name), current)
    claimCookies(c, opened.prefix, placement.variable)
    keyrings.set(opened.session, current.keyring)
    c.set(placement.variable, opened.session)
    await next()
    try {
      // A handler that threw changed nothing, apart from what it committed itself before.
      const lines = c.error ? opened.rollBack() : await opened.commit()
      for (const line of lines) c.header('Set-Cookie', line, { append: true })
    } finally {
      // Hono keeps these headers for what app.onError answers.
      if (opened.wasRead()) guardCaches(c, current)
    }
  }
}

/** By the prefix of its cookies, the variable of each session of a request. */
const variables = new WeakMap<Context, Map<string, string>>()

/** Two sessions of one request with the same cookies would take each other's for their own. */
function claimCookies(c: Context, prefix: string, variable: string): void {
  const known = variables.get(c) ?? new Map<string, string>()
  const other = known.get(prefix)
  if (other !== undefined && other !== variable) {
    throw new ConfigError(
      `The sessions "${other}" and "${variable}" have the same cookies: give one of them another cookie.name.`,
    )
  }
  variables.set(c, known.set(prefix, variable))
}

/** With which keys a session was opened. */
const keyrings = new WeakMap<object, ResolvedOptions['keyring']>()

function guardCaches(c: Context, { cacheControl: configured }: ResolvedOptions): void {
  // A WebSocket upgrade is nothing that a cache keeps.
  if (c.res.status === 101) return
  const { vary, cacheControl, remove } = cacheHeaders(c.res.headers, configured)
  if (vary !== undefined) c.header('Vary', vary)
  if (cacheControl !== undefined) c.header('Cache-Control', cacheControl)
  for (const name of remove) c.header(name, undefined)
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
