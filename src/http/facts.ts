/** What a request's method and headers tell that a session has to know, beside its cookies. */
import type { Unstorable } from './address.ts'
import type { CookieAttributes } from './cookies.ts'

/** What a session has to know of its request. */
export interface RequestFacts {
  /** Whether somebody will look at the response. HEAD has no body, and what is prefetched may never be shown. */
  readonly takes: boolean
  /** Whether the browser withholds our cookies from this request, since another site started it. */
  readonly isWithheld: boolean
  /** The tags of what the browser has already, or '' (RFC 9110 §13.1.2). */
  readonly ifNoneMatch: string
  /** Why the browser will not keep our cookies, if it will not. */
  readonly unstorable: Unstorable | undefined
}

/** A request that somebody looks at, and that has all cookies. */
export const ORDINARY: RequestFacts = {
  takes: true,
  isWithheld: false,
  ifNoneMatch: '',
  unstorable: undefined,
}

/** The facts of a request. Nothing that its headers may say makes this throw. */
export function factsOf(
  method: string,
  headers: Headers,
  { sameSite }: Pick<CookieAttributes, 'sameSite'>,
  unstorable?: Unstorable,
): RequestFacts {
  return {
    takes: method !== 'HEAD' && !isPrefetch(headers),
    isWithheld: isWithheld(method, headers, sameSite),
    ifNoneMatch: headers.get('If-None-Match') ?? '',
    unstorable,
  }
}

/** Prefetch and prerender, in the header of the Fetch standard and in those that older browsers send. */
function isPrefetch(headers: Headers): boolean {
  return ['Sec-Purpose', 'Purpose', 'X-Moz'].some((name) =>
    tokensOf(headers, name).includes('prefetch'),
  )
}

/**
 * What browsers do by RFC 6265bis §5.2, as Fetch metadata tells it. Old browsers and plain http do not tell. They may
 * also call a request cross-site that has its cookies: one that was redirected by way of another site.
 */
function isWithheld(
  method: string,
  headers: Headers,
  sameSite: CookieAttributes['sameSite'],
): boolean {
  const isCrossSite = tokensOf(headers, 'Sec-Fetch-Site').includes('cross-site')
  if (!isCrossSite || sameSite === 'None') return false
  return sameSite === 'Strict' || !isTopLevelRead(method, headers)
}

/** Whether the request follows a link: only these take Lax cookies to another site. */
function isTopLevelRead(method: string, headers: Headers): boolean {
  const [destination = 'document'] = tokensOf(headers, 'Sec-Fetch-Dest')
  return (
    (method === 'GET' || method === 'HEAD') &&
    tokensOf(headers, 'Sec-Fetch-Mode').includes('navigate') &&
    destination === 'document'
  )
}

/** The words of a header. A proxy may have made a list of several. */
function tokensOf(headers: Headers, name: string): string[] {
  const text = headers.get(name) ?? ''
  return text
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
}
