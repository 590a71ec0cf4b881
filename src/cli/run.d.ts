/** What to print, and the exit code. */
export interface Result {
    readonly out: string;
    readonly error: string;
    readonly code: 0 | 2;
}
/** Runs the command. `random` gives random bytes. */
export declare function run(args: readonly string[], random: (count: number) => Uint8Array): Result;
