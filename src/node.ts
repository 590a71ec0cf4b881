/**
 * For servers of Node: sessions for Express, connect, Fastify and `node:http`, and the way out for a browser whose
 * cookies have grown too large.
 *
 * @module
 */
import { refusal } from './http/refusal.ts'
import type { ClientErrorOptions } from './options/options.ts'
import { resolveCookies } from './options/resolve.ts'
import { checkClientErrorOptions } from './options/rules.ts'

export type { NodeHeaders } from './http/node-headers.ts'
export type { NodeResponse } from './node/held.ts'
export {
  type FastifyLike,
  type FastifyReplyLike,
  type FastifyRequestLike,
  type NodeRequest,
  type NodeSessions,
  nodeSessions,
} from './node/sessions.ts'
export type { ClientErrorOptions } from './options/options.ts'

/** The answer to what has no other: Node's own, by the code of the error. */
const STATUS: Readonly<Record<string, string>> = {
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** A browser that is still sending when the connection is closed may never see the answer. */
const LINGER_MS = 2000

/** What is used of the error that Node passes to a listener of `clientError`. */
export interface ClientError extends Error {
  /** Why Node gave up. `HPE_HEADER_OVERFLOW`: the headers are too large. */
  readonly code?: string
  /** The bytes in which it gave up. */
  readonly rawPacket?: Uint8Array
}

/** What is used of the socket that Node passes to a listener of `clientError`. */
export interface ClientSocket {
  /** Whether an answer can still be written. */
  readonly writable: boolean
  /** The answer to the request before, if it is not over. Node looks there itself. */
  readonly _httpMessage?: { readonly _headerSent?: boolean } | null
  /** Sends text. */
  readonly write: (text: string) => unknown
  /** Sends text, and nothing after it. */
  readonly end: (text: string) => unknown
  /** Closes the connection at once. */
  readonly destroy: (error?: Error) => unknown
  /** Calls the listener when the connection is closed. */
  readonly once: (event: 'close', listener: () => void) => unknown
}

/**
 * Makes a listener for the event `clientError` of a server of `node:http` or `node:https`.
 *
 * Where the headers of a request are too large (above `--max-http-header-size`, 16 KB by default), Node answers 431,
 * and the browser sends the same cookies again until they expire. This answers 431 as well (RFC 6585 §5), and if the
 * cookies are to blame, they go: by name where all of them can be seen and that is enough, else with
 * `Clear-Site-Data: "cookies"`, which removes all cookies of the site and logs the user out. The page that comes with
 * it loads itself again, at most three times a minute, and says in plain words what happened.
 *
 * It answers all other errors as Node does without a listener. Only one listener may answer.
 *
 * Where the headers arrive in several packets, as over TLS, Node tells only the last. What was too large cannot be
 * seen there, and any site can send a browser to a long address. So then the cookies go when the page has loaded itself
 * again, which needs JavaScript.
 *
 * @throws {@link ConfigError} if an option is wrong or unknown
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { clientErrorHandler } from 'carryon/node'
 *
 * const server = createServer((_request, response) => response.end('ok'))
 * server.on('clientError', clientErrorHandler({ cookie: { name: 'shop' } }))
 * ```
 */
export function clientErrorHandler(
  options: ClientErrorOptions = {},
): (error: ClientError, socket: ClientSocket) => void {
  checkClientErrorOptions(options)
  const sessions = [options.cookie ?? {}].flat().map(resolveCookies)
  const answered = new WeakSet<ClientSocket>()
  return (error, socket) => {
    // What still comes after the answer is thrown away.
    if (answered.has(socket)) return
    const isBusy = socket._httpMessage?._headerSent === true
    if (!socket.writable || isBusy || error.code !== 'HPE_HEADER_OVERFLOW') {
      if (socket.writable && !isBusy) socket.write(usual(error.code))
      socket.destroy(error)
      return
    }
    answered.add(socket)
    // One character for each byte.
    const packet = new TextDecoder('latin1').decode(error.rawPacket)
    socket.end(refusal(packet, sessions))
    const timer = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('close', () => clearTimeout(timer))
  }
}

function usual(code = ''): string {
  const status = Object.hasOwn(STATUS, code) ? STATUS[code] : '400 Bad Request'
  return `HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`
}
