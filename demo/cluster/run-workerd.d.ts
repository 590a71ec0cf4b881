/** A child process: one Worker in its own Miniflare, and thus in its own workerd. */
/** What a workerd node has to run. */
export interface WorkerdTask {
    /** The Worker as one ES module. */
    readonly script: string;
    /** Its text bindings. */
    readonly env: Readonly<Record<string, string>>;
    /** Binds the KV namespace `SESSIONS`, kept in this directory. */
    readonly kvDirectory?: string;
    readonly port: number;
}
