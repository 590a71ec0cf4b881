/**
 * The load that the bytes are measured under.
 *
 * A browser has `inFlight` requests under way at any time: every `paceMs` one of them, drawn at random, is
 * answered, and another is sent. None takes longer than 45 s. 70 % of the requests write, see {@link Work}. One of four
 * nodes commits at a random moment between sending and answering, by its own clock. Nothing is sealed: lengths are
 * computed as the server computes them, and the jar is merged and planned by the server's own code.
 */
import { decodeClaims, encodeClaims } from '../../src/log/format/claims.ts'
import { entryId, type RandomBytes, timeOf } from '../../src/log/format/ids.ts'
import { type Current, merge, newestIdOf } from '../../src/log/reading/merge.ts'
import { planWrite } from '../../src/log/writing/plan.ts'
import type { Policy } from '../../src/log/writing/policy.ts'
import { endOf, renewedUntil, termOf } from '../../src/opening/lifetime.ts'
import type { Tree } from '../../src/tree/tree.ts'
import { cookieHeaderBytes, MOST_VALUE_LENGTH, setCookieBytes } from './sizes.ts'
import { Ledger, type Work, type Written } from './work.ts'

const LIMITS = {
  idleTimeout: 1800,
  absoluteTimeout: 43_200,
  maxIdleTimeout: 1800,
  maxAbsoluteTimeout: 43_200,
}
const LONGEST_MS = 45_000
/** How far clocks are off where a load does not say so. */
const CLOCK_MS = 30
const NODES = 4

/** What one browser does. */
export interface Load {
  /** Bytes of the session's data as JSON. */
  readonly bytes: number
  readonly inFlight: number
  readonly paceMs: number
  readonly requests: number
  /** What the writes do. Default: `'set'`. */
  readonly work?: Work
  /** How far the clock of each node is off at most. Default: 30. */
  readonly skewMs?: number
  /** After each `every` requests, when all are answered, `size` writes go out at once with one view. */
  readonly bursts?: { readonly every: number; readonly size: number }
}

/** What was measured. */
export interface Measured {
  /** Bytes of the Cookie header of each request. */
  readonly cookie: number[]
  /** Bytes of the Set-Cookie headers of each writing response. */
  readonly setCookie: number[]
  /** Bytes of the Cookie header after each burst. */
  readonly afterBurst: number[]
  readonly writes: number
  /** How many of them do not show at the end, see `Ledger`. */
  readonly lost: number
}

interface Flight {
  readonly view: readonly string[]
  readonly sent: number
  readonly node: number
  readonly writes: boolean
}

/**
 * A browser under load. Its jar is a plain Map of claims by their ids, not a `BrowserJar`: nothing is sealed, no
 * cookie has attributes, and what is measured are lengths, which the server's own code computes.
 */
export class BusyBrowser {
  readonly measured = { cookie: [], setCookie: [], afterBurst: [], writes: 0, lost: 0 } as {
    cookie: number[]
    setCookie: number[]
    afterBurst: number[]
    writes: number
    lost: number
  }
  readonly #load: Load
  readonly #random: () => number
  readonly #policy: Policy
  readonly #bytes: RandomBytes
  readonly #jar = new Map<string, string>()
  readonly #flights: Flight[] = []
  readonly #ledger: Ledger
  readonly #offsets: readonly number[]
  #now: number

  /** @param random - numbers from 0 to 1 */
  constructor(load: Load, random: () => number, policy: Policy) {
    this.#load = load
    this.#policy = policy
    this.#random = random
    this.#bytes = (count) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256))
    this.#now = 1_763_800_000_000 + Math.floor(random() * 1e9)
    const { skewMs = CLOCK_MS, work = 'set' } = load
    this.#offsets = Array.from({ length: NODES }, () => (random() - 0.5) * 2 * skewMs)
    this.#ledger = new Ledger(work, random)
    this.#start()
  }

  run(): Measured {
    const { inFlight, paceMs, requests, bursts } = this.#load
    for (let i = 1; i < inFlight; i++) this.#send(this.#random() < 0.7)
    for (let i = 1; i <= requests; i++) {
      this.#send(this.#random() < 0.7)
      this.#now += inFlight === 1 ? Math.min(paceMs, 150) : paceMs
      this.#answer()
      if (inFlight === 1) this.#now += Math.max(0, paceMs - 150)
      if (bursts && i % bursts.every === 0) this.#burst(bursts.size)
    }
    while (this.#flights.length > 0) this.#answer()
    const { state } = this.#current([...this.#jar.values()], this.#now)
    this.measured.lost = this.#ledger.lost(state)
    return this.measured
  }

  #start(): void {
    const data: Record<string, Tree> = { ...this.#ledger.initial() }
    const filler = this.#load.bytes - JSON.stringify(data).length - 7
    if (filler > 0) data['x'] = 'x'.repeat(filler)
    const id = entryId(this.#now, this.#bytes)
    const identity = {
      sid: 'A'.repeat(22),
      start: this.#now,
      generation: 0,
      from: [],
      subject: undefined,
    }
    const expires = renewedUntil(this.#now, termOf(this.#now, {}, LIMITS))
    const base = { horizon: id, state: data, serial: 0, memory: undefined, log: undefined }
    this.#jar.set(id, encodeClaims({ kind: 'base', id, identity, expires, ...base }))
    this.#now += 5000
  }

  #burst(size: number): void {
    while (this.#flights.length > 0) this.#answer()
    for (let i = 0; i < size; i++) this.#send(true)
    this.#now += 100
    while (this.#flights.length > 0) {
      this.#answer()
      this.#now += 30
    }
    this.measured.afterBurst.push(cookieHeaderBytes(this.#jar))
    this.#now += this.#load.paceMs
  }

  #send(writes: boolean): void {
    this.measured.cookie.push(cookieHeaderBytes(this.#jar))
    const node = Math.floor(this.#random() * NODES)
    this.#flights.push({ view: [...this.#jar.values()], sent: this.#now, node, writes })
  }

  #answer(): void {
    const overdue = this.#flights.findIndex(({ sent }) => this.#now - sent > LONGEST_MS)
    const drawn = overdue >= 0 ? overdue : Math.floor(this.#random() * this.#flights.length)
    const [flight] = this.#flights.splice(drawn, 1)
    if (!flight?.writes) return
    const { view, sent, node } = flight
    const offset = this.#offsets[node] ?? 0
    const current = this.#current(view, Math.floor(sent + offset))
    const arrivedAt = Math.max(Math.floor(sent + offset), timeOf(newestIdOf(current)))
    const committed = sent + (this.#now - sent) * this.#random() + offset
    const now = Math.max(Math.floor(committed), arrivedAt)
    const { start } = current.base.identity
    const written = this.#ledger.next(current, now)
    const plan = planWrite(
      current,
      {
        ops: written.ops,
        now,
        arrivedAt,
        expires: Math.min(
          endOf(termOf(start, {}, LIMITS)),
          Math.max(current.expires, renewedUntil(now, termOf(start, {}, LIMITS))),
        ),
        reseal: false,
        most: MOST_VALUE_LENGTH,
        random: this.#bytes,
      },
      this.#policy,
    )
    const { bytes, removed } = setCookieBytes(plan)
    this.measured.setCookie.push(bytes)
    this.measured.writes++
    for (const { id } of removed) this.#jar.delete(id)
    for (const fragment of plan.put) this.#jar.set(fragment.id, encodeClaims(fragment))
    this.#ledger.acknowledge(written, plan.put)
  }

  #current(texts: readonly string[], now: number): Current {
    const fragments = texts.flatMap((text) => decodeClaims(text) ?? [])
    const { current } = merge(fragments, now)
    if (!current || fragments.length !== texts.length) throw new Error('the jar holds no session')
    return current
  }
}
