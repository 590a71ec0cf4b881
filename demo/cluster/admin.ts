/**
 * What the page calls to see the cluster, to kill a node and to bring it back. The balancer answers
 * it itself, so it works with no node left.
 *
 *   GET  /__cluster/nodes
 *   POST /__cluster/kill/:name
 *   POST /__cluster/start/:name
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Aside } from './balancer.ts'
import type { MemberStatus } from './member.ts'

export interface NodeStatus extends MemberStatus {
  readonly runtime: 'workerd' | 'node'
  /** How many requests it has answered. */
  readonly answered: number
}

/** How often the store was asked since it was started. */
export interface StoreOperations {
  readonly get: number
  readonly put: number
}

/** The overflow store: how it is, and how often it was asked; `null` while it is down. */
export interface StoreStatus extends Omit<NodeStatus, 'answered'> {
  readonly operations: StoreOperations | null
}

export interface ClusterStatus {
  readonly nodes: readonly NodeStatus[]
  readonly store: StoreStatus
}

export interface Controls {
  readonly names: readonly string[]
  status(): Promise<ClusterStatus>
  kill(name: string): Promise<void>
  start(name: string): Promise<void>
}

const PREFIX = '/__cluster/'
const LOCAL_HOST = /^(?:(?:[a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i

export function adminRoutes(controls: Controls): Aside {
  async function act(method: string, path: string): Promise<unknown> {
    if (method === 'GET' && path === 'nodes') return controls.status()
    const [verb = '', name = '', ...rest] = path.split('/')
    if (method !== 'POST' || rest.length > 0 || !controls.names.includes(name)) return undefined
    if (verb === 'kill') await controls.kill(name)
    else if (verb === 'start') await controls.start(name)
    else return undefined
    return controls.status()
  }

  return (incoming, outgoing) => {
    const { method = '', url = '' } = incoming
    if (!url.startsWith(PREFIX)) return false
    incoming.resume()
    if (!isOurs(incoming)) {
      reply(outgoing, 403, { error: 'Only the page of this cluster may do that.' })
      return true
    }
    act(method, url.slice(PREFIX.length)).then(
      (body) =>
        reply(outgoing, body === undefined ? 404 : 200, body ?? { error: 'No such thing.' }),
      (error: unknown) => reply(outgoing, 500, { error: String(error) }),
    )
    return true
  }
}

/** Any website can send requests to localhost, and any name can be made to point to it. */
function isOurs({ headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers
  return LOCAL_HOST.test(host) && (origin === undefined || origin === `http://${host}`)
}

function reply(outgoing: ServerResponse, status: number, body: unknown): void {
  if (outgoing.destroyed) return
  outgoing.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  outgoing.end(JSON.stringify(body))
}
