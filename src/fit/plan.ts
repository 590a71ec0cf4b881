/** Plans of which each cookie fits. */

import { isTake } from '../data/flash.ts'
import { OverflowUnavailable } from '../errors.ts'
import { encodeClaims } from '../log/format/claims.ts'
import type { Op } from '../log/format/fragment.ts'
import { type Fragment, ID_LENGTH } from '../log/format/fragment.ts'
import { timeOf } from '../log/format/ids.ts'
import { sealedFragmentLength } from '../log/format/length.ts'
import type { Current } from '../log/reading/merge.ts'
import { planWrite } from '../log/writing/plan.ts'
import { derivedEntryId, type Plan, type Write } from '../log/writing/write.ts'
import type { TreeObject } from '../tree/tree.ts'
import { fittingOps, knownValues, stowPlan } from './check-in.ts'
import { DELTA_BUDGET_BYTES, fitsFirst, type Room } from './fit.ts'

/** Whether no cookie of a plan has a value of more characters. */
export function fits({ put }: Plan, most: number): boolean {
  return put.every((fragment) => sealedFragmentLength(fragment) <= most)
}

/**
 * The plan of a session that starts, with what its request wrote beside what sessions start with; `undefined` where
 * there is no room for both in one cookie.
 *
 * @param planned - the plan with these ops
 * @param wanted - the state that they lead to
 * @throws OverflowUnavailable
 */
export async function planFirst(
  room: Room,
  planned: (ops: readonly Op[]) => Plan,
  ops: readonly Op[],
  wanted: TreeObject,
): Promise<Plan | undefined> {
  const isFit = ({ put }: Plan) => put.every((base) => fitsFirst(room, base))
  const plan = planned(ops)
  if (isFit(plan)) return plan
  if (!room.depot) return undefined
  const fitting = await fittingOps(room, ops, wanted, DELTA_BUDGET_BYTES)
  const stowed = await stowPlan(room, planned(fitting), {}, [])
  return isFit(stowed) ? stowed : undefined
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
  if (!isTakeAlone(write)) return planWhole(room, current, write, most)
  const plan = await planWhole(room, current, shared(current, write), most)
  return { ...plan, put: plan.put.map(namedByContent) }
}

async function planWhole(room: Room, current: Current, write: Write, most: number): Promise<Plan> {
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

function isTakeAlone({ earlier = [], ops }: Write): boolean {
  return earlier.length === 0 && isTake(ops)
}

/**
 * Messages are often read by several requests at once. All that read the same ones with one view write the same cookie,
 * so nothing in it follows from their clocks: it renews the session in tenths of the idle timeout.
 */
function shared({ expires: before }: Current, write: Write): Write {
  const { now, expires, ops } = write
  const tenth = Math.max(1000, Math.ceil((expires - now) / 1000) * 100)
  const steps = Math.floor((expires - before) / tenth)
  return {
    ...write,
    isShared: true,
    ops: [...ops].sort((a, b) => (a.path < b.path ? -1 : 1)),
    expires: before + Math.floor((steps * tenth) / 1000) * 1000,
  }
}

/** A log that is called after the entry that it adds, called after all that it holds: two plans may differ. */
function namedByContent(fragment: Fragment): Fragment {
  const { id: own, kind } = fragment
  if (kind !== 'log' || own.length !== ID_LENGTH) return fragment
  const { log } = fragment
  const id = derivedEntryId(timeOf(own), [encodeClaims(fragment)])
  const heads = log.heads.map((head) => (head === own ? id : head))
  const entries = log.entries.map((entry) => (entry.id === own ? { ...entry, id } : entry))
  return { ...fragment, id, log: { ...log, heads, entries } }
}
