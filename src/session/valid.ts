/** What is saved is what the schema accepts, and of the version of the app. */

import { hasAbsent, pass, toData } from '../data/data.ts'
import { versionOf, withVersion } from '../data/keys.ts'
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
 * not the fault of a request that changes something else.
 *
 * @throws SchemaInvalid
 */
export async function checkSchema(
  draft: Draft,
  after: TreeObject,
  ops: readonly Op[] = [],
): Promise<void> {
  if (!draft.opened.options.schema || !draft.touchedData) return
  const problem = await problemOf(draft, after)
  if (!problem) return
  const wasUnchecked = draft.stored !== draft.opened.shown.stored
  const keys = Object.keys(draft.touchedData).filter((key) =>
    ops.some((op) => op.kind !== 'once' && topKeyOf(op.path) === stateKey(key)),
  )
  const isOwn = problem.issues.some(({ path }) => keys.some((key) => isInside(path, key)))
  if (isOwn || !wasUnchecked || !(await problemOf(draft, draft.shown()))) throw problem
}

function isInside(path: string, key: string): boolean {
  const place = memberPath('data', key)
  return path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`)
}

async function problemOf(
  { opened, touchedData = {} }: Draft,
  state: TreeObject,
): Promise<SchemaInvalid | undefined> {
  const { schema, transient } = opened.options
  // What the session has, and not what the handler holds: a schema may change what it is given.
  const data = toData(state, new Map())
  pass(data, () => touchedData, transient)
  if (!schema || hasAbsent(data)) return undefined
  try {
    await validated(data, schema, 'save')
    return undefined
  } catch (error) {
    if (error instanceof SchemaInvalid) return error
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
