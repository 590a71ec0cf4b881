/** The parts of the page that are made by script. The browser runs this text as an ES module. */
export declare const widgets: string;
