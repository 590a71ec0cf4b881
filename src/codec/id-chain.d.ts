import type { Tree } from './tree.ts';
/** The 8 characters of a time in ms. They sort like the times, until the year 2059. */
export declare function timeCode(ms: number): string;
/** Writes a fragment's ids, each relative to the one before. */
export declare class IdWriter {
    #private;
    constructor(start: number);
    write(id: string): string;
}
/** Reads what {@link IdWriter} wrote. `undefined` stands for what is not an id. */
export declare class IdReader {
    #private;
    constructor(start: number);
    read(suffix: Tree | undefined): string | undefined;
    readAll(suffixes: Tree | undefined): string[] | undefined;
}
