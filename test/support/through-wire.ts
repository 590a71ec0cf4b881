/** What a reader makes of a fragment. */
import { decodeClaims, encodeClaims } from '../../src/log/format/claims.ts'
import { type Fragment, isUnnamed } from '../../src/log/format/fragment.ts'
import { place } from '../../src/log/reading/place.ts'
import { fragmentOf } from './fragments.ts'

/** A fragment as it is read from its claims, beside a base of its session if it had one. */
export function throughWire(made: Fragment): Fragment | undefined {
  const claims = encodeClaims(made)
  return isUnnamed(made) ? decodeClaims(claims) : beside(made, claims)
}

/** What the claims of a fragment are read as, beside a base of the session of `made`. */
export function beside({ identity, expires }: Fragment, claims: string): Fragment | undefined {
  const read = decodeClaims(claims)
  if (!read) return undefined
  const horizon = `${identity.start.toString(36)}00000`
  const content = { base: { horizon, state: {}, serial: 0 } }
  return place([read, fragmentOf('basebase', content, { identity, expires })])[0]
}
