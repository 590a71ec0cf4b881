/** Keys, derived once an isolate. */
import { Keyring } from '../seal/keyring.ts'
import { SeenFragments } from '../seal/seen.ts'

/** What is kept from one request to the next. */
export interface Keys {
  readonly keyring: Keyring
  /** The cookies that were opened lately. */
  readonly seen: SeenFragments
}

const MAX_KEYRINGS = 32
const keysByIdentity = new Map<string, Keys>()

/**
 * The keys of these secrets and this cookie name. Keys are derived once an isolate, even where each request has an
 * environment object of its own, as on Node, so that options are resolved for each request.
 */
export function keysFor(secrets: readonly string[], name: string, absoluteTimeout: number): Keys {
  const identity = JSON.stringify([secrets, name, absoluteTimeout])
  const known = keysByIdentity.get(identity)
  if (known) return known
  const keys = {
    keyring: new Keyring(secrets, name, absoluteTimeout),
    seen: new SeenFragments(),
  }
  const [oldest] = keysByIdentity.keys()
  if (oldest !== undefined && keysByIdentity.size >= MAX_KEYRINGS) keysByIdentity.delete(oldest)
  keysByIdentity.set(identity, keys)
  return keys
}
