/** Runs many schedules, and prints the smallest that breaks a promise. */
import fc from 'fast-check'
import { type Options, type Recording, run } from './run.ts'
import { type Kind, type Schedule, schedules, textOfSchedule } from './schedule.ts'
import { shrink } from './shrink.ts'

export interface Found {
  readonly schedule: Schedule
  /** The schedule, what broke, and how to see it again. */
  readonly text: string
}

/** The first of `runs` schedules that breaks a promise, made as small as can be. */
export function search(
  kind: Kind,
  runs: number,
  seed: number,
  options: Options & { readonly also?: (recording: Recording) => void } = {},
): Found | undefined {
  const broken = (schedule: Schedule): string | undefined => {
    try {
      const recording = run(schedule, options)
      options.also?.(recording)
      return undefined
    } catch (error) {
      return error instanceof Error ? (error.stack ?? error.message) : String(error)
    }
  }
  let failing: Schedule | undefined
  const property = fc.property(schedules(kind), (schedule) => {
    if (broken(schedule) === undefined) return true
    failing = schedule
    return false
  })
  // Our own way of shrinking knows what a step is, and leads to shorter schedules.
  const details = fc.check(property, { numRuns: runs, seed, endOnFailure: true })
  if (!failing) {
    if (details.failed || details.numRuns < runs) throw new Error(`${details.numRuns} runs only`)
    return undefined
  }
  const schedule = shrink(failing, (smaller) => broken(smaller) !== undefined)
  const where = `schedule ${details.numRuns} of seed ${details.seed}`
  const text = `${broken(schedule)}\n\n${textOfSchedule(schedule)}\n\n(${where})`
  return { schedule, text }
}
