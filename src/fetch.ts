/**
 * Sessions without a framework: for plain `fetch` handlers, WebSocket upgrades and other services.
 */
import { ConfigError } from './errors.ts'
import { cookiesFor, unstorableAt } from './http/address.ts'
import { edit, edited } from './http/caching.ts'
import { type CookieAttributes, partsOfSetCookie } from './http/cookies.ts'
import { factsOf } from './http/facts.ts'
import { headersOf, type NodeHeaders } from './http/node-headers.ts'
import type {
  AnySessionOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  SchemaSessionOptions,
} from './options/options.ts'
import { optionsAt, type ResolvedOptions, resolveOptions } from './options/resolve.ts'
import type { Watch } from './revocation/watch.ts'
import { type OpenMode, SessionRequest } from './session/request.ts'
import { Session } from './session/session.ts'
import type {
  OptionsOrMaker,
  RequestLike,
  ResponseSoFar,
  SessionCookie,
  Sessions,
} from './sessions.ts'

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
  const opener = new Opener<Data>(resolvedNow)

  async function headers(
    session: Session<Data>,
    { headers = {}, status = 200 }: ResponseSoFar = {},
  ): Promise<Headers> {
    const request = opener.requestOf(session, 'headers')
    const made = new Headers(headersOf(headers))
    const setCookies = await request.commit()
    edit(made, request.editsOf({ status, headers: made }, setCookies))
    return made
  }

  async function commit(session: Session<Data>, response: Response): Promise<Response> {
    const request = opener.requestOf(session, 'commit')
    const setCookies = await request.commit()
    return edited(response, request.editsOf(response, setCookies))
  }

  async function cookies(session: Session<Data>): Promise<readonly SessionCookie[]> {
    const request = opener.requestOf(session, 'cookies')
    const setCookies = await request.commit()
    return setCookies.map((line) => cookieOf(line, request.attributes, resolvedNow().clock()))
  }

  function discard(session: Session<Data>, response: Response): Response
  function discard(session: Session<Data>): void
  function discard(session: Session<Data>, response?: Response): Response | undefined {
    const request = opener.requestOf(session, 'discard')
    const setCookies = request.rollBack()
    return response && edited(response, request.editsOf(response, setCookies))
  }

  return {
    open: (request) => opener.open(request),
    commit,
    headers,
    cookies,
    discard,
    handle:
      (fn) =>
      async (request, ...more) => {
        const session = await opener.open(request)
        return commit(session, await fn(request, session, ...more))
      },
    read: (from, url) => opener.read(from, url),
    ...revoking(resolvedNow),
  }
}

/** Opens sessions, and knows the requests of those that can be saved. */
class Opener<Data extends object> {
  readonly #options: () => ResolvedOptions
  readonly #requests = new WeakMap<Session<Data>, SessionRequest>()

  constructor(options: () => ResolvedOptions) {
    this.#options = options
  }

  async open({ url, method, headers }: RequestLike): Promise<Session<Data>> {
    const request = await this.#open(url, method, headersOf(headers), {})
    const session = new Session<Data>(request)
    this.#requests.set(session, request)
    return session
  }

  async read(from: Request | Headers | NodeHeaders, url?: string | URL): Promise<Session<Data>> {
    const known = isRequest(from) ? from : { url: undefined, headers: headersOf(from) }
    const { headers } = known
    const address = url ?? known.url ?? unknownAddress(this.#options())
    return new Session<Data>(await this.#open(address, 'GET', headers, { readOnly: true }))
  }

  /** @throws TypeError for a session that was not opened here */
  requestOf(session: Session<Data>, method: string): SessionRequest {
    const request = this.#requests.get(session)
    if (!request)
      throw new TypeError(`${method}() needs a session that open() of the same sessions returned.`)
    return request
  }

  async #open(
    address: string | URL,
    method: string,
    headers: Headers,
    mode: OpenMode,
  ): Promise<SessionRequest> {
    const options = this.#options()
    const url = new URL(address)
    const attributes = cookiesFor(url, headers, options.cookies)
    const cookies = headers.get('Cookie') ?? ''
    const facts = factsOf(method, headers, attributes, unstorableAt(url, headers, options.cookies))
    const own = optionsAt(options, attributes, url)
    return SessionRequest.open(cookies, attributes, own, { ...mode, facts })
  }
}

/** Also one of another realm, or of a framework's own make. */
function isRequest(from: Request | Headers | NodeHeaders): from is Request {
  const headers: unknown = Reflect.get(from, 'headers')
  return typeof headers === 'object' && headers !== null && 'get' in headers
}

/**
 * What stands for the address of a request where that is not told: some public host.
 *
 * @throws ConfigError where the audience depends on it
 */
function unknownAddress({ audience }: ResolvedOptions): string {
  if (typeof audience === 'function')
    throw new ConfigError('read() needs the URL of the request: audience is a function of it.')
  return 'https://localhost.invalid/'
}

/** What ends and lists the sessions of other browsers. */
function revoking(options: () => ResolvedOptions): Pick<Sessions<object>, 'revoke' | 'list'> {
  function watching(method: string): Watch {
    const { watch } = options()
    if (!watch)
      throw new ConfigError(
        `${method}() needs the option revocation, such as { store: durableObjectMarks(env.REVOCATIONS), onUnavailable: 'deny' }.`,
      )
    return watch
  }
  return {
    revoke: async (target) => watching('revoke').revoke(target),
    list: async (subject) => {
      const rows = await watching('list').list(subject)
      return rows.map(({ id, began, seen, label }) => {
        return { id, startedAt: new Date(began), lastSeenAt: new Date(seen), label }
      })
    },
  }
}

function cookieOf(line: string, attributes: CookieAttributes, now: number): SessionCookie {
  const { name, value, maxAge } = partsOfSetCookie(line)
  const { path, domain, secure, partitioned } = attributes
  return {
    name,
    value,
    options: {
      maxAge,
      expires: new Date(maxAge === 0 ? 0 : now + maxAge * 1000),
      path,
      ...(domain !== undefined && { domain }),
      secure,
      httpOnly: true,
      sameSite: SAME_SITE[attributes.sameSite],
      ...(partitioned && { partitioned }),
    },
  }
}

const SAME_SITE = { Strict: 'strict', Lax: 'lax', None: 'none' } as const

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
