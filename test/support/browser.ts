import { BrowserJar, type BrowserJarOptions } from './browser-jar.ts'

/** Answers a request. */
export type Fetch = (request: Request) => Response | Promise<Response>

export interface BrowserOptions extends BrowserJarOptions {
  /** Who answers. Default: whoever listens at the origin. */
  readonly app?: Fetch
}

/**
 * What a browser does with cookies when it sends a request and gets an answer, and nothing else. A cookie that
 * real ones would drop without a word is an error.
 */
export class Browser {
  readonly jar: BrowserJar
  readonly origin: string
  readonly #app: Fetch

  /** @param origin Where paths are sent to, such as `http://localhost:8787`. */
  constructor(origin: string, options: BrowserOptions = {}) {
    const { app = (request) => fetch(request), ...ofJar } = options
    this.origin = origin
    this.#app = app
    this.jar = new BrowserJar(ofJar)
  }

  /** A request with the cookies of now. No redirect is followed. */
  request(path = '/', init: RequestInit = {}): Request {
    const url = new URL(path, this.origin)
    const cookie = this.jar.header(url)
    const headers = new Headers(init.headers)
    if (cookie !== undefined) headers.set('Cookie', cookie)
    return new Request(url, { redirect: 'manual', ...init, headers })
  }

  /** The answer to a request to `url` arrives: its cookies go into the jar. */
  take(response: Response, url: string = this.origin): Response {
    const before = this.jar.dropped.length
    this.jar.store(response.headers.getSetCookie(), url)
    const dropped = this.jar.dropped.slice(before)
    if (dropped.length > 0) throw new Error(`A browser drops cookies: ${JSON.stringify(dropped)}`)
    return response
  }

  /** Sends a request with the cookies of now. The jar does not know of the answer until it is taken. */
  async ask(method: 'GET' | 'POST', path: string): Promise<Response> {
    return this.#app(this.request(path, { method }))
  }

  get(path: string): Promise<Response> {
    return this.#fetch('GET', path)
  }

  post(path: string): Promise<Response> {
    return this.#fetch('POST', path)
  }

  async #fetch(method: 'GET' | 'POST', path: string): Promise<Response> {
    return this.take(await this.ask(method, path), new URL(path, this.origin).href)
  }
}
