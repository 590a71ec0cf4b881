import { BrowserJar, type BrowserJarOptions } from './browser-jar.ts'

/** What a browser does with cookies when it sends a request and gets an answer, and nothing else. */
export class Browser {
  readonly jar: BrowserJar
  readonly #origin: string

  /** @param origin Where paths are sent to, such as `http://localhost:8787`. */
  constructor(origin: string, options?: BrowserJarOptions) {
    this.#origin = origin
    this.jar = new BrowserJar(options)
  }

  get(path: string): Promise<Response> {
    return this.fetch('GET', path)
  }

  post(path: string): Promise<Response> {
    return this.fetch('POST', path)
  }

  /** Sends the jar's cookies, stores those of the answer, follows no redirect. */
  async fetch(method: string, path: string): Promise<Response> {
    const url = new URL(path, this.#origin)
    const cookie = this.jar.header(url)
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      ...(cookie === undefined ? {} : { headers: { cookie } }),
    })
    this.jar.store(response.headers.getSetCookie(), url)
    return response
  }
}
