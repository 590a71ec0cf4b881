/** Which options there are: a mistyped one must not be ignored. */
import { ConfigError } from '../errors.ts'
import type { BaseSessionOptions, CookieOptions, SessionOptions } from './options.ts'

const OPTIONS: Record<keyof BaseSessionOptions | keyof SessionOptions<object>, true> = {
  secrets: true,
  cookie: true,
  idleTimeout: true,
  absoluteTimeout: true,
  initial: true,
  schema: true,
  version: true,
  migrate: true,
  onInvalid: true,
  transient: true,
  overflow: true,
  overflowLoad: true,
  overflowTimeout: true,
  maxSessionBytes: true,
  cacheControl: true,
  onEvent: true,
  clock: true,
}

const COOKIE_OPTIONS: Record<keyof CookieOptions, true> = {
  name: true,
  domain: true,
  path: true,
  sameSite: true,
  secure: true,
  partitioned: true,
}

/** @throws ConfigError that names the options that there are */
export function refuseUnknown(options: object, cookie: object): void {
  refuse(options, OPTIONS, '')
  refuse(cookie, COOKIE_OPTIONS, 'cookie.')
}

function refuse(given: object, known: object, prefix: string): void {
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(known, key)) continue
    const names = Object.keys(known).map((name) => prefix + name)
    throw new ConfigError(`There is no option ${prefix}${key}. There are: ${names.join(', ')}.`)
  }
}
