/** The document. What depends on the session or on the cluster is filled in by script.js. */
export declare const markup: string;
