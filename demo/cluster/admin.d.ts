/**
 * What the page calls to see the cluster, to kill a node and to bring it back. The balancer answers
 * it itself, so it works with no node left.
 *
 *   GET  /__cluster/nodes
 *   POST /__cluster/kill/:name
 *   POST /__cluster/start/:name
 */
import type { Aside } from './balancer.ts';
import type { MemberStatus } from './member.ts';
export interface NodeStatus extends MemberStatus {
    readonly runtime: 'workerd' | 'node';
    /** How many requests it has answered. */
    readonly answered: number;
}
/** How often the store was asked since it was started. */
export interface StoreOperations {
    readonly get: number;
    readonly put: number;
}
/** The overflow store: how it is, and how often it was asked; `null` while it is down. */
export interface StoreStatus extends Omit<NodeStatus, 'answered'> {
    readonly operations: StoreOperations | null;
}
export interface ClusterStatus {
    readonly nodes: readonly NodeStatus[];
    readonly store: StoreStatus;
}
export interface Controls {
    readonly names: readonly string[];
    status(): Promise<ClusterStatus>;
    kill(name: string): Promise<void>;
    start(name: string): Promise<void>;
}
export declare function adminRoutes(controls: Controls): Aside;
