/** Makes a failing schedule small: leaves steps out, and makes what stays plainer. */
import { parseAction, textOfAction } from './actions.ts'
import type { Schedule, Step } from './schedule.ts'

export function shrink(schedule: Schedule, fails: (schedule: Schedule) => boolean): Schedule {
  const search = shrinking(schedule)
  let next = search.next()
  while (!next.done) next = search.next(fails(next.value))
  return next.value
}

export async function shrinkAsync(
  schedule: Schedule,
  fails: (schedule: Schedule) => Promise<boolean>,
): Promise<Schedule> {
  const search = shrinking(schedule)
  let next = search.next()
  while (!next.done) next = search.next(await fails(next.value))
  return next.value
}

/** Yields what to try, and takes whether that fails as well. */
function* shrinking(schedule: Schedule): Generator<Schedule, Schedule, boolean> {
  let best = schedule
  for (let before = -1; before !== size(best); ) {
    before = size(best)
    for (const simpler of [withoutFiller(best)]) if (yield simpler) best = simpler
    for (let length = best.steps.length >> 1; length > 0; length >>= 1) {
      for (let at = best.steps.length - length; at >= 0; at -= length) {
        const shorter = without(best, at, length)
        if (yield shorter) best = shorter
      }
    }
    for (let at = 0; at < best.steps.length; at++) {
      for (const plainer of plainerSteps(best.steps[at])) {
        const steps = best.steps.with(at, plainer)
        if (yield { ...best, steps }) best = { ...best, steps }
      }
    }
  }
  return best
}

function size({ steps, filler }: Schedule): number {
  return steps.reduce((sum, step) => sum + 10 + plainness(step), filler)
}

function plainness(step: Step): number {
  const time = step.after === 0 ? 0 : step.after % 10 === 0 ? 1 : 2
  if (step.does !== 'send') return time
  return (
    time + (step.clock === 0 ? 0 : 1) + (step.bare ? 1 : 0) + textOfAction(step.action).length / 100
  )
}

function withoutFiller(schedule: Schedule): Schedule {
  return { ...schedule, filler: 0 }
}

/** Without some steps. The time that passes before them still passes. */
function without(schedule: Schedule, at: number, length: number): Schedule {
  const gone = schedule.steps.slice(at, at + length)
  const passed = gone.reduce((sum, { after }) => sum + after, 0)
  const rest = schedule.steps.slice(at + length)
  const [next, ...others] = rest
  const after = next ? [{ ...next, after: next.after + passed }, ...others] : []
  return { ...schedule, steps: [...schedule.steps.slice(0, at), ...after] }
}

function plainerSteps(step: Step | undefined): Step[] {
  if (!step) return []
  const plainer: Step[] = [0, Math.round(step.after / 10) * 10, Math.round(step.after)]
    .filter((after) => after < step.after || plainness({ ...step, after }) < plainness(step))
    .map((after) => ({ ...step, after }))
  if (step.does !== 'send') return plainer
  if (step.clock !== 0) plainer.push({ ...step, clock: 0 })
  if (step.bare) plainer.push({ ...step, bare: false })
  if (step.action.kind !== 'read') plainer.push({ ...step, action: parseAction('inc hits') })
  if ('also' in step.action && step.action.also) {
    plainer.push({ ...step, action: step.action.also })
    plainer.push({ ...step, action: { ...step.action, also: undefined } })
  }
  return plainer.filter((each) => plainness(each) < plainness(step))
}
