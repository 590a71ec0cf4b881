/**
 * One process of the cluster, seen from outside: started, killed, started again.
 */
export type MemberState = 'down' | 'starting' | 'up';
export interface MemberStatus {
    readonly name: string;
    readonly state: MemberState;
    readonly pid: number | null;
    /** How often it was started. */
    readonly starts: number;
}
export interface MemberOptions {
    readonly name: string;
    /** A file of this folder that calls `runChild`. */
    readonly file: string;
    /** What the child gets, made anew for each start. */
    readonly task: () => object;
    /** Where the child may leave temporary files; a killed process does not tidy up. */
    readonly temporary: string;
}
export declare class Member {
    #private;
    readonly name: string;
    constructor(options: MemberOptions);
    get state(): MemberState;
    /** Where it listens, while it is up. */
    get port(): number | undefined;
    /** Where the last process listened that was up. */
    get lastPort(): number | undefined;
    describe(): MemberStatus;
    /** Resolves when it listens. Does nothing when it does already. */
    start(): Promise<void>;
    /** SIGKILL, to workerd as well. Resolves when the process is gone and its port is free. */
    kill(): Promise<void>;
    /** Lets it end in peace, and kills it if it does not. */
    close(): Promise<void>;
    /** For the last moment of the parent, when nothing can be awaited any more. */
    killNow(): void;
}
