/** Fragments ↔ JWE. */

import { utf8Length } from '../codec/bytes.ts'
import { decodeClaims, encodeClaims } from '../codec/claims.ts'
import type { Fragment } from '../codec/fragment.ts'
import { openText, type Rejected, sealedLength, sealText } from './jwe.ts'
import type { Keyring } from './keyring.ts'

/** What opening a cookie gave: a fragment, and whether the newest secret sealed it; or a reason. */
export type OpenedFragment =
  | { readonly ok: true; readonly fragment: Fragment; readonly current: boolean }
  | Rejected

/** How far clocks of nodes may differ from the right time, either way. */
export const SKEW_SECONDS = 30

/** Seals a fragment into the value of its cookie. */
export function sealFragment(fragment: Fragment, keyring: Keyring, now: number): Promise<string> {
  return sealText(encodeClaims(fragment), keyring, now)
}

/** How many characters the value of a fragment's cookie takes. */
export function sealedFragmentLength(fragment: Fragment): number {
  return sealedLength(utf8Length(encodeClaims(fragment)))
}

/**
 * Opens the value of the cookie with `id` in its name. Never throws.
 *
 * @param now - in ms since 1970; what has expired by then is not honoured
 */
export async function openFragment(
  id: string,
  token: string,
  keyring: Keyring,
  now: number,
): Promise<OpenedFragment> {
  const opened = await openText(token, keyring, now)
  if (!opened.ok) return opened
  const fragment = decodeClaims(opened.text)
  if (!fragment) return { ok: false, reason: 'invalid' }
  if (fragment.id !== id) return { ok: false, reason: 'renamed' }
  return { ok: true, fragment, current: opened.current }
}
