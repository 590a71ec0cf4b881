/** Values of the state that lie in the overflow store, fetched. */

import { claimChecks } from '../data/keys.ts'
import { OverflowUnavailable } from '../errors.ts'
import type { Memory } from '../log/format/memory.ts'
import { resumedValue } from '../log/ops/replay.ts'
import { checksOf, type Waiting } from '../log/ops/waiting.ts'
import { checkOut, type Depot, readClaimCheck } from '../overflow/claim-check.ts'
import { stateKey } from '../tree/pointer.ts'
import { child, type Tree, type TreeObject, withOrWithout } from '../tree/tree.ts'

/** A state of which some values lie in the overflow store. */
export interface StoredState {
  readonly state: TreeObject
  readonly memory: Memory | undefined
  readonly waiting: ReadonlyMap<string, Waiting>
  /** What was fetched so far, by the keys of the claim checks. */
  readonly fetched: Map<string, Tree>
}

/**
 * Fetches the values of one key of the data, unless they are there, and gives the state with what this key has then.
 *
 * @throws OverflowUnavailable
 */
export async function fetchKey(
  stored: StoredState,
  key: string,
  depot: Depot | undefined,
): Promise<StoredState> {
  const { state, waiting, fetched } = stored
  const name = stateKey(key)
  const waits = waiting.get(name)
  const there = child(state, name)
  const checks = checksOf(there, waits)
  await Promise.all(checks.map((check) => fetchCheck(check, key, depot, fetched)))
  const start = waits ?? { start: there, memory: undefined, entries: [] }
  const resumed = resumedValue(name, start, fetched)
  if (!resumed) return stored
  const { value, memory } = resumed
  const left = new Map(waiting)
  left.delete(name)
  return {
    state: withOrWithout(state, name, value),
    memory: withMemory(stored.memory, name, memory),
    waiting: left,
    fetched,
  }
}

/** Fetches all values, and notes why some could not be fetched. */
export async function fetchAll(
  stored: StoredState,
  depot: Depot | undefined,
  failures: Map<string, OverflowUnavailable>,
): Promise<StoredState> {
  const keys = [...claimChecks(stored.state).keys()]
  const results = await Promise.all(
    keys.map(async (key) => {
      try {
        await fetchKey(stored, key, depot)
        return key
      } catch (error) {
        if (!(error instanceof OverflowUnavailable)) throw error
        failures.set(key, error)
        return undefined
      }
    }),
  )
  let all = stored
  // Now all that could be fetched is there.
  for (const key of results) if (key !== undefined) all = await fetchKey(all, key, depot)
  return all
}

async function fetchCheck(
  tree: Tree,
  key: string,
  depot: Depot | undefined,
  fetched: Map<string, Tree>,
): Promise<void> {
  const check = readClaimCheck(tree)
  if (!check || fetched.has(check.key)) return
  if (!depot) throw noStore(key)
  fetched.set(check.key, await checkOut(depot, key, check))
}

function withMemory(
  memory: Memory | undefined,
  key: string,
  own: Memory | undefined,
): Memory | undefined {
  if (!own) return memory
  return { items: [], members: new Map([...(memory?.members ?? []), [key, own]]) }
}

/** The error for a value that lies in a store where this node has none. */
export function noStore(key: string): OverflowUnavailable {
  return new OverflowUnavailable(
    key,
    'failed',
    `"${key}" lies in an overflow store, and none is configured here: set the option overflow as on the node that wrote it.`,
  )
}
