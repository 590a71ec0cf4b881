import type { Session } from '../../../src/index.ts'
import { memoryStore } from '../../../src/stores/memory.ts'
import { type Random, seeded } from '../../support/random.ts'
import { isSame } from '../../support/rich-values.ts'
import { Clock, Visitor } from '../../support/visitor.ts'
import type { Action } from './action.ts'
import { actionFor, type Choice } from './actions.ts'
import { FleetNode, type Job } from './node.ts'
import { type DataN, type DataNPlus1, initialNPlus1, knownToN, type Release } from './releases.ts'

/** A browser, and what its session should hold. */
class Customer {
  readonly visitor: Visitor
  expected: DataNPlus1 = initialNPlus1()
  /** Whether something was stored. */
  known = false

  constructor(clock: Clock) {
    this.visitor = new Visitor(clock)
  }
}

/** Handlers wait until it is opened. */
class Gate {
  open: () => void = () => undefined
  readonly opened: Promise<void> = new Promise((resolve) => {
    this.open = () => resolve()
  })
}

/** What went wrong. */
export interface Losses {
  sessions: number
  fields: string[]
  requests: number
}

export interface FleetOptions {
  readonly store: boolean
  readonly secret: string
  /** Only changes of lists and Maps. Default: of everything. */
  readonly collections?: boolean
}

/** Four nodes behind one balancer, and the browsers that visit them. */
export class Fleet {
  readonly losses: Losses = { sessions: 0, fields: [], requests: 0 }
  readonly nodes: readonly FleetNode[]
  /** What was done at once with other things, and by nodes of which release. */
  readonly together = new Set<string>()
  readonly #random: Random
  readonly #clock = new Clock()
  readonly #customers: readonly Customer[]
  readonly #choice: Choice
  constructor(seed: number, options: FleetOptions) {
    const { store, collections = false } = options
    this.#random = seeded(seed)
    this.#choice = { store, collections }
    const overflow = options.store ? memoryStore({ clock: this.#clock.read }) : undefined
    this.nodes = (['N', 'N', 'N+1', 'N+1'] as const).map((release, i) => {
      const skew = this.#random.below(10_000) - 5000
      const shared = { clock: () => this.#clock.now + skew, overflow }
      return new FleetNode(shared, i % 2 === 0 ? 'hono' : 'fetch', release, [options.secret])
    })
    this.#customers = Array.from({ length: 6 }, () => new Customer(this.#clock))
  }

  /** Random requests of all browsers, to random nodes: one by one, and several at once. */
  async visit(requests: number): Promise<void> {
    for (const end = this.losses.requests + requests; this.losses.requests < end; ) {
      this.#clock.advance(this.#random.below(12))
      const customer = this.#random.pick(this.#customers)
      const luck = this.#random.below(100)
      if (luck < 30)
        await this.#together(
          customer,
          Math.min(2 + this.#random.below(5), end - this.losses.requests),
        )
      else if (luck < 33) await this.#regenerate(customer)
      else if (luck < 35) await this.#logout(customer)
      else await this.#together(customer, 1)
    }
  }

  /**
   * Every browser writes something, on any node, so that its cookies are sealed anew. Values in the store are
   * put there anew only with a new id.
   */
  async sealAll(): Promise<void> {
    for (const customer of this.#customers) {
      await this.#run(customer, [this.#count()])
      if (this.#choice.store) await this.#regenerate(customer)
    }
  }

  /** Compares what each node shows to each browser with what is expected. */
  async check(when: string): Promise<void> {
    for (const node of this.nodes) {
      for (const [i, customer] of this.#customers.entries()) {
        const { expected, known } = customer
        const see = (session: Session<DataN> | Session<DataNPlus1>, wanted: DataN) => {
          if (session.isNew && known) this.losses.sessions++
          for (const path of differences(inOrder(session.data), inOrder(wanted), 'data'))
            this.losses.fields.push(`${when}, ${node.release}, browser ${i}: ${path}`)
        }
        await node.fetch(customer.visitor.request(), {
          N: (session) => see(session, knownToN(expected)),
          'N+1': (session) => see(session, expected),
        })
      }
    }
  }

  #count(): Action {
    const count = (session: Session<DataN> | Session<DataNPlus1>) =>
      session.increment('user.visits')
    const expect = ({ user }: DataNPlus1) => {
      user.visits++
    }
    return { name: 'count', writes: '', onN: count, onNPlus1: count, expect }
  }

  async #together(customer: Customer, count: number): Promise<void> {
    const nodes = Array.from({ length: count }, () => this.#random.pick(this.nodes))
    const taken = new Set<string>()
    const actions = nodes.map(({ release }, i) => {
      const n = this.losses.requests * 10 + i
      for (;;) {
        const action = actionFor(this.#random, release, n, customer.expected, this.#choice)
        if (action.writes !== '' && taken.has(action.writes)) continue
        // The first requests of a new visitor would each begin a session of their own.
        taken.add(action.writes)
        return action
      }
    })
    const going = customer.known ? actions : actions.slice(0, 1)
    if (going.length > 1) {
      for (const [i, { name }] of going.entries())
        this.together.add(`${name} on ${nodes[i]?.release}`)
    }
    await this.#run(customer, going, nodes)
  }

  /** Requests with one view; the handlers end in random order, and so do the answers arrive. */
  async #run(
    customer: Customer,
    actions: readonly Action[],
    nodes: readonly FleetNode[] = actions.map(() => this.#random.pick(this.nodes)),
  ): Promise<void> {
    const flights = actions.map((action, i) => {
      const gate = new Gate()
      const job: Job = {
        N: async (session) => {
          this.#expectKnown(customer, session.isNew)
          action.onN(session)
          await gate.opened
        },
        'N+1': async (session) => {
          this.#expectKnown(customer, session.isNew)
          action.onNPlus1(session)
          await gate.opened
        },
      }
      const node = nodes[i] ?? this.#random.pick(this.nodes)
      const answer = node.fetch(customer.visitor.request(), job)
      // It is awaited later, and fails the test then.
      answer.catch(() => undefined)
      return { gate, action, answer }
    })
    const answers: Response[] = []
    for (const { gate, action, answer } of shuffled(flights, this.#random)) {
      this.#clock.advance(this.#random.below(3) / 4)
      gate.open()
      answers.push(await answer)
      action.expect(customer.expected)
      customer.known ||= !isSame(customer.expected, initialNPlus1(), 'any')
      this.losses.requests++
    }
    for (const answer of shuffled(answers, this.#random)) customer.visitor.take(answer)
  }

  #expectKnown(customer: Customer, isNew: boolean): void {
    if (isNew && customer.known) this.losses.sessions++
  }

  async #regenerate(customer: Customer): Promise<void> {
    if (!customer.known) return
    const again = (session: Session<DataN> | Session<DataNPlus1>) => session.regenerate()
    const regenerate = { name: 'regenerate', writes: '', onN: again, onNPlus1: again }
    await this.#run(customer, [{ ...regenerate, expect: () => undefined }])
  }

  async #logout(customer: Customer): Promise<void> {
    if (!customer.known) return
    const end = (session: Session<DataN> | Session<DataNPlus1>) => session.destroy()
    await this.#run(customer, [
      { name: 'logout', writes: '', onN: end, onNPlus1: end, expect: () => undefined },
    ])
    customer.known = false
    customer.expected = initialNPlus1()
    // The tombstone stays in the jar. The next session starts later.
    this.#clock.advance(1)
  }
}

export function deploy(
  fleet: Fleet,
  change: { release?: Release; secrets?: readonly string[] },
): readonly (() => void)[] {
  return fleet.nodes.map((node) => () => node.deploy(change))
}

/** Lists and Maps that grew at once have no order. */
function inOrder(data: DataN | DataNPlus1): object {
  return {
    ...data,
    notes: [...data.notes].sort(),
    items: [...data.items].sort((a, b) => (a.id < b.id ? -1 : 1)),
    marks: new Map([...data.marks].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

function differences(actual: unknown, expected: unknown, path: string): string[] {
  if (isSame(actual, expected, 'any')) return []
  if (actual instanceof Map && expected instanceof Map)
    return differences(Object.fromEntries(actual), Object.fromEntries(expected), path)
  if (isRecord(actual) && isRecord(expected)) {
    const keys = new Set([...Object.keys(actual), ...Object.keys(expected)])
    return [...keys].flatMap((key) => differences(actual[key], expected[key], `${path}.${key}`))
  }
  return [`${path} is ${String(actual)} instead of ${String(expected)}`]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items]
  return items.flatMap(() => left.splice(random.below(left.length), 1))
}
