/**
 * Requests that start together share one view, and each answer leaves a cookie of its own. A node that answers many of
 * them writes what it wrote before once more, with what the next one writes, and removes the cookies that held it.
 */
import { type Fragment, type LogFragment, logOf } from '../format/fragment.ts'
import { sealedFragmentLength } from '../format/length.ts'
import { foldLogs } from '../reading/fold.ts'
import type { Current } from '../reading/merge.ts'
import type { Plan } from '../writing/write.ts'
import type { Burst, RecentWrites } from './recent.ts'

/**
 * So many writes with one view stay apart: what an answer wrote that never arrives has not happened. Those that come
 * after them tell of one another.
 */
export const APART_WRITES = 6

/** How many logs one fold of a burst holds, and how long its cookie's value may be: then another one begins. */
const MAX_FOLDED_LOGS = 24
const MAX_FOLDED_LENGTH = 2000

/** Of the cookies that a fold takes the place of, so many are deleted, whether they have arrived or not. */
const MAX_COVERED = 14

/** The plan of a write in a burst. */
export interface Gathered {
  readonly plan: Plan
  /** Has the node forget it: a write that failed has not happened. */
  readonly forget: () => void
}

/** The plan of a write, with what this node wrote just before for requests that had the same view. */
export function gather(current: Current, plan: Plan, recent: RecentWrites, now: number): Gathered {
  const own = ownLogOf(plan)
  const burst = own && recent.burstOf(viewOf(current, plan, own), now)
  if (!burst || burst.open.some(({ id }) => id === own.id)) return { plan, forget: () => {} }
  const isLater = burst.count >= APART_WRITES
  const folded = isLater ? foldWith(burst, own) : undefined
  const { covered } = burst
  // A fold that is full stays as it is: what comes next begins another one.
  const isFull = isLater && !folded
  burst.count++
  burst.open = isFull ? [own] : [...burst.open, own]
  burst.covered = isFull ? [own] : [...covered, own].slice(-MAX_COVERED)
  const forget = () => {
    burst.open = burst.open.filter((each) => each !== own)
  }
  if (!folded) return { plan, forget }
  const put = plan.put.map((each) => (each === own ? folded : each))
  return { plan: { ...plan, put, remove: [...covered.toReversed(), ...plan.remove] }, forget }
}

/** The log with what the response itself wrote: its cookie is called after that. */
function ownLogOf({ put }: Plan): LogFragment | undefined {
  return put.find(
    (each): each is LogFragment =>
      each.kind === 'log' && each.log.entries.some(({ id }) => id === each.id),
  )
}

/** What a request saw, and upon what it writes. */
function viewOf({ base, fragments }: Current, { put }: Plan, own: LogFragment): string {
  const { since, parents } = own.log
  const others = put.filter((each) => each !== own)
  const ids = (some: readonly Fragment[]) => some.map(({ id }) => id).sort()
  return [base.identity.sid, since, ...parents, '', ...ids(others), '', ...ids(fragments)].join(' ')
}

/** One log of all that a burst wrote, under the id of the newest; `undefined` where that is too long. */
function foldWith({ open }: Burst, own: LogFragment): LogFragment | undefined {
  if (open.length === 0 || open.length >= MAX_FOLDED_LOGS) return undefined
  const all = [...open, own]
  const log = foldLogs(
    all.flatMap((each) => logOf(each) ?? []),
    own.log.since,
  )
  const expires = Math.max(...all.map((each) => each.expires))
  // Its heads are not joined: who has seen it names them, and the next fold, which takes its place, has them as well.
  const folded = { ...own, expires, log }
  return sealedFragmentLength(folded) <= MAX_FOLDED_LENGTH ? folded : undefined
}
