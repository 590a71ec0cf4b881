/** Why a cookie does not count, in a sentence that says what to look at. */
import type { RejectionReason } from '../errors.ts'
import type { Dropped } from '../log/reading/choose.ts'

/** What can be said of a cookie of ours that does not count. */
export type WhyIgnored = RejectionReason | Dropped['reason'] | 'beside'

export const REASONS: Readonly<Record<WhyIgnored, string>> = {
  malformed: 'It is no cookie that carryon wrote: cut off, or changed by something on the way.',
  oversized: 'It is larger than any that a browser keeps.',
  unsupported: 'It is a JWE of another kind.',
  'unknown-key':
    'It was sealed with a secret that is not among these. Is this the secret of that server?',
  'key-window': 'Its key is of an hour that no live session can be of. Is the clock right?',
  tampered: 'It does not decrypt: changed, or made for another name, domain or path of cookies.',
  invalid: 'It decrypts, and is not of wire format 1.',
  renamed: 'It was made for a cookie with another id.',
  'expired-idle': 'Its session was not used for too long.',
  'expired-absolute': 'Its session is older than the absolute timeout allows.',
  'not-yet-valid': 'It is from further ahead than clocks may differ. Is the clock right?',
  ended: 'Its session was ended by a logout, whose tombstone is here.',
  orphaned: 'It is a log whose base or parents are not here: perhaps they are still on their way.',
  provisional:
    'A request from another site, without the cookies of this browser, started its session.',
  'too-many': 'There are more cookies than are opened for one request.',
  superseded: 'A newer session took the place of its own, or a newer base has all of it.',
  expired: 'Its session was not renewed in time.',
  beside: 'Nothing of it is needed: others hold all of it.',
}
