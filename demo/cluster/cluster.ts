/**
 * The local cluster: workerd and Node servers behind a balancer, each a process of its own. They
 * share the secret and the overflow store, and nothing else.
 */

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adminRoutes, type ClusterStatus, type StoreOperations } from './admin.ts'
import { createBalancer } from './balancer.ts'
import type { Member } from './member.ts'
import { sparePage } from './spare-page.ts'
import { createTeam, DEFAULT_NODES, type NodeSpec } from './team.ts'

export interface ClusterOptions {
  /** Where the balancer listens. Default: 0, any free port. */
  readonly port?: number
  /** Default: two workerd processes and two Node servers. */
  readonly nodes?: readonly NodeSpec[]
  /** What seals the cookies. Default: a new random secret. */
  readonly secret?: string
  /** Where the overflow store keeps its values. Default: a directory that `close()` removes. */
  readonly storeDirectory?: string
  /** More text bindings for every node. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Cluster {
  /** The balancer, as a browser calls it: `http://localhost:8787`. */
  readonly url: string
  readonly nodes: readonly NodeSpec[]
  status(): Promise<ClusterStatus>
  /** SIGKILL to a node, or to `store`. Resolves when it is gone. */
  kill(name: string): Promise<void>
  /** Brings a node back, or `store`. Resolves when it listens. */
  start(name: string): Promise<void>
  /** Calls a node directly, past the balancer. */
  nodeUrl(name: string): string
  /** How often the store was asked, since it was last started. */
  storeOperations(): Promise<StoreOperations>
  /** Ends every process and removes what they left. */
  close(): Promise<void>
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { nodes = DEFAULT_NODES } = options
  const temporary = mkdtempSync(join(tmpdir(), 'carryon-cluster-'))
  const { store, members } = await teamFor(options, nodes, temporary, url)
  const everyone = [...members, store]
  const names = everyone.map(({ name }) => name)
  const member = (name: string): Member => {
    const found = everyone.find((one) => one.name === name)
    if (found === undefined) throw new Error(`There is no ${name} in this cluster.`)
    return found
  }
  const kill = (name: string): Promise<void> => member(name).kill()
  const start = (name: string): Promise<void> => member(name).start()
  const balancer = createBalancer(members, adminRoutes({ names, status, kill, start }), sparePage)

  const storeOperations = () => operationsOf(store)

  function url(): string {
    return `http://localhost:${(balancer.server.address() as AddressInfo).port}`
  }

  async function status(): Promise<ClusterStatus> {
    const operations = store.port === undefined ? null : await storeOperations().catch(() => null)
    return {
      nodes: members.map((one, i) => ({
        ...one.describe(),
        runtime: nodes[i]?.runtime ?? 'node',
        answered: balancer.answered(one.name),
      })),
      store: { ...store.describe(), runtime: 'workerd', operations },
    }
  }

  // For an end that was not foreseen; nothing can be awaited then.
  const killEveryone = () => {
    for (const one of everyone) one.killNow()
  }

  async function close(): Promise<void> {
    balancer.server.close()
    balancer.server.closeAllConnections()
    await Promise.all(everyone.map((one) => one.close()))
    process.off('exit', killEveryone)
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 })
  }

  process.once('exit', killEveryone)
  try {
    await listen(balancer.server, options.port ?? 0)
    await store.start()
    await Promise.all(members.map((one) => one.start()))
  } catch (error) {
    await close()
    throw error
  }

  const nodeUrl = (name: string) => `http://localhost:${member(name).port}`
  return { url: url(), nodes, status, kill, start, nodeUrl, storeOperations, close }
}

function teamFor(
  options: ClusterOptions,
  nodes: Parameters<typeof createTeam>[0]['nodes'],
  temporary: string,
  clusterUrl: () => string,
): ReturnType<typeof createTeam> {
  const storeDirectory = options.storeDirectory ?? join(temporary, 'kv')
  mkdirSync(storeDirectory, { recursive: true })
  const secret = options.secret ?? randomBytes(32).toString('base64url')
  return createTeam({
    nodes,
    secret,
    storeDirectory,
    temporary,
    env: options.env ?? {},
    clusterUrl,
  })
}

async function operationsOf(store: Member): Promise<StoreOperations> {
  const response = await fetch(`http://127.0.0.1:${store.port}/operations`)
  return (await response.json()) as StoreOperations
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw error
    throw new Error(
      `Port ${port} is taken: another program listens there. End it, or choose another port: PORT=8788 npm start`,
    )
  }
}
