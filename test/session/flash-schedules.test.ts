/** What holds of messages in any schedule: answers come in any order or never, and clocks differ. */
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { type Random, seeded } from '../support/random.ts'
import { Clock, type Loose, Shop } from '../support/visitor.ts'

type Flight = Awaited<ReturnType<Shop['begin']>> & {
  readonly onArrival: () => void
  readonly at: number
}

class Schedule {
  readonly #random: Random
  readonly #nodes: readonly Shop[]
  readonly #seen = new Set<number>()
  readonly #left = new Set<number>()
  readonly #flights: Flight[] = []
  #next = 0
  #counted = 0

  constructor(seed: number, options: Loose) {
    this.#random = seeded(seed)
    const first = new Shop(options)
    const others = [-20, 25].map((seconds) => {
      const clock = new Clock()
      clock.now += seconds * 1000
      return new Shop(options, { clock, visitor: first.visitor })
    })
    this.#nodes = [first, ...others]
  }

  async run(steps: number): Promise<void> {
    await this.#node().visit(({ data }) => {
      data['start'] = 1
    })
    for (let step = 0; step < steps; step++) {
      const seconds = this.#random.below(12)
      for (const { clock } of this.#nodes) clock.advance(seconds)
      if (this.#flights.length < 5 && this.#random.below(10) < 6) await this.#send(step)
      else await this.#arrive(step)
    }
    while (this.#flights.length > 0) await this.#arrive(steps)
    await this.#check()
  }

  #node(): Shop {
    return this.#random.pick(this.#nodes)
  }

  async #send(at: number): Promise<void> {
    const begun = await this.#node().begin()
    const { session } = begun
    const what = this.#random.below(20)
    let onArrival = () => {}
    if (what < 7) {
      const n = this.#next++
      session.flash('n', n)
      onArrival = () => this.#left.add(n)
    } else if (what < 15) {
      const values = session.flashes.map(({ value }) => Number(value))
      expect(values.length).toBeLessThanOrEqual(16 + 5)
      for (const value of values) this.#seen.add(value)
    } else {
      session.increment('count')
      onArrival = () => this.#counted++
    }
    this.#flights.push({ ...begun, onArrival, at })
  }

  async #arrive(step: number): Promise<void> {
    // Nothing takes longer than an answer may.
    const late = this.#flights.findIndex(({ at }) => step - at > 8)
    const index = late >= 0 ? late : this.#random.below(this.#flights.length)
    const [flight] = this.#flights.splice(index, 1)
    if (!flight) return
    const arrive = await flight.answer()
    if (this.#random.below(10) === 0) return
    arrive()
    flight.onArrival()
  }

  async #check(): Promise<void> {
    for (let i = 0; i < 2; i++)
      await this.#node().visit(({ flashes, data }) => {
        for (const { value } of flashes) this.#seen.add(Number(value))
        expect(data['count'] ?? 0).toBe(this.#counted)
      })
    await this.#node().visit(({ flashes }) => expect(flashes).toEqual([]))
    expect([...this.#left].filter((n) => !this.#seen.has(n))).toEqual([])
  }
}

const STORES = [
  ['without a store', () => ({})],
  ['with a store', () => ({ overflow: memoryStore() })],
] as const

test.each(STORES)('each message is shown at least once, and goes, %s', async (_, options) => {
  for (let seed = 1; seed <= 12; seed++) await new Schedule(seed, options()).run(120)
})
