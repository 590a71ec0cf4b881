/** Sessions without a framework: for plain `fetch` handlers, WebSocket upgrades and other services. */
import { cacheHeaders } from './caching.ts'
import type {
  AnySessionOptions,
  InitialSessionOptions,
  PartialSessionOptions,
  SchemaSessionOptions,
} from './options.ts'
import { resolveOptions } from './resolve.ts'
import type { Session } from './session.ts'
import { type OpenSession, openSession } from './sessions.ts'

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
  const opened = new WeakMap<Session<Data>, OpenSession<Data>>()

  async function open(request: Request): Promise<Session<Data>> {
    const one = await openSession<Data>(request.url, (name) => request.headers.get(name), resolved)
    opened.set(one.session, one)
    return one.session
  }

  async function commit(session: Session<Data>, response: Response): Promise<Response> {
    const one = opened.get(session)
    if (!one)
      throw new TypeError('commit() needs a session that open() of the same sessions returned.')
    const lines = await one.commit()
    return one.wasRead() ? withHeaders(response, lines, resolved.cacheControl) : response
  }

  return {
    open,
    commit,
    handle: (fn) => async (request) => {
      const session = await open(request)
      return commit(session, await fn(request, session))
    },
    read: async (headers, url = 'https://localhost.invalid/') => {
      const one = await openSession<Data>(url, (name) => headers.get(name), resolved)
      one.detach()
      return one.session
    },
  }
}

function withHeaders(
  response: Response,
  lines: readonly string[],
  configured: string | false,
): Response {
  const { vary, cacheControl, remove } = cacheHeaders(response.headers, configured)
  const upgrade = response.status === 101
  const changes = vary !== undefined || cacheControl !== undefined || remove.length > 0
  if (lines.length === 0 && (upgrade || !changes)) return response
  // The headers of some responses cannot be changed, such as those of a redirect.
  const changed = new Response(response.body, response)
  for (const line of lines) changed.headers.append('Set-Cookie', line)
  if (vary !== undefined && !upgrade) changed.headers.set('Vary', vary)
  if (cacheControl !== undefined && !upgrade) changed.headers.set('Cache-Control', cacheControl)
  if (!upgrade) for (const name of remove) changed.headers.delete(name)
  return changed
}
