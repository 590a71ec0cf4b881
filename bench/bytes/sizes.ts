/** Bytes on the wire, as the server counts them. */

import { cookieBytes, deleteCookie, MAX_COOKIE_BYTES, setCookie } from '../../src/http/cookies.ts'
import { decodeClaims } from '../../src/log/format/claims.ts'
import { type Fragment, ID_LENGTH } from '../../src/log/format/fragment.ts'
import { sealedFragmentLength } from '../../src/log/format/length.ts'
import type { Plan } from '../../src/log/writing/write.ts'
import { roomForDeletions } from '../../src/session/set-cookies.ts'

const ATTRIBUTES = {
  prefix: '__Host-session.',
  path: '/',
  domain: undefined,
  sameSite: 'Lax',
  secure: true,
  partitioned: false,
} as const

/** How many characters the value of a cookie of ours may have. */
export const MOST_VALUE_LENGTH: number =
  MAX_COOKIE_BYTES - cookieBytes(ATTRIBUTES, '0'.repeat(ID_LENGTH), 0)

/** The bytes of the Cookie header of a jar: names, values and what stands between them. */
export function cookieHeaderBytes(jar: ReadonlyMap<string, string>): number {
  let bytes = 2 * (jar.size - 1)
  for (const text of jar.values()) {
    const fragment = decodeClaims(text)
    if (!fragment) throw new Error('not a fragment')
    bytes += cookieBytes(ATTRIBUTES, fragment.id, sealedFragmentLength(fragment)) + 1
  }
  return bytes
}

/** The bytes of the Set-Cookie headers of a plan, and which deletions have room in them. */
export function setCookieBytes(plan: Plan): { bytes: number; removed: readonly Fragment[] } {
  let bytes = 0
  for (const fragment of plan.put) {
    const value = 'x'.repeat(sealedFragmentLength(fragment))
    bytes += setCookie(ATTRIBUTES, fragment.id, value, 43_200).length
  }
  const removed: Fragment[] = []
  const room = roomForDeletions(bytes)
  for (const fragment of plan.remove) {
    const { length } = deleteCookie(ATTRIBUTES, fragment.id)
    if (bytes + length >= room) break
    bytes += length
    removed.push(fragment)
  }
  return { bytes, removed }
}

/** What one cookie with all of a session in it takes, as every other library writes it. */
export function singleCookieBytes(fragment: Fragment): { cookie: number; setCookie: number } {
  const length = sealedFragmentLength(fragment)
  return {
    cookie: cookieBytes(ATTRIBUTES, fragment.id, length) + 1,
    setCookie: setCookie(ATTRIBUTES, fragment.id, 'x'.repeat(length), 43_200).length,
  }
}
