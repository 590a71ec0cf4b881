/** Values of the state that lie in the overflow store, fetched. */

import { claimChecks } from '../data/keys.ts'
import { OverflowUnavailable } from '../errors.ts'
import type { Memory } from '../log/format/memory.ts'
import { resumedValue } from '../log/ops/replay.ts'
import { checksOf, type Waiting } from '../log/ops/waiting.ts'
import { type ClaimCheck, checkOut, type Depot, readClaimCheck } from '../overflow/claim-check.ts'
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
  const checks = missingChecks(checksOf(there, waits), fetched)
  if (!depot && checks.length > 0) throw noStore(key)
  if (depot && !reserve(depot, checks)) throw tooLarge(key, depot)
  await Promise.all(
    checks.map(async (check) => depot && fetched.set(check.key, await checkOut(depot, key, check))),
  )
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

/**
 * Fetches all values, and notes why some could not be fetched: all of them where they are larger together than a session
 * may grow to. Then parallel requests have added more than each of them saw, and nobody knows which of it is wanted.
 */
export async function fetchAll(
  stored: StoredState,
  depot: Depot | undefined,
  failures: Map<string, OverflowUnavailable>,
): Promise<StoredState> {
  const keys = [...claimChecks(stored.state).keys()]
  const checks = keys.flatMap((key) => {
    const name = stateKey(key)
    return checksOf(child(stored.state, name), stored.waiting.get(name))
  })
  if (depot && !hasRoom(depot, missingChecks(checks, stored.fetched))) {
    for (const key of keys) failures.set(key, tooLarge(key, depot))
    return stored
  }
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

/** So many values are fetched for one request at the most. A base has room for 33. */
export const MAX_FETCHES = 48

/** Those of some claim checks whose values are not here, each once. */
function missingChecks(
  trees: readonly Tree[],
  fetched: ReadonlyMap<string, Tree>,
): readonly ClaimCheck[] {
  const checks = new Map<string, ClaimCheck>()
  for (const tree of trees) {
    const check = readClaimCheck(tree)
    if (check && !fetched.has(check.key)) checks.set(check.key, check)
  }
  return [...checks.values()]
}

/** Whether a request may fetch these values, beside those that it has fetched. Each check tells its bytes. */
function hasRoom({ fetching, maxBytes }: Depot, checks: readonly ClaimCheck[]): boolean {
  const bytes = checks.reduce((sum, check) => sum + check.bytes, fetching.bytes)
  return bytes <= maxBytes && fetching.count + checks.length <= MAX_FETCHES
}

function reserve(depot: Depot, checks: readonly ClaimCheck[]): boolean {
  if (!hasRoom(depot, checks)) return false
  for (const { bytes } of checks) depot.fetching.bytes += bytes
  depot.fetching.count += checks.length
  return true
}

function tooLarge(key: string, { maxBytes }: Depot): OverflowUnavailable {
  return new OverflowUnavailable(
    key,
    'too-large',
    `"${key}" was not fetched: what this session has in the overflow store takes more than ${maxBytes} bytes, 1.5 times maxSessionBytes, or is more than ${MAX_FETCHES} values. ` +
      'Parallel requests have added it. Delete keys, or assign new values, to go on without them.',
  )
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
