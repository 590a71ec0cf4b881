import { expect } from 'vitest'
import {
  createSessions,
  type SessionEvent,
  type SessionOptions,
  type Sessions,
} from '../../src/index.ts'
import type { Session } from '../../src/session/session.ts'
import { Browser, type Fetch } from '../../src/testing/browser.ts'

/** A secret for tests. It guards nothing. */
export const SECRET = 'only-for-tests-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5'
export const OTHER_SECRET = 'also-only-for-tests-QUJDREVGR0hJSktMTU5PUFFSUw'

/** When tests begin: not at the start of a second, a minute or an hour. */
export const START = 1_800_001_234_567

export const ORIGIN = 'https://shop.example'

/** A clock that stands until it is told to go on. */
export class Clock {
  now = START
  readonly read = (): number => this.now

  advance(seconds: number): void {
    this.now += seconds * 1000
  }
}

/** Any data: what tests put into sessions. */
export type Loose = Record<string, unknown>

/** A browser at the shop, by the clock of the test. */
export class Visitor extends Browser {
  /** The Set-Cookie headers of the last answer. */
  setCookies: readonly string[] = []

  constructor(clock: Clock, origin: string = ORIGIN) {
    super(origin, { clock: clock.read })
  }

  override take(response: Response, url?: string): Response {
    this.setCookies = response.headers.getSetCookie()
    return super.take(response, url)
  }

  /** Sends a request to one of the apps that it visits, and takes the answer. */
  async send(app: Fetch, path = '/', init: RequestInit = {}): Promise<Response> {
    const request = this.request(path, init)
    return this.take(await app(request), request.url)
  }
}

/** Sessions of one app on one node, what they reported, and a browser to visit them with. */
export class Shop<Data extends object = Loose> {
  readonly clock: Clock
  readonly events: SessionEvent[] = []
  readonly sessions: Sessions<Data>
  readonly visitor: Visitor

  constructor(
    options: Partial<SessionOptions<Data>> = {},
    shared: { clock?: Clock; visitor?: Visitor; origin?: string } = {},
  ) {
    this.clock = shared.clock ?? new Clock()
    this.visitor = shared.visitor ?? new Visitor(this.clock, shared.origin)
    const defaults = {
      secrets: SECRET,
      clock: this.clock.read,
      onEvent: (event: SessionEvent) => this.events.push(event),
    }
    // Without `initial` the data is empty; tests say which type they put in.
    this.sessions = createSessions<Data>({ ...defaults, ...options } as SessionOptions<Data>)
  }

  /** One request of the visitor: `fn` gets the session, its result comes back. */
  async visit<T>(fn: (session: Session<Data>) => T | Promise<T>): Promise<T> {
    const request = await this.begin()
    const result = await fn(request.session)
    await request.end()
    return result
  }

  /** A request that is answered later: `end` commits and delivers the answer. */
  async begin(): Promise<{
    session: Session<Data>
    end: () => Promise<void>
    answer: () => Promise<() => void>
  }> {
    const session = await this.sessions.open(this.visitor.request())
    const answer = async () => {
      const response = await this.sessions.commit(session, new Response('ok'))
      return () => {
        this.visitor.take(response)
      }
    }
    return { session, answer, end: async () => (await answer())() }
  }

  /** What a request with the visitor's cookies finds, without changing anything. */
  async look(): Promise<Data> {
    const session = await this.sessions.open(this.visitor.request())
    return session.data
  }

  /** The events of these types so far. */
  told<Type extends SessionEvent['type']>(
    ...types: readonly Type[]
  ): Extract<SessionEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<SessionEvent, { type: Type }> =>
      types.some((type) => type === event.type),
    )
  }
}

/** The error that `fn` throws or rejects with. */
export async function errorOf(fn: () => unknown): Promise<unknown> {
  try {
    await fn()
  } catch (error) {
    return error
  }
  return expect.fail('it did not throw')
}
