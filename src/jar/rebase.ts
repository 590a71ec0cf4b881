/** New bases. */
import type { Fragment } from '../codec/fragment.ts'
import { derivedId, digestOf } from './ids.ts'
import type { Current } from './merge.ts'
import { embed, joined, settle, type Unsettled } from './settle.ts'
import { fragmentOf, type Plan, sealedSize, type Write } from './write.ts'

/** The values of the cookies of one response together have no more characters than this, if it can be helped. */
const RESPONSE_LENGTH = 3200

/** A new base, and whether it takes the place of all that the view holds. */
export interface Rebased extends Plan {
  readonly isWhole: boolean
  /** What an entry that is written beside it names as its parents. */
  readonly tips: readonly string[]
}

/**
 * A new base in which all entries up to `cut` are settled: the same cookie for all that have this view. The rest
 * stays unsettled in it, if there is room for that beside `beside` characters of other cookies. Otherwise the
 * logs that are not settled stay as they are. `undefined` where no cookie can hold it.
 */
export function rebase(
  current: Current,
  write: Write,
  cut: string,
  beside: number,
): Rebased | undefined {
  const { base, rest } = settle(current.base, current, cut, write.now)
  const { fragments } = current
  const serial = Math.max(...fragments.map((other) => other.base?.serial ?? 0)) + 1
  const inputs = [base.horizon, ...fragments.map((each) => each.id).sort()]
  const make = (kind: string, kept: Unsettled, remove: readonly Fragment[]): Plan => {
    const id = derivedId(kind, inputs)
    return { put: [fragmentOf(current, write, id, embed({ ...base, serial }, kept))], remove }
  }
  const all = joined(rest, inputs)
  const whole = make('whole', all, fragments)
  const size = sealedSize(whole.put)
  if (size <= write.most && size + beside <= RESPONSE_LENGTH)
    return { ...whole, isWhole: true, tips: all.tips }
  const isSettled = ({ base: old, log }: Fragment) =>
    old !== undefined || log?.entries.every(({ id }) => id <= base.horizon) === true
  const lean = make('lean', hiding(current, rest), fragments.filter(isSettled))
  return sealedSize(lean.put) <= write.most
    ? { ...lean, isWhole: false, tips: current.tips }
    : undefined
}

/**
 * What must stand in a new base beside the logs that stay: entries that may hide what settles now, since without
 * them the base would show something older than that; and what stood in the cookies of bases that go.
 */
function hiding({ fragments }: Current, { entries, retired, tips }: Unsettled): Unsettled {
  const inBases = fragments.flatMap(({ base, log }) => (base && log ? [log] : []))
  const ids = new Set(inBases.flatMap((log) => log.entries.map(({ id }) => id)))
  const digests = new Set([...ids].map(digestOf).concat(inBases.flatMap((log) => log.retired)))
  const kept = entries.filter(
    ({ id, ops }) => ids.has(id) || ops.some(({ kind }) => kind === 'set' || kind === 'delete'),
  )
  const keptIds = kept.map(({ id }) => id)
  return {
    entries: kept,
    retired: retired.filter((digest) => digests.has(digest)),
    // Which of them the others have seen is known only where those that have seen all are among them.
    tips: tips.every((tip) => keptIds.includes(tip)) ? tips : keptIds,
  }
}
