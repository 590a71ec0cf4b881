/** Plans of which each cookie fits. */
import { OverflowUnavailable } from '../errors.ts'
import { sealedFragmentLength } from '../log/format/length.ts'
import type { Current } from '../log/reading/merge.ts'
import { planWrite } from '../log/writing/plan.ts'
import type { Plan, Write } from '../log/writing/write.ts'
import { knownValues, stowPlan } from './check-in.ts'
import type { Room } from './fit.ts'

/** Whether no cookie of a plan has a value of more characters. */
export function fits({ put }: Plan, most: number): boolean {
  return put.every((fragment) => sealedFragmentLength(fragment) <= most)
}

/**
 * The plan of a write. What does not fit into a cookie of its own goes into a new base at once. What follows from a
 * migration waits where nothing else is written and it does not fit: it follows again the next time.
 *
 * @param most - how many characters the value of a cookie may have
 */
export async function planFitting(
  room: Room,
  current: Current,
  write: Write,
  most: number,
): Promise<Plan> {
  const plan = await planInto(room, current, write)
  if (fits(plan, most)) return plan
  const whole = await planInto(room, current, { ...write, most, intoBase: true })
  if (fits(whole, most) || write.ops.length > 0) return whole
  return planInto(room, current, { ...write, earlier: [] })
}

/** A plan whose large values are in the store. Where that takes nothing, nothing settles. */
async function planInto(room: Room, current: Current, write: Write): Promise<Plan> {
  const known = knownValues(current, write.fetched ?? new Map())
  try {
    return await stowPlan(room, planWrite(current, write), current.base.state, known)
  } catch (error) {
    if (!(error instanceof OverflowUnavailable)) throw error
    const { tightSizeOf: _, ...inCookies } = write
    return planWrite(current, { ...inCookies, noBase: true })
  }
}
