/** Options, checked and filled in, once and outside of any request. */
import { ConfigError } from '../errors.ts'
import { type CookieAttributes, MAX_AGE_SECONDS } from '../jar/cookies.ts'
import type { OverflowStore } from '../overflow/store.ts'
import { Keyring } from '../seal/keyring.ts'
import { parseSecrets } from '../seal/secrets.ts'
import { SeenFragments } from '../seal/seen.ts'
import type { SessionEvent } from './events.ts'
import { refuseUnknown } from './option-names.ts'
import type { AnySessionOptions, CookieOptions } from './options.ts'
import { type Migration, resolveMigration } from './schema.ts'
import type { StandardSchema } from './standard-schema.ts'

/** Options with all defaults filled in. Frozen. It holds keys, not secrets. */
export interface ResolvedOptions {
  readonly keyring: Keyring
  /** The cookies that were opened lately; `undefined` where each is decrypted anew. */
  readonly seen: SeenFragments | undefined
  /** The cookies over https, and over plain http on a host of the machine's own. */
  readonly cookies: { readonly secure: CookieAttributes; readonly local: CookieAttributes }
  /** In seconds. */
  readonly idleTimeout: number
  /** In seconds. */
  readonly absoluteTimeout: number
  readonly overflow: OverflowStore | undefined
  readonly overflowLoad: 'eager' | 'lazy'
  readonly overflowTimeoutMs: number
  readonly maxSessionBytes: number
  readonly initial: () => object
  readonly schema: StandardSchema | undefined
  readonly migration: Migration | undefined
  readonly transient: readonly string[]
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
  if (typeof options !== 'object' || options === null) {
    throw new ConfigError('The options are missing: at least secrets is needed.')
  }
  if (options instanceof Promise)
    throw new ConfigError('The options are a promise: await what they need before, at start.')
  const secrets = parseSecrets(options.secrets)
  const idleTimeout = seconds('idleTimeout', options.idleTimeout ?? 1800)
  const absoluteTimeout = seconds('absoluteTimeout', options.absoluteTimeout ?? 43_200)
  const {
    cookie = {},
    overflow,
    overflowLoad = 'eager',
    cacheControl = 'private, no-store',
    onEvent,
  } = options
  if (typeof cookie !== 'object' || cookie === null) {
    throw new ConfigError('cookie must be an object, such as { name: "session" }.')
  }
  refuseUnknown(options, cookie)
  if (options.idleTimeout !== undefined && idleTimeout > absoluteTimeout) {
    throw new ConfigError(
      `idleTimeout (${idleTimeout} s) is longer than absoluteTimeout (${absoluteTimeout} s), which ends every session: ` +
        'both are in seconds; lower the one or raise the other.',
    )
  }
  if (options.clock !== undefined && typeof options.clock !== 'function') {
    throw new ConfigError('clock must be a function that returns the time in ms since 1970.')
  }
  const name = cookie.name ?? 'session'
  if (
    overflow !== undefined &&
    (typeof overflow.get !== 'function' || typeof overflow.put !== 'function')
  ) {
    throw new ConfigError(
      'overflow must be a store: workersKV(env.KV), unstorageStore(storage) or memoryStore().',
    )
  }
  if (overflowLoad !== 'eager' && overflowLoad !== 'lazy') {
    throw new ConfigError("overflowLoad must be 'eager' or 'lazy'.")
  }
  const isHeader = typeof cacheControl === 'string' && /^[\x20-\x7e]+$/.test(cacheControl)
  if (cacheControl !== false && !isHeader) {
    throw new ConfigError('cacheControl must be a header value, or false.')
  }
  if (options.initial !== undefined && typeof options.initial !== 'function') {
    throw new ConfigError('initial must be a function that returns the data of a new session.')
  }
  const { schema, onInvalid = 'fail', transient = [] } = options
  if (schema !== undefined && typeof schema?.['~standard']?.validate !== 'function') {
    throw new ConfigError(
      'schema must be a Standard Schema, such as one of zod, valibot or arktype.',
    )
  }
  if (onInvalid !== 'fail' && onInvalid !== 'new')
    throw new ConfigError("onInvalid must be 'fail' or 'new'.")
  if (!Array.isArray(transient) || transient.some((key) => typeof key !== 'string'))
    throw new ConfigError("transient must be a list of keys of the data, such as ['user'].")
  return Object.freeze({
    cookies: resolveCookies(name, cookie),
    ...keysFor(secrets, name, absoluteTimeout),
    idleTimeout,
    absoluteTimeout,
    overflow,
    overflowLoad,
    overflowTimeoutMs:
      positive('overflowTimeout', options.overflowTimeout ?? 5, Number.MAX_SAFE_INTEGER) * 1000,
    maxSessionBytes: positive(
      'maxSessionBytes',
      options.maxSessionBytes ?? 262_144,
      25 * 1024 * 1024,
    ),
    initial: options.initial ?? (() => ({})),
    schema,
    migration: resolveMigration(options.version, options.migrate),
    transient,
    onInvalid,
    cacheControl,
    emit: quietly(onEvent),
    clock: options.clock ?? Date.now,
  })
}

type Keys = Pick<ResolvedOptions, 'keyring' | 'seen'>

const MAX_KEYRINGS = 32
const keysByIdentity = new Map<string, Keys>()

/**
 * Keys are derived once an isolate, even where each request has an environment object of its own, as on
 * Node, so that options are resolved for each request.
 */
function keysFor(secrets: readonly string[], name: string, absoluteTimeout: number): Keys {
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

const TOKEN = /^[A-Za-z0-9!#$%&'*+^_`|~-]{1,64}$/

function resolveCookies(name: string, cookie: CookieOptions): ResolvedOptions['cookies'] {
  const { domain, path = '/', sameSite = 'Lax', secure = 'auto', partitioned = false } = cookie
  if (!TOKEN.test(name)) {
    throw new ConfigError(
      'cookie.name must be 1 to 64 letters, digits or one of !#$%&\'*+^_`|~- (no dot, space or "=").',
    )
  }
  if (/^__(?:host|secure|http|host-http)-/i.test(name)) {
    throw new ConfigError(
      'cookie.name must not have a prefix: __Host- or __Secure- is added as the attributes allow.',
    )
  }
  if (!/^\/[\x21-\x3a\x3c-\x7e]*$/.test(path)) {
    throw new ConfigError('cookie.path must begin with "/" and have no spaces or semicolons.')
  }
  if (domain !== undefined && !/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(domain)) {
    throw new ConfigError('cookie.domain must be a host name, such as example.com.')
  }
  if (sameSite !== 'Strict' && sameSite !== 'Lax' && sameSite !== 'None') {
    throw new ConfigError("cookie.sameSite must be 'Strict', 'Lax' or 'None'.")
  }
  if (secure !== 'auto' && typeof secure !== 'boolean')
    throw new ConfigError("cookie.secure must be 'auto', true or false.")
  if (secure === false && sameSite === 'None') {
    throw new ConfigError("cookie.sameSite 'None' needs Secure: drop cookie.secure: false.")
  }
  if (secure === false && partitioned)
    throw new ConfigError('cookie.partitioned needs Secure: drop cookie.secure: false.')
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

/**
 * The attributes for a request: those over https, unless it came over plain http to this very machine. A proxy
 * that ends TLS may ask a server on localhost by this name, and tell in X-Forwarded-Proto how it was asked itself.
 */
export function cookiesFor(
  url: URL,
  forwardedProto: string,
  { cookies }: ResolvedOptions,
): CookieAttributes {
  const isPlain = url.protocol === 'http:' && !/^\s*https\b/i.test(forwardedProto)
  return isPlain && isLocal(url.hostname) ? cookies.local : cookies.secure
}

function isLocal(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '127.0.0.1' ||
    hostname === '[::1]' ||
    hostname.endsWith('.localhost')
  )
}

function seconds(name: string, value: number): number {
  return positive(name, value, MAX_AGE_SECONDS)
}

function positive(name: string, value: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > most) {
    throw new ConfigError(`${name} must be a whole number between 1 and ${most}.`)
  }
  return value
}

/** A listener must not decide whether a request succeeds. */
function quietly(
  listener: ((event: SessionEvent) => void) | undefined,
): (event: SessionEvent) => void {
  if (!listener) return () => undefined
  if (typeof listener !== 'function') throw new ConfigError('onEvent must be a function.')
  return (event) => {
    try {
      listener(event)
    } catch {
      // Nothing to do: onEvent is documented to be on its own.
    }
  }
}
