/** `npm start`: the local cluster, until Ctrl-C. */
export {};
