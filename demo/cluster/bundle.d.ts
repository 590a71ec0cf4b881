/** Bundles Workers of this folder into one ES module each, as wrangler does. */
export declare function bundleWorkers<const Files extends readonly string[]>(files: Files): Promise<{
    [Index in keyof Files]: string;
}>;
