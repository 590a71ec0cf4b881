/** Keys, derived once an isolate. */
import { ConfigError } from '../errors.ts'
import { RecentWrites } from '../log/bursts/recent.ts'
import { Keyring, type Scope } from '../seal/keyring.ts'
import { SeenFragments } from '../seal/seen.ts'

/** What is kept from one request to the next. */
export interface Keys {
  readonly keyring: Keyring
  /** The cookies that were opened lately, of all scopes of these secrets. */
  readonly seen: SeenFragments
  /** What was written lately. */
  readonly recent: RecentWrites
}

/** More than this are derived anew when they are used: hosts of requests may be audiences, and anybody sends those. */
const MAX_KEYRINGS = 64
const keysByCacheKey = new Map<string, Keys>()

const MAX_SEEN_SECRETS = 8
const seenBySecrets = new Map<string, SeenFragments>()

/**
 * The keys of these secrets and this scope. Keys are derived once an isolate, even where each request has an
 * environment object of its own, as on Node, so that options are resolved for each request.
 */
export function keysFor(secrets: readonly string[], scope: Scope, absoluteTimeout: number): Keys {
  const { cookie, path, domain, audience } = scope
  const cacheKey = JSON.stringify([secrets, cookie, path, domain, audience, absoluteTimeout])
  return kept(keysByCacheKey, cacheKey, MAX_KEYRINGS, () => ({
    keyring: new Keyring(secrets, checked(scope), absoluteTimeout),
    seen: kept(seenBySecrets, JSON.stringify(secrets), MAX_SEEN_SECRETS, () => new SeenFragments()),
    recent: new RecentWrites(),
  }))
}

/** HKDF takes 1,024 bytes of what a key is for; the rest of them tells the hour. */
const MAX_SCOPE_BYTES = 960

function checked(scope: Scope): Scope {
  const { cookie, path, domain, audience } = scope
  const text = JSON.stringify([cookie, path, domain, audience])
  if (new TextEncoder().encode(text).length > MAX_SCOPE_BYTES)
    throw new ConfigError(
      `cookie.name, cookie.path, cookie.domain and audience must take no more than ${MAX_SCOPE_BYTES} bytes together: use shorter ones.`,
    )
  return scope
}

/** What is known by a key, or made of it. What was used longest ago goes first. */
function kept<Value>(all: Map<string, Value>, key: string, most: number, make: () => Value): Value {
  const value = all.get(key) ?? make()
  all.delete(key)
  all.set(key, value)
  const [oldest] = all.keys()
  if (oldest !== undefined && all.size > most) all.delete(oldest)
  return value
}
