/** What each option may be, and the sentence for one that is not. */
import { ConfigError } from '../errors.ts'
import { MAX_AGE_SECONDS } from '../http/cookies.ts'
import { MIN_SECRET_BYTES } from '../seal/secrets.ts'
import { hasMethod, isAnyObject, isFunction, isRecord, isText, memberOf } from '../tree/unknown.ts'
import { problemOfSteps } from './migration.ts'
import type {
  BaseSessionOptions,
  ClientErrorOptions,
  CookieOptions,
  RevocationOptions,
  SessionOptions,
} from './options.ts'

/** Whether a value is right, and what to say where it is not. An option that is `undefined` is not checked. */
type Rule = readonly [isRight: (value: unknown) => boolean, sentence: string]

const MAX_SESSION_BYTES = 25 * 1024 * 1024

/** A timer takes at most 2^31 - 1 ms; with more it fires at once. */
const MAX_TIMER_SECONDS = 2_147_483

const ANYTHING: Rule = [() => true, '']

const OPTIONS: Record<keyof BaseSessionOptions | keyof SessionOptions<object>, Rule> = {
  // `parseSecrets` says what is wrong with them.
  secrets: ANYTHING,
  cookie: [isRecord, 'cookie must be an object, such as { name: "session" }.'],
  idleTimeout: wholeNumber('idleTimeout', MAX_AGE_SECONDS),
  absoluteTimeout: wholeNumber('absoluteTimeout', MAX_AGE_SECONDS),
  maxIdleTimeout: wholeNumber('maxIdleTimeout', MAX_AGE_SECONDS),
  maxAbsoluteTimeout: wholeNumber('maxAbsoluteTimeout', MAX_AGE_SECONDS),
  initial: [isFunction, 'initial must be a function that returns the data of a new session.'],
  schema: [
    (value) => hasMethod(memberOf(value, '~standard'), 'validate'),
    'schema must be a Standard Schema, such as one of zod, valibot or arktype.',
  ],
  version: [
    (value) => Number.isSafeInteger(value) && Number(value) >= 1,
    'version must be a whole number from 1 on.',
  ],
  migrate: [
    (value) => isFunction(value) || isRecord(value) || Array.isArray(value),
    'migrate must be a function, or an object with a step for each older version.',
  ],
  onInvalid: oneOf('onInvalid', 'fail', 'new'),
  transient: [
    (value) => Array.isArray(value) && value.every((key) => typeof key === 'string'),
    "transient must be a list of keys of the data, such as ['user'].",
  ],
  atomic: [
    (value) => Array.isArray(value) && value.every((path) => isText(path, /^[^.]+(?:\.[^.]+)*$/)),
    "atomic must be a list of keys of the data or of paths with dots, such as ['auth', 'address.*'].",
  ],
  overflow: [
    isStore,
    'overflow must be a store: workersKV(env.KV), unstorageStore(storage) or memoryStore(). A binding of Workers is none by itself.',
  ],
  overflowLoad: oneOf('overflowLoad', 'eager', 'lazy'),
  overflowTimeout: wholeNumber('overflowTimeout', MAX_TIMER_SECONDS),
  revocation: [
    isRecord,
    "revocation must be an object, such as { store: durableObjectMarks(env.REVOCATIONS), onUnavailable: 'deny' }.",
  ],
  accept: [isFunction, 'accept must be a function that returns whether a session still counts.'],
  maxSessionBytes: wholeNumber('maxSessionBytes', MAX_SESSION_BYTES),
  cacheControl: [
    (value) => value === false || (typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)),
    'cacheControl must be a header value, or false.',
  ],
  onEvent: [isFunction, 'onEvent must be a function.'],
  clock: [isFunction, 'clock must be a function that returns the time in ms since 1970.'],
}

const COOKIE_OPTIONS: Record<keyof CookieOptions, Rule> = {
  name: [
    (value) => isText(value, /^(?!__(?:host|secure|http|host-http)-)[\w!#$%&'*+^`|~-]{1,64}$/i),
    "cookie.name must be 1 to 64 letters, digits or any of !#$%&'*+^_`|~-, without a prefix: " +
      '__Host- or __Secure- is added as the attributes allow.',
  ],
  domain: [
    (value) => isText(value, /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/),
    'cookie.domain must be a host name, such as example.com.',
  ],
  path: [
    (value) => isText(value, /^\/[\x21-\x3a\x3c-\x7e]*$/),
    'cookie.path must begin with "/" and have no spaces or semicolons.',
  ],
  sameSite: oneOf('cookie.sameSite', 'Strict', 'Lax', 'None'),
  secure: [
    (value) => value === 'auto' || typeof value === 'boolean',
    "cookie.secure must be 'auto', true or false.",
  ],
  partitioned: [(value) => typeof value === 'boolean', 'cookie.partitioned must be true or false.'],
}

/** A KV namespace or an R2 bucket has these methods as well, and keeps to neither interface. */
function isStore(value: unknown): boolean {
  const isBinding = hasMethod(value, 'getWithMetadata') || hasMethod(value, 'head')
  return hasMethod(value, 'get') && hasMethod(value, 'put') && !isBinding
}

const MAX_LAG_SECONDS = 86_400

const REVOCATION_OPTIONS: Record<keyof RevocationOptions, Rule> = {
  store: [
    isStore,
    'revocation.store must be a store for marks: durableObjectMarks(env.REVOCATIONS), workersKVMarks(env.MARKS), unstorageMarks(storage) or memoryMarks().',
  ],
  onUnavailable: oneOf('revocation.onUnavailable', 'allow', 'deny'),
  lag: [
    (value) =>
      Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MAX_LAG_SECONDS,
    `revocation.lag must be a whole number of seconds between 0 and ${MAX_LAG_SECONDS}.`,
  ],
  timeout: wholeNumber('revocation.timeout', 60),
  maxSessions: wholeNumber('revocation.maxSessions', 1000),
  onTooMany: oneOf('revocation.onTooMany', 'reject', 'end-oldest'),
}

/** What options may not be together. */
const TOGETHER: readonly ((
  options: BaseSessionOptions,
  cookie: CookieOptions,
) => string | false | undefined)[] = [
  ({ idleTimeout = 1, absoluteTimeout = DEFAULT_ABSOLUTE_TIMEOUT_SECONDS }) =>
    idleTimeout > absoluteTimeout &&
    `idleTimeout (${idleTimeout} s) is longer than absoluteTimeout (${absoluteTimeout} s), which ends every session: ` +
      'both are in seconds; lower the one or raise the other.',
  ({ idleTimeout = DEFAULT_IDLE_TIMEOUT_SECONDS, maxIdleTimeout = idleTimeout }) =>
    maxIdleTimeout < idleTimeout &&
    `maxIdleTimeout (${maxIdleTimeout} s) is shorter than idleTimeout (${idleTimeout} s): raise it, or leave it out.`,
  ({ absoluteTimeout = DEFAULT_ABSOLUTE_TIMEOUT_SECONDS, maxIdleTimeout = 1, ...others }) => {
    const { maxAbsoluteTimeout = absoluteTimeout } = others
    return (
      maxIdleTimeout > maxAbsoluteTimeout &&
      `maxIdleTimeout (${maxIdleTimeout} s) is longer than maxAbsoluteTimeout (${maxAbsoluteTimeout} s), which ends every session: lower the one or raise the other.`
    )
  },
  ({ absoluteTimeout = DEFAULT_ABSOLUTE_TIMEOUT_SECONDS, maxAbsoluteTimeout = absoluteTimeout }) =>
    maxAbsoluteTimeout < absoluteTimeout &&
    `maxAbsoluteTimeout (${maxAbsoluteTimeout} s) is shorter than absoluteTimeout (${absoluteTimeout} s): raise it, or leave it out.`,
  ({ version, migrate }) =>
    version === undefined &&
    migrate !== undefined &&
    'migrate needs version: the number of the shape that it leads to.',
  ({ version, migrate }) =>
    version !== undefined && migrate !== undefined && problemOfSteps(version, migrate),
  ({ revocation }) =>
    revocation !== undefined &&
    revocation.store === undefined &&
    'revocation.store is missing: pass durableObjectMarks(env.REVOCATIONS), workersKVMarks(env.MARKS), unstorageMarks(storage) or memoryMarks().',
  ({ revocation }) =>
    revocation !== undefined &&
    revocation.onUnavailable === undefined &&
    "revocation.onUnavailable is missing: 'allow' lets sessions pass while the store is down, 'deny' does not.",
  ({ revocation }) =>
    revocation?.maxSessions !== undefined &&
    revocation.store.registry === undefined &&
    'revocation.maxSessions needs a store that lists sessions: durableObjectMarks(env.REVOCATIONS), or memoryMarks() in tests.',
  (_, { secure, sameSite }) =>
    secure === false &&
    sameSite === 'None' &&
    "cookie.sameSite 'None' needs Secure: drop cookie.secure: false.",
  (_, { secure, partitioned }) =>
    secure === false &&
    partitioned &&
    'cookie.partitioned needs Secure: drop cookie.secure: false.',
]

/** Seconds without use after which a session ends, unless the options say otherwise. */
export const DEFAULT_IDLE_TIMEOUT_SECONDS = 1800

/** Seconds after its start when a session ends, unless the options say otherwise. */
export const DEFAULT_ABSOLUTE_TIMEOUT_SECONDS = 43_200

/**
 * Checks all options but the secrets.
 *
 * @throws ConfigError with one sentence that says what to change
 */
export function checkOptions(options: BaseSessionOptions): void {
  if (!isAnyObject(options))
    throw new ConfigError('The options are missing: at least secrets is needed.')
  if (options instanceof Promise)
    throw new ConfigError('The options are a promise. Await it before you pass them.')
  check(options, OPTIONS, '')
  const { cookie = {} } = options
  check(cookie, COOKIE_OPTIONS, 'cookie.')
  check(options.revocation ?? {}, REVOCATION_OPTIONS, 'revocation.')
  for (const problem of TOGETHER) {
    const sentence = problem(options, cookie)
    if (typeof sentence === 'string') throw new ConfigError(sentence)
  }
}

/**
 * Checks the options that stand beside a server, and not in a session.
 *
 * @throws ConfigError with one sentence that says what to change
 */
export function checkClientErrorOptions(options: ClientErrorOptions): void {
  const given: unknown = options
  if (!isRecord(given))
    throw new ConfigError('The options must be an object, such as { cookie: { name: "session" } }.')
  check(options, { cookie: ANYTHING }, '')
  for (const cookie of [options.cookie ?? {}].flat()) checkOptions({ secrets: undefined, cookie })
}

/** What is used is checked, inherited or not. */
function check(given: object, rules: Readonly<Record<string, Rule>>, prefix: string): void {
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(rules, key))
  if (unknown !== undefined) {
    const names = Object.keys(rules).map((name) => prefix + name)
    throw new ConfigError(
      `Unknown option${shown(prefix + unknown)}. Valid options: ${names.join(', ')}.`,
    )
  }
  for (const [key, [isRight, sentence]] of Object.entries(rules)) {
    const value: unknown = Reflect.get(given, key)
    if (value !== undefined && !isRight(value)) throw new ConfigError(sentence)
  }
}

/** A name that somebody gave, unless it is so long that it may be a secret in the wrong place. */
function shown(name: string): string {
  return name.length < MIN_SECRET_BYTES ? ` ${name}` : ''
}

/**
 * Checks where a session is put.
 *
 * @throws ConfigError with one sentence that says what to change
 */
export function checkPlacement(placement: unknown): void {
  if (!isText(memberOf(placement, 'variable'), /./))
    throw new ConfigError(
      "placement.variable must be the name of a context variable, such as 'session'.",
    )
}

function wholeNumber(name: string, most: number): Rule {
  return [
    (value) => Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most,
    `${name} must be a whole number between 1 and ${most}.`,
  ]
}

function oneOf(name: string, ...values: readonly string[]): Rule {
  const quoted = values.map((value) => `'${value}'`)
  const list = `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
  return [(value) => values.some((each) => each === value), `${name} must be ${list}.`]
}
