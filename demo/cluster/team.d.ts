/** Who is in the cluster: what each process is, and what it is told when it starts. */
import { Member } from './member.ts';
export interface NodeSpec {
    readonly name: string;
    readonly runtime: 'workerd' | 'node';
}
export declare const DEFAULT_NODES: readonly NodeSpec[];
export declare const STORE = "store";
export interface TeamOptions {
    readonly nodes: readonly NodeSpec[];
    readonly secret: string;
    readonly storeDirectory: string;
    readonly temporary: string;
    /** More text bindings for every node. */
    readonly env: Readonly<Record<string, string>>;
    /** Where the balancer listens. */
    readonly clusterUrl: () => string;
}
export interface Team {
    readonly store: Member;
    /** In the order of `nodes`. */
    readonly members: readonly Member[];
}
export declare function createTeam(options: TeamOptions): Promise<Team>;
