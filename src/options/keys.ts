/** Keys, derived once an isolate. */
import { RecentWrites } from '../log/bursts/recent.ts'
import { Keyring } from '../seal/keyring.ts'
import { SeenFragments } from '../seal/seen.ts'

/** What is kept from one request to the next. */
export interface Keys {
  readonly keyring: Keyring
  /** The cookies that were opened lately. */
  readonly seen: SeenFragments
  /** What was written lately. */
  readonly recent: RecentWrites
}

const MAX_KEYRINGS = 32
const keysByCacheKey = new Map<string, Keys>()

/**
 * The keys of these secrets and this cookie name. Keys are derived once an isolate, even where each request has an
 * environment object of its own, as on Node, so that options are resolved for each request.
 */
export function keysFor(secrets: readonly string[], name: string, absoluteTimeout: number): Keys {
  const cacheKey = JSON.stringify([secrets, name, absoluteTimeout])
  const known = keysByCacheKey.get(cacheKey)
  if (known) return known
  const keys = {
    keyring: new Keyring(secrets, name, absoluteTimeout),
    seen: new SeenFragments(),
    recent: new RecentWrites(),
  }
  const [oldest] = keysByCacheKey.keys()
  if (oldest !== undefined && keysByCacheKey.size >= MAX_KEYRINGS) keysByCacheKey.delete(oldest)
  keysByCacheKey.set(cacheKey, keys)
  return keys
}
