/**
 * Nodes that go the whole way through the library: cookies are sealed, and what is too big for them lies in an overflow
 * store. What they share is the secret and the store.
 */
import { claimChecks, onceKeysOf, withOnceKeys } from '../../src/data/keys.ts'
import { OverflowUnavailable, SessionTooLarge } from '../../src/errors.ts'
import { type Burst, RecentWrites } from '../../src/log/bursts/recent.ts'
import { encodeClaims } from '../../src/log/format/claims.ts'
import {
  type Fragment,
  isUnnamed,
  type SessionIdentity,
  SHORT_SID_LENGTH,
} from '../../src/log/format/fragment.ts'
import { ONCE_KEY } from '../../src/log/ops/ops.ts'
import { type ResolvedOptions, resolveOptions } from '../../src/options/resolve.ts'
import type { OverflowStore } from '../../src/overflow/store.ts'
import { openFragment } from '../../src/seal/fragment.ts'
import { SessionRequest } from '../../src/session/request.ts'
import { Session } from '../../src/session/session.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { parseSetCookie } from '../../src/testing/set-cookie.ts'
import { equal } from '../../src/tree/tree.ts'
import { decodeValue } from '../../src/tree/values.ts'
import { type Random, seeded } from '../support/random.ts'
import { type Loose, SECRET } from '../support/visitor.ts'
import { isTold, type Told } from './effects.ts'
import { objectTreeOf } from './naive.ts'
import { type Answer, type Opened, type Settings, stateAfter } from './server.ts'
import type { Arrival, Work } from './simulation.ts'

/** What a store does to the nodes that use it. */
export interface StoreKind {
  readonly load: 'eager' | 'lazy'
  /** How long other nodes do not see what one has put. */
  readonly staleSeconds: number
  /** Whether nodes remember nothing of what they wrote just before. */
  readonly forgets?: boolean
  /** How many of a hundred calls fail. */
  readonly failing: number
  /** How many of a hundred values are lost, though they were acknowledged. No store may do that. */
  readonly losing?: number
}

/** How often what happened. */
export interface StoreCounts {
  readonly puts: number
  /** Views of which some values could not be had. */
  readonly hidden: number
  /** Requests that failed for the store, or because the session would have been too large. */
  readonly refused: number
  /** Writes that answers told of, though their requests had not seen them. */
  readonly told: number
}

/** A request that a node has opened. */
export interface OpenedRequest extends Opened {
  readonly request: SessionRequest
}

/** Remembers nothing. */
class NoWrites extends RecentWrites {
  override burstOf(_seen: string, now: number): Burst {
    return { at: now, count: 0, open: [], covered: [] }
  }
}

export class StoredNodes {
  readonly counts = { puts: 0, hidden: 0, refused: 0, told: 0 } satisfies StoreCounts
  #isCalm = false
  readonly #settings: Settings
  readonly #kind: StoreKind
  readonly #time: () => number
  readonly #random: Random
  readonly #inner: OverflowStore
  /** Who has put a value, and when. */
  readonly #puts = new Map<string, { readonly clock: number; readonly at: number }>()
  readonly #nodes = new Map<string, ResolvedOptions>()
  readonly #memories = new Map<number, RecentWrites>()
  /** The cookies' values by the text that they seal. */
  readonly #tokens = new Map<string, string>()
  /** By the beginning of their ids. */
  readonly #identities = new Map<string, SessionIdentity>()

  /** @param time - in ms; each node's clock differs from it by so many seconds as its requests tell */
  constructor(settings: Settings, kind: StoreKind, seed: number, time: () => number) {
    this.#settings = settings
    this.#kind = kind
    this.#time = time
    this.#random = seeded(seed)
    this.#inner = memoryStore({ clock: time, maxEntries: 10_000 })
  }

  /** From here on no call fails. */
  calm(): void {
    this.#isCalm = true
  }

  /** What a request sees of all that it could have, whether it will load it or not. */
  async open({ jar, now }: Arrival, clock: number): Promise<OpenedRequest> {
    const node = this.#node(clock, this.#kind.load)
    const { prefix } = node.cookies.secure
    const cookies = [...jar].map(([id, text]) => `${prefix}${id}=${this.#tokens.get(text)}`)
    const open = (options: ResolvedOptions) =>
      SessionRequest.open(cookies.join('; '), options.cookies.secure, options)
    const request = await open(node)
    const all = this.#kind.load === 'eager' ? request : await open(this.#node(clock, 'eager'))
    const { opened, stored } = all.look()
    const { view, useless } = opened
    const hidden = new Set(claimChecks(stored.state).keys())
    if (hidden.size > 0) this.counts.hidden++
    if (!view.current) return { view, useless, now, hidden, request }
    const state = withOnceKeys(stored.state, onceKeysOf(view.current.state))
    return { view: { ...view, current: { ...view.current, state } }, useless, now, hidden, request }
  }

  /** Nothing where the store does not have what the handler needs, or takes nothing. */
  async commit(
    { request }: OpenedRequest,
    { done, now }: Work,
    clock: number,
  ): Promise<Answer | undefined> {
    try {
      await perform(new Session<Loose>(request), done)
      return await this.#answerOf(await request.commit(), this.#node(clock, 'eager'), now)
    } catch (error) {
      if (!(error instanceof OverflowUnavailable || error instanceof SessionTooLarge)) throw error
      this.counts.refused++
      return undefined
    }
  }

  async #answerOf(
    lines: readonly string[],
    { keyring, cookies }: ResolvedOptions,
    now: number,
  ): Promise<Answer | undefined> {
    const put: Fragment[] = []
    const texts: (readonly [string, string])[] = []
    const remove: string[] = []
    for (const line of lines) {
      const cookie = parseSetCookie(line, now)
      if (typeof cookie === 'string') throw new Error(`A browser would ignore it: ${cookie}`)
      const id = cookie.name.slice(cookies.secure.prefix.length)
      if (cookie.expires === Number.NEGATIVE_INFINITY) {
        remove.push(id)
        continue
      }
      const opened = await openFragment(id, cookie.value, keyring, now)
      if (!opened.ok) throw new Error(`Nobody can open it: ${opened.reason}`)
      const fragment = this.#named(opened.fragment)
      const text = encodeClaims(fragment)
      this.#tokens.set(text, cookie.value)
      put.push(fragment)
      texts.push([id, text])
    }
    return lines.length > 0 ? { put, texts, remove } : undefined
  }

  /** A fragment with what the bases of its session told before. */
  #named(fragment: Fragment): Fragment {
    const key = fragment.identity.sid.slice(0, SHORT_SID_LENGTH)
    if (!isUnnamed(fragment)) this.#identities.set(key, fragment.identity)
    const identity = this.#identities.get(key)
    if (!identity) throw new Error('A log of a session without a base')
    return { ...fragment, identity }
  }

  #node(clock: number, load: 'eager' | 'lazy'): ResolvedOptions {
    const key = `${clock} ${load}`
    const known = this.#nodes.get(key)
    if (known) return known
    const { initial, idle, absolute } = this.#settings
    const recent = this.#memories.get(clock) ?? this.#newMemory()
    this.#memories.set(clock, recent)
    const resolved = resolveOptions<Loose>({
      secrets: SECRET,
      initial: () => structuredClone<Loose>(initial),
      idleTimeout: idle / 1000,
      absoluteTimeout: absolute / 1000,
      overflow: this.#storeOf(clock),
      overflowLoad: load,
      clock: () => this.#time() + clock * 1000,
    })
    // Those with one secret would share theirs, and so would schedules of one seed.
    const options = { ...resolved, recent }
    this.#nodes.set(key, options)
    return options
  }

  #newMemory(): RecentWrites {
    return this.#kind.forgets ? new NoWrites() : new RecentWrites()
  }

  /** The store, as one node sees it. */
  #storeOf(clock: number): OverflowStore {
    const { staleSeconds, failing, losing = 0 } = this.#kind
    const mayFail = () => {
      if (!this.#isCalm && this.#random.below(100) < failing)
        throw new Error('429 Too Many Requests')
    }
    return {
      get: async (key) => {
        mayFail()
        const put = this.#puts.get(key)
        const isStale = put && put.clock !== clock && this.#time() - put.at < staleSeconds * 1000
        return isStale ? undefined : this.#inner.get(key)
      },
      put: async (key, value, ttlSeconds) => {
        mayFail()
        this.#puts.set(key, { clock, at: this.#time() })
        this.counts.puts++
        if (this.#random.below(100) >= losing) await this.#inner.put(key, value, ttlSeconds)
      },
    }
  }
}

/** Does with a session what the handler of the model did with what it saw. */
async function perform(
  session: Session<Loose>,
  { action, sees, effects }: Work['done'],
): Promise<void> {
  if (action.kind === 'destroy') session.destroy()
  if (action.kind === 'regenerate') session.regenerate()
  if (action.kind === 'login') session.subject = action.subject
  const found = effects.filter((effect) => !isTold(effect))
  const [before, after] = [objectTreeOf(sees), objectTreeOf(stateAfter(sees, found))]
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const tree = after[key]
    if (key === ONCE_KEY || equal(before[key], tree)) continue
    await session.load(key)
    if (tree === undefined) delete session.data[key]
    else session.data[key] = decodeValue(tree)
  }
  for (const effect of effects.filter(isTold)) await tell(session, effect)
}

async function tell(session: Session<Loose>, effect: Told): Promise<void> {
  if (effect.does === 'once') {
    session.once(effect.path)
    return
  }
  const path = effect.path.split('.')
  await session.load(path[0] ?? '')
  if (effect.does === 'add') session.increment(path, effect.by)
  else session.advance(path, effect.value)
}
