/** What this process has opened lately. */
import type { Fragment } from '../log/format/fragment.ts'
import type { Content } from '../log/format/length.ts'
import type { Keyring } from './keyring.ts'

/**
 * How many bytes are kept, of one list of secrets. What a token and its fragment take is estimated: one of 300
 * characters counts as 2 KB.
 */
export const MAX_SEEN_BYTES = 5_242_880

/** What an entry takes beside its texts: objects of its own, and a place in a map. */
const ENTRY_BYTES = 1150

/** What a value takes: a property or an item, and what is there. */
const NODE_BYTES = 48

/** A fragment that a token was opened to, and the kid of the key. */
export interface Seen {
  readonly fragment: Fragment
  readonly content: Content
  readonly kid: string
  /** Under whose keys it was opened: under those of another scope it is nothing. */
  readonly keyring: Keyring
}

interface Kept extends Seen {
  readonly token: string
  readonly bytes: number
}

/**
 * Fragments by their tokens, so that opening one again needs no decryption. A token is its own proof: nobody can
 * make one without the key, and it always opens to the same. Whatever depends on the time is checked elsewhere,
 * each time. What was used longest ago goes first.
 */
export class SeenFragments {
  readonly #seen = new Map<string, Kept>()
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number = MAX_SEEN_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** What is kept, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  get(token: string): Seen | undefined {
    const seen = this.#seen.get(token)
    if (seen) {
      this.#seen.delete(token)
      this.#seen.set(seen.token, seen)
    }
    return seen
  }

  put(given: string, { fragment, content, kid, keyring }: Seen): void {
    const token = ownCopy(given)
    this.#delete(token)
    // Of the text that was sealed, three quarters as long, the strings of the fragment are parts.
    const bytes = 2 * token.length + ENTRY_BYTES + NODE_BYTES * (content.nodes + content.names)
    this.#seen.set(token, { token, fragment, content, kid, keyring, bytes })
    this.#bytes += bytes
    for (const oldest of this.#seen.keys()) {
      if (this.#bytes <= this.#maxBytes) return
      this.#delete(oldest)
    }
  }

  #delete(token: string): void {
    this.#bytes -= this.#seen.get(token)?.bytes ?? 0
    this.#seen.delete(token)
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A part of a longer text may keep all of that text in memory: here the whole Cookie header of a request. */
function ownCopy(token: string): string {
  return decoder.decode(encoder.encode(token))
}
