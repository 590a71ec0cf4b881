/** A schedule that broke a promise once. */
import { run } from './run.ts'
import { parseStep } from './schedule.ts'

export interface Regression {
  readonly seed: number
  readonly idle: number
  readonly late?: boolean
  readonly steps: readonly string[]
}

/** @throws Violation */
export function go({ seed, idle, late = false, steps }: Regression): void {
  run({ seed, idle, filler: 0, steps: steps.map(parseStep) }, { late })
}
