/**
 * The life of a child process: it is told what to run, says where it listens, and never outlives
 * the process that started it.
 */
/** What the child runs. */
export interface Service {
    readonly port: number;
    close(): Promise<void>;
}
/** What the child says when it is ready. */
export interface Ready {
    readonly port: number;
}
/** @param start Gets what the parent sent; it comes over IPC, so no secret is in `ps` or on disk. */
export declare function runChild<Task>(start: (task: Task) => Promise<Service>): void;
