/** A client that keeps every cookie that it ever got, and sends whichever it likes to whichever node it likes. */
import { describe, expect, test } from 'vitest'
import type { RevocationTarget } from '../../src/index.ts'
import { runs, SEED } from '../model/budget.ts'
import { seeded } from '../support/random.ts'
import { ORIGIN } from '../support/visitor.ts'
import { Fleet } from './fleet.ts'

const LAG = 60
const TENANT = 'tenant:acme'

interface Seen {
  readonly at: number
  readonly subject: string | undefined
  readonly keys: readonly string[]
}

/** All cookies of a login, and what requests with some of them found. */
class Hoarder {
  readonly fleet: Fleet
  readonly seen: Seen[] = []
  readonly ids = new Set<string>()
  readonly #cookies = new Map<string, string>()
  readonly #random: ReturnType<typeof seeded>

  constructor(seed: number, onUnavailable: 'allow' | 'deny' = 'deny') {
    this.fleet = new Fleet({ nodes: 3, lag: LAG, onUnavailable })
    this.#random = seeded(seed)
  }

  #pick(): string {
    const all = [...this.#cookies]
    const share = this.#random.below(4)
    const some = share === 0 ? all : all.filter(() => this.#random.below(4) >= share - 1)
    return some
      .slice(-40)
      .map((pair) => pair.join('='))
      .join('; ')
  }

  async send(deed: 'login' | 'read' | 'write' | 'regenerate' | 'keys' | 'renew'): Promise<void> {
    const { sessions } = this.fleet.node(this.#random.below(3))
    const headers = deed === 'login' ? new Headers() : new Headers({ Cookie: this.#pick() })
    const session = await sessions.open(new Request(ORIGIN, { headers }))
    const { subject, keys } = session
    if (deed !== 'login') this.seen.push({ at: this.fleet.clock.now, subject, keys })
    if (deed === 'login') session.login('ada')
    if (subject !== undefined && deed === 'write')
      session.data[`k${this.#random.below(5)}`] = this.#random.below(1000)
    if (subject !== undefined && deed === 'regenerate') session.regenerate()
    if (subject !== undefined && deed === 'keys') session.keys = [TENANT]
    if (session.subject !== undefined) this.ids.add(session.id)
    const response = await sessions.commit(session, new Response('ok'))
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? []
      // It deletes nothing.
      if (value !== '') this.#cookies.set(name, value)
    }
  }
}

async function hoard(
  seed: number,
  targetOf: (hoarder: Hoarder) => RevocationTarget,
): Promise<Hoarder> {
  const hoarder = new Hoarder(seed)
  const random = seeded(seed + 1)
  const { fleet } = hoarder
  await hoarder.send('login')
  const revokedAt = 20 + random.below(200)
  let now = 0
  let isRevoked = false
  while (now < revokedAt + LAG + 240) {
    const deed = random.pick(['read', 'read', 'write', 'write', 'regenerate', 'keys'] as const)
    await hoarder.send(deed)
    const step = random.below(12)
    fleet.clock.advance(step)
    now += step
    if (!isRevoked && now >= revokedAt) {
      await fleet.node(random.below(3)).sessions.revoke(targetOf(hoarder))
      isRevoked = true
      hoarder.seen.push({ at: fleet.clock.now, subject: 'revoked', keys: [] })
    }
  }
  return hoarder
}

/** What was honoured although it had been revoked for longer than the lag. */
function late({ seen }: Hoarder, isMeant: (seen: Seen) => boolean): readonly Seen[] {
  const at = seen.find(({ subject }) => subject === 'revoked')?.at ?? Number.NaN
  return seen.filter((each) => each.at >= at + LAG * 1000 && isMeant(each))
}

describe('whatever subset of its cookies a client sends, to whichever node,', () => {
  test('a user who was revoked is out once the lag is over, under every id', async () => {
    let honoured = 0
    for (let i = 0; i < runs(60); i++) {
      const hoarder = await hoard(SEED + i, () => ({ subject: 'ada' }))
      expect(late(hoarder, ({ subject }) => subject === 'ada')).toEqual([])
      honoured += hoarder.seen.filter(({ subject }) => subject === 'ada').length
    }
    expect(honoured).toBeGreaterThan(runs(60) * 5)
  })

  test('so is a session that was revoked by any id that it ever had', async () => {
    for (let i = 0; i < runs(60); i++) {
      const hoarder = await hoard(SEED + i, ({ ids }) => {
        const all = [...ids]
        return { session: all[i % all.length] ?? '' }
      })
      expect(late(hoarder, ({ subject }) => subject === 'ada')).toEqual([])
    }
  })

  test('a check of cookies without a key does not count for those with it', async () => {
    let shown = 0
    for (let i = 0; i < runs(120); i++) {
      const hoarder = await hoard(SEED + i, () => ({ key: TENANT }))
      expect(late(hoarder, ({ keys }) => keys.includes(TENANT))).toEqual([])
      shown += hoarder.seen.filter(({ keys }) => keys.includes(TENANT)).length
    }
    expect(shown).toBeGreaterThan(runs(120))
  })
})

test('old cookies do not put off a check on another node, nor on one whose clock is behind by as much as may be', async () => {
  const fleet = new Fleet({ nodes: 3, lag: LAG })
  fleet.ahead.splice(0, 3, 0, -30, 30)
  const browser = await fleet.loggedIn('ada', 2)
  const jars: string[] = []
  for (let i = 0; i < 30; i++) {
    fleet.clock.advance(10)
    await fleet.at(browser, i, ({ data }) => {
      data['n'] = i
    })
    jars.push(browser.cookie)
  }
  await fleet.node(0).sessions.revoke({ subject: 'ada' })
  // Clocks that differ count in addition.
  fleet.clock.advance(LAG + 60)
  for (const cookie of jars)
    for (const { sessions } of fleet.nodes) {
      const request = new Request(ORIGIN, { headers: { Cookie: cookie } })
      expect((await sessions.open(request)).subject).toBe(undefined)
    }
})

test('a session in many cookies has its start and its keys in each state that a part of them shows', async () => {
  const fleet = new Fleet({ nodes: 1, lag: 0 })
  const browser = fleet.browser()
  await fleet.at(browser, 0, (session) => {
    session.login('ada')
    session.keys = [TENANT]
    session.data['big'] = 'x'.repeat(1500)
  })
  // Parallel writes that do not fit into one base together.
  const open = await Promise.all([0, 1, 2].map(() => fleet.node().sessions.open(browser.request())))
  for (const [i, session] of open.entries()) {
    session.data[`part ${i}`] = `${i}`.repeat(700)
    browser.take(await fleet.node().sessions.commit(session, new Response('ok')))
    fleet.clock.advance(1)
  }
  fleet.clock.advance(600)
  await fleet.at(browser, 0, (session) => session.regenerate())
  const cookies = browser.cookie.split('; ')
  expect(cookies.length).toBeGreaterThan(1)
  const started = await fleet.at(browser, 0, ({ startedAt }) => startedAt)
  for (const cookie of cookies) {
    const request = new Request(ORIGIN, { headers: { Cookie: cookie } })
    const session = await fleet.node().sessions.open(request)
    if (session.subject === undefined) continue
    expect(session.startedAt).toEqual(started)
    expect(session.keys).toEqual([TENANT])
  }
})
