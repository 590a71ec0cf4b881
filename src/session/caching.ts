/** Cache safety: what one user's session made must not be served to another (RFC 9111 §4.1, §5.2.2, §7.3). */

/** The headers that a response gets for which the session was read; `undefined` where it has them. */
export interface CacheHeaders {
  readonly vary: string | undefined
  readonly cacheControl: string | undefined
}

/**
 * What to change in the cache headers of a response for which the session was read.
 *
 * @param cacheControl - the option: a header value, or `false` where the app sees to it
 */
export function cacheHeaders(headers: Headers, cacheControl: string | false): CacheHeaders {
  const vary = headers.get('Vary')
  const present = headers.get('Cache-Control')
  const names = (vary ?? '').split(',').map((name) => name.trim().toLowerCase())
  const varies = names.includes('cookie') || names.includes('*')
  const strictEnough =
    cacheControl === false || strictness(present ?? '') >= strictness(cacheControl)
  return {
    vary: varies ? undefined : vary ? `${vary}, Cookie` : 'Cookie',
    cacheControl:
      strictEnough && (cacheControl === false || present !== null)
        ? undefined
        : cacheControl || undefined,
  }
}

/** 2: nobody may store it. 1: shared caches may not. 0: anybody may. */
function strictness(cacheControl: string): number {
  const directives = cacheControl.split(',').map((directive) => directive.trim().toLowerCase())
  // Qualified forms, such as private="Set-Cookie", leave the rest of the response to caches.
  if (directives.includes('no-store')) return 2
  return directives.includes('private') ? 1 : 0
}
