/** What a node remembers of its checks, so that a session that is only read is not checked in each request. */

import type { KeyKind } from './keys.ts'
import type { Mark } from './marks.ts'
import type { RevocationStore } from './store.ts'

/** How a check went, and when it began, by the node's clock, in ms. */
export type CheckOutcome =
  | { readonly was: 'good' | 'failed'; readonly at: number }
  | { readonly was: 'over'; readonly by: KeyKind; readonly at: number }

/** So many sessions are remembered; the one that was checked the longest ago goes first. About 1 MB. */
const MOST = 4096

/** Checks of the last minutes. */
export class RecentChecks {
  readonly #outcomes = new Map<string, CheckOutcome>()
  readonly #running = new Map<string, Promise<CheckOutcome>>()

  get(session: string): CheckOutcome | undefined {
    return this.#outcomes.get(session)
  }

  set(session: string, outcome: CheckOutcome): void {
    this.#outcomes.delete(session)
    const [oldest] = this.#outcomes.keys()
    if (oldest !== undefined && this.#outcomes.size >= MOST) this.#outcomes.delete(oldest)
    this.#outcomes.set(session, outcome)
  }

  /** The check of a session that is under way. */
  running(session: string): Promise<CheckOutcome> | undefined {
    return this.#running.get(session)
  }

  /** Does a check. Requests that come meanwhile find it with {@link running}. */
  async run(session: string, check: () => Promise<CheckOutcome>): Promise<CheckOutcome> {
    const running = check()
    this.#running.set(session, running)
    try {
      const outcome = await running
      this.set(session, outcome)
      return outcome
    } finally {
      if (this.#running.get(session) === running) this.#running.delete(session)
    }
  }
}

/** What a node remembers of one store. */
export interface NodeMemory {
  readonly checks: RecentChecks
  /** What the node itself has marked: it need not wait until the store shows it. */
  readonly own: Map<string, Mark>
}

const memories = new WeakMap<RevocationStore, Map<string, NodeMemory>>()

/** The same for all that use one store for sessions of one name: a middleware and `createSessions()`, say. */
export function nodeMemoryOf(store: RevocationStore, scope: string): NodeMemory {
  const known = memories.get(store) ?? new Map<string, NodeMemory>()
  memories.set(store, known)
  const memory = known.get(scope) ?? { checks: new RecentChecks(), own: new Map() }
  known.set(scope, memory)
  return memory
}
