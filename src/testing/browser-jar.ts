/**
 * A browser's cookie jar, strict as RFC 6265bis has it and with the limits of Chrome. What a browser
 * would drop without a word is dropped, and written down in `dropped`.
 */

import { type ParsedCookie, parseSetCookie } from './set-cookie.ts'

/** The options of {@link BrowserJar}. */
export interface BrowserJarOptions {
  /**
   * Returns the time in milliseconds since 1970.
   *
   * @default Date.now
   */
  readonly clock?: () => number
  /**
   * Whether Secure cookies work on http://localhost: in Chrome and Firefox, not in Safari.
   *
   * @default false
   */
  readonly secureOnLocalhost?: boolean
}

/** A cookie in a jar. */
export interface StoredCookie extends ParsedCookie {
  /** The domain that it was set for, or the host. */
  readonly domain: string
  /** Whether subdomains do not get it. */
  readonly hostOnly: boolean
  /** The path below which it is sent. */
  readonly path: string
  /** Where it stands in the order in which cookies were set. */
  readonly created: number
}

interface JarEntry extends StoredCookie {
  used: number
}

/** A domain holds so many cookies; with one more, the longest unused ones go until `KEPT` are left. */
const MOST = 180
const KEPT = 150

/**
 * A browser's cookie jar.
 *
 * @example
 * ```ts
 * import { BrowserJar } from 'carryon/testing'
 *
 * const jar = new BrowserJar()
 * jar.store(['a=1; Path=/; Secure'], 'https://shop.example/')
 * console.log(jar.header('https://shop.example/cart')) // 'a=1'
 * ```
 */
export class BrowserJar {
  /** What was ignored, and why. */
  readonly dropped: { readonly header: string; readonly reason: string }[] = []
  readonly #clock: () => number
  readonly #secureOnLocalhost: boolean
  #entries = new Map<string, JarEntry>()
  #ticks = 0

  constructor(options: BrowserJarOptions = {}) {
    this.#clock = options.clock ?? Date.now
    this.#secureOnLocalhost = options.secureOnLocalhost ?? false
  }

  /**
   * Takes the Set-Cookie headers of a response from `url`: `response.headers.getSetCookie()`.
   *
   * @example
   * ```ts
   * import { BrowserJar } from 'carryon/testing'
   *
   * const jar = new BrowserJar()
   * const response = await fetch('http://localhost:3000')
   * jar.store(response.headers.getSetCookie(), response.url)
   * ```
   */
  store(setCookies: readonly string[], url: string | URL): void {
    for (const header of setCookies) {
      const reason = this.#storeOne(header, new URL(url))
      if (reason !== undefined) this.dropped.push({ header, reason })
    }
  }

  /**
   * The Cookie header of a request to `url`; `undefined` when there is none.
   *
   * @example
   * ```ts
   * import { BrowserJar } from 'carryon/testing'
   *
   * const jar = new BrowserJar()
   * console.log(jar.header('http://localhost:3000/cart') ?? 'none')
   * ```
   */
  header(url: string | URL): string | undefined {
    const cookies = this.cookies(url)
    for (const { name, domain, path, hostOnly } of cookies) {
      const entry = this.#entries.get(identity({ name, domain, path, hostOnly }))
      if (entry) entry.used = this.#ticks++
    }
    if (cookies.length === 0) return undefined
    return cookies.map(({ name, value }) => (name === '' ? value : `${name}=${value}`)).join('; ')
  }

  /**
   * The cookies for a URL, in the order in which they are sent.
   *
   * @example
   * ```ts
   * import { BrowserJar } from 'carryon/testing'
   *
   * const jar = new BrowserJar()
   * console.log(jar.cookies('http://localhost:3000').map(({ name }) => name))
   * ```
   */
  cookies(url: string | URL): StoredCookie[] {
    const at = new URL(url)
    this.#dropExpired()
    return [...this.#entries.values()]
      .filter((cookie) => hostMatches(at.hostname, cookie.domain, cookie.hostOnly))
      .filter((cookie) => pathMatches(at.pathname, cookie.path))
      .filter((cookie) => !cookie.secure || this.#isSecure(at))
      .sort((a, b) => b.path.length - a.path.length || a.created - b.created)
  }

  /**
   * A jar with the same cookies, which goes its own way from here.
   *
   * @example
   * ```ts
   * import { BrowserJar } from 'carryon/testing'
   *
   * const jar = new BrowserJar()
   * const copied = jar.clone() // what a thief has
   * ```
   */
  clone(): BrowserJar {
    const copy = new BrowserJar({ clock: this.#clock, secureOnLocalhost: this.#secureOnLocalhost })
    copy.#entries = new Map([...this.#entries].map(([key, entry]) => [key, { ...entry }]))
    copy.#ticks = this.#ticks
    return copy
  }

  #storeOne(header: string, url: URL): string | undefined {
    const now = this.#clock()
    const parsed = parseSetCookie(header, now)
    if (typeof parsed === 'string') return parsed
    const host = url.hostname
    const hostOnly = parsed.domain === undefined
    const domain = parsed.domain ?? host
    const path = parsed.path ?? defaultPath(url.pathname)
    const secureOrigin = this.#isSecure(url)

    if (!hostMatches(host, domain, hostOnly)) return 'a domain that is not its own'
    if (parsed.secure && !secureOrigin) return 'Secure, but not over https'
    if (parsed.sameSite === 'none' && !parsed.secure) return 'SameSite=None without Secure'
    if (parsed.name === '' && /^__(secure|host)-/i.test(parsed.value))
      return 'a prefix without a name'
    const prefix = /^__(secure|host)-/i.exec(parsed.name)?.[1]?.toLowerCase()
    if (prefix !== undefined && !parsed.secure) return `__${prefix}- without Secure`
    if (prefix === 'host' && !(hostOnly && parsed.path === '/')) {
      return '__host- with a Domain, or without Path=/'
    }

    const key = identity({ name: parsed.name, domain, path, hostOnly })
    const old = this.#entries.get(key)
    if (old?.secure && !secureOrigin) return 'would replace a Secure cookie, but not over https'
    if (parsed.expires !== undefined && parsed.expires <= now) {
      this.#entries.delete(key)
      return undefined
    }
    const used = this.#ticks++
    this.#entries.set(key, {
      ...parsed,
      domain,
      hostOnly,
      path,
      created: old?.created ?? used,
      used,
    })
    this.#makeRoom(domain)
    return undefined
  }

  #isSecure(url: URL): boolean {
    if (url.protocol === 'https:') return true
    return this.#secureOnLocalhost && /^(.+\.)?localhost$/.test(url.hostname)
  }

  #dropExpired(): void {
    const now = this.#clock()
    for (const [key, { expires }] of this.#entries) {
      if (expires !== undefined && expires <= now) this.#entries.delete(key)
    }
  }

  #makeRoom(domain: string): void {
    const crowd = [...this.#entries].filter(([, entry]) => entry.domain === domain)
    if (crowd.length <= MOST) return
    crowd.sort(([, a], [, b]) => a.used - b.used)
    for (const [key, { name }] of crowd.slice(0, crowd.length - KEPT)) {
      this.#entries.delete(key)
      this.dropped.push({ header: name, reason: 'more than 180 cookies for one domain' })
    }
  }
}

function identity(of: Pick<StoredCookie, 'name' | 'domain' | 'path' | 'hostOnly'>): string {
  return JSON.stringify([of.name, of.domain, of.path, of.hostOnly])
}

function hostMatches(host: string, domain: string, hostOnly: boolean): boolean {
  return host === domain || (!hostOnly && host.endsWith(`.${domain}`))
}

function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true
  if (!path.startsWith(cookiePath)) return false
  return cookiePath.endsWith('/') || path.charAt(cookiePath.length) === '/'
}

function defaultPath(path: string): string {
  const end = path.lastIndexOf('/')
  return end <= 0 ? '/' : path.slice(0, end)
}
