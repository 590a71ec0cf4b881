/** Histories of one user: logins, logouts, renewals and revocations, in any order, and what should be left of them. */
import type { RevocationStore } from '../../src/index.ts'
import { answer } from '../../src/revocation/registry.ts'
import { seeded } from '../support/random.ts'
import type { Visitor } from '../support/visitor.ts'
import { Fleet } from './fleet.ts'

interface Device {
  readonly browser: Visitor
  readonly label: string
  expires: number
  isLive: boolean
}

const IDLE = 1800

/** A session is listed until the end of the tenth of its idle timeout in which it expires. */
function listedUntil(expires: number): number {
  const tenth = IDLE * 100
  return (Math.floor(expires / tenth) + 1) * tenth
}

/** What a browser is, as the list should tell it, after any history. */
export class History {
  readonly fleet: Fleet
  readonly devices: Device[] = []
  readonly #user: string
  readonly #random: ReturnType<typeof seeded>
  #count = 0
  readonly deeds: Record<string, number> = {}

  constructor(seed: number, store: () => RevocationStore, now?: number) {
    this.fleet = new Fleet({ nodes: 3, lag: 60, store })
    if (now !== undefined) this.fleet.clock.now = now
    this.#user = `user ${seed}`
    this.#random = seeded(seed)
  }

  async run(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      await this.#step()
      this.fleet.clock.advance(this.#random.pick([0, 0, 1, 7, 40, 200, 700]))
    }
  }

  async #step(): Promise<void> {
    const { fleet } = this
    const node = this.#random.below(3)
    const deeds = [
      'login',
      'login',
      'again',
      'logout',
      'use',
      'use',
      'regenerate',
      'one',
      'others',
      'all',
    ] as const
    const deed = this.#random.pick(deeds)
    const now = fleet.clock.now
    const live = this.devices.filter(({ isLive, expires }) => isLive && expires > now)
    if (deed === 'login') return this.#login(fleet.browser(), node)
    const device = live.length > 0 ? this.#random.pick(live) : undefined
    if (!device) return
    this.deeds[deed] = (this.deeds[deed] ?? 0) + 1
    const { sessions } = fleet.node(node)
    const { browser } = device
    if (deed === 'again') {
      device.isLive = false
      return this.#login(browser, node)
    }
    if (deed === 'use' || deed === 'regenerate') {
      await fleet.at(browser, node, (session) => {
        if (session.subject !== this.#user) throw new Error(`${device.label} is out`)
        if (deed === 'regenerate') session.regenerate()
      })
      if (deed === 'regenerate' || device.expires - now <= IDLE * 900)
        device.expires = Math.floor((now + IDLE * 1000) / 1000) * 1000
      return
    }
    if (deed === 'logout') {
      await fleet.at(browser, node, (session) => session.destroy())
      device.isLive = false
      return
    }
    const id = await fleet.id(browser, node)
    // To look at it may have renewed it.
    if (device.expires - now <= IDLE * 900)
      device.expires = Math.floor((now + IDLE * 1000) / 1000) * 1000
    if (deed === 'one') {
      const isTold = this.#random.below(2) === 0
      await sessions.revoke(isTold ? { session: id, subject: this.#user } : { session: id })
      device.isLive = false
      return
    }
    const subject = this.#user
    await sessions.revoke(deed === 'all' ? { subject } : { subject, except: id })
    for (const each of this.devices) if (deed === 'all' || each !== device) each.isLive = false
  }

  async #login(browser: Visitor, node: number): Promise<void> {
    const label = `login ${this.#count++}`
    const expires = Math.floor((this.fleet.clock.now + IDLE * 1000) / 1000) * 1000
    await this.fleet.at(browser, node, (session) => session.login(this.#user, { label }))
    this.devices.push({ browser, label, expires, isLive: true })
  }

  /** The labels of the sessions that live, as they should be and as they are listed. */
  async compare(): Promise<{ readonly expected: string[]; readonly listed: string[] }> {
    const { now } = this.fleet.clock
    const expected = this.devices.filter(
      ({ isLive, expires }) => isLive && listedUntil(expires) > now,
    )
    const listed = await this.fleet.node(0).sessions.list(this.#user)
    return {
      expected: expected.map(({ label }) => label).sort(),
      listed: listed.map(({ label }) => label).sort(),
    }
  }

  /** Whether every browser is what it should be, now that each node has had to ask. */
  async wrong(): Promise<string[]> {
    this.fleet.clock.advance(61)
    const { now } = this.fleet.clock
    const wrong: string[] = []
    for (const [i, { browser, label, isLive, expires }] of this.devices.entries()) {
      const later = this.devices.slice(i + 1).some((other) => other.browser === browser)
      if (later) continue
      const is = (await this.fleet.who(browser, i)) === this.#user
      if (is !== (isLive && expires > now)) wrong.push(`${label}: ${is}`)
    }
    return wrong
  }
}

/** A registry whose requests arrive in another order, some of them twice, once they are released. */
export function shuffled(
  inner: RevocationStore,
  seed: number,
): RevocationStore & { flush(): Promise<void> } {
  const random = seeded(seed)
  const held: (() => Promise<unknown>)[] = []
  const { registry } = inner
  return {
    ...inner,
    registry: registry && {
      ask: async (subject, request) => {
        const send = () => registry.ask(subject, request)
        // A renewal may be late, or be sent twice. Nobody waits for what it tells.
        if (request.do === 'renew') {
          held.push(send)
          if (random.below(3) === 0) held.push(send)
          return answer(NOTHING, { do: 'list', now: 0 })
        }
        if (random.below(2) === 0) await held.splice(random.below(held.length), 1)[0]?.()
        return send()
      },
    },
    async flush() {
      while (held.length > 0) await held.splice(random.below(held.length), 1)[0]?.()
    },
  }
}

const NOTHING = {
  mark: () => undefined,
  setMark: () => undefined,
  isEnded: () => false,
  setEnded: () => undefined,
  sessions: () => [],
  session: () => undefined,
  setSession: () => undefined,
  removeSession: () => undefined,
}
