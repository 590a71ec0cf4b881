/**
 * A browser, four nodes with clocks of their own, and a network that is slow, loses answers and swaps them. The nodes
 * run the library as it is; beside it, the same requests go through one cookie that each answer replaces. Time is what
 * `run()` makes of it, and all chance comes from the seed, so the same seed is the same film.
 */

import { type ResolvedOptions, resolveOptions } from '../../src/options/resolve.ts'
import { SessionRequest } from '../../src/session/request.ts'
import { Session } from '../../src/session/session.ts'
import { BrowserJar } from '../../src/testing/browser-jar.ts'
import { type Random, seeded } from '../../test/support/random.ts'

export interface Settings {
  readonly seed: number
  /** How long a request and its answer take each, on the mean. */
  readonly latencyMs: number
  /** By how much that varies: with more than the pace, answers overtake each other. */
  readonly jitterMs: number
  /** How many of a hundred answers are lost. */
  readonly dropPercent: number
  /** How far the clock of the last node is off; that of the one before it is off by as much the other way. */
  readonly skewSeconds: number
}

export const DEFAULTS: Settings = {
  seed: 1,
  latencyMs: 300,
  jitterMs: 600,
  dropPercent: 0,
  skewSeconds: 0,
}

/** What a session holds: who, and the number that was last written into each of a few places. */
interface Data {
  user?: string
  things: Record<string, number>
}

export type What = 'write' | 'login' | 'logout'

export interface Flight {
  readonly what: What
  readonly number: number
  readonly node: number
  /** Which login it was sent under. */
  readonly epoch: number
  readonly sentAt: number
  /** When it reaches the node, when that answers, and when the browser has the answer. */
  readonly arrivesAt: number
  readonly answersAt: number
  readonly endsAt: number
  readonly isDropped: boolean
  /** Set when the node died before it had answered. */
  isDead: boolean
}

export interface Shown {
  readonly user: string | null
  readonly things: Readonly<Record<string, number>>
}

interface SimulatedNode {
  readonly name: string
  readonly skewMs: number
  options: ResolvedOptions
  isUp: boolean
}

interface Happening {
  readonly at: number
  readonly order: number
  readonly act: () => Promise<void> | void
}

const START_MS = Date.UTC(2026, 10, 27, 12)
const URL_OF_ALL = 'https://shop.example/'
const SECRET = 'the-simulator-has-no-secrets-to-keep-0123456789'
const NODES = 4
const PLACES = 24
const PACE_MS = 200
const WORK_MS = 40
const SLOW_MS = 4000
const MOST_LOG_LINES = 200

export class World {
  readonly settings: Settings
  readonly nodes: readonly SimulatedNode[]
  /** Milliseconds since the film began. */
  now = 0
  flights: Flight[] = []
  /** What happened, oldest first. */
  readonly log: string[] = []
  ours: Shown = { user: null, things: {} }
  theirs: Shown = { user: null, things: {} }
  /** Writes that the browser was told of, and that are gone although nothing replaced them. */
  readonly lost: { readonly ours: Set<number>; readonly theirs: Set<number> } = {
    ours: new Set(),
    theirs: new Set(),
  }
  acknowledged = 0
  /** Whether somebody is logged in again by nothing but a late answer: in ours, in theirs. */
  cameBack = { ours: false, theirs: false }

  readonly #random: Random
  readonly #jar: BrowserJar
  #cookie: string | undefined
  #queue: Happening[] = []
  #order = 0
  #number = 0
  #epoch = 0
  #isLoggedOut = true
  readonly #told = new Map<string, number>()

  constructor(settings: Settings = DEFAULTS) {
    this.settings = settings
    this.#random = seeded(settings.seed)
    this.#jar = new BrowserJar({ clock: () => START_MS + this.now })
    this.nodes = Array.from({ length: NODES }, (_, i) => {
      const skewSeconds = i < 2 ? 0 : i === 2 ? -settings.skewSeconds : settings.skewSeconds
      const skewMs = skewSeconds * 1000
      return { name: `node-${i + 1}`, skewMs, isUp: true, options: this.#started(skewMs) }
    })
    this.#send('login')
    this.#at(PACE_MS, () => this.#tick())
  }

  /** Lets time go on, and everything happen that is due. */
  async run(ms: number): Promise<void> {
    const until = this.now + ms
    for (;;) {
      const next = this.#queue[0]
      if (next === undefined || next.at > until) break
      this.#queue.shift()
      this.now = next.at
      await next.act()
    }
    this.now = until
    this.flights = this.flights.filter(({ endsAt }) => endsAt > this.now)
  }

  cookies(): readonly { readonly name: string; readonly bytes: number }[] {
    return this.#jar.cookies(URL_OF_ALL).map(({ name, value }) => {
      return { name, bytes: name.length + value.length }
    })
  }

  /** A node dies with all that it has in memory, and what it works on is not answered. */
  kill(index: number): void {
    const node = this.nodes[index]
    if (!node?.isUp) return
    node.isUp = false
    for (const flight of this.flights)
      if (flight.node === index && flight.answersAt > this.now) flight.isDead = true
    this.#say(`${node.name} is dead`)
  }

  revive(index: number): void {
    const node = this.nodes[index]
    if (!node || node.isUp) return
    node.isUp = true
    node.options = this.#started(node.skewMs)
    this.#say(`${node.name} is back, and knows nothing`)
  }

  /** Sends a slow write, and a logout while that is on its way. */
  logOutMeanwhile(): void {
    this.#send('write', SLOW_MS)
    this.#at(PACE_MS / 2, () => this.#send('logout'))
  }

  logIn(): void {
    this.#send('login')
  }

  #isEnding = false

  /** No further writes; what is under way arrives. */
  async settle(): Promise<void> {
    this.#isEnding = true
    const { latencyMs, jitterMs } = this.settings
    await this.run(2 * (latencyMs + jitterMs) + SLOW_MS + PACE_MS)
  }

  #started(skewMs: number): ResolvedOptions {
    return resolveOptions({
      secrets: SECRET,
      initial: () => ({ things: {} }),
      clock: () => START_MS + this.now + skewMs,
    })
  }

  #at(inMs: number, act: () => Promise<void> | void): void {
    this.#queue.push({ at: this.now + inMs, order: this.#order++, act })
    this.#queue.sort((a, b) => a.at - b.at || a.order - b.order)
  }

  #say(line: string): void {
    this.log.push(`${(this.now / 1000).toFixed(2)} s: ${line}`)
    if (this.log.length > MOST_LOG_LINES) this.log.shift()
  }

  #tick(): void {
    if (this.#isEnding) return
    // As a page does that waits for its login.
    if (!this.#isUnderWay(({ what }) => what === 'login')) this.#send('write')
    this.#at(PACE_MS, () => this.#tick())
  }

  #isUnderWay(isOne: (flight: Flight) => boolean): boolean {
    return this.flights.some((one) => one.endsAt > this.now && !one.isDead && isOne(one))
  }

  #travel(): number {
    const { latencyMs, jitterMs } = this.settings
    return Math.max(1, latencyMs + this.#random.below(2 * jitterMs + 1) - jitterMs)
  }

  #send(what: What, workMs: number = WORK_MS): void {
    const alive = this.nodes.flatMap(({ isUp }, i) => (isUp ? [i] : []))
    const number = what === 'write' ? this.#number : -1
    // A place is written again when its last write is over: of two at once the later one would replace the other.
    const isTaken = this.#isUnderWay(
      (flight) => flight.number >= 0 && flight.number % PLACES === number % PLACES,
    )
    if (alive.length === 0 || (what === 'write' && isTaken)) return
    if (what === 'write') this.#number++
    const node = this.#random.pick(alive)
    const there = this.#travel()
    const back = this.#travel()
    const flight: Flight = {
      what,
      number,
      node,
      epoch: this.#epoch,
      sentAt: this.now,
      arrivesAt: this.now + there,
      answersAt: this.now + there + workMs,
      endsAt: this.now + there + workMs + back,
      isDropped: this.#random.below(100) < this.settings.dropPercent && what === 'write',
      isDead: false,
    }
    this.flights.push(flight)
    const [header, cookie] = [this.#jar.header(URL_OF_ALL) ?? '', this.#cookie]
    this.#at(there, () => this.#serve(flight, header, cookie, workMs, back))
  }

  async #serve(
    flight: Flight,
    header: string,
    cookie: string | undefined,
    workMs: number,
    backMs: number,
  ): Promise<void> {
    const node = this.nodes[flight.node]
    if (!node?.isUp || flight.isDead) return
    const { options } = node
    const request = await SessionRequest.open(header, options.cookies.secure, options)
    const session = new Session<Data>(request)
    const old = parsed(cookie)
    this.#at(workMs, async () => {
      if (flight.isDead) return
      change(session, flight)
      const setCookies = await request.commit()
      const written = changed(old, flight)
      this.#at(backMs, () => this.#receive(flight, setCookies, written))
    })
  }

  async #receive(
    flight: Flight,
    setCookies: readonly string[],
    written: string | undefined,
  ): Promise<void> {
    const { what, number, epoch, node } = flight
    const by = this.nodes[node]?.name
    if (flight.isDropped) return this.#say(`the answer of ${by} to write ${number} is lost`)
    this.#jar.store(setCookies, URL_OF_ALL)
    this.#cookie = written
    if (what !== 'write') {
      this.#epoch++
      this.#told.clear()
      this.#isLoggedOut = what === 'logout'
      this.cameBack = { ours: false, theirs: false }
      this.#say(`${by} has ${what === 'login' ? 'logged Ada in' : 'logged Ada out'}`)
    } else if (epoch === this.#epoch) {
      this.acknowledged++
      this.#told.set(placeOf(number), number)
      this.#say(`${by} has answered write ${number}`)
    } else
      this.#say(
        `${by} has answered write ${number}, sent before the ${this.#isLoggedOut ? 'logout' : 'login'}`,
      )
    await this.#look()
  }

  /** What the next request would see. */
  async #look(): Promise<void> {
    const node = this.nodes.find(({ isUp }) => isUp) ?? this.nodes[0]
    if (!node) return
    const { options } = node
    const header = this.#jar.header(URL_OF_ALL) ?? ''
    const request = await SessionRequest.open(header, options.cookies.secure, options, {
      readOnly: true,
    })
    const { things, user } = new Session<Data>(request).data
    this.ours = { user: user ?? null, things: { ...things } }
    const theirs = parsed(this.#cookie)
    this.theirs = { user: theirs.user ?? null, things: theirs.things }
    for (const [place, number] of this.#told) {
      if ((this.ours.things[place] ?? -1) < number) this.lost.ours.add(number)
      if ((this.theirs.things[place] ?? -1) < number) this.lost.theirs.add(number)
    }
    if (!this.#isLoggedOut) return
    if (this.ours.user !== null) this.cameBack.ours = true
    if (this.theirs.user !== null) this.cameBack.theirs = true
  }
}

const placeOf = (number: number): string => `t${number % PLACES}`

function change(session: Session<Data>, { what, number }: Flight): void {
  if (what === 'logout') session.destroy()
  else if (what === 'login') {
    session.login('ada')
    session.data.user = 'Ada'
  } else session.data.things[placeOf(number)] = number
}

const parsed = (cookie: string | undefined): Data =>
  cookie === undefined ? { things: {} } : (JSON.parse(cookie) as Data)

/** One cookie with all of it, as libraries do that keep the session in one. */
function changed(old: Data, { what, number }: Flight): string | undefined {
  if (what === 'logout') return undefined
  const data: Data =
    what === 'login'
      ? { ...old, user: 'Ada' }
      : { ...old, things: { ...old.things, [placeOf(number)]: number } }
  return JSON.stringify(data)
}
