/** Which of the configured cookies a request has: those over https, or those of plain http to this machine. */
import type { CookieAttributes } from './cookies.ts'

/** The cookies over https, and over plain http on a host of the machine's own. */
export interface CookiesByAddress {
  readonly secure: CookieAttributes
  readonly local: CookieAttributes
}

/**
 * The attributes for a request: those over https, unless it came over plain http to this very machine. A proxy
 * that ends TLS may ask a server on localhost by this name, and tell in X-Forwarded-Proto how it was asked itself.
 */
export function cookiesFor(
  url: URL,
  forwardedProto: string,
  { secure, local }: CookiesByAddress,
): CookieAttributes {
  const isPlain = url.protocol === 'http:' && !/^\s*https\b/i.test(forwardedProto)
  return isPlain && isLocal(url.hostname) ? local : secure
}

function isLocal(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '127.0.0.1' ||
    hostname === '[::1]' ||
    hostname.endsWith('.localhost')
  )
}
