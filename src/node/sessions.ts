/** Sessions for servers of Node: Express, connect, Fastify and `node:http`. */
import type { NodeHeaders } from '../http/node-headers.ts'
import type { Session } from '../session/session.ts'
import type { Sessions } from '../sessions.ts'
import { hold, type NodeResponse } from './held.ts'

/** What is used of a request of `node:http` or `node:http2`. */
export interface NodeRequest {
  /** Such as `'GET'`. */
  readonly method?: string | undefined
  /** Its headers, with names in lower case. */
  readonly headers: NodeHeaders
  /** The connection. It tells whether there is TLS. */
  readonly socket: object
}

/** What is used of a request of Fastify. */
export interface FastifyRequestLike {
  /** That of Node. */
  readonly raw: NodeRequest
}

/** What is used of a reply of Fastify. */
export interface FastifyReplyLike {
  /** The response of Node. */
  readonly raw: NodeResponse
  /** The status that is sent. */
  readonly statusCode: number
}

/** What is used of an instance of Fastify. */
export interface FastifyLike {
  /** Adds a hook. */
  readonly addHook: (
    name: 'onRequest' | 'onError' | 'onSend',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<void>,
  ) => unknown
}

/** Sessions for a server of Node. Make them with {@link nodeSessions}. */
export interface NodeSessions<Data extends object> {
  /**
   * The session of a request: of Express, connect or `node:http`, or of Fastify.
   *
   * @throws `TypeError` if the sessions do not know the request: register them before the routes
   * @example
   * ```ts
   * import { nodeSessions } from 'carryon/node'
   * import type { IncomingMessage, ServerResponse } from 'node:http'
   *
   * const onNode = nodeSessions(sessions)
   *
   * function visit(request: IncomingMessage, response: ServerResponse) {
   *   onNode.of(request).increment('visits')
   *   response.end('ok')
   * }
   * ```
   */
  of(request: NodeRequest | FastifyRequestLike): Session<Data>
  /**
   * The middleware for Express and connect: `app.use(onNode.middleware)`. It opens the session, and
   * saves it when the headers of the response are to leave: with `res.end()`, the first
   * `res.write()`, `res.writeHead()` or `res.flushHeaders()`.
   *
   * An error while saving goes to the error handlers of the app, as if the route had passed it to `next()`.
   * A response with a status of 500 or more saves nothing.
   */
  readonly middleware: (
    request: NodeRequest,
    response: NodeResponse,
    next: (error?: unknown) => void,
  ) => void
  /**
   * The error handler for Express and connect: `app.use(onNode.errors)`, after the routes and before
   * your own. It passes the error on. Where it was called, nothing is saved, whatever the status of the response.
   */
  readonly errors: (
    error: unknown,
    request: NodeRequest,
    response: unknown,
    next: (error?: unknown) => void,
  ) => void
  /** The plugin for Fastify: `app.register(onNode.fastify)`. A route that fails saves nothing. */
  readonly fastify: (instance: FastifyLike, options: unknown, done: () => void) => void
  /**
   * Makes a listener for a server of `node:http`, `node:https` or `node:http2`. The session is saved
   * when the headers of the response are to leave.
   *
   * @param fn - what answers
   * @param onError - gets what `fn` threw, or why the session could not be saved, and answers. Nothing
   *   of the session is saved then. `response.headersSent` tells whether it is too late to answer.
   * @example
   * ```ts
   * import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
   * import { nodeSessions } from 'carryon/node'
   *
   * const onNode = nodeSessions(sessions)
   *
   * createServer(
   *   onNode.handle(
   *     (_request: IncomingMessage, response: ServerResponse, session) => {
   *       session.increment('visits')
   *       response.end(`visit ${session.data.visits}`)
   *     },
   *     (error, _request, response) => {
   *       console.error(error)
   *       if (response.headersSent) response.destroy()
   *       else response.writeHead(500).end('Sorry.')
   *     },
   *   ),
   * ).listen(3000)
   * ```
   */
  handle<Request extends NodeRequest, Response extends NodeResponse>(
    fn: (request: Request, response: Response, session: Session<Data>) => unknown,
    onError: (error: unknown, request: Request, response: Response) => unknown,
  ): (request: Request, response: Response) => Promise<void>
}

/** What is known of a request that has a session. */
interface Visit<Data extends object> {
  readonly session: Session<Data>
  /** Whether the app got the session. */
  isTaken: boolean
  /** Whether nothing of it is to be saved. */
  hasFailed: boolean
}

/** From here on a status is an error of the server. */
const SERVER_ERROR = 500

/**
 * Makes sessions for Express, connect, Fastify and `node:http`.
 *
 * The cookies leave with the headers of the response, so the session can be changed until the first byte is written:
 * a later change throws {@link SessionCommitted}. Where the app did not ask for the session, responses leave as they
 * are, and at once. If the session was read, the response gets `Vary: Cookie` and the `Cache-Control` of the option
 * `cacheControl`.
 *
 * The address is that of the header `Host`, and `https:` if the connection has TLS. Behind a proxy, see the guide.
 *
 * @param sessions - what `createSessions()` returned
 * @example
 * ```ts
 * import { createSessions } from 'carryon'
 * import { nodeSessions } from 'carryon/node'
 *
 * const onNode = nodeSessions(
 *   createSessions({ secrets: process.env.SESSION_SECRETS, initial: () => ({ visits: 0 }) }),
 * )
 * // app.use(onNode.middleware), then the routes, which use onNode.of(req), then app.use(onNode.errors)
 * ```
 */
export function nodeSessions<Data extends object>(sessions: Sessions<Data>): NodeSessions<Data> {
  const visits = new Visits(sessions)
  return {
    of: (request) => visits.of('raw' in request ? request.raw : request),
    middleware: (request, response, next) => {
      visits.open(request, response, next).then(() => next(), next)
    },
    errors: (error, request, _response, next) => {
      visits.fail(request)
      next(error)
    },
    fastify: Object.assign(fastifyPlugin(visits), { [Symbol.for('skip-override')]: true }),
    handle: (fn, onError) => async (request, response) => {
      const failed = (error: unknown) => onError(error, request, response)
      try {
        await visits.open(request, response, failed)
        await fn(request, response, visits.of(request))
      } catch (error) {
        visits.fail(request)
        await failed(error)
      }
    },
  }
}

/** The sessions of the requests that are under way. */
class Visits<Data extends object> {
  readonly #sessions: Sessions<Data>
  readonly #known = new WeakMap<NodeRequest, Visit<Data>>()

  constructor(sessions: Sessions<Data>) {
    this.#sessions = sessions
  }

  /** Opens the session of a request. `failed` is told why it could not be saved. */
  async open(
    request: NodeRequest,
    response: NodeResponse,
    failed: (error: unknown) => unknown,
  ): Promise<void> {
    if (this.#known.has(request)) return
    const { method = 'GET', headers } = request
    const session = await this.#sessions.open({ url: addressOf(request), method, headers })
    const visit = { session, isTaken: false, hasFailed: false }
    this.#known.set(request, visit)
    hold(response, {
      isNeeded: () => visit.isTaken,
      headers: (head) => {
        if (visit.hasFailed || head.status >= SERVER_ERROR) this.#sessions.discard(session)
        return this.#sessions.headers(session, head)
      },
      failed: (error) => {
        visit.hasFailed = true
        failed(error)
      },
    })
  }

  of(request: NodeRequest): Session<Data> {
    const visit = this.#known.get(request)
    if (!visit)
      throw new TypeError(
        'These sessions do not know the request. Register the middleware or the plugin before the routes, and pass the request that they got.',
      )
    visit.isTaken = true
    return visit.session
  }

  fail(request: NodeRequest): void {
    const visit = this.#known.get(request)
    if (visit) visit.hasFailed = true
  }

  /** Saves before the headers leave, where an error still can be answered. */
  async save(request: NodeRequest, status: number): Promise<void> {
    const visit = this.#known.get(request)
    if (!visit?.isTaken || visit.hasFailed || status >= SERVER_ERROR) return
    await this.#sessions.cookies(visit.session)
  }
}

function fastifyPlugin<Data extends object>(
  visits: Visits<Data>,
): (instance: FastifyLike, options: unknown, done: () => void) => void {
  return (instance, _options, done) => {
    instance.addHook('onRequest', (request, { raw }) =>
      // What could not be saved was said to `onSend`, except where the reply was hijacked.
      visits.open(request.raw, raw, (error) => {
        raw.destroy(error instanceof Error ? error : new Error(String(error)))
      }),
    )
    instance.addHook('onError', async (request) => visits.fail(request.raw))
    instance.addHook('onSend', (request, { statusCode }) => visits.save(request.raw, statusCode))
    done()
  }
}

/** The address that the browser asked, as far as it can be known. Only the scheme and the host count. */
function addressOf({ headers, socket }: NodeRequest): string {
  const scheme = Reflect.get(socket, 'encrypted') === true ? 'https' : 'http'
  const host = String(headers['host'] ?? headers[':authority'] ?? '')
  const address = `${scheme}://${host}/`
  return URL.canParse(address) ? address : `${scheme}://unknown.invalid/`
}
