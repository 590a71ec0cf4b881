/**
 * A round-robin balancer without affinity: each request goes to the next node that takes it.
 *
 * A request is tried on another node only as long as no byte of it has been sent, that is, when the
 * connection was refused. After that a node may have acted on it, and the client is told (502).
 */

import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import { connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { clientErrorHandler } from '../../src/node.ts'

export interface Upstream {
  readonly name: string
  /** Where it listens, while it is up. */
  readonly port: number | undefined
}

/** Answers some requests itself; says whether this was one of them. */
export type Aside = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean

export interface Balancer {
  readonly server: Server
  /** How many requests a node has answered. */
  answered(name: string): number
}

// RFC 9110 section 7.6.1. Transfer-Encoding stays: both sides of Node frame the body by it.
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'upgrade',
])

/**
 * @param aside answers what is not for the nodes
 * @param lastResort answers what no node could take
 */
export function createBalancer(
  upstreams: readonly Upstream[],
  aside: Aside,
  lastResort: Aside = () => false,
): Balancer {
  const answers = new Map<string, number>()
  let turn = 0

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    for (let tried = 0; tried < upstreams.length; tried++) {
      const upstream = upstreams[turn++ % upstreams.length]
      if (upstream?.port === undefined) continue
      const socket = await open(upstream.port)
      if (socket === undefined) continue
      if (outgoing.destroyed) {
        socket.destroy()
        return
      }
      forward(socket, upstream.name, incoming, outgoing, () => {
        answers.set(upstream.name, (answers.get(upstream.name) ?? 0) + 1)
      })
      return
    }
    if (lastResort(incoming, outgoing)) return
    refuse(outgoing, 503, 'No node is up. The session waits in your cookies.')
  }

  return {
    // On a busy machine a browser may use a connection just when the default of 5 s closes it.
    server: createServer({ keepAliveTimeout: 120_000 }, (incoming, outgoing) => {
      if (!aside(incoming, outgoing)) void handle(incoming, outgoing)
    }).on('clientError', clientErrorHandler()),
    answered: (name) => answers.get(name) ?? 0,
  }
}

/** A new connection each time: only then is it certain that a refused one carried nothing. */
function open(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const failed = () => resolve(undefined)
    socket.once('error', failed)
    socket.once('connect', () => {
      socket.off('error', failed)
      resolve(socket)
    })
  })
}

function forward(
  socket: Socket,
  name: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answered: () => void,
): void {
  const { method, url } = incoming
  const upstream = request({
    createConnection: () => socket,
    ...(method === undefined ? {} : { method }),
    ...(url === undefined ? {} : { path: url }),
    headers: endToEnd(incoming.rawHeaders),
  })
  const giveUp = () => {
    if (outgoing.headersSent) outgoing.destroy()
    else refuse(outgoing, 502, `${name} broke off before it had answered.`, name)
  }
  upstream.once('response', (response) => {
    answered()
    // The raw list keeps every Set-Cookie apart.
    outgoing.writeHead(response.statusCode ?? 502, endToEnd(response.rawHeaders))
    pipeline(response, outgoing, (error) => {
      if (error) outgoing.destroy()
    })
  })
  upstream.once('error', giveUp)
  outgoing.once('close', () => upstream.destroy())
  pipeline(incoming, upstream, () => {
    // An error shows on `upstream` or on `outgoing`, too.
  })
}

/** A list of names and values in turn, without what concerns only one connection. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  const pairs: [string, string][] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    pairs.push([rawHeaders[i] ?? '', rawHeaders[i + 1] ?? ''])
  }
  const dropped = new Set(HOP_BY_HOP)
  for (const [name, value] of pairs) {
    if (name.toLowerCase() !== 'connection') continue
    for (const named of value.split(',')) dropped.add(named.trim().toLowerCase())
  }
  return pairs.filter(([name]) => !dropped.has(name.toLowerCase())).flat()
}

function refuse(outgoing: ServerResponse, status: number, error: string, node?: string): void {
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(node === undefined ? {} : { 'x-node': node }),
  })
  outgoing.end(JSON.stringify({ error }))
}
