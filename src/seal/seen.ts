/** What this process has opened lately. */
import type { Fragment } from '../log/format/fragment.ts'

/**
 * How many characters of tokens are kept, of one secret and cookie name: 1,500 to 300 of them. With what was
 * decrypted they take some 5 MB.
 */
export const MAX_SEEN_LENGTH = 1_048_576

/** A fragment that a token was opened to, and the kid of the key. */
export interface Seen {
  readonly fragment: Fragment
  readonly kid: string
}

interface Kept extends Seen {
  readonly token: string
}

/**
 * Fragments by their tokens, so that opening one again needs no decryption. A token is its own proof: nobody can
 * make one without the key, and it always opens to the same. Whatever depends on the time is checked elsewhere,
 * each time. What was used longest ago goes first.
 */
export class SeenFragments {
  readonly #seen = new Map<string, Kept>()
  readonly #maxLength: number
  #length = 0

  constructor(maxLength: number = MAX_SEEN_LENGTH) {
    this.#maxLength = maxLength
  }

  get(token: string): Seen | undefined {
    const seen = this.#seen.get(token)
    if (seen) {
      this.#seen.delete(token)
      this.#seen.set(seen.token, seen)
    }
    return seen
  }

  put(given: string, { fragment, kid }: Seen): void {
    const token = ownCopy(given)
    if (this.#seen.delete(token)) this.#length -= token.length
    this.#seen.set(token, { token, fragment, kid })
    this.#length += token.length
    for (const oldest of this.#seen.keys()) {
      if (this.#length <= this.#maxLength) return
      this.#seen.delete(oldest)
      this.#length -= oldest.length
    }
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A part of a longer text may keep all of that text in memory: here the whole Cookie header of a request. */
function ownCopy(token: string): string {
  return decoder.decode(encoder.encode(token))
}
