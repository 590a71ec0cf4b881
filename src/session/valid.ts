/** What is saved is what the schema accepts, and of the version of the app. */

import { hasAbsent, pass, toData } from '../data/data.ts'
import { versionOf, withVersion } from '../data/keys.ts'
import { diff } from '../log/diff/diff.ts'
import type { Changes } from '../shown/changes.ts'
import { validated } from '../shown/schema.ts'
import type { TreeObject } from '../tree/tree.ts'
import type { Draft } from './draft.ts'

/** @throws SchemaInvalid */
export async function checkSchema(
  { opened, touchedData }: Draft,
  after: TreeObject,
): Promise<void> {
  const { schema, transient } = opened.options
  if (!schema || !touchedData) return
  // What is sealed, and not what the handler holds: a schema may change what it is given.
  const data = toData(after, new Map())
  pass(data, () => touchedData, transient)
  if (!hasAbsent(data)) await validated(data, schema, 'save')
}

/**
 * Data that was brought up to date is of the app's version, and so is data that was assigned in the place of
 * what could not be used. Other data of a newer version stays what it is.
 */
export function versioned(draft: Draft, { earlier, ops }: Changes, writes: boolean): Changes {
  const { options, shown } = draft.opened
  const version = options.migration?.version
  if (version === undefined) return { earlier, ops }
  const { sealed, outdated, refused } = shown
  const told = diff(withVersion({}, versionOf(sealed)), withVersion({}, version))
  if (outdated && (writes || earlier.length + ops.length > 0))
    return { earlier: [...earlier, ...told], ops }
  const isReplaced = refused !== undefined && draft.touchedData !== undefined
  return { earlier, ops: isReplaced ? [...ops, ...told] : ops }
}
