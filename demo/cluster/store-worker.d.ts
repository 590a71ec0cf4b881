/**
 * The store of the cluster: a real KV namespace behind the protocol of unstorage's http driver.
 * It runs as one Worker in one process, because two Miniflare instances on one directory lose
 * writes.
 */
interface StoreEnv {
    readonly SESSIONS: {
        get(key: string): Promise<string | null>;
        put(key: string, value: string, options?: {
            expirationTtl: number;
        }): Promise<void>;
        delete(key: string): Promise<void>;
    };
}
declare function answer(request: Request, env: StoreEnv): Promise<Response>;
declare const _default: {
    fetch: typeof answer;
};
export default _default;
