/** Sessions without a framework: for plain `fetch` handlers, WebSocket upgrades and other services. */
import { cookiesFor } from './http/address.ts'
import { edited, headerEdits } from './http/caching.ts'
import type {
  AnySessionOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  SchemaSessionOptions,
} from './options/options.ts'
import { resolveOptions } from './options/resolve.ts'
import { type OpenMode, SessionRequest } from './session/request.ts'
import { Session } from './session/session.ts'

/** What {@link createSessions} returns. */
export interface Sessions<Data extends object> {
  /** Opens the session of a request. It never throws for what the request carries. */
  open(request: Request): Promise<Session<Data>>
  /**
   * Saves what changed, and returns the response with the cookies on it. Where nothing changed and the
   * session was not looked at, it is the same response.
   *
   * @throws ValueError, SessionTooLarge, OverflowUnavailable: nothing is saved then
   */
  commit(session: Session<Data>, response: Response): Promise<Response>
  /**
   * A `fetch` handler around `fn`: opens before it and commits after it. Where `fn` throws, nothing is saved.
   */
  handle(
    fn: (request: Request, session: Session<Data>) => Response | Promise<Response>,
  ): (request: Request) => Promise<Response>
  /**
   * Reads the session of headers alone, such as those of a WebSocket upgrade. It cannot be saved.
   *
   * @param url - where the request went; only its scheme and host count. Default: some https address, so
   *   that only cookies with a prefix are read
   */
  read(headers: Headers, url?: string | URL): Promise<Session<Data>>
}

/**
 * Sessions with `options`, which are checked at once.
 *
 * @throws ConfigError
 */
export function createSessions<Data extends object = Record<string, unknown>>(
  options: InitialSessionOptions<Data>,
): Sessions<Data>
export function createSessions<Data extends object = Record<string, unknown>>(
  options: PartialSessionOptions<Data>,
): Sessions<Partial<Data>>
export function createSessions<Data extends object>(
  options: SchemaSessionOptions<Data>,
): Sessions<Data>
export function createSessions<Data extends object>(
  options: AnySessionOptions<Data>,
): Sessions<Data> {
  const resolved = resolveOptions(options)
  const requests = new WeakMap<Session<Data>, SessionRequest>()

  async function openHeaders(
    url: string | URL,
    headers: Headers,
    mode: OpenMode,
  ): Promise<Session<Data>> {
    const proto = headers.get('X-Forwarded-Proto') ?? ''
    const attributes = cookiesFor(new URL(url), proto, resolved.cookies)
    const cookies = headers.get('Cookie') ?? ''
    const request = await SessionRequest.open(cookies, attributes, resolved, mode)
    const session = new Session<Data>(request)
    if (!mode.readOnly) requests.set(session, request)
    return session
  }

  const open = (request: Request) => openHeaders(request.url, request.headers, {})

  async function commit(session: Session<Data>, response: Response): Promise<Response> {
    const request = requests.get(session)
    if (!request)
      throw new TypeError('commit() needs a session that open() of the same sessions returned.')
    const setCookies = await request.commit()
    const { wasRead } = request
    const { cacheControl } = resolved
    return edited(response, headerEdits(response, { setCookies, wasRead, cacheControl }))
  }

  return {
    open,
    commit,
    handle: (fn) => async (request) => {
      const session = await open(request)
      return commit(session, await fn(request, session))
    },
    read: (headers, url = 'https://localhost.invalid/') =>
      openHeaders(url, headers, { readOnly: true }),
  }
}
