/** How entries settle into a base, and how a base and the entries after it share a cookie. */

import { keyPathOf } from '../../tree/pointer.ts'
import { merges } from '../../tree/rich.ts'
import { isPlain } from '../../tree/tree.ts'
import { SETTLE_SECONDS, SPREAD_SECONDS } from '../format/clocks.ts'
import { type Base, type Entry, type Log, mayBeVoid, type Op } from '../format/fragment.ts'
import { digestOf, isAfter, joinId, lastIdAt, latestTimeOf, timeOf } from '../format/ids.ts'
import { prune } from '../ops/prune.ts'
import { applyOps, replay } from '../ops/replay.ts'
import { type Fetched, operandOf } from '../ops/waiting.ts'
import { type Current, newestIdOf } from '../reading/merge.ts'
import type { Policy } from './policy.ts'

/** The id up to which entries are old enough to settle at `now`, in ms. */
export function cutAt(now: number, { cutStepSeconds }: Policy): string {
  const step = cutStepSeconds * 1000
  return lastIdAt(Math.floor((now - SETTLE_SECONDS * 1000) / step) * step)
}

/**
 * The id up to which entries of a view settle in a request that came in at `arrivedAt`. It follows from the view where
 * that is young: whoever sees more lets as much settle, whatever its clock says, and so makes the base that counts.
 */
export function cutOf(current: Current, arrivedAt: number, policy: Policy): string {
  const newest = Math.min(timeOf(newestIdOf(current)), arrivedAt + SPREAD_SECONDS * 1000)
  const isAtRest = arrivedAt - newest > SETTLE_SECONDS * 1000
  return cutAt(isAtRest ? arrivedAt : newest, policy)
}

/** The part of a session that is not settled. */
export interface Unsettled {
  readonly entries: readonly Entry[]
  readonly retired: readonly string[]
  readonly heads: readonly string[]
}

/**
 * `unsettled` with one head in the place of many: an entry without ops that has seen all of them. What is written
 * after it names one parent, and applies only where all of this is there. It has one id for all that make it of
 * the same `inputs`.
 */
export function joined(
  unsettled: Unsettled,
  inputs: readonly string[],
  { joinFrom }: Policy,
): Unsettled {
  const { heads, retired, entries } = unsettled
  const newest = heads.at(-1)
  if (newest === undefined || heads.length < joinFrom) return unsettled
  const id = joinId(timeOf(newest), inputs)
  return { entries, retired: [...retired, digestOf(id)].sort(), heads: [id] }
}

/** The unsettled part of a view, with the entries that a response adds to it. */
export function withEntries(
  { entries, retired }: Omit<Unsettled, 'heads'>,
  own: readonly Entry[],
): Unsettled {
  const kept = prune([...entries, ...own])
  const left = new Set(kept.map(({ id }) => id))
  const gone = entries.filter(({ id }) => !left.has(id)).map(({ id }) => digestOf(id))
  // All that was there has been seen by the new entries, and all of these by the last: it alone is newest.
  const heads = own.slice(-1).map(({ id }) => id)
  // Digests may collide: an entry that a log tells as retired as well would not count.
  const there = new Set(kept.map(({ id }) => digestOf(id)))
  const over = [...new Set([...retired, ...gone])].filter((digest) => !there.has(digest))
  return { entries: kept, retired: over.sort(), heads }
}

/** Up to which ids entries go into a new base. */
export interface Cut {
  /** Up to here they settle: what comes later and is older does not count. */
  readonly horizon: string
  /** Up to here the state has them. Between the two they are retired: an older one that comes later still counts. */
  readonly taken?: string
  /** Whether what replaces and deletes does not stay in the log, to win over an older one that comes later. */
  readonly isUnordered?: boolean
}

/** What settles, and what does not. */
export interface Settled {
  readonly base: Base
  readonly rest: Unsettled
  /** Digests of the entries that the state has beyond the horizon. */
  readonly taken: readonly string[]
}

/**
 * Takes the entries up to a cut into the base; the rest stays unsettled. `undefined` where one of them waits for a
 * value of the overflow store.
 */
export function settle(
  base: Base,
  unsettled: Unsettled,
  cut: Cut,
  now: number,
  fetched?: Fetched,
): Settled | undefined {
  const horizon = cut.horizon > base.horizon ? cut.horizon : base.horizon
  const end = cut.taken && cut.taken > horizon ? cut.taken : horizon
  const old = unsettled.entries.filter(({ id }) => id <= end)
  const young = old.filter(({ id }) => id > horizon)
  const taken = young.map(({ id }) => digestOf(id))
  const left = unsettled.retired.filter((digest) => isAfter(digest, horizon, now))
  const rest = {
    entries: [
      ...(cut.isUnordered ? [] : inOrder(young)),
      ...unsettled.entries.filter(({ id }) => id > end),
    ],
    retired: [...new Set([...left, ...taken])].sort(),
    heads: unsettled.heads.filter((head) => head > horizon),
  }
  const { state, memory, waiting } = replay(base, old, { fetched, until: timeOf(end) })
  if (waiting.size > 0) return undefined
  return { base: { horizon, serial: base.serial, state, memory }, rest, taken }
}

/** What of these entries hides what comes before it, and is not changed by what comes after it. */
function inOrder(entries: readonly Entry[]): readonly Entry[] {
  const changed: string[] = []
  const kept: Entry[] = []
  for (const { id, ops } of entries.toReversed()) {
    const isSure = !mayBeVoid(ops)
    const stay = ops.toReversed().filter((op) => {
      const isHiding = isSure && canShowEarly(op) && !changed.some((path) => meet(path, op.path))
      if (!isHiding) changed.push(op.path)
      return isHiding
    })
    if (stay.length > 0) kept.push({ id, ops: stay.toReversed() })
  }
  return kept.toReversed()
}

/** Whether one of two paths leads to the other. */
function meet(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
}

/**
 * A base that shows already what the entries after it set and delete. Such ops stay in the log, so
 * that the order with entries that come later is kept, but on the wire they need no values.
 */
export function embed(base: Base, rest: Unsettled): { base: Base; log: Log | undefined } {
  if (rest.entries.length === 0 && rest.retired.length === 0) return { base, log: undefined }
  const early = rest.entries.flatMap(({ ops }) => (mayBeVoid(ops) ? [] : ops.filter(canShowEarly)))
  const { entries, retired, heads } = rest
  const log = { since: base.horizon, parents: [], heads, retired, entries }
  return { base: { ...base, state: applyOps(base.state, early, base.memory) }, log }
}

/**
 * Whether an op leads to the same when it is done once more, later, and with others before it: what hides all that
 * comes before it. What merges does not; nor does what makes something in which others could write.
 */
function canShowEarly(op: Op): boolean {
  if (keyPathOf(op.path) !== op.path) return false
  // What lies in the store is no part of a state, but as the value of a key.
  if (operandOf(op)) return op.kind === 'put' && !op.path.includes('/')
  if (op.kind === 'set') return !isPlain(op.value) && !merges(op.value)
  return op.kind === 'delete' || op.kind === 'put'
}

/** Whether what an entry does is the same, whatever comes before it and arrives later, once a base has taken it. */
export function isOrderless({ ops }: Entry): boolean {
  const isOne = (op: Op) => op.kind === 'increment' || op.kind === 'advance' || canShowEarly(op)
  return !mayBeVoid(ops) && ops.every(isOne)
}

/** The id up to which entries must settle so that about `most` remain, or `''` where no more are there. */
export function crowdedCut(
  { entries, retired }: Omit<Unsettled, 'heads'>,
  most: number,
  now: number,
): string {
  // Of what a base has taken some ops stay as entries, for their order.
  const digests = new Set(retired)
  const untaken = entries.filter(({ id }) => !digests.has(digestOf(id)))
  if (untaken.length + retired.length <= most) return ''
  const times = [
    ...untaken.map(({ id }) => timeOf(id)),
    ...retired.map((digest) => latestTimeOf(digest, now)),
  ]
  times.sort((a, b) => b - a)
  const cut = lastIdAt(times[most] ?? 0)
  // A digest tells a time that may be a little later. What comes after all entries must not seem settled.
  const newest = entries.at(-1)?.id ?? ''
  return cut < newest ? cut : newest
}
