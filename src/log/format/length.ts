/** How many characters fragments take once they are sealed. Nothing is sealed to find out. */
import { utf8Length } from '../../tree/bytes.ts'
import { encodeClaims } from './claims.ts'
import type { Fragment } from './fragment.ts'

/** Characters of a sealed text that holds nothing; the text adds four for each three bytes. */
export const SEAL_OVERHEAD_LENGTH = 105

/** How many characters a text of `bytes` bytes takes once it is sealed. */
export function sealedLength(bytes: number): number {
  return SEAL_OVERHEAD_LENGTH + Math.ceil((bytes * 4) / 3)
}

/** What is kept here lives as long as its fragment. */
const encoded = new WeakMap<Fragment, string>()

/** The claims of a fragment that is about to be written: encoded once, however often it is measured. */
export function claimsToSeal(fragment: Fragment): string {
  const known = encoded.get(fragment)
  if (known !== undefined) return known
  const claims = encodeClaims(fragment)
  encoded.set(fragment, claims)
  return claims
}

/** How many characters the value of the cookie takes of a fragment that is about to be written. */
export function sealedFragmentLength(fragment: Fragment): number {
  return sealedLength(utf8Length(claimsToSeal(fragment)))
}
