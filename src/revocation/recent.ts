/** What a node remembers of its checks, so that a session that is only read is not checked in each request. */

import type { RevocationFailure } from '../errors.ts'
import type { EndedBy, KeyKind } from './keys.ts'
import type { Mark } from './marks.ts'
import type { RevocationStore } from './store.ts'

/** How a check went, and when it began, by the node's clock, in ms. */
export type CheckOutcome =
  | { readonly was: 'good'; readonly at: number }
  | { readonly was: 'failed'; readonly failure: RevocationFailure; readonly at: number }
  | { readonly was: 'over'; readonly by: EndedBy; readonly at: number }

/** So many sessions are remembered. About 1 MB. */
const MOST_CHECKS = 4096

/** So many marks of its own a node remembers, and so many logins that it has told of. */
const MOST_OWN = 1024

/** The newest of what is remembered: what was set the longest ago goes first. */
export class Newest<Value> {
  readonly #most: number
  readonly #values = new Map<string, Value>()

  constructor(most: number) {
    this.#most = most
  }

  get isEmpty(): boolean {
    return this.#values.size === 0
  }

  get(key: string): Value | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: Value): void {
    this.#values.delete(key)
    const [oldest] = this.#values.keys()
    if (oldest !== undefined && this.#values.size >= this.#most) this.#values.delete(oldest)
    this.#values.set(key, value)
  }
}

/** Whether another check, that began later, has told more meanwhile. What is over stays so. */
function isOvertaken({ at }: CheckOutcome, known: CheckOutcome | undefined): boolean {
  return known !== undefined && (known.was === 'over' || known.at > at)
}

/** Checks of the last minutes. */
export class RecentChecks {
  readonly #outcomes = new Newest<CheckOutcome>(MOST_CHECKS)
  readonly #running = new Map<string, Promise<CheckOutcome>>()

  get(session: string): CheckOutcome | undefined {
    return this.#outcomes.get(session)
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
      if (!isOvertaken(outcome, this.#outcomes.get(session))) this.#outcomes.set(session, outcome)
      return outcome
    } finally {
      if (this.#running.get(session) === running) this.#running.delete(session)
    }
  }
}

/** A mark that this node has put, and when the store had acknowledged it, by the node's clock, in ms. */
export interface OwnMark {
  readonly mark: Mark
  readonly at: number
}

/** What this node itself has ended a session by, and when the store had acknowledged that, in ms. */
export interface OwnEnd {
  readonly by: EndedBy
  readonly at: number
  /** Whether it does not matter what the store says: another mark may have taken its place there, that ends less. */
  readonly isCertain: boolean
}

/** What a node remembers of one store. */
export interface NodeMemory {
  readonly checks: RecentChecks
  /** What the node itself has marked: it need not wait until the store shows it. */
  readonly own: Newest<OwnMark>
  /** When, in the order of what happened here, a `revoke()` began that put a mark: by what it is about, and its time. */
  readonly begun: Newest<number>
  /** Counts what happens here, so that no clock need tell what came first. */
  readonly turn: () => number
  /**
   * What stands for the logins of which it has told the store that they are over, though nobody had ended them, and until
   * when it need not try again, by the node's clock, in ms.
   */
  readonly told: Newest<number>
}

const memories = new WeakMap<RevocationStore, Map<string, NodeMemory>>()

/** The same for all that use one store for sessions of one name: a middleware and `createSessions()`, say. */
export function nodeMemoryOf(store: RevocationStore, scope: string): NodeMemory {
  const known = memories.get(store) ?? new Map<string, NodeMemory>()
  memories.set(store, known)
  let turns = 0
  const memory = known.get(scope) ?? {
    checks: new RecentChecks(),
    own: new Newest(MOST_OWN),
    begun: new Newest(MOST_OWN),
    turn: () => ++turns,
    told: new Newest(MOST_OWN),
  }
  known.set(scope, memory)
  return memory
}

/** When the `revoke()` of this node began that put a mark. */
export function turnOf(
  { begun }: NodeMemory,
  kind: KeyKind,
  value: string,
  mark: Mark | undefined,
): number | undefined {
  return mark && begun.get(`${kind} ${value} ${mark.at}`)
}
