/** What a session shows whose merged state the schema rejects, though each of the writes was valid. */
import { SchemaInvalid } from '../errors.ts'
import { diff } from '../log/diff/diff.ts'
import type { Entry } from '../log/format/fragment.ts'
import { type Remembering, replay } from '../log/ops/replay.ts'
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
 * schema accepts upon those before. All nodes with this view and this schema come to the same. `undefined` where the
 * settled state is invalid by itself.
 *
 * @param merged - what the schema rejects
 */
export async function fallBack(
  base: Remembering,
  entries: readonly Entry[],
  merged: Shown,
  options: ResolvedOptions,
  depot: Depot | undefined,
): Promise<FellBack | undefined> {
  const { fetched } = merged.stored
  const look = (some: readonly Entry[]) => show(replay(base, some), options, depot, fetched)
  let shown = await look([])
  if (shown.refused instanceof SchemaInvalid) return undefined
  const kept: Entry[] = []
  for (const entry of entries) {
    const next = await look([...kept, entry])
    if (next.refused instanceof SchemaInvalid) continue
    kept.push(entry)
    shown = next
  }
  const { state, memory } = merged.stored
  const repair = diff(state, shown.stored.state, { memory, isAtomic: options.isAtomic })
  return {
    shown: { ...shown, sealed: merged.sealed, repair },
    left: entries.length - kept.length,
  }
}
