import { describe, expect, test } from 'vitest'
import { BrowserJar } from '../../src/testing/browser-jar.ts'
import { seeded } from '../support/random.ts'
import { ORIGIN, START } from '../support/visitor.ts'
import { type Data, Node, type Pending, STAGES, send } from './fleet.ts'

const BOTH = STAGES[2] ?? []

/** A browser in the middle of a rotation, and what its session must hold. */
interface Situation {
  readonly stages: readonly number[]
  readonly jar: BrowserJar
  readonly now: number
  readonly id: string
  /** What was written on nodes that knew the session. */
  readonly written: readonly string[]
  readonly depth: number
}

class Rotation {
  /** What was tried: orders up to the names of the nodes, and requests to nodes that knew the session or not. */
  readonly tried = { orders: 0, knowing: 0, blind: 0 }
  readonly #pauseMs: number
  readonly #turned: boolean
  #now = START
  readonly #nodes = STAGES.map((secrets) => new Node(secrets, () => this.#now))
  readonly #all = new Node(BOTH, () => this.#now)
  #keys = 0

  /** @param turned - whether the node that is behind is asked first, rather than the one that is ahead */
  constructor(pauseMs: number, turned: boolean) {
    this.#pauseMs = pauseMs
    this.#turned = turned
  }

  /** From here on, each order in which the nodes can go on. Nodes at one stage are interchangeable. */
  async explore(from: Situation): Promise<void> {
    const here = await this.#visit(from)
    if (here.stages.every((stage) => stage === STAGES.length - 1)) this.tried.orders++
    for (const [i, stage] of here.stages.entries()) {
      if (stage === STAGES.length - 1 || here.stages.indexOf(stage) !== i) continue
      const stages = here.stages.map((each, j) => (j === i ? each + 1 : each))
      await this.explore({ ...here, stages, depth: here.depth + 1, jar: here.jar.clone() })
    }
  }

  async begin(): Promise<Situation> {
    const jar = new BrowserJar({ clock: () => this.#now })
    const oldest = this.#nodes[0] ?? expect.fail()
    const first = await send(oldest, jar, 'kept')
    jar.store(await first.setCookies(), ORIGIN)
    return { stages: [0, 0, 0], jar, now: this.#now, id: first.id, written: ['kept'], depth: 0 }
  }

  /** Three requests at once, one to each node, then one after the other. */
  async #visit(from: Situation): Promise<Situation> {
    const { jar, id } = from
    const written = [...from.written]
    this.#now = from.now + this.#pauseMs
    const nodes = from.stages.map((stage) => this.#nodes[stage] ?? expect.fail())
    if (this.#turned) nodes.reverse()
    const ask = async (node: Node): Promise<Pending> => {
      const key = `k${this.#keys++}`
      const pending = await send(node, jar, key)
      if (pending.id === id) written.push(key)
      this.tried[pending.id === id ? 'knowing' : 'blind']++
      return pending
    }
    const deliver = async ({ setCookies }: Pending) => jar.store(await setCookies(), ORIGIN)
    const pending: Pending[] = []
    for (const node of nodes) {
      pending.push(await ask(node))
      this.#now += 7
    }
    const turn = from.depth % pending.length
    for (const one of [...pending.slice(turn), ...pending.slice(0, turn)]) {
      this.#now += 50
      await deliver(one)
    }
    for (const node of nodes) {
      this.#now += 4000
      await deliver(await ask(node))
    }
    expect(jar.dropped).toEqual([])
    await expectAll(this.#all, jar, id, written)
    return { ...from, written, now: this.#now }
  }
}

const inWorkerd = navigator.userAgent === 'Cloudflare-Workers'

const paces = [
  ['at once', 1000],
  ['with ten minutes between deploys', 600_000],
] as const

describe('three nodes go through distribute, seal and retire in every order', () => {
  for (const [pace, pauseMs] of inWorkerd ? paces.slice(1) : paces) {
    for (const asked of ['first', 'last'] as const) {
      test(`${pace}, the newest asked ${asked}: what a node could read is all there when they agree again`, async () => {
        const rotation = new Rotation(pauseMs, asked === 'last')
        await rotation.explore(await rotation.begin())
        expect(rotation.tried.orders).toBe(42)
        expect(rotation.tried.knowing).toBeGreaterThan(500)
        expect(rotation.tried.blind).toBeGreaterThan(100)
      })
    }
  }
})

/** Which stages the nodes are in that get the requests, early on and later. */
const fleets = [
  ['only the old secret or only the new one first', [0, 2], [0, 2]],
  ['every stage, back and forth', [0, 1, 2, 3], [0, 1, 2, 3]],
  ['both secrets, and then only one or only the other', [1, 2], [0, 3]],
] as const

describe('nodes that have', () => {
  for (const [name, early, late] of fleets) {
    test(`${name} lose nothing that they could read, with answers in flight for up to 100 s`, async () => {
      for (let seed = 1; seed <= (inWorkerd ? 5 : 30); seed++) await play(seed, early, late)
    })
  }
})

/** A browser sends sixty requests to nodes of random stages, four of them at once. */
async function play(seed: number, early: readonly number[], late: readonly number[]) {
  const random = seeded(seed)
  let now = START
  const nodes = STAGES.map((secrets) => new Node(secrets, () => now))
  const jar = new BrowserJar({ clock: () => now })
  const first = await send(nodes[early[0] ?? 0] ?? expect.fail(), jar, 'kept')
  jar.store(await first.setCookies(), ORIGIN)
  const written = ['kept']
  const inFlight: { readonly due: number; readonly lines: readonly string[] }[] = []
  const arrive = (until: number) => {
    inFlight.sort((a, b) => a.due - b.due)
    while ((inFlight[0]?.due ?? until + 1) <= until) {
      const answer = inFlight.shift()
      now = answer?.due ?? now
      jar.store(answer?.lines ?? [], ORIGIN)
    }
    now = until
  }
  for (let step = 0; step < 60; step++) {
    arrive(now + random.pick([5, 50, 500, 5000, 60_000, 400_000]))
    if (inFlight.length > 3) continue
    const key = `k${step % (seed % 3 === 0 ? 12 : 60)}`
    const node = nodes[random.pick(step < 20 ? early : late)] ?? expect.fail()
    const pending = await send(node, jar, key)
    if (pending.id === first.id) written.push(key)
    inFlight.push({
      due: now + random.pick([10, 100, 1000, 100_000]),
      lines: await pending.setCookies(),
    })
  }
  arrive(now + 100_000)
  await expectAll(new Node(BOTH, () => now), jar, first.id, written)
}

/** What every node finds as soon as all of them know both secrets. */
async function expectAll(node: Node, jar: BrowserJar, id: string, written: readonly string[]) {
  const session = await node.sessions.open(
    new Request(ORIGIN, { headers: { cookie: jar.header(ORIGIN) ?? '' } }),
  )
  expect(session.id).toBe(id)
  const expected: Data = Object.fromEntries(written.map((key) => [key, 1]))
  expect({ ...session.data }).toEqual({ ...expected, hits: written.length })
}
