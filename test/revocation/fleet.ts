/** Some nodes that share a secret and a revocation store, and the browsers of one user. */
import type { RevocationOptions, RevocationStore, SessionOptions } from '../../src/index.ts'
import { memoryMarks } from '../../src/stores/memory.ts'
import { Clock, type Loose, Shop, Visitor } from '../support/visitor.ts'

/** A store, and how often it was asked. Each key that is read or written counts as part of one call. */
export interface CountedStore extends RevocationStore {
  readonly calls: { get: number; put: number; ask: string[] }
}

export function counted(store: RevocationStore): CountedStore {
  const calls = { get: 0, put: 0, ask: [] as string[] }
  const { registry } = store
  return {
    calls,
    isImmediate: store.isImmediate,
    get: (keys) => {
      calls.get++
      return store.get(keys)
    },
    put: (...args) => {
      calls.put++
      return store.put(...args)
    },
    registry: registry && {
      ask: (subject, request) => {
        calls.ask.push(request.do)
        return registry.ask(subject, request)
      },
    },
  }
}

/** Marks alone, without a list of sessions, as Redis or KV keep them. */
export function withoutRegistry(store: RevocationStore): RevocationStore {
  return { isImmediate: store.isImmediate, get: store.get, put: store.put }
}

/** A store that can be down. */
export function breakable(make: (clock: () => number) => RevocationStore) {
  const plan = { isDown: false }
  const store = ({ read }: Clock): RevocationStore => {
    const { isImmediate, get, put, registry } = make(read)
    const guard = <T>(call: () => Promise<T>) =>
      plan.isDown ? Promise.reject(new Error('down')) : call()
    return {
      isImmediate,
      get: (keys) => guard(() => get(keys)),
      put: (...args) => guard(() => put(...args)),
      registry: registry && { ask: (...args) => guard(() => registry.ask(...args)) },
    }
  }
  return { plan, store }
}

export class Fleet {
  readonly clock: Clock = new Clock()
  readonly store: CountedStore
  readonly nodes: readonly Shop[]
  /** How many seconds the clock of each node is ahead. */
  readonly ahead: number[]

  constructor({
    nodes = 2,
    store,
    options = {},
    ...revocation
  }: Partial<Omit<RevocationOptions, 'store'>> & {
    nodes?: number
    store?: (clock: Clock) => RevocationStore
    options?: Partial<SessionOptions<Loose>>
  } = {}) {
    const { clock } = this
    this.store = counted((store ?? ((at) => memoryMarks({ clock: at.read })))(clock))
    this.ahead = Array.from({ length: nodes }, () => 0)
    this.nodes = this.ahead.map((_, i) => {
      const read = () => clock.now + (this.ahead[i] ?? 0) * 1000
      // A node remembers what it has asked this object: so each has one of its own.
      const settings = { onUnavailable: 'deny', ...revocation, store: { ...this.store } } as const
      return new Shop({ clock: read, revocation: settings, ...options }, { clock })
    })
  }

  node(i = 0): Shop {
    const node = this.nodes[i % this.nodes.length]
    if (!node) throw new Error('no node')
    return node
  }

  browser(): Visitor {
    return new Visitor(this.clock)
  }

  /** A browser in which a user has logged in. */
  async loggedIn(subject = 'ada', node = 0, label = ''): Promise<Visitor> {
    const browser = this.browser()
    await this.at(browser, node, (session) => session.login(subject, { label }))
    return browser
  }

  /** A request of a browser to a node. */
  async at<T>(
    browser: Visitor,
    node: number,
    fn: (session: Awaited<ReturnType<Shop['sessions']['open']>>) => T | Promise<T>,
  ): Promise<T> {
    const { sessions } = this.node(node)
    const session = await sessions.open(browser.request())
    const result = await fn(session)
    browser.take(await sessions.commit(session, new Response('ok')))
    return result
  }

  /** Who a node takes a browser for. */
  who(browser: Visitor, node = 0): Promise<string | undefined> {
    return this.at(browser, node, ({ subject }) => subject)
  }

  id(browser: Visitor, node = 0): Promise<string> {
    return this.at(browser, node, ({ id }) => id)
  }
}

/** The same cookies in another browser: somebody copied them. */
export function copyOf(browser: Visitor, clock: Clock): Visitor {
  const copy = new Visitor(clock)
  for (const pair of browser.cookie.split('; ').filter((each) => each !== '')) {
    const line = `${pair}; Path=/; Secure; HttpOnly; Max-Age=34000000`
    copy.jar.store([line], copy.origin)
  }
  return copy
}
