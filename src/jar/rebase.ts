/** New bases. */
import type { Fragment } from '../codec/fragment.ts'
import { derivedId, digestOf } from './ids.ts'
import type { Current } from './merge.ts'
import { embed, joined, settle, type Unsettled } from './settle.ts'
import { fragmentOf, type Plan, sealedSize, type Write } from './write.ts'

/** A new base, and whether it takes the place of all that the view holds. */
export interface Rebased extends Plan {
  readonly isWhole: boolean
  /** What an entry that is written beside it names as its parents. */
  readonly tips: readonly string[]
}

/**
 * A new base in which all entries up to `cut` are settled: the same cookie for all that have this view. The rest
 * stays unsettled in it, if there is room for that. Otherwise the logs that are not settled stay as they are.
 * `undefined` where there is no room for that either.
 *
 * @param room - how many characters the value of its cookie may have
 */
export function rebase(
  current: Current,
  write: Write,
  cut: string,
  room: number,
): Rebased | undefined {
  const { base, rest } = settle(current.base, current, cut, write.now)
  const { fragments } = current
  const serial = Math.max(...fragments.map((other) => other.base?.serial ?? 0)) + 1
  const inputs = [base.horizon, ...fragments.map((each) => each.id).sort()]
  const most = Math.min(room, write.most)
  const make = (kind: string, kept: Unsettled, remove: readonly Fragment[]): Plan | undefined => {
    const id = derivedId(kind, inputs)
    const put = [fragmentOf(current, write, id, embed({ ...base, serial }, kept))]
    return sealedSize(put) <= most ? { put, remove } : undefined
  }
  const all = joined(rest, inputs)
  const whole = make('whole', all, fragments)
  if (whole) return { ...whole, isWhole: true, tips: all.tips }
  const isSettled = ({ base: old, log }: Fragment) =>
    old !== undefined || log?.entries.every(({ id }) => id <= base.horizon) === true
  const lean = make('lean', showing(current, rest), fragments.filter(isSettled))
  return lean && { ...lean, isWhole: false, tips: current.tips }
}

/**
 * What must stand in a new base beside the logs that stay: all entries that show, since one without those that its
 * request had seen would be a state that never was; and what stood in the cookies of bases that go.
 */
function showing({ fragments }: Current, { entries, retired, tips }: Unsettled): Unsettled {
  const inBases = fragments.flatMap(({ base, log }) => (base && log ? [log] : []))
  const inside = inBases.flatMap((log) => [
    ...log.entries.map(({ id }) => digestOf(id)),
    ...log.retired,
  ])
  const kept = new Set([...inside, ...tips.map(digestOf)])
  return { entries, retired: retired.filter((digest) => kept.has(digest)), tips }
}
