/** Runs many schedules, and prints the smallest that breaks a promise. */
import fc from 'fast-check'
import { run } from './run.ts'
import { type Kind, type Schedule, schedules, textOfSchedule } from './schedule.ts'
import { shrink, shrinkAsync } from './shrink.ts'
import type { Options, Recording } from './simulation.ts'
import type { StoreCounts, StoreKind } from './stored-node.ts'
import { runStored } from './stored-run.ts'

export interface Found {
  readonly schedule: Schedule
  /** The schedule, what broke, and how to see it again. */
  readonly text: string
}

/** The first of `runs` schedules that breaks a promise, made as small as can be. */
export function search(
  kind: Kind | fc.Arbitrary<Schedule>,
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
      return textOf(error)
    }
  }
  let failing: Schedule | undefined
  const property = fc.property(schedulesOf(kind), (schedule) => {
    if (broken(schedule) === undefined) return true
    failing = schedule
    return false
  })
  // Our own way of shrinking knows what a step is, and leads to shorter schedules.
  const details = fc.check(property, { numRuns: runs, seed, endOnFailure: true })
  if (!failing) return allRan(details, runs)
  const schedule = shrink(failing, (smaller) => broken(smaller) !== undefined)
  return found(schedule, broken(schedule), details)
}

/** The same with nodes that have an overflow store. */
export async function searchStored(
  kind: Kind | fc.Arbitrary<Schedule>,
  store: StoreKind,
  runs: number,
  seed: number,
  also: (counts: StoreCounts) => void,
): Promise<Found | undefined> {
  const broken = async (schedule: Schedule): Promise<string | undefined> => {
    try {
      also(await runStored(schedule, store))
      return undefined
    } catch (error) {
      return textOf(error)
    }
  }
  let failing: Schedule | undefined
  const property = fc.asyncProperty(schedulesOf(kind), async (schedule) => {
    if ((await broken(schedule)) === undefined) return true
    failing = schedule
    return false
  })
  const details = await fc.check(property, { numRuns: runs, seed, endOnFailure: true })
  if (!failing) return allRan(details, runs)
  const schedule = await shrinkAsync(
    failing,
    async (smaller) => (await broken(smaller)) !== undefined,
  )
  return found(schedule, await broken(schedule), details)
}

function schedulesOf(kind: Kind | fc.Arbitrary<Schedule>): fc.Arbitrary<Schedule> {
  return kind instanceof fc.Arbitrary ? kind : schedules(kind)
}

interface Details {
  readonly failed: boolean
  readonly numRuns: number
  readonly seed: number
}

function allRan({ failed, numRuns }: Details, runs: number): undefined {
  if (failed || numRuns < runs) throw new Error(`${numRuns} runs only`)
}

function found(schedule: Schedule, broken: string | undefined, { numRuns, seed }: Details): Found {
  const where = `schedule ${numRuns} of seed ${seed}`
  return { schedule, text: `${broken}\n\n${textOfSchedule(schedule)}\n\n(${where})` }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
