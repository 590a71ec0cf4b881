/** From a sealed state to the data that handlers get: fetched, brought up to date, checked. */
import type { Tree, TreeObject } from '../codec/tree.ts'
import { withChild, withoutChild } from '../codec/tree.ts'
import { OverflowUnavailable } from '../errors.ts'
import { checkOut, type Depot } from '../overflow/claim-check.ts'
import {
  claimChecks,
  dataKey,
  flashOf,
  hasAbsent,
  stateKey,
  toData,
  toState,
  versionOf,
  withFlash,
  withVersion,
} from './data.ts'
import { mirrored, reduceTo } from './mirror.ts'
import type { ResolvedOptions } from './resolve.ts'
import { migrated, validated } from './schema.ts'

/** A session's data, ready for handlers. */
export interface Prepared {
  /** The state as it is sealed; empty where there is no session. */
  readonly sealed: TreeObject
  /** The state as it is sealed, with the values that were fetched. */
  readonly origin: TreeObject
  /** The state, brought up to the app's version. */
  readonly plain: TreeObject
  /** The state that the data shows: what the schema made of `plain`, without transient keys. */
  readonly shown: () => TreeObject
  /**
   * The data, or the error that looking at it throws.
   *
   * @param made - gets all objects of it that were made here, so that nobody else holds them
   */
  readonly data: (made: object[]) => object
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
  const unversioned = withVersion(sealed, 0)
  const { migration } = options
  const from = versionOf(sealed)
  const outdated = migration !== undefined && from < migration.version
  // A migration may need any of the values, and is rare.
  const fetch = options.overflowLoad === 'eager' || (outdated && migration.migrate !== undefined)
  const origin = fetch ? await fetchAll(unversioned, depot, failures) : unversioned
  const unseen = { sealed, origin, outdated, refused: undefined }
  try {
    const plain = outdated ? await upToDate(origin, failures, from, options) : origin
    return { ...unseen, plain, ...(await look(plain, failures, options)) }
  } catch (error) {
    const refuse = (): never => {
      throw error
    }
    const shown = () => origin
    return { ...unseen, plain: origin, shown, data: refuse, outdated: false, refused: error }
  }
}

async function upToDate(
  origin: TreeObject,
  failures: ReadonlyMap<string, OverflowUnavailable>,
  from: number,
  { migration, transient }: ResolvedOptions,
): Promise<TreeObject> {
  if (migration?.migrate === undefined) return origin
  const data = await migrated(toData(origin, failures), from, migration)
  return withFlash(toState(data, origin, transient), flashOf(origin))
}

/** The data of a state, as the schema gives it, and the part of the state that it shows. */
async function look(
  plain: TreeObject,
  failures: ReadonlyMap<string, OverflowUnavailable>,
  { schema, transient, initial }: ResolvedOptions,
): Promise<Pick<Prepared, 'shown' | 'data'>> {
  const visible = transient.reduce((tree, key) => withoutChild(tree, stateKey(key)), plain)
  const fresh = (made?: object[]) => {
    const data = toData(visible, failures, made)
    return transient.length > 0 ? Object.assign(data, pick(initial(), transient)) : data
  }
  if (!schema) return { shown: () => visible, data: fresh }
  const objects: object[] = []
  const data = fresh(objects)
  const ready = (made: object[]) => {
    made.push(...objects)
    return data
  }
  if (hasAbsent(data)) return { shown: () => visible, data: ready }
  const keys = Object.keys(data).length
  const given = await validated(data, schema, 'open')
  const shown = mirrored(given, visible, dataKey, transient)
  // The handler does not get what the schema gave but the same data made here: a schema may give one object to
  // all requests, such as a default, and what a handler changes must not go into it.
  if (!shown) return lookAtOther(given, visible, transient)
  // A schema may also have put something into what it was given, for its own use.
  if (shown !== visible || transient.length > 0 || Object.keys(data).length > keys)
    reduceTo(data, shown, stateKey)
  Object.assign(data, pick(given, transient))
  return { shown: () => shown, data: ready }
}

/** As {@link look}, where the schema adds something or makes something else of it. */
function lookAtOther(
  given: object,
  visible: TreeObject,
  transient: readonly string[],
): Pick<Prepared, 'shown' | 'data'> {
  const tree = toState(given, visible, transient)
  return {
    shown: () => withFlash(tree, flashOf(visible)),
    data: (made) => Object.assign(toData(tree, new Map(), made), pick(given, transient)),
  }
}

function pick(data: object, keys: readonly string[]): object {
  if (keys.length === 0) return {}
  return Object.fromEntries(Object.entries(data).filter(([key]) => keys.includes(key)))
}

/** The data of a session that does not exist yet. */
export function prepareNew({ initial, transient }: ResolvedOptions): Prepared {
  let made: { readonly shown: TreeObject; readonly passing: object } | undefined
  const make = () => {
    if (!made) {
      const data = initial()
      made = { shown: toState(data, {}, transient, 'initial()'), passing: pick(data, transient) }
    }
    return made
  }
  return {
    sealed: {},
    origin: {},
    plain: {},
    shown: () => make().shown,
    // Made of the tree, so that an `initial` that returns one object each time shares nothing.
    data: (made) => Object.assign(toData(make().shown, new Map(), made), make().passing),
    outdated: false,
    refused: undefined,
  }
}

async function fetchAll(
  state: TreeObject,
  depot: Depot | undefined,
  failures: Map<string, OverflowUnavailable>,
): Promise<TreeObject> {
  const checks = claimChecks(state)
  if (checks.size === 0) return state
  const values = await Promise.all(
    Array.from(checks, async ([key, check]): Promise<[string, Tree | undefined]> => {
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
