/** Set-Cookie as a browser reads it: RFC 6265bis, sections 5.6 and 5.7. */

/** What a Set-Cookie header says. */
export interface ParsedCookie {
  /** Its name, prefix included. */
  readonly name: string
  /** Its value. */
  readonly value: string
  /** In ms since 1970; `undefined` until the browser is closed. */
  readonly expires: number | undefined
  /** The attribute `Domain`. */
  readonly domain: string | undefined
  /** The attribute `Path`. */
  readonly path: string | undefined
  /** The attribute `Secure`. */
  readonly secure: boolean
  /** The attribute `HttpOnly`. */
  readonly httpOnly: boolean
  /** The attribute `SameSite`. */
  readonly sameSite: 'strict' | 'lax' | 'none' | undefined
}

const MAX_PAIR_BYTES = 4096
const MAX_ATTRIBUTE_BYTES = 1024
const LONGEST_MS = 400 * 24 * 3600 * 1000
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the RFC forbids.
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f]/

const bytes = (text: string): number => new TextEncoder().encode(text).length
const trim = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '')

/** Splits at the first `=`; without one, all of it is `otherwise`. */
function split(text: string, otherwise: 'name' | 'value'): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at >= 0) return [trim(text.slice(0, at)), trim(text.slice(at + 1))]
  return otherwise === 'name' ? [trim(text), ''] : ['', trim(text)]
}

/** The cookie, or the reason for which a browser ignores the whole header, without a word. */
export function parseSetCookie(header: string, now: number): ParsedCookie | string {
  if (CONTROLS.test(header)) return 'a control character'
  const [pair = '', ...parts] = header.split(';')
  const [name, value] = split(pair, 'value')
  if (name === '' && value === '') return 'neither name nor value'
  if (bytes(name) + bytes(value) > MAX_PAIR_BYTES) return 'more than 4,096 bytes of name plus value'

  const attributes = new Map<string, string>()
  for (const part of parts) {
    const [attribute, text] = split(part, 'name')
    // The last one of a kind counts, and one that is too long is ignored by itself.
    if (bytes(text) <= MAX_ATTRIBUTE_BYTES) attributes.set(attribute.toLowerCase(), text)
  }

  const sameSite = attributes.get('samesite')?.toLowerCase()
  const path = attributes.get('path')
  return {
    name,
    value,
    expires: expiry(attributes, now),
    domain: attributes.get('domain')?.replace(/^\./, '').toLowerCase() || undefined,
    path: path?.startsWith('/') ? path : undefined,
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite:
      sameSite === 'strict' || sameSite === 'lax' || sameSite === 'none' ? sameSite : undefined,
  }
}

/** Max-Age wins over Expires. */
function expiry(attributes: ReadonlyMap<string, string>, now: number): number | undefined {
  const latest = now + LONGEST_MS
  const maxAge = attributes.get('max-age')
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) {
    const seconds = Number(maxAge)
    return seconds <= 0 ? -Infinity : Math.min(now + seconds * 1000, latest)
  }
  const date = Date.parse(attributes.get('expires') ?? '')
  return Number.isNaN(date) ? undefined : Math.min(date, latest)
}
