/**
 * The overflow store as the nodes of the cluster see it: a service on the loopback interface, which
 * workerd and Node reach alike.
 */
import type { OverflowStore } from '../../src/overflow/store.ts';
import type { Env } from '../env.ts';
export interface ClusterEnv extends Env {
    /** Where the store listens. */
    readonly STORE_URL: string;
}
export declare function clusterStore(env: ClusterEnv): OverflowStore;
