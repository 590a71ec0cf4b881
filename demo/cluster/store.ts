/**
 * The stores as the nodes of the cluster see them: a service on the loopback interface, which
 * workerd and Node reach alike.
 */

import { createStorage } from 'unstorage'
import httpDriver from 'unstorage/drivers/http'
import type { OverflowStore } from '../../src/overflow/store.ts'
import type { RevocationStore } from '../../src/revocation/store.ts'
import { durableObjectMarks } from '../../src/stores/durable-object.ts'
import { unstorageStore } from '../../src/stores/unstorage.ts'
import { workersKVMarks } from '../../src/stores/workers-kv.ts'
import type { Stores } from '../app.ts'
import type { Env } from '../env.ts'

export interface ClusterEnv extends Env {
  /** Where the store listens. */
  readonly STORE_URL: string
  /** Where it stands who is signed out. Default: in Durable Objects. */
  readonly MARKS?: 'kv'
}

export const clusterStores: Stores<ClusterEnv> = { overflow, marks }

function overflow(env: ClusterEnv): OverflowStore {
  return unstorageStore(createStorage({ driver: httpDriver({ base: `${env.STORE_URL}/kv` }) }))
}

/** Real Durable Objects, or a real KV namespace, in the process of the store. Its bindings are a request away. */
function marks({ STORE_URL, MARKS }: ClusterEnv): RevocationStore {
  if (MARKS === 'kv') {
    return workersKVMarks({
      get: async (keys) =>
        new Map(await Promise.all(keys.map(async (key) => [key, await read(key)] as const))),
      put: async (key, value, { expirationTtl }) => {
        const headers = { 'x-ttl': String(expirationTtl) }
        const init = { method: 'PUT', body: value, headers }
        requireOk(await fetch(`${STORE_URL}/kv/${encodeURIComponent(key)}`, init))
      },
    })
  }
  return durableObjectMarks<string>({
    idFromName: (name) => name,
    get: (name) => ({
      fetch: (_, init) => fetch(`${STORE_URL}/marks/${encodeURIComponent(name)}`, init),
    }),
  })

  async function read(key: string): Promise<string | null> {
    const response = await fetch(`${STORE_URL}/kv/${encodeURIComponent(key)}`)
    return response.status === 404 ? null : requireOk(response).text()
  }
}

function requireOk(response: Response): Response {
  if (!response.ok) throw new Error(`The store answered ${response.status}.`)
  return response
}
