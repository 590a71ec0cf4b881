/** Which of the configured cookies a request has, by the address that it was sent to. */
import type { CookieAttributes } from './cookies.ts'

/** The cookies for each kind of address. */
export interface CookiesByAddress {
  /** Those of a public host. */
  readonly secure: CookieAttributes
  /** Those over https to this very machine: they have no domain. */
  readonly localSecure: CookieAttributes
  /** Those over plain http to this very machine. */
  readonly local: CookieAttributes
}

/**
 * Why no browser keeps a cookie: its `Domain` is another one than that of the address, or it is `Secure` and the
 * address is plain http.
 */
export type Unstorable = 'domain' | 'secure'

/** The attributes for a request. What came through a proxy was sent to another address, whatever this server is called. */
export function cookiesFor(
  { protocol, hostname }: URL,
  headers: Headers,
  { secure, localSecure, local }: CookiesByAddress,
): CookieAttributes {
  // Most requests need no look at their headers.
  if (!isLocal(hostname) || isForwarded(headers)) return secure
  return isPlain(protocol) ? local : localSecure
}

/** Why the browser will not keep the cookies of a response to this address, or `undefined`. */
export function unstorableAt(
  url: URL,
  headers: Headers,
  cookies: CookiesByAddress,
): Unstorable | undefined {
  const { domain, secure } = cookiesFor(url, headers, cookies)
  if (domain !== undefined && !isWithin(hostOf(url, headers), domain.toLowerCase())) return 'domain'
  // Who asks for Secure in any case knows of a proxy that tells nothing of itself.
  const isAuto = secure && !cookies.local.secure
  return isAuto && isPlain(url.protocol) && !isForwarded(headers) ? 'secure' : undefined
}

function isPlain(protocol: string): boolean {
  return protocol === 'http:' || protocol === 'ws:'
}

const LOCAL =
  /^(?:(?:.+\.)?localhost\.?|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[\da-f]{2}:[\da-f]+\])$/

/** Whether a host, as `URL` writes it, is this very machine. */
function isLocal(hostname: string): boolean {
  return LOCAL.test(hostname)
}

/** Headers of proxies, and of platforms that are one. Miniflare sets CF-Connecting-IP on a development machine. */
const FORWARDING =
  /^(?:forwarded|via|x-forwarded(?:-.+)?|x-original-.+|x-arr-.+|x-real-ip|x-client-ip|x-cluster-client-ip|x-url-scheme|x-scheme|x-https|front-end-https|cf-visitor|cdn-loop|true-client-ip|fastly-.+|cloudfront-.+|x-amzn-.+|x-amz-cf-.+|x-azure-.+|x-appengine-.+|x-envoy-.+)$/

function isForwarded(headers: Headers): boolean {
  for (const name of headers.keys()) if (FORWARDING.test(name)) return true
  return false
}

/** The host that the browser asked, or `undefined` where a proxy hides it. */
function hostOf({ hostname }: URL, headers: Headers): string | undefined {
  if (!isForwarded(headers)) return hostname
  const [told = ''] = (headers.get('X-Forwarded-Host') ?? '').split(',')
  const host = told.trim().replace(/:\d+$/, '').toLowerCase()
  if (host !== '') return host
  // A name without a dot, or an address, is what a proxy calls this server.
  return /\.[a-z][\w-]*\.?$/i.test(hostname) && !isLocal(hostname) ? hostname : undefined
}

/** Whether a host is a domain or below it (RFC 6265bis §5.1.3). */
function isWithin(host: string | undefined, domain: string): boolean {
  return host === undefined || host === domain || host.endsWith(`.${domain}`)
}
