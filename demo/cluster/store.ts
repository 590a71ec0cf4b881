/**
 * The overflow store as the nodes of the cluster see it: a service on the loopback interface, which
 * workerd and Node reach alike.
 */

import { createStorage } from 'unstorage'
import httpDriver from 'unstorage/drivers/http'
import type { OverflowStore } from '../../src/overflow/store.ts'
import { unstorageStore } from '../../src/stores/unstorage.ts'
import type { Env } from '../env.ts'

export interface ClusterEnv extends Env {
  /** Where the store listens. */
  readonly STORE_URL: string
}

export function clusterStore(env: ClusterEnv): OverflowStore {
  return unstorageStore(createStorage({ driver: httpDriver({ base: `${env.STORE_URL}/kv` }) }))
}
