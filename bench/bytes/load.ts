/**
 * The load that the bytes are measured under.
 *
 * A browser has `inFlight` requests under way at any time: every `paceMs` one of them, drawn at random, is
 * answered, and another is sent. None takes longer than 45 s. 70 % of the requests write: a value of eight
 * characters to one of ten paths. A node commits at a random moment between sending and answering, by a clock
 * that is off by up to 30 ms. Nothing is sealed: lengths are computed as the server computes them, and the jar
 * is merged and planned by the server's own code.
 */
import { decodeClaims, encodeClaims } from '../../src/log/format/claims.ts'
import { type Fragment, logOf } from '../../src/log/format/fragment.ts'
import { entryId, type RandomBytes } from '../../src/log/format/ids.ts'
import { type Current, merge } from '../../src/log/reading/merge.ts'
import { planWrite } from '../../src/log/writing/plan.ts'
import type { Policy } from '../../src/log/writing/policy.ts'
import { endOf, renewedUntil, termOf } from '../../src/opening/lifetime.ts'
import { cookieHeaderBytes, MOST_VALUE_LENGTH, setCookieBytes } from './sizes.ts'

const LIMITS = {
  idleTimeout: 1800,
  absoluteTimeout: 43_200,
  maxIdleTimeout: 1800,
  maxAbsoluteTimeout: 43_200,
}
const LONGEST_MS = 45_000
const PATHS = 10
const CLOCK_MS = 30

/** What one browser does. */
export interface Load {
  /** Bytes of the session's data as JSON. */
  readonly bytes: number
  readonly inFlight: number
  readonly paceMs: number
  readonly requests: number
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
  /** Paths that do not hold their latest value at the end. */
  readonly lost: number
}

interface Flight {
  readonly view: readonly string[]
  readonly sent: number
  readonly write: { readonly path: string; readonly value: string } | undefined
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
  readonly #latest = new Map<string, { value: string; id: string }>()
  #now: number

  /** @param random - numbers from 0 to 1 */
  constructor(load: Load, random: () => number, policy: Policy) {
    this.#load = load
    this.#policy = policy
    this.#random = random
    this.#bytes = (count) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256))
    this.#now = 1_763_800_000_000 + Math.floor(random() * 1e9)
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
    for (const [path, { value }] of this.#latest) if (state[path] !== value) this.measured.lost++
    return this.measured
  }

  #start(): void {
    const data: Record<string, string> = {}
    for (let i = 0; i < PATHS; i++) data[`k${i}`] = this.#value()
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
    const path = `k${Math.floor(this.#random() * PATHS)}`
    const write = writes ? { path, value: this.#value() } : undefined
    this.#flights.push({ view: [...this.#jar.values()], sent: this.#now, write })
  }

  #answer(): void {
    const overdue = this.#flights.findIndex(({ sent }) => this.#now - sent > LONGEST_MS)
    const drawn = overdue >= 0 ? overdue : Math.floor(this.#random() * this.#flights.length)
    const [flight] = this.#flights.splice(drawn, 1)
    if (!flight?.write) return
    const { view, sent, write } = flight
    const committed = sent + (this.#now - sent) * this.#random()
    const now = Math.floor(committed + (this.#random() - 0.5) * 2 * CLOCK_MS)
    const current = this.#current(view, sent)
    const { start } = current.base.identity
    const plan = planWrite(
      current,
      {
        ops: [{ kind: 'set', path: write.path, value: write.value }],
        now,
        arrivedAt: Math.floor(sent),
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
    this.#remember(write, plan.put)
  }

  #remember(write: { path: string; value: string }, put: readonly Fragment[]): void {
    const own = put
      .flatMap((fragment) => logOf(fragment)?.entries ?? [])
      .findLast(({ ops }) =>
        ops.some((op) => op.kind === 'set' && op.path === write.path && op.value === write.value),
      )
    const before = this.#latest.get(write.path)
    if (own && (!before || before.id < own.id))
      this.#latest.set(write.path, { value: write.value, id: own.id })
  }

  #current(texts: readonly string[], now: number): Current {
    const fragments = texts.flatMap((text) => decodeClaims(text) ?? [])
    const { current } = merge(fragments, now)
    if (!current || fragments.length !== texts.length) throw new Error('the jar holds no session')
    return current
  }

  #value(): string {
    return Array.from({ length: 8 }, () => Math.floor(this.#random() * 36).toString(36)).join('')
  }
}
