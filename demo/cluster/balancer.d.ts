/**
 * A round-robin balancer without affinity: each request goes to the next node that takes it.
 *
 * A request is tried on another node only as long as no byte of it has been sent, that is, when the
 * connection was refused. After that a node may have acted on it, and the client is told (502).
 */
import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
export interface Upstream {
    readonly name: string;
    /** Where it listens, while it is up. */
    readonly port: number | undefined;
}
/** Answers what is not for the nodes; says whether it was. */
export type Aside = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;
export interface Balancer {
    readonly server: Server;
    /** How many requests a node has answered. */
    answered(name: string): number;
}
export declare function createBalancer(upstreams: readonly Upstream[], aside: Aside): Balancer;
