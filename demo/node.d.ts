/**
 * What a node knows about itself, and the two things that tests make it do: be slow, and die.
 */
import type { Env } from './env.ts';
/** The part of Hono's context that is needed, whatever else the context holds. */
interface Asked {
    readonly env: Env;
    readonly req: {
        readonly raw: Request;
        query(name: string): string | undefined;
    };
}
/** Which node this is: its name in the cluster, or the Cloudflare location. */
export declare function nodeName(c: Asked): string;
export declare function inCluster(c: Asked): boolean;
export declare function sleep(ms: number): Promise<void>;
/** `?delay=ms`: the handler begins so much later than the session was opened. */
export declare const delay: import("hono").MiddlewareHandler<{
    Bindings: Env;
}, string, {}, Response>;
/**
 * `?die=after`: the node is killed when the handler has returned and nothing of the answer has left.
 * A Worker cannot kill itself, so every node asks the cluster for it, and waits for its end.
 */
export declare function dieBeforeTheAnswer(c: Asked): Promise<void>;
export {};
