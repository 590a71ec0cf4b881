/** What a schema gave, against what it was given. */
import {
  child,
  equal,
  isArray,
  isPlain,
  type Tree,
  type TreeObject,
  withChild,
} from '../codec/tree.ts'
import { encodeValue } from '../codec/values.ts'
import { ValueError } from '../errors.ts'

/**
 * The part of `tree` that `value` shows, or `undefined` where `value` shows anything else. It shares with
 * `tree` all that is the same, so that nothing is copied where a schema only checks.
 *
 * @param except - keys of `value` that do not count
 * @param treeKey - the key in `tree` of a key of `value`
 */
export function mirrored(
  value: object,
  tree: TreeObject,
  except: readonly string[] = [],
  treeKey?: (key: string) => string,
): TreeObject | undefined {
  if (Object.getOwnPropertySymbols(value).length > 0) return undefined
  let mirror = tree
  let count = 0
  for (const key of Object.keys(value)) {
    const item: unknown = Reflect.get(value, key)
    if (item === undefined || (except.length > 0 && except.includes(key))) continue
    const name = treeKey ? treeKey(key) : key
    const before = child(tree, name)
    const inside = before === undefined ? undefined : mirroredItem(item, before)
    if (inside === undefined) return undefined
    if (inside !== before) mirror = withChild(mirror, name, inside)
    count++
  }
  if (count === Object.keys(tree).length) return mirror
  const shown = Object.keys(value).flatMap((key): [string, Tree][] => {
    const name = treeKey ? treeKey(key) : key
    const item = child(mirror, name)
    const counts = Reflect.get(value, key) !== undefined && !except.includes(key)
    return counts && item !== undefined ? [[name, item]] : []
  })
  return Object.fromEntries(shown)
}

function mirroredItem(value: unknown, tree: Tree): Tree | undefined {
  if (value === tree) return Object.is(value, -0) ? undefined : tree
  if (typeof value !== 'object' || value === null)
    return isEncodedAs(value, tree) ? tree : undefined
  if (isArray(tree)) return Array.isArray(value) ? mirroredArray(value, tree) : undefined
  if (!isPlain(tree)) return isEncodedAs(value, tree) ? tree : undefined
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? mirrored(value, tree) : undefined
}

function mirroredArray(value: readonly unknown[], tree: readonly Tree[]): Tree | undefined {
  if (value.length !== tree.length) return undefined
  let mirror: Tree[] | undefined
  for (let i = 0; i < tree.length; i++) {
    const item = tree[i]
    const inside = item === undefined ? undefined : mirroredItem(value[i], item)
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
