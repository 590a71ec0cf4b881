/**
 * The local cluster: workerd and Node servers behind a balancer, each a process of its own. They
 * share the secret and the overflow store, and nothing else.
 */
import { type ClusterStatus, type StoreOperations } from './admin.ts';
import { type NodeSpec } from './team.ts';
export interface ClusterOptions {
    /** Where the balancer listens. Default: 0, any free port. */
    readonly port?: number;
    /** Default: two workerd processes and two Node servers. */
    readonly nodes?: readonly NodeSpec[];
    /** What seals the cookies. Default: a new random secret. */
    readonly secret?: string;
    /** Where the overflow store keeps its values. Default: a directory that `close()` removes. */
    readonly storeDirectory?: string;
    /** More text bindings for every node. */
    readonly env?: Readonly<Record<string, string>>;
}
export interface Cluster {
    /** The balancer, as a browser calls it: `http://localhost:8787`. */
    readonly url: string;
    readonly nodes: readonly NodeSpec[];
    status(): Promise<ClusterStatus>;
    /** SIGKILL to a node, or to `store`. Resolves when it is gone. */
    kill(name: string): Promise<void>;
    /** Brings a node back, or `store`. Resolves when it listens. */
    start(name: string): Promise<void>;
    /** Calls a node directly, past the balancer. */
    nodeUrl(name: string): string;
    /** How often the store was asked, since it was last started. */
    storeOperations(): Promise<StoreOperations>;
    /** Ends every process and removes what they left. */
    close(): Promise<void>;
}
export declare function startCluster(options?: ClusterOptions): Promise<Cluster>;
