/**
 * Text of `bytes` characters that looks random and is the same for the same seed everywhere, so
 * that a reader can check what a writer stored without either of them keeping it.
 */
export declare function filler(seed: string, bytes: number): string;
