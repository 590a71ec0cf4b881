import { Hono } from 'hono'
import {
  type PartialSessionOptions,
  type Session,
  type SessionVariables,
  session,
} from '../../src/hono.ts'
import type { SessionEvent } from '../../src/index.ts'
import { Clock, type Loose, SECRET, Visitor } from '../support/visitor.ts'

export type Env = { Variables: SessionVariables<Loose> }

/** An app with a session, a browser that visits it, and a second app to look into the session with. */
export class Site {
  readonly clock = new Clock()
  readonly events: SessionEvent[] = []
  readonly app = new Hono<Env>()
  readonly visitor: Visitor
  readonly #looker = new Hono<Env>()
  #filling: ((session: Session<Loose>) => void) | undefined

  /** @param bare - whether the test registers the middleware itself */
  constructor(options: Partial<PartialSessionOptions> = {}, bare = false, origin?: string) {
    this.visitor = new Visitor(this.clock, origin)
    if (!bare) this.app.use(this.middleware(options))
    this.#looker.use(session(this.options(options)))
    this.#looker.get('*', (c) => c.json(c.var.session.data))
    this.#looker.post('*', async (c) => {
      this.#filling?.(c.var.session)
      return c.text('ok')
    })
  }

  options(options: Partial<PartialSessionOptions> = {}): PartialSessionOptions {
    return {
      secrets: SECRET,
      clock: this.clock.read,
      onEvent: (event) => this.events.push(event),
      ...options,
    }
  }

  middleware(options: Partial<PartialSessionOptions> = {}) {
    return session<Loose>(this.options(options))
  }

  /** One request; the cookies of its answer go into the browser. */
  send(path = '/', init: RequestInit = {}): Promise<Response> {
    return this.visitor.send((request) => this.app.request(request), path, init)
  }

  /** The data of the visitor's session now. */
  async look(): Promise<unknown> {
    return (await this.#looker.request(this.visitor.request('/'))).json()
  }

  /** Changes the visitor's session by an app of its own. */
  async fill(fn: (session: Session<Loose>) => void): Promise<void> {
    this.#filling = fn
    await this.visitor.send((request) => this.#looker.request(request), '/', { method: 'POST' })
  }

  /** How many session cookies the last answer set, and whether each of their names was there once. */
  get written(): number {
    const ours = this.visitor.setCookies.filter((line) => line.startsWith('__Host-session.'))
    const names = ours.map((line) => line.split('=')[0])
    if (new Set(names).size !== names.length) throw new Error(`twice: ${names.join(', ')}`)
    return ours.filter((line) => !line.includes('Max-Age=0')).length
  }
}
