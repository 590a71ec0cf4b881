/** Which workerd the Workers of the cluster ask for, as in `wrangler.toml`. */
export const COMPATIBILITY_DATE = '2026-10-20'
