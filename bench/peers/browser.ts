/** A browser with one strict cookie jar. It sends with the cookies of now, and is told when an answer arrives. */
import { BrowserJar } from '../../test/support/browser-jar.ts'
import type { App } from './app.ts'

export const ORIGIN = 'https://bench.example'

export class Browser {
  readonly jar: BrowserJar = new BrowserJar()
  readonly #app: App

  constructor(app: App) {
    this.#app = app
  }

  /** Sends a request. The jar does not know of the answer until {@link receive}. */
  async send(method: 'GET' | 'POST', path: string): Promise<Response> {
    const url = ORIGIN + path
    const cookie = this.jar.header(url)
    const headers = cookie === undefined ? {} : { cookie }
    const response = await this.#app.fetch(new Request(url, { method, headers }))
    if (response.status !== 200)
      throw new Error(`${this.#app.name}: ${method} ${path}: ${response.status}`)
    return response
  }

  /** The answer arrives: its cookies go into the jar. A cookie that a browser would not take is an error. */
  receive(response: Response): void {
    this.jar.store(response.headers.getSetCookie(), ORIGIN)
    const [dropped] = this.jar.dropped
    if (dropped) throw new Error(`${this.#app.name}: a browser drops its cookie: ${dropped.reason}`)
  }

  async post(path: string): Promise<void> {
    this.receive(await this.send('POST', path))
  }

  /** What the app says is in the session. */
  async read(...keys: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
    const response = await this.send('GET', `/read/${keys.join(',')}`)
    this.receive(response)
    const body: unknown = await response.json()
    return new Map(typeof body === 'object' && body !== null ? Object.entries(body) : [])
  }
}
