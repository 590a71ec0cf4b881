/** What a response writes that brought a session up to date before it changed it. */
import type { Op } from '../codec/fragment.ts'
import { SKEW_SECONDS } from '../seal/fragment.ts'
import { type Current, merge } from './merge.ts'
import { planWrite } from './plan.ts'
import { prune } from './replay.ts'
import type { Plan, Write } from './write.ts'

/**
 * Plans `earlier` as a write of its own, before the request came in, and `write` after it. What follows from the
 * state alone is as old as that state: what other responses have written since comes later, and stays, though
 * their clocks may differ. It must not be older than that, or it could be older than what they settle.
 *
 * @param openedAt - when the request came in, in ms since 1970
 */
export function planInTurn(
  current: Current,
  earlier: readonly Op[],
  openedAt: number,
  write: Write,
): Plan {
  const kept = prune([
    { id: 'earlier', ops: earlier },
    { id: 'later', ops: write.ops },
  ]).find(({ id }) => id === 'earlier')
  if (!kept) return planWrite(current, write)
  const before = openedAt - 2 * SKEW_SECONDS * 1000
  const first = planWrite(current, { ...write, ops: kept.ops, now: before, renew: false })
  if (write.ops.length === 0 && !write.renew) return first
  const left = current.fragments.filter((fragment) => !first.remove.includes(fragment))
  const between = merge([...left, ...first.put], write.now).current
  if (!between) return planWrite(current, { ...write, ops: [...kept.ops, ...write.ops] })
  const second = planWrite(between, write)
  return {
    put: [...first.put.filter((fragment) => !second.remove.includes(fragment)), ...second.put],
    remove: [...first.remove, ...second.remove.filter((fragment) => !first.put.includes(fragment))],
  }
}
