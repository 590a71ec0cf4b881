/** Runs a schedule with nodes that have an overflow store. */
import type { TreeObject } from '../../src/tree/tree.ts'
import { seeded } from '../support/random.ts'
import { fixRandomBytes } from '../support/random-bytes.ts'
import { Violation } from './oracle.ts'
import type { Schedule } from './schedule.ts'
import { FirstVisits, type Flight, Simulation } from './simulation.ts'
import { type OpenedRequest, type StoreCounts, StoredNodes, type StoreKind } from './stored-node.ts'

/** Too much for one cookie: what is in these keys goes to the store sooner or later. */
const INITIAL: TreeObject = {
  cart: { pad: 'c'.repeat(900) },
  items: [{ id: 'pad', qty: 0, pad: 'i'.repeat(900) }],
  cfg: { pad: 'o'.repeat(700) },
}

/** @throws Violation */
export async function runStored(schedule: Schedule, kind: StoreKind): Promise<StoreCounts> {
  const remembers = !kind.forgets
  const simulation = new Simulation(schedule, { initial: INITIAL, siblings: true, remembers })
  const { seed, steps } = schedule
  const nodes = new StoredNodes(simulation.settings, kind, seed, () => simulation.later.now)
  const opened = new WeakMap<Flight, OpenedRequest>()
  const all = async () => {
    for (const step of steps) {
      simulation.pass(step)
      if (step.does === 'send') {
        const arrival = simulation.arrival(step)
        if (!arrival) continue
        const request = await nodes.open(arrival, step.clock)
        opened.set(simulation.arrived(step, request), request)
        continue
      }
      const flight = simulation.flight(step)
      const request = flight && opened.get(flight)
      if (!flight || !request) continue
      const { clock } = flight.send
      const work = step.does === 'drop' ? undefined : simulation.work(flight)
      if (work) simulation.committed(flight, work, await nodes.commit(request, work, clock))
      const jar = simulation.delivered(step, flight)
      if (jar) simulation.saw(await nodes.open(jar, clock))
    }
    // In the end all is there.
    nodes.calm()
    simulation.pass({ after: kind.staleSeconds })
    const last = await nodes.open(simulation.later, 0)
    simulation.saw(last)
    if (last.hidden?.size) throw new Violation(`the store does not have ${[...last.hidden]}`)
  }
  await withRandom(seed, all).catch((error: unknown) => {
    if (!(error instanceof FirstVisits)) throw error
  })
  return { ...nodes.counts, told: simulation.told }
}

/** While `fn` runs, "random" bytes are the same each time. */
async function withRandom(seed: number, fn: () => Promise<void>): Promise<void> {
  const restore = fixRandomBytes(seeded(seed))
  try {
    await fn()
  } finally {
    restore()
  }
}
