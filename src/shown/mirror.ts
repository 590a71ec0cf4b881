/** What a schema gave, against what it was given. */

import { ValueError } from '../errors.ts'
import { isPlainObject } from '../tree/kinds.ts'
import {
  define,
  equal,
  isArray,
  isPlain,
  type Tree,
  type TreeObject,
  unescapedKey,
} from '../tree/tree.ts'
import { encodeValue } from '../tree/values.ts'

/**
 * The part of `tree` that `value` shows, or `undefined` where `value` shows anything else. It is `tree` itself
 * where nothing is left out. A list shows all of its items or is another one.
 */
export function mirrored(value: unknown, tree: Tree): Tree | undefined {
  if (value === tree) return Object.is(value, -0) ? undefined : tree
  if (typeof value !== 'object' || value === null)
    return isEncodedAs(value, tree) ? tree : undefined
  if (isArray(tree)) return Array.isArray(value) ? mirroredArray(value, tree) : undefined
  if (!isPlain(tree)) return isEncodedAs(value, tree) ? tree : undefined
  return isPlainObject(value) ? mirroredObject(value, tree) : undefined
}

function mirroredObject(value: Record<string, unknown>, tree: TreeObject): TreeObject | undefined {
  let members = 0
  /** What is shown so far, once something was left out. */
  let part: Record<string, Tree> | undefined
  // This walk is what a schema costs beyond itself: no list of the keys, and a short way for most values.
  for (const key in tree) {
    const before = tree[key]
    const name = unescapedKey(key)
    const item = value[name]
    if (item === before && isSimple(before)) {
      members++
      if (part) define(part, key, before)
      continue
    }
    const isShown = item !== undefined && before !== undefined && Object.hasOwn(value, name)
    const mirror = isShown ? mirrored(item, before) : undefined
    if (isShown && mirror === undefined) return undefined
    if (mirror !== before) part ??= membersUpTo(tree, key)
    if (mirror === undefined) continue
    members++
    if (part) define(part, key, mirror)
  }
  if (members !== Object.keys(value).length && members !== countMembers(value)) return undefined
  return part ?? tree
}

/** A value that is what it is equal to: no object, and neither 0 nor -0. */
function isSimple(tree: Tree | undefined): tree is string | number | boolean {
  return (
    typeof tree === 'string' ||
    typeof tree === 'boolean' ||
    (typeof tree === 'number' && tree !== 0)
  )
}

function membersUpTo(tree: TreeObject, end: string): Record<string, Tree> {
  const part: Record<string, Tree> = {}
  for (const [key, item] of Object.entries(tree)) {
    if (key === end) break
    define(part, key, item)
  }
  return part
}

/** Members that are `undefined` do not count, as when they are sealed. */
function countMembers(value: object): number {
  return Object.values(value).filter((item) => item !== undefined).length
}

function mirroredArray(value: readonly unknown[], tree: readonly Tree[]): Tree | undefined {
  if (value.length !== tree.length) return undefined
  let mirror: Tree[] | undefined
  for (let i = 0; i < tree.length; i++) {
    const item = tree[i]
    const inside = item === undefined ? undefined : mirrored(value[i], item)
    if (inside === undefined) return undefined
    if (inside === item) continue
    mirror ??= [...tree]
    mirror[i] = inside
  }
  return mirror ?? tree
}

function isEncodedAs(value: unknown, tree: Tree): boolean {
  try {
    return equal(encodeValue(value, 'data'), tree)
  } catch (error) {
    if (error instanceof ValueError) return false
    throw error
  }
}
