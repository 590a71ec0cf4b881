/** Options, checked and filled in, once and outside of any request. */
import type { SessionEvent } from '../events.ts'
import type { CookiesByAddress } from '../http/address.ts'
import type { OverflowStore } from '../overflow/store.ts'
import { Watch, type WatchSettings } from '../revocation/watch.ts'
import type { Keyring } from '../seal/keyring.ts'
import { parseSecrets } from '../seal/secrets.ts'
import type { SeenFragments } from '../seal/seen.ts'
import { atomicPaths } from './atomic.ts'
import { keysFor } from './keys.ts'
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

/** Options with all defaults filled in. Frozen. It holds keys, not secrets. */
export interface ResolvedOptions {
  readonly keyring: Keyring
  /** The cookies that were opened lately; `undefined` where each is decrypted anew. */
  readonly seen: SeenFragments | undefined
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
  /** The watch over sessions that others may have ended; `undefined` where there is none. */
  readonly watch: Watch | undefined
  readonly accept: ((session: AcceptedSession) => boolean | Promise<boolean>) | undefined
  readonly maxSessionBytes: number
  readonly initial: () => object
  readonly schema: StandardSchema | undefined
  readonly migration: Migration | undefined
  readonly transient: readonly string[]
  /** Whether the value at a path of the state is written whole. */
  readonly isAtomic: (path: string) => boolean
  readonly onInvalid: 'fail' | 'new'
  readonly cacheControl: string | false
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
  const { name = 'session' } = cookie
  const { version, migrate, idleTimeout = DEFAULT_IDLE_TIMEOUT_SECONDS } = options
  const maxAbsoluteTimeout = Math.max(absoluteTimeout, options.maxAbsoluteTimeout ?? 0)
  const [emit, clock] = [quietly(options.onEvent), options.clock ?? Date.now]
  const watching = { scope: name, longestMs: maxAbsoluteTimeout * 1000, clock, emit }
  return Object.freeze({
    ...keysFor(parseSecrets(options.secrets), name, maxAbsoluteTimeout),
    cookies: resolveCookies(name, cookie),
    idleTimeout,
    absoluteTimeout,
    maxIdleTimeout: Math.max(idleTimeout, options.maxIdleTimeout ?? 0),
    maxAbsoluteTimeout,
    overflow: options.overflow,
    overflowLoad: options.overflowLoad ?? 'eager',
    overflowTimeoutMs: (options.overflowTimeout ?? 5) * 1000,
    watch: options.revocation && watchOf(options.revocation, watching),
    accept: options.accept,
    maxSessionBytes: options.maxSessionBytes ?? 262_144,
    initial: options.initial ?? (() => ({})),
    schema: options.schema,
    migration: version === undefined ? undefined : { version, migrate },
    transient: options.transient ?? [],
    isAtomic: atomicPaths(options.atomic ?? []),
    onInvalid: options.onInvalid ?? 'fail',
    cacheControl: options.cacheControl ?? 'private, no-store',
    emit,
    clock,
  })
}

function watchOf(
  { store, onUnavailable, lag = 60, timeout = 2, maxSessions, onTooMany }: RevocationOptions,
  settings: Pick<WatchSettings, 'scope' | 'longestMs' | 'clock' | 'emit'>,
): Watch {
  const most =
    maxSessions === undefined ? undefined : { count: maxSessions, otherwise: onTooMany ?? 'reject' }
  const [lagMs, timeoutMs] = [lag * 1000, timeout * 1000]
  return new Watch({ ...settings, store, onUnavailable, lagMs, timeoutMs, most })
}

function resolveCookies(name: string, cookie: CookieOptions): CookiesByAddress {
  const { domain, path = '/', sameSite = 'Lax', secure = 'auto', partitioned = false } = cookie
  const prefix = domain === undefined && path === '/' ? '__Host-' : '__Secure-'
  const shared = { path, domain, sameSite, partitioned }
  const plain = {
    ...shared,
    // Without Secure, browsers refuse the one and ignore the other.
    sameSite: sameSite === 'None' ? ('Lax' as const) : sameSite,
    partitioned: false,
    prefix: `${name}.`,
    secure: false,
  }
  const full = { ...shared, prefix: `${prefix}${name}.`, secure: true }
  if (secure === 'auto') return { secure: full, local: plain }
  return secure ? { secure: full, local: full } : { secure: plain, local: plain }
}

/** A listener must not decide whether a request succeeds. */
function quietly(
  listener: ((event: SessionEvent) => void) | undefined,
): (event: SessionEvent) => void {
  if (!listener) return () => undefined
  return (event) => {
    try {
      listener(event)
    } catch {
      // Nothing to do: onEvent is documented to be on its own.
    }
  }
}
