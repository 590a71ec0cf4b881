/** From a sealed state to the data that handlers get: fetched, brought up to date, checked. */
import type { Tree, TreeObject } from '../codec/tree.ts'
import { isObject, withChild } from '../codec/tree.ts'
import { encodeValue } from '../codec/values.ts'
import { OverflowUnavailable } from '../errors.ts'
import { checkOut, type Depot } from '../overflow/claim-check.ts'
import {
  claimChecks,
  flashOf,
  hasAbsent,
  stateKey,
  toData,
  toState,
  versionOf,
  withFlash,
  withVersion,
} from './data.ts'
import type { ResolvedOptions } from './resolve.ts'
import { migrated, validated } from './schema.ts'

/** A session's data, ready for handlers. */
export interface Prepared {
  /** The state as it is sealed; empty where there is no session. */
  readonly sealed: TreeObject
  /** The state as it is sealed, with the values that were fetched. */
  readonly origin: TreeObject
  /** The state that the data shows: brought up to the app's version. */
  readonly shown: () => TreeObject
  /** The data, or the error that looking at it throws. */
  readonly data: () => object
  /** What `shown` is where a schema made the data, and may have left out or added something. */
  readonly reshown: (() => Promise<TreeObject>) | undefined
  /** Whether the data was of an older version. */
  readonly outdated: boolean
  /** Why the data cannot be used, if it cannot: what `data` throws. */
  readonly refused: unknown
}

/** Prepares a session's data. Does not throw for what is in it: `data()` does. */
export async function prepare(
  sealed: TreeObject,
  options: ResolvedOptions,
  depot: Depot | undefined,
): Promise<Prepared> {
  const failures = new Map<string, OverflowUnavailable>()
  const plain = withVersion(sealed, 0)
  const inline = options.overflowLoad === 'eager' ? await fetchAll(plain, depot, failures) : plain
  const { schema, migration } = options
  const from = versionOf(sealed)
  const outdated = migration !== undefined && from < migration.version
  try {
    let shown = inline
    if (outdated) {
      const data = await migrated(toData(inline, failures), from, migration)
      shown = withFlash(toState(data, inline, options.transient), flashOf(inline))
    }
    const fresh = () => toData(shown, failures)
    if (!schema || hasAbsent(fresh())) {
      return {
        sealed,
        origin: inline,
        shown: () => shown,
        data: fresh,
        reshown: undefined,
        outdated,
        refused: undefined,
      }
    }
    const data = await validated(fresh(), schema, 'open')
    const reshown = async () => {
      const again = await validated(fresh(), schema, 'open')
      return withFlash(toState(again, shown, options.transient), flashOf(shown))
    }
    return {
      sealed,
      origin: inline,
      shown: () => shown,
      data: () => data,
      reshown,
      outdated,
      refused: undefined,
    }
  } catch (error) {
    const refuse = (): never => {
      throw error
    }
    return {
      sealed,
      origin: inline,
      shown: () => inline,
      data: refuse,
      reshown: undefined,
      outdated: false,
      refused: error,
    }
  }
}

/** The data of a session that does not exist yet. */
export function prepareNew({ initial, transient }: ResolvedOptions): Prepared {
  let made: { readonly shown: TreeObject; readonly passing: object } | undefined
  const make = () => {
    if (!made) {
      const data = initial()
      const passing = Object.fromEntries(
        Object.entries(data).filter(([key]) => transient.includes(key)),
      )
      const tree = encodeValue(
        Object.fromEntries(Object.entries(data).filter(([key]) => !transient.includes(key))),
        'initial()',
      )
      const entries = isObject(tree)
        ? Object.entries(tree).map(([key, item]): [string, Tree] => [stateKey(key), item])
        : []
      made = { shown: Object.fromEntries(entries), passing }
    }
    return made
  }
  return {
    sealed: {},
    origin: {},
    shown: () => make().shown,
    // Made of the tree, so that an `initial` that returns one object each time shares nothing.
    data: () => Object.assign(toData(make().shown, new Map()), make().passing),
    reshown: undefined,
    outdated: false,
    refused: undefined,
  }
}

async function fetchAll(
  state: TreeObject,
  depot: Depot | undefined,
  failures: Map<string, OverflowUnavailable>,
): Promise<TreeObject> {
  const values = await Promise.all(
    Array.from(claimChecks(state), async ([key, check]): Promise<[string, Tree | undefined]> => {
      try {
        if (!depot) throw noStore(key)
        return [key, await checkOut(depot, key, check)]
      } catch (error) {
        if (!(error instanceof OverflowUnavailable)) throw error
        failures.set(key, error)
        return [key, undefined]
      }
    }),
  )
  return values.reduce(
    (tree, [key, value]) => (value === undefined ? tree : withChild(tree, stateKey(key), value)),
    state,
  )
}

/** The error for a value that lies in a store where this node has none. */
export function noStore(key: string): OverflowUnavailable {
  return new OverflowUnavailable(
    key,
    'failed',
    `"${key}" lies in an overflow store, and none is configured here: set the option overflow as on the node that wrote it.`,
  )
}
