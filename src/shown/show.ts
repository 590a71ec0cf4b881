/** From a session's state to the data that handlers get: fetched, brought up to date, checked. */

import { hasAbsent, pass, requirePlain, toData, toState } from '../data/data.ts'
import { flashOf, versionOf, withFlash, withoutInternals, withVersion } from '../data/keys.ts'
import type { OverflowUnavailable } from '../errors.ts'
import type { Op } from '../log/format/fragment.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import type { Depot } from '../overflow/claim-check.ts'
import { stateKey } from '../tree/pointer.ts'
import { child, define, type Tree, type TreeObject, withoutChild } from '../tree/tree.ts'
import { encodeValue } from '../tree/values.ts'
import { mirrored } from './mirror.ts'
import { migrated, validated } from './schema.ts'
import { fetchAll, type StoredState } from './stored.ts'

/** What a request's session shows to handlers. */
export interface Shown {
  /** The session's state; empty where there is no session. */
  readonly state: TreeObject
  /** The same without version and keys of `once`, with the values that were fetched. */
  readonly origin: TreeObject
  /** The same, with what is needed to fetch the others. */
  readonly stored: StoredState
  /** `origin`, brought up to the app's version. */
  readonly plain: TreeObject
  /** The state that the data shows: what the schema made of `plain`, without transient keys. */
  readonly visible: () => TreeObject
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
  /** Ops that make the state what is shown, where it was set back: they are written with the next change. */
  readonly repair?: readonly Op[]
}

/** Shows a session's state. Does not throw for what is in it: `data()` does. */
export async function show(
  current: Pick<StoredState, 'state' | 'memory' | 'waiting'>,
  options: ResolvedOptions,
  depot: Depot | undefined,
  fetched: Map<string, Tree> = new Map(),
): Promise<Shown> {
  const { state } = current
  const failures = new Map<string, OverflowUnavailable>()
  const unversioned = withoutInternals(withVersion(state, 0))
  const found: StoredState = { ...current, state: unversioned, fetched }
  const { migration } = options
  const from = versionOf(state)
  const outdated = migration !== undefined && from < migration.version
  // A migration may need any of the values, and is rare.
  const fetch = options.overflowLoad === 'eager' || (outdated && migration.migrate !== undefined)
  const stored = fetch ? await fetchAll(found, depot, failures) : found
  const origin = stored.state
  const unseen = { state, stored, origin, outdated, refused: undefined }
  try {
    const plain = outdated ? await upToDate(origin, failures, from, options) : origin
    return { ...unseen, plain, ...(await look(plain, failures, options)) }
  } catch (error) {
    const refuse = (): never => {
      throw error
    }
    const visible = () => origin
    return { ...unseen, plain: origin, visible, data: refuse, outdated: false, refused: error }
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
): Promise<Pick<Shown, 'visible' | 'data'>> {
  const visible = transient.reduce((tree, key) => withoutChild(tree, stateKey(key)), plain)
  const dataOf = (state: TreeObject, passing: () => object, made?: object[]) => {
    const data = toData(state, failures, made)
    pass(data, passing, transient)
    return data
  }
  const unchecked = {
    visible: () => visible,
    data: (made: object[]) => dataOf(visible, initial, made),
  }
  if (!schema) return unchecked
  const asked = dataOf(visible, initial)
  if (hasAbsent(asked)) return unchecked
  const given = await validated(asked, schema, 'open')
  const shown = shownBy(given, visible, transient)
  // Made anew of the state: the schema may keep what it is given, put something into it, or give one object to all
  // requests, such as a default. What a handler changes must not go into that.
  return { visible: () => shown, data: (made) => dataOf(shown, () => given, made) }
}

/** The state that the data of a schema shows. It shares with the state that is there all that is the same. */
function shownBy(given: unknown, visible: TreeObject, transient: readonly string[]): TreeObject {
  requirePlain(given, 'data')
  const shown: Record<string, Tree> = {}
  for (const name of Object.keys(given)) {
    const value = given[name]
    if (value === undefined || transient.includes(name)) continue
    const before = child(visible, stateKey(name))
    const part = before === undefined ? undefined : mirrored(value, before)
    define(shown, stateKey(name), part ?? encodeValue(value, 'data', name))
  }
  return withFlash(shown, flashOf(visible))
}

/** The data of a session that does not exist yet. */
export function showNew({ initial, transient }: ResolvedOptions): Shown {
  let made: { readonly shown: TreeObject; readonly initial: object } | undefined
  const make = () => {
    if (!made) {
      const data = initial()
      made = { shown: toState(data, {}, transient, 'initial()'), initial: data }
    }
    return made
  }
  return {
    state: {},
    origin: {},
    stored: { state: {}, memory: undefined, waiting: new Map(), fetched: new Map() },
    plain: {},
    visible: () => make().shown,
    data: (objects) => {
      // Made of the tree, so that an `initial` that returns one object each time shares nothing.
      const data = toData(make().shown, new Map(), objects)
      pass(data, () => make().initial, transient)
      return data
    },
    outdated: false,
    refused: undefined,
  }
}
