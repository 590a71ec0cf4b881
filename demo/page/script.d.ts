/** What the page does. The browser runs this text as an ES module. */
export declare const script: string;
