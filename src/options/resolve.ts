/** Options, checked and filled in, once and outside of any request. */
import { ConfigError } from '../errors.ts'
import type { SessionEvent } from '../events.ts'
import type { CookiesByAddress } from '../http/address.ts'
import type { CookieAttributes } from '../http/cookies.ts'
import type { RecentWrites } from '../log/bursts/recent.ts'
import type { OverflowStore } from '../overflow/store.ts'
import { Watch, type WatchSettings } from '../revocation/watch.ts'
import { type Keyring, scopeOf } from '../seal/keyring.ts'
import { parseSecrets } from '../seal/secrets.ts'
import type { SeenFragments } from '../seal/seen.ts'
import { atomicPaths } from './atomic.ts'
import { type Keys, keysFor } from './keys.ts'
import type { Migration } from './migration.ts'
import type {
  AcceptedSession,
  AnySessionOptions,
  CookieOptions,
  RevocationOptions,
} from './options.ts'
import {
  checkOptions,
  DEFAULT_ABSOLUTE_TIMEOUT_SECONDS,
  DEFAULT_IDLE_TIMEOUT_SECONDS,
} from './rules.ts'
import type { StandardSchema } from './standard-schema.ts'

const DEFAULT_NAME = 'session'

/** Options with all defaults filled in. Frozen. It holds keys, not secrets. */
export interface ResolvedOptions {
  /** The configured name of the cookies. */
  readonly name: string
  readonly keyring: Keyring
  /** The cookies that were opened lately; `undefined` where each is decrypted anew. */
  readonly seen: SeenFragments | undefined
  /** What was written lately. */
  readonly recent: RecentWrites
  /** Whose sessions these are; a function tells by the address of each request. */
  readonly audience: string | ((url: URL) => string) | undefined
  /** The keys of cookies with these attributes. */
  readonly keysOf: (attributes: CookieAttributes, audience: string) => Keys
  readonly cookies: CookiesByAddress
  /** In seconds. */
  readonly idleTimeout: number
  /** In seconds. */
  readonly absoluteTimeout: number
  /** In seconds. */
  readonly maxIdleTimeout: number
  /** In seconds. */
  readonly maxAbsoluteTimeout: number
  readonly overflow: OverflowStore | undefined
  readonly overflowLoad: 'eager' | 'lazy'
  readonly overflowTimeoutMs: number
  /** How sessions are watched: two of one name must agree on it. */
  readonly revocation: RevocationSettings | undefined
  /** The watch over sessions that others may have ended; `undefined` where there is none. */
  readonly watch: Watch | undefined
  readonly accept: ((session: AcceptedSession) => boolean | Promise<boolean>) | undefined
  readonly maxSessionBytes: number
  readonly initial: () => object
  readonly schema: StandardSchema | undefined
  readonly migration: Migration | undefined
  readonly transient: readonly string[]
  readonly atomic: readonly string[]
  /** Whether the value at a path of the state is written whole. */
  readonly isAtomic: (path: string) => boolean
  readonly onInvalid: 'fail' | 'new'
  readonly cacheControl: string | false
  readonly onEvent: ((event: SessionEvent) => void) | undefined
  /** Tells `onEvent`, whose errors do not matter. */
  readonly emit: (event: SessionEvent) => void
  readonly clock: () => number
}

/**
 * Checks `options` and fills in the defaults.
 *
 * @throws ConfigError with one sentence that says what to change
 */
export function resolveOptions<Data extends object>(
  options: AnySessionOptions<Data>,
): ResolvedOptions {
  checkOptions(options)
  const { absoluteTimeout = DEFAULT_ABSOLUTE_TIMEOUT_SECONDS, cookie = {} } = options
  const { name = DEFAULT_NAME } = cookie
  const { version, migrate, idleTimeout = DEFAULT_IDLE_TIMEOUT_SECONDS } = options
  const maxAbsoluteTimeout = Math.max(absoluteTimeout, options.maxAbsoluteTimeout ?? 0)
  const [emit, clock] = [quietly(options.onEvent), options.clock ?? Date.now]
  const { audience } = options
  // Users of several audiences may have one id.
  const scope = typeof audience === 'string' ? JSON.stringify([name, audience]) : name
  const watching = { scope, longestMs: maxAbsoluteTimeout * 1000, clock, emit }
  const secrets = parseSecrets(options.secrets)
  const keysOf = ({ prefix, path, domain = '' }: CookieAttributes, whose: string) =>
    keysFor(
      secrets,
      scopeOf(prefix.slice(0, -1), { path, domain, audience: whose }),
      maxAbsoluteTimeout,
    )
  const cookies = resolveCookies(cookie)
  const revocation = options.revocation && settingsOf(options.revocation)
  return Object.freeze({
    name,
    ...keysOf(cookies.secure, typeof audience === 'string' ? audience : ''),
    audience,
    keysOf,
    cookies,
    idleTimeout,
    absoluteTimeout,
    maxIdleTimeout: Math.max(idleTimeout, options.maxIdleTimeout ?? 0),
    maxAbsoluteTimeout,
    overflow: options.overflow,
    overflowLoad: options.overflowLoad ?? 'eager',
    overflowTimeoutMs: (options.overflowTimeout ?? 5) * 1000,
    revocation,
    watch: revocation && new Watch({ ...watching, ...revocation }),
    accept: options.accept,
    maxSessionBytes: options.maxSessionBytes ?? 262_144,
    initial: options.initial ?? (() => ({})),
    schema: options.schema,
    migration: version === undefined ? undefined : { version, migrate },
    transient: options.transient ?? [],
    atomic: options.atomic ?? [],
    isAtomic: atomicPaths(options.atomic ?? []),
    onInvalid: options.onInvalid ?? 'fail',
    cacheControl: options.cacheControl ?? 'private, no-store',
    onEvent: options.onEvent,
    emit,
    clock,
  })
}

/**
 * The options with the keys of the cookies at an address: no cookie of another audience, prefix, path or domain opens.
 *
 * @throws ConfigError where the option `audience` is a function that does not tell whose sessions these are
 */
export function optionsAt(
  options: ResolvedOptions,
  attributes: CookieAttributes,
  url: URL,
): ResolvedOptions {
  const { audience = '', cookies, keysOf } = options
  if (typeof audience === 'string' && attributes === cookies.secure) return options
  const whose: unknown = typeof audience === 'string' ? audience : audience(url)
  const isFunction = typeof audience === 'function'
  if (typeof whose !== 'string' || (isFunction && (whose === '' || whose.length > 255)))
    throw new ConfigError(
      'audience must return a text of 1 to 255 characters for each address, such as its host: a session without an audience could be that of another one.',
    )
  const keys = keysOf(attributes, whose)
  // Where each cookie is decrypted anew, it is so at all addresses.
  return Object.freeze({ ...options, ...keys, seen: options.seen && keys.seen })
}

type RevocationSettings = Omit<WatchSettings, 'scope' | 'longestMs' | 'clock' | 'emit'>

function settingsOf(options: RevocationOptions): RevocationSettings {
  const { store, onUnavailable, lag = 60, timeout = 2, maxSessions, onTooMany } = options
  const most =
    maxSessions === undefined ? undefined : { count: maxSessions, otherwise: onTooMany ?? 'reject' }
  return { store, onUnavailable, lagMs: lag * 1000, timeoutMs: timeout * 1000, most }
}

/** The attributes of the cookies with the defaults filled in. They must have been checked. */
export function resolveCookies(cookie: CookieOptions): CookiesByAddress {
  const { name = DEFAULT_NAME, domain, secure = 'auto' } = cookie
  const here = { ...cookie, domain: undefined }
  const full = secureCookies(name, cookie)
  const local = secureCookies(name, here)
  // Who asks for Secure over plain http to this machine is behind a proxy that tells nothing of itself.
  if (secure === true) return { secure: full, localSecure: local, local: full }
  const plain = plainCookies(name, here)
  if (secure === 'auto') return { secure: full, localSecure: local, local: plain }
  return { secure: { ...plain, domain }, localSecure: plain, local: plain }
}

function secureCookies(
  name: string,
  { domain, path = '/', sameSite = 'Lax', partitioned = false }: CookieOptions,
): CookieAttributes {
  const prefix = domain === undefined && path === '/' ? '__Host-' : '__Secure-'
  return { prefix: `${prefix}${name}.`, path, domain, sameSite, partitioned, secure: true }
}

/** Without Secure, browsers refuse `SameSite=None` and ignore `Partitioned`. */
function plainCookies(
  name: string,
  { domain, path = '/', sameSite = 'Lax' }: CookieOptions,
): CookieAttributes {
  return {
    prefix: `${name}.`,
    path,
    domain,
    sameSite: sameSite === 'None' ? 'Lax' : sameSite,
    partitioned: false,
    secure: false,
  }
}

/** A listener must not decide whether a request succeeds, nor whether its process lives on. */
function quietly(
  listener: ((event: SessionEvent) => void) | undefined,
): (event: SessionEvent) => void {
  if (!listener) return () => undefined
  return (event) => {
    try {
      const returned: unknown = listener(event)
      if (returned instanceof Promise) returned.catch(() => undefined)
    } catch {
      // Nothing to do: onEvent is documented to be on its own.
    }
  }
}
