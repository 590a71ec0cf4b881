/** Fragments ↔ JWE. */
import { decodeClaims } from '../log/format/claims.ts'
import type { Fragment } from '../log/format/fragment.ts'
import { type Content, claimsToSeal, contentOf } from '../log/format/length.ts'
import { openText, type Rejected, sealText } from './jwe.ts'
import type { Keyring } from './keyring.ts'
import type { SeenFragments } from './seen.ts'

/** What opening a cookie gave: a fragment, and what its key tells of it; or a reason. */
export type OpenedFragment =
  | ({ readonly ok: true; readonly fragment: Fragment; readonly content: Content } & KeyFacts)
  | Rejected

/** What the key of a fragment tells. */
interface KeyFacts {
  /** Whether the newest secret sealed it. */
  readonly newestSecret: boolean
  /** It was sealed before this, in ms since 1970. */
  readonly sealedBefore: number
}

/** Seals a fragment into the value of its cookie. */
export function sealFragment(fragment: Fragment, keyring: Keyring, now: number): Promise<string> {
  return sealText(claimsToSeal(fragment), keyring, now)
}

/**
 * Step 1 of `docs/wire-format.md`, section 9. Opens the value of the cookie with `id` in its name. Never throws.
 *
 * @param now - in ms since 1970; keys of hours that are too far from it are refused
 * @param seen - what was opened before, which is not decrypted again
 */
export async function openFragment(
  id: string,
  token: string,
  keyring: Keyring,
  now: number,
  seen?: SeenFragments,
): Promise<OpenedFragment> {
  const known = seen?.get(token)
  if (known?.keyring === keyring) {
    const lookup = await keyring.opening(known.kid, now)
    return lookup.ok ? named(id, known, lookup) : lookup
  }
  const opened = await openText(token, keyring, now)
  if (!opened.ok) return opened
  const fragment = decodeClaims(opened.text)
  if (!fragment) return { ok: false, reason: 'invalid' }
  const made = { fragment, content: contentOf(fragment), kid: opened.kid, keyring }
  seen?.put(token, made)
  return named(id, made, opened)
}

function named(
  id: string,
  { fragment, content }: { readonly fragment: Fragment; readonly content: Content },
  { newestSecret, sealedBefore }: KeyFacts,
): OpenedFragment {
  return fragment.id === id
    ? { ok: true, fragment, content, newestSecret, sealedBefore }
    : { ok: false, reason: 'renamed' }
}
