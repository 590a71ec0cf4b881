/** The demo as a Worker in the cluster. */
declare const _default: import("hono").Hono<import("../app.ts").DemoEnv<import("./store.ts").ClusterEnv>, import("hono/types").BlankSchema, "/">;
export default _default;
