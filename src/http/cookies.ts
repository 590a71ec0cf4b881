/** Cookie headers: ours out of a request's, and the Set-Cookie of ours (RFC 6265bis §4.1, §5.6). */

/** The most bytes of name plus value that a browser keeps; more, and it drops the cookie silently. */
export const MAX_COOKIE_BYTES = 4096

/** How many of our cookies are opened for one request at the most. */
export const MAX_FRAGMENTS = 64

/** The longest lifetime that a browser grants: 400 days. */
export const MAX_AGE_SECONDS = 34_560_000

/** `; ` between two cookies. */
const SEPARATOR_BYTES = 2

/** What stands in the names of our cookies after the prefix. */
export const OWN_ID: RegExp = /^(?:[\w-]{8}|[\w-]{13})$/

/** The attributes of our cookies. */
export interface CookieAttributes {
  /** `__Host-name.`, `__Secure-name.` or `name.`; an id follows. */
  readonly prefix: string
  readonly path: string
  readonly domain: string | undefined
  readonly sameSite: 'Strict' | 'Lax' | 'None'
  readonly secure: boolean
  readonly partitioned: boolean
}

/** One of our cookies, as a request carries it. */
export interface FoundCookie {
  readonly id: string
  readonly value: string
}

/** What {@link findCookies} found. */
export interface FoundCookies {
  /** At most {@link MAX_FRAGMENTS}, in the order of the header. */
  readonly cookies: readonly FoundCookie[]
  /** Ids of cookies that are larger than any that a browser keeps. */
  readonly oversized: readonly string[]
  /** How many have our name and, after it, something that is not an id of ours. */
  readonly foreign: number
  /** How many came after the limit. */
  readonly surplus: number
  /** What all of them take in the header, whatever is wrong with them. */
  readonly all: Crowd
}

/** Cookies by their number, and what they take in a Cookie header, `; ` included. */
export interface Crowd {
  readonly cookies: number
  readonly bytes: number
}

/**
 * The cookies of a Cookie header whose names begin with `prefix`. Of two with one name, the first counts. Those
 * without a value are skipped: so cookies look that were deleted in a client that ignores Max-Age.
 */
export function findCookies(header: string, prefix: string): FoundCookies {
  const cookies = new Map<string, string>()
  const oversized: string[] = []
  let foreign = 0
  let surplus = 0
  const all = { cookies: 0, bytes: 0 }
  let end = 0
  // Other cookies are skipped without a look at them: a header may have 128 KB.
  for (let at = header.indexOf(prefix); at >= 0; at = header.indexOf(prefix, end)) {
    end = at + prefix.length
    if (!beginsPair(header, at)) continue
    const semicolon = header.indexOf(';', end)
    end = semicolon < 0 ? header.length : semicolon
    const text = header.slice(at, end).trimEnd()
    all.cookies++
    all.bytes += text.length + SEPARATOR_BYTES
    const equals = text.indexOf('=', prefix.length)
    const id = text.slice(prefix.length, equals)
    if (equals < 0 || !OWN_ID.test(id)) foreign++
    else if (equals === text.length - 1 || cookies.has(id)) continue
    else if (text.length - 1 > MAX_COOKIE_BYTES) oversized.push(id)
    else if (cookies.size >= MAX_FRAGMENTS) surplus++
    else cookies.set(id, text.slice(equals + 1))
  }
  return {
    cookies: Array.from(cookies, ([id, value]) => ({ id, value })),
    oversized,
    foreign,
    surplus,
    all,
  }
}

/** Whether nothing but blanks stands between `at` and the beginning of a name=value pair. */
function beginsPair(header: string, at: number): boolean {
  let before = at - 1
  while (header[before] === ' ' || header[before] === '\t') before--
  return before < 0 || header[before] === ';'
}

/** The bytes of name plus value of a cookie with an `id` and a value of `length` characters, all ASCII. */
export function cookieBytes(attributes: CookieAttributes, id: string, length: number): number {
  return attributes.prefix.length + id.length + length
}

/** The Set-Cookie header of one of our cookies. `maxAge` is in seconds. */
export function setCookie(
  attributes: CookieAttributes,
  id: string,
  value: string,
  maxAge: number,
): string {
  const age = Math.min(MAX_AGE_SECONDS, Math.max(1, Math.ceil(maxAge)))
  const { sameSite } = attributes
  return `${attributes.prefix}${id}=${value}; Max-Age=${age}${place(attributes)}; HttpOnly; SameSite=${sameSite}`
}

/**
 * The Set-Cookie header that deletes one of our cookies. It needs the place, and `SameSite=None` where the cookie
 * has it: in a frame of another site browsers take no header without it (RFC 6265bis §5.7).
 */
export function deleteCookie(attributes: CookieAttributes, id: string): string {
  const crossSite = attributes.sameSite === 'None' ? '; SameSite=None' : ''
  return `${attributes.prefix}${id}=; Max-Age=0${place(attributes)}${crossSite}`
}

/** What a Set-Cookie header of {@link setCookie} or {@link deleteCookie} says of its cookie alone. */
export function partsOfSetCookie(line: string): { name: string; value: string; maxAge: number } {
  const equals = line.indexOf('=')
  const [value = '', age = ''] = line.slice(equals + 1).split('; ')
  return { name: line.slice(0, equals), value, maxAge: Number(age.slice('Max-Age='.length)) }
}

function place({ path, domain, secure, partitioned }: CookieAttributes): string {
  const at = domain === undefined ? `; Path=${path}` : `; Path=${path}; Domain=${domain}`
  return `${at}${secure ? '; Secure' : ''}${partitioned ? '; Partitioned' : ''}`
}
