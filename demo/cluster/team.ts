/** Who is in the cluster: what each process is, and what it is told when it starts. */

import { bundleWorkers } from './bundle.ts'
import { Member } from './member.ts'
import type { NodeTask } from './run-node.ts'
import type { StoreTask } from './run-store.ts'
import type { ClusterEnv } from './store.ts'
import type { WorkerdTask } from './workerd-process.ts'

export interface NodeSpec {
  readonly name: string
  readonly runtime: 'workerd' | 'node'
}

export const DEFAULT_NODES: readonly NodeSpec[] = [
  { name: 'worker-1', runtime: 'workerd' },
  { name: 'node-1', runtime: 'node' },
  { name: 'worker-2', runtime: 'workerd' },
  { name: 'node-2', runtime: 'node' },
]

export const STORE = 'store'

export interface TeamOptions {
  readonly nodes: readonly NodeSpec[]
  readonly secret: string
  readonly storeDirectory: string
  readonly temporary: string
  /** More text bindings for every node. */
  readonly env: Readonly<Record<string, string>>
  /** Where the balancer listens. */
  readonly clusterUrl: () => string
}

export interface Team {
  readonly store: Member
  /** In the order of `nodes`. */
  readonly members: readonly Member[]
}

export async function createTeam(options: TeamOptions): Promise<Team> {
  const { nodes, temporary } = options
  const [storeScript, nodeScript] = await bundleWorkers(['./store-worker.ts', './node-worker.ts'])

  const store = new Member({
    name: STORE,
    file: './run-store.ts',
    temporary,
    task: (): StoreTask => ({
      script: storeScript,
      directory: options.storeDirectory,
      // The nodes know its address, so it comes back to the same one.
      port: store.lastPort ?? 0,
    }),
  })

  function createNode({ name, runtime }: NodeSpec): Member {
    const env = (): ClusterEnv => ({
      ...options.env,
      SESSION_SECRETS: options.secret,
      NODE_NAME: name,
      CLUSTER: '1',
      CLUSTER_URL: options.clusterUrl(),
      STORE_URL: `http://127.0.0.1:${store.lastPort}`,
    })
    const inNode = (): NodeTask => ({ env: env() })
    const inWorkerd = (): WorkerdTask => ({ script: nodeScript, env: { ...env() } })
    return runtime === 'node'
      ? new Member({ name, file: './run-node.ts', temporary, task: inNode })
      : new Member({ name, file: './run-workerd.ts', temporary, task: inWorkerd })
  }

  return { store, members: nodes.map(createNode) }
}
