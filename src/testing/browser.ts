/** A browser, as far as cookies go. */
import { BrowserJar, type BrowserJarOptions } from './browser-jar.ts'

/** Answers a request. */
export type Fetch = (request: Request) => Response | Promise<Response>

/** An app: a `fetch` handler, or what has one, such as an app of Hono. */
export type TestedApp = Fetch | { readonly fetch: Fetch }

/** The options of {@link Browser}. */
export interface BrowserOptions extends BrowserJarOptions {
  /**
   * Who answers.
   *
   * @default whoever listens at the origin
   */
  readonly app?: TestedApp
}

/** An answer that has not arrived yet. */
export interface HeldAnswer {
  /** What the server answered. The browser does not have its cookies yet. */
  readonly response: Response
  /** The answer arrives: its cookies go into the jar. Returns the response. */
  readonly release: () => Response
}

/**
 * A browser, as far as cookies go: it sends those of its jar, and takes those of the answers, by the rules of RFC
 * 6265bis and the limits of Chrome. A cookie that a real one would drop without a word is an error. No redirect is
 * followed, and no script runs.
 *
 * Answers can be held back, so that requests overlap as they do in real ones: `await browser.hold('/slow')`, then other
 * requests, then `release()`.
 *
 * @example
 * ```ts
 * import { Browser } from 'carryon/testing'
 *
 * const browser = new Browser('https://shop.example', { app: (request) => app.fetch(request, env) })
 * const slow = await browser.hold('/cart/apples', { method: 'POST' })
 * await browser.post('/cart/pears')
 * slow.release()
 * console.log(await (await browser.get('/cart')).json()) // both
 * ```
 */
export class Browser {
  /** Its cookies. */
  readonly jar: BrowserJar
  /** Where paths are sent to. */
  readonly origin: string
  readonly #app: Fetch

  /** @param origin - where paths are sent to, such as `http://localhost:8787` */
  constructor(origin: string, options: BrowserOptions = {}) {
    const { app = (request: Request) => fetch(request), ...ofJar } = options
    this.origin = origin
    this.#app = typeof app === 'function' ? app : (request) => app.fetch(request)
    this.jar = new BrowserJar(ofJar)
  }

  /**
   * The Cookie header that a request would carry now; `''` if there is none.
   *
   * @example
   * ```ts
   * import { Browser } from 'carryon/testing'
   *
   * const browser = new Browser('http://localhost:3000')
   * await browser.get('/')
   * console.log(browser.cookie.length)
   * ```
   */
  get cookie(): string {
    return this.jar.header(this.origin) ?? ''
  }

  /**
   * A request with the cookies of now, not sent yet.
   *
   * @example
   * ```ts
   * import { Browser } from 'carryon/testing'
   *
   * const request = new Browser('https://shop.example').request('/cart')
   * const session = await sessions.open(request)
   * ```
   */
  request(path = '/', init: RequestInit = {}): Request {
    const url = new URL(path, this.origin)
    const cookie = this.jar.header(url)
    const headers = new Headers(init.headers)
    if (cookie !== undefined) headers.set('Cookie', cookie)
    return new Request(url, { redirect: 'manual', ...init, headers })
  }

  /**
   * The answer to a request to `url` arrives: its cookies go into the jar.
   *
   * @throws `Error` if a browser drops one of them
   * @example
   * ```ts
   * import { Browser } from 'carryon/testing'
   *
   * const browser = new Browser('https://shop.example')
   * browser.take(await app.fetch(browser.request('/'), env))
   * ```
   */
  take(response: Response, url: string = this.origin): Response {
    const before = this.jar.dropped.length
    this.jar.store(response.headers.getSetCookie(), url)
    const dropped = this.jar.dropped.slice(before)
    if (dropped.length > 0) throw new Error(`A browser drops cookies: ${JSON.stringify(dropped)}`)
    return response
  }

  /**
   * Sends a request with the cookies of now, and holds the answer back until it is released.
   *
   * @example
   * ```ts
   * import { Browser } from 'carryon/testing'
   *
   * const browser = new Browser('https://shop.example', { app: (request) => app.fetch(request, env) })
   * const slow = await browser.hold('/')
   * await browser.post('/logout')
   * slow.release() // and the user is still logged out
   * ```
   */
  async hold(path = '/', init: RequestInit = {}): Promise<HeldAnswer> {
    const request = this.request(path, init)
    const response = await this.#app(request)
    return { response, release: () => this.take(response, request.url) }
  }

  /**
   * Sends a request with the cookies of now. The jar does not know of the answer until it is taken.
   *
   * @example
   * ```ts
   * import { Browser } from 'carryon/testing'
   *
   * const browser = new Browser('http://localhost:3000')
   * const answers = await Promise.all(['/a', '/b'].map((path) => browser.ask('POST', path)))
   * for (const answer of answers.reverse()) browser.take(answer)
   * ```
   */
  async ask(method: 'GET' | 'POST', path: string): Promise<Response> {
    return this.#app(this.request(path, { method }))
  }

  /**
   * Sends a request, and takes the cookies of the answer.
   *
   * @example
   * ```ts
   * import { Browser } from 'carryon/testing'
   *
   * const browser = new Browser('http://localhost:3000')
   * await browser.fetch('/cart/apples', { method: 'DELETE' })
   * ```
   */
  async fetch(path = '/', init: RequestInit = {}): Promise<Response> {
    return (await this.hold(path, init)).release()
  }

  /**
   * Sends a GET request, and takes the cookies of the answer.
   *
   * @example
   * ```ts
   * import { Browser } from 'carryon/testing'
   *
   * const response = await new Browser('http://localhost:3000').get('/')
   * ```
   */
  get(path?: string, init: RequestInit = {}): Promise<Response> {
    return this.fetch(path, init)
  }

  /**
   * Sends a POST request, and takes the cookies of the answer.
   *
   * @example
   * ```ts
   * import { Browser } from 'carryon/testing'
   *
   * const body = new URLSearchParams({ name: 'ada', password: 'right' })
   * await new Browser('http://localhost:3000').post('/login', { body })
   * ```
   */
  post(path?: string, init: RequestInit = {}): Promise<Response> {
    return this.fetch(path, { method: 'POST', ...init })
  }
}
