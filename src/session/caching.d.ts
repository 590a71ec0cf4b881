/** Cache safety: what one user's session made must not be served to another (RFC 9111 §4.1, §5.2.2, §7.3). */
/** The headers that a response gets for which the session was read; `undefined` where it has them. */
export interface CacheHeaders {
    readonly vary: string | undefined;
    readonly cacheControl: string | undefined;
}
/**
 * What to change in the cache headers of a response for which the session was read.
 *
 * @param cacheControl - the option: a header value, or `false` where the app sees to it
 */
export declare function cacheHeaders(headers: Headers, cacheControl: string | false): CacheHeaders;
