/** What is saved is what the schema accepts, and of the version of the app. */

import { hasAbsent, pass, toData, withoutAbsent } from '../data/data.ts'
import { claimChecks, versionOf, withVersion } from '../data/keys.ts'
import { SchemaInvalid } from '../errors.ts'
import { diff } from '../log/diff/diff.ts'
import type { Op } from '../log/format/fragment.ts'
import type { Changes } from '../shown/changes.ts'
import { validated } from '../shown/schema.ts'
import { stateKey, topKeyOf } from '../tree/pointer.ts'
import type { TreeObject } from '../tree/tree.ts'
import { memberPath } from '../tree/values.ts'
import type { Draft } from './draft.ts'

/**
 * Checks what is to be saved. What was invalid before, since a value of the overflow store was not here to check it, is
 * not the fault of a request that changes something else. Where a value is not here still, only the keys that change
 * are checked.
 *
 * @throws SchemaInvalid
 */
export async function checkSchema(
  draft: Draft,
  after: TreeObject,
  ops: readonly Op[] = [],
): Promise<void> {
  const { opened, touchedData, stored } = draft
  if (!opened.options.schema || !touchedData) return
  const { problem, isPartial } = await problemOf(draft, after)
  if (!problem) return
  const keys = Object.keys(touchedData).filter((key) =>
    ops.some((op) => op.kind !== 'once' && topKeyOf(op.path) === stateKey(key)),
  )
  const own = problem.issues.filter(({ path }) => keys.some((key) => isInside(path, key)))
  const earlier = async () => (await problemOf(draft, draft.shown())).problem?.issues ?? []
  if (isPartial) {
    const before = new Set((await earlier()).map(({ path }) => path))
    const fresh = own.filter(({ path }) => !before.has(path))
    if (fresh.length > 0) throw new SchemaInvalid('save', fresh)
    return
  }
  const wasUnchecked = stored !== opened.shown.stored
  if (own.length > 0 || !wasUnchecked || (await earlier()).length === 0) throw problem
}

/**
 * Whether the schema could not check the session, since the store does not show a value yet. What settles then could
 * not be left out later.
 */
export function isUnchecked({ opened: { options, shown } }: Draft): boolean {
  if (!options.schema || options.overflowLoad === 'lazy') return false
  return claimChecks(shown.stored.state).size > 0
}

function isInside(path: string, key: string): boolean {
  const place = memberPath('data', key)
  return path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`)
}

interface Checked {
  readonly problem: SchemaInvalid | undefined
  /** Whether a value of the overflow store was not here, so that the rest was checked without it. */
  readonly isPartial: boolean
}

async function problemOf({ opened, touchedData = {} }: Draft, state: TreeObject): Promise<Checked> {
  const { schema, transient, overflowLoad } = opened.options
  // What the session has, and not what the handler holds: a schema may change what it is given.
  const data = toData(state, new Map())
  pass(data, () => touchedData, transient)
  const isPartial = hasAbsent(data)
  if (!schema || (isPartial && overflowLoad === 'lazy')) return { problem: undefined, isPartial }
  try {
    await validated(isPartial ? withoutAbsent(data) : data, schema, 'save')
    return { problem: undefined, isPartial }
  } catch (error) {
    if (error instanceof SchemaInvalid) return { problem: error, isPartial }
    throw error
  }
}

/**
 * Data that was brought up to date is of the app's version, and so is data that was assigned in the place of
 * what could not be used. Other data of a newer version stays what it is.
 */
export function versioned(draft: Draft, { earlier, ops }: Changes, writes: boolean): Changes {
  const { options, shown } = draft.opened
  const version = options.migration?.version
  if (version === undefined) return { earlier, ops }
  const { state, outdated, refused } = shown
  const told = diff(withVersion({}, versionOf(state)), withVersion({}, version))
  if (outdated && (writes || earlier.length + ops.length > 0))
    return { earlier: [...earlier, ...told], ops }
  const isReplaced = refused !== undefined && draft.touchedData !== undefined
  return { earlier, ops: isReplaced ? [...ops, ...told] : ops }
}
