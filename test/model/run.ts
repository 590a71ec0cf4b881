/** Runs a schedule with nodes that are no more than the core: what cookies say, without sealing them. */
import { RecentWrites } from '../../src/log/bursts/recent.ts'
import type { Schedule } from './schedule.ts'
import { commit, open, rules } from './server.ts'
import { type Arrival, type Options, type Recording, Simulation } from './simulation.ts'

/** @throws Violation */
export function run(schedule: Schedule, options: Options = {}): Recording {
  const own = options.rules ?? rules
  const simulation = new Simulation(schedule, options)
  const { settings } = simulation
  const opened = ({ jar, now }: Arrival) => open(own, jar, now)
  // A node is who has this clock.
  const memories = new Map<number, RecentWrites>()
  const memoryOf = (clock: number) => {
    const recent = memories.get(clock) ?? new RecentWrites()
    memories.set(clock, recent)
    return options.remembers ? { recent } : {}
  }
  for (const step of schedule.steps) {
    simulation.pass(step)
    if (step.does === 'send') {
      const arrival = simulation.arrival(step)
      if (!arrival) continue
      const request = { ...opened(arrival), isWithheld: step.bare, ...memoryOf(step.clock) }
      simulation.arrived(step, request)
      continue
    }
    const flight = simulation.flight(step)
    if (!flight) continue
    const work = step.does === 'drop' ? undefined : simulation.work(flight)
    if (work) {
      const answer = commit(own, flight.opened, work.done, work.now, settings)
      simulation.committed(flight, work, answer)
    }
    const jar = simulation.delivered(step, flight)
    if (jar) simulation.saw(opened(jar))
  }
  simulation.last = simulation.saw(opened(simulation.later)).seen
  return simulation
}
