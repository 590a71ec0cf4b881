/** How entries settle into a base, and how a base and the entries after it share a cookie. */
import { type Base, type Entry, ID_LENGTH, type Log } from '../codec/fragment.ts'
import { timeCode } from '../codec/id-chain.ts'
import { derivedId, digestOf, lastIdAt, latestTimeOf, timeOf } from './ids.ts'
import { applyOp, prune, replay } from './replay.ts'

/** Nodes that see the same entries cut alike: at a multiple of this. */
export const CUT_SECONDS = 60

/**
 * Entries settle when they are at least this old: an answer may be in flight for two minutes, and
 * clocks may differ by 30 s either way.
 */
export const SETTLE_SECONDS = 180

/** Beyond so many entries that are unsettled the oldest settle, however young they are … */
export const MAX_ENTRIES = 96

/** … down to about so many. So an answer may be overtaken by so many other writes, and still counts. */
export const KEPT_ENTRIES = 64

/** The id up to which entries are old enough to settle at `now`, in ms. */
export function cutAt(now: number): string {
  const step = CUT_SECONDS * 1000
  return lastIdAt(Math.floor((now - SETTLE_SECONDS * 1000) / step) * step)
}

/** The part of a session that is not settled. */
export interface Unsettled {
  readonly entries: readonly Entry[]
  readonly retired: readonly string[]
  readonly tips: readonly string[]
}

/**
 * `unsettled` with one tip in the place of many: an entry without ops that has seen all of them. What is written
 * after it names one parent, and applies only where all of this is there. It has one id for all that make it of
 * the same `inputs`.
 */
export function joined(unsettled: Unsettled, inputs: readonly string[]): Unsettled {
  const { tips, retired, entries } = unsettled
  const newest = tips.at(-1)
  if (newest === undefined || tips.length < JOINED_FROM) return unsettled
  const id = timeCode(timeOf(newest)) + derivedId('j', inputs).slice(0, ID_LENGTH - 8)
  return { entries, retired: [...retired, digestOf(id)].sort(), tips: [id] }
}

/** Fewer tips than this are told one by one. */
const JOINED_FROM = 3

/** The unsettled part of a view, with the entry that a response adds to it. */
export function withEntry({ entries, retired }: Omit<Unsettled, 'tips'>, own: Entry): Unsettled {
  const kept = prune([...entries, own])
  const shown = new Set(kept.map(({ id }) => id))
  const gone = entries.filter(({ id }) => !shown.has(id)).map(({ id }) => digestOf(id))
  // All that was there has been seen by the new entry: it alone is newest.
  return { entries: kept, retired: [...new Set([...retired, ...gone])].sort(), tips: [own.id] }
}

/** Settles the entries up to `cut` into the base; the rest stays unsettled. */
export function settle(
  base: Base,
  unsettled: Unsettled,
  cut: string,
  now: number,
): { base: Base; rest: Unsettled } {
  const horizon = cut > base.horizon ? cut : base.horizon
  const old = unsettled.entries.filter(({ id }) => id <= horizon)
  const rest = {
    entries: unsettled.entries.filter(({ id }) => id > horizon),
    retired: unsettled.retired.filter((digest) => latestTimeOf(digest, now) > timeOf(horizon)),
    tips: unsettled.tips.filter((tip) => tip > horizon),
  }
  return { base: { ...base, horizon, state: replay(base.state, old) }, rest }
}

/**
 * A base that shows already what the entries after it set and delete. Such ops stay in the log, so
 * that the order with entries that come later is kept, but on the wire they need no values.
 */
export function embed(base: Base, rest: Unsettled): { base: Base; log: Log | undefined } {
  if (rest.entries.length === 0 && rest.retired.length === 0) return { base, log: undefined }
  let { state } = base
  for (const { ops } of rest.entries) {
    for (const op of ops) if (op.kind === 'set' || op.kind === 'delete') state = applyOp(state, op)
  }
  const { entries, retired, tips } = rest
  const log = { since: base.horizon, after: [], tips, retired, entries }
  return { base: { ...base, state }, log }
}

/** The id up to which entries must settle so that about `most` remain, or `''` where no more are there. */
export function crowdedCut(
  { entries, retired }: Omit<Unsettled, 'tips'>,
  most: number,
  now: number,
): string {
  if (entries.length + retired.length <= most) return ''
  const times = [
    ...entries.map(({ id }) => timeOf(id)),
    ...retired.map((digest) => latestTimeOf(digest, now)),
  ]
  times.sort((a, b) => b - a)
  return lastIdAt(times[most] ?? 0)
}
