/** Plays scenes with the real library, a fixed clock and fixed randomness, and writes down what a jar holds then. */

import { createSessions, type SessionOptions } from '../../src/index.ts'
import type { Fragment } from '../../src/log/format/fragment.ts'
import { sealFragment } from '../../src/seal/fragment.ts'
import { sealText } from '../../src/seal/jwe.ts'
import { Keyring } from '../../src/seal/keyring.ts'
import type { Session } from '../../src/session/session.ts'
import { Browser } from '../../src/testing/browser.ts'
import { seeded } from '../support/random.ts'
import { fixRandomBytes } from '../support/random-bytes.ts'
import { found, urlOf } from './library.ts'
import { parse, unseal } from './reader/keys.ts'
import { ownCookies } from './reader/session.ts'
import type { Timeouts, Vector } from './vector.ts'

/** They guard nothing. */
export const SECRET = 'example-secret-of-format-1-guards-nothing'
export const NEW_SECRET = 'the-next-example-secret-guards-nothing-too'
export const FOREIGN_SECRET = 'an-example-secret-of-somebody-else-altogether'

/** 2027-01-15T08:00:34.567Z, in the hour 500000, or `apsw`. */
export const START = 1_800_000_034_567

/** What {@link Timeouts} has beside the absolute one. */
export type StoredTimeouts = Omit<Timeouts, 'absoluteTimeout'>

/** What it returns does not count. */
type Handler = (session: Session) => unknown

export interface PlayerOptions {
  readonly secrets?: readonly string[]
  readonly cookieName?: string
  readonly prefix?: Vector['prefix']
  readonly absoluteTimeout?: number
  /** In seconds. */
  readonly timeouts?: StoredTimeouts
  readonly options?: Partial<SessionOptions<Record<string, unknown>>>
}

/** One browser, and nodes that answer it. */
export class Player {
  now = START
  readonly name: string
  readonly browser: Browser
  readonly store: Record<string, string> = {}
  secrets: readonly string[]
  readonly cookieName: string
  readonly prefix: Vector['prefix']
  /** All of them in seconds. */
  readonly absoluteTimeout: number
  timeouts: StoredTimeouts
  readonly #options: Partial<SessionOptions<Record<string, unknown>>>

  constructor(name: string, options: PlayerOptions = {}) {
    this.name = name
    this.secrets = options.secrets ?? [SECRET]
    this.cookieName = options.cookieName ?? 'session'
    this.prefix = options.prefix ?? '__Host-'
    this.absoluteTimeout = options.absoluteTimeout ?? 43_200
    this.timeouts = options.timeouts ?? {}
    this.#options = options.options ?? {}
    const ofJar = { clock: () => this.now, secureOnLocalhost: true }
    this.browser = new Browser(urlOf(this.prefix), ofJar)
    reseed(name)
  }

  /** Lets time pass. */
  wait(seconds: number): this {
    this.now += seconds * 1000
    return this
  }

  /** A request that is answered at once. */
  async visit(handler: Handler): Promise<void> {
    const answer = await this.open()
    const deliver = await answer(handler)
    deliver()
  }

  /** Several requests with the same cookies, answered in the order of the list, `ms` apart. */
  async together(handlers: readonly Handler[], ms = 100): Promise<void> {
    const answers: ((handler: Handler) => Promise<() => void>)[] = []
    for (const _ of handlers) answers.push(await this.open())
    for (const [i, handler] of handlers.entries()) {
      this.now += ms
      const deliver = await answers[i]?.(handler)
      deliver?.()
    }
  }

  /** A request comes in. Call the result to handle it, and the result of that to deliver the answer. */
  async open(): Promise<(handler: Handler) => Promise<() => void>> {
    const domain = this.prefix === '__Secure-' ? { domain: 'shop.example' } : {}
    const sessions = createSessions({
      secrets: this.secrets,
      cookie: { name: this.cookieName, ...domain },
      absoluteTimeout: this.absoluteTimeout,
      ...this.timeouts,
      clock: () => this.now,
      overflow: {
        get: async (key) => this.store[key],
        put: async (key, value) => {
          this.store[key] = value
        },
      },
      ...this.#options,
    } as SessionOptions<Record<string, unknown>>)
    const session = await sessions.open(this.browser.request())
    return async (handler) => {
      await handler(session)
      const response = await sessions.commit(session, new Response())
      return () => {
        this.browser.take(response)
      }
    }
  }

  keyring(secret: string = this.secrets[0] ?? '', name: string = this.cookieName): Keyring {
    return new Keyring([secret], name, this.timeouts.maxAbsoluteTimeout ?? this.absoluteTimeout)
  }

  /** Puts a cookie into the jar by hand. */
  put(id: string, value: string): this {
    const place = this.prefix === '' ? 'Path=/' : 'Path=/; Secure'
    const domain = this.prefix === '__Secure-' ? '; Domain=shop.example' : ''
    return this.#setCookie(`${this.#full(id)}=${value}; ${place}${domain}`)
  }

  remove(id: string): void {
    this.#setCookie(`${this.#full(id)}=; Max-Age=0; Path=/; Secure`)
  }

  async putFragment(fragment: Fragment): Promise<void> {
    this.put(fragment.id, await sealFragment(fragment, this.keyring(), this.now))
  }

  async putClaims(id: string, claims: unknown): Promise<void> {
    this.put(id, await sealText(JSON.stringify(claims), this.keyring(), this.now))
  }

  /** The cookies of the session, by their ids. */
  cookies(): Map<string, string> {
    const own = this.browser.jar
      .cookies(urlOf(this.prefix))
      .filter(({ name }) => name.startsWith(this.#full('')))
    return new Map(own.map(({ name, value }) => [name.slice(this.#full('').length), value]))
  }

  /** What the cookies of a header say, by their ids. */
  async claims(header = this.header()): Promise<Vector['claims']> {
    const { secrets, cookieName: name, now, absoluteTimeout, timeouts } = this
    const { maxAbsoluteTimeout = absoluteTimeout } = timeouts
    const options = { secrets, name, now, maxAbsolute: maxAbsoluteTimeout * 1000 }
    const opened = ownCookies(header, this.#full('')).map(async ([id, token]) => {
      return [id, parse(await unseal(token, options)) ?? null] as const
    })
    return Object.fromEntries(await Promise.all(opened))
  }

  /** The jar as it is now. */
  async vector(about: string, cookieHeader = this.header()): Promise<Vector> {
    const { name, secrets, cookieName, prefix, now, absoluteTimeout } = this
    const vector = {
      name,
      about,
      secrets,
      cookieName,
      prefix,
      now,
      absoluteTimeout,
      ...this.timeouts,
      cookieHeader,
      store: this.store,
    }
    return { ...vector, claims: await this.claims(cookieHeader), expected: await found(vector) }
  }

  header(): string {
    return this.browser.jar.header(this.browser.origin) ?? ''
  }

  #setCookie(line: string): this {
    this.browser.jar.store([line], this.browser.origin)
    return this
  }

  #full(id: string): string {
    return `${this.prefix}${this.cookieName}.${id}`
  }
}

/** From here on "random" bytes are the same each time, IVs included. */
function reseed(name: string): void {
  const seed = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7)
  fixRandomBytes(seeded(seed))
}
