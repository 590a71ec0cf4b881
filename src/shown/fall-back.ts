/** What a session shows whose merged state the schema rejects, though each of the writes was valid. */
import { SchemaInvalid } from '../errors.ts'
import { diff } from '../log/diff/diff.ts'
import type { Base, Entry } from '../log/format/fragment.ts'

import { replay } from '../log/ops/replay.ts'

import type { ResolvedOptions } from '../options/resolve.ts'
import type { Depot } from '../overflow/claim-check.ts'
import { type Shown, show } from './show.ts'

/** A state that the schema accepts, and how many entries it leaves out. */
export interface FellBack {
  readonly shown: Shown
  readonly left: number
}

/**
 * The state without the entries that make it invalid: one after the other, in the order of their ids, each that the
 * schema accepts upon those before. All nodes with this view and this schema come to the same. What is settled may be
 * invalid by itself, if a later entry sets it back; `undefined` where none does.
 *
 * @param merged - what the schema rejects
 */
export async function fallBack(
  base: Base,
  entries: readonly Entry[],
  merged: Shown,
  options: ResolvedOptions,
  depot: Depot | undefined,
): Promise<FellBack | undefined> {
  const { fetched } = merged.stored
  const look = (some: readonly Entry[]) => show(replay(base, some), options, depot, fetched)
  const start = await valid(entries, look)
  if (!start) return undefined
  let { kept, shown } = start
  for (const entry of entries.filter((each) => !start.kept.includes(each))) {
    const more = entries.filter((each) => each === entry || kept.includes(each))
    const next = await look(more)
    if (isInvalid(next)) continue
    kept = more
    shown = next
  }
  const { state, memory } = merged.stored
  const repair = diff(state, shown.stored.state, { memory, isAtomic: options.isAtomic })
  return {
    shown: { ...shown, state: merged.state, repair },
    left: entries.length - kept.length,
  }
}

interface Valid {
  readonly kept: readonly Entry[]
  readonly shown: Shown
}

type Look = (entries: readonly Entry[]) => Promise<Shown>

/** As few of the oldest entries as make a state that the schema accepts, none if possible; or one entry by itself. */
async function valid(entries: readonly Entry[], look: Look): Promise<Valid | undefined> {
  const prefixes = entries.map((_, count) => entries.slice(0, count))
  for (const kept of [...prefixes, ...entries.map((entry) => [entry])]) {
    const shown = await look(kept)
    if (!isInvalid(shown)) return { kept, shown }
  }
  return undefined
}

function isInvalid({ refused }: Shown): boolean {
  return refused instanceof SchemaInvalid
}
