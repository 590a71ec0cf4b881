import type { SessionVariables } from '../src/hono.ts'
import type { Sessions } from '../src/index.ts'

/** What every node is given: bindings on Workers, an object of the same shape on Node. */
export interface Env {
  /** What seals the cookies, newest first, separated by commas. */
  readonly SESSION_SECRETS: string
  /** How the node calls itself in `x-node`. Deployed Workers have none and say where they run. */
  readonly NODE_NAME?: string
  /** `'1'` in the local cluster only: turns on the routes that exist for its tests. */
  readonly CLUSTER?: string
  /** After how many seconds a node asks again whether somebody has signed the session out. Default: 5. */
  readonly REVOCATION_LAG?: string
  /** Where the balancer of the local cluster listens. */
  readonly CLUSTER_URL?: string
}

/** What the cluster's tests change element by element. Each is a value of its own in the store. */
export interface Collections {
  list: { id: string; text: string }[]
  keys: Record<string, string>
  counts: { hits: number; text: string }
  map: Map<string, string>
  set: Set<string>
}

/** What the cluster's tests write to find out which writes show, and whether all of each. */
export interface Journal {
  /** The names of all writes. */
  log: string[]
  last: string
  count: number
}

/** What the demo keeps about a visitor. */
export type Data = Partial<Collections> & {
  journal?: Journal
  user?: { id: string; name: string }
  /** Whether the session was begun before there was anything to put into it. */
  begun?: boolean
  /** The numbers of writes that are sent together. */
  story?: number[]
  cart: Record<string, number>
  /** Counted with `data.count++`. */
  count: number
  /** Counted with `increment('hits')`. */
  hits: number
  /** Something big, as long as the visitor likes. */
  note?: string
  /** What the cluster's tests put in. */
  [test: `x-${string}`]: string
}

/** The session of the request, and `sessions`, which ends and lists those of other browsers. */
export type DemoVariables = SessionVariables<Data> & { sessions: Sessions<Data> }
