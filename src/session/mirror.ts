/** What a schema gave, against what it was given. */
import { define, equal, isArray, isPlain, type Tree, type TreeObject } from '../codec/tree.ts'
import { encodeValue } from '../codec/values.ts'
import { ValueError } from '../errors.ts'

/** The member of the data for a key of the state, or `undefined` where it stands for none. */
export type NameOf = (key: string) => string | undefined

/**
 * The part of `tree` that `value` shows, or `undefined` where `value` shows anything else. It is `tree` itself
 * where nothing is left out.
 *
 * @param nameOf - how the keys of `tree` are called in `value`; what has no name counts as shown
 * @param except - keys of `value` that do not count
 */
export function mirrored(
  value: Record<string, unknown>,
  tree: TreeObject,
  nameOf: NameOf = itself,
  except: readonly string[] = [],
): TreeObject | undefined {
  let shown = 0
  let whole = true
  // This walk is what a schema costs beyond itself: no list of the keys, and a short way for most values.
  for (const key in tree) {
    const name = nameOf === itself ? key : nameOf(key)
    if (name === undefined) continue
    const before = tree[key]
    if (value[name] === before && isSimple(before)) {
      shown++
      continue
    }
    const item = member(value, name)
    if (item === undefined || before === undefined) {
      whole = false
      continue
    }
    const mirror = mirroredItem(item, before)
    if (mirror === undefined) return undefined
    if (mirror !== before) whole = false
    shown++
  }
  if (shown !== Object.keys(value).length && shown !== countMembers(value, except)) return undefined
  return whole ? tree : partOf(value, tree, nameOf)
}

/** A value that is what it is equal to: no object, and neither 0 nor -0. */
function isSimple(tree: Tree | undefined): boolean {
  return (
    typeof tree === 'string' ||
    typeof tree === 'boolean' ||
    (typeof tree === 'number' && tree !== 0)
  )
}

function itself(key: string): string {
  return key
}

function member(value: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined
}

function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Members that are `undefined` do not count, as when they are sealed. */
function countMembers(value: Record<string, unknown>, except: readonly string[]): number {
  return Object.keys(value).filter(
    (key) => !except.includes(key) && member(value, key) !== undefined,
  ).length
}

function partOf(value: Record<string, unknown>, tree: TreeObject, nameOf: NameOf): TreeObject {
  const part: Record<string, Tree> = {}
  for (const [key, before] of Object.entries(tree)) {
    const name = nameOf(key)
    const item = name === undefined ? undefined : member(value, name)
    const mirror = name === undefined ? before : mirroredItem(item, before)
    if (mirror !== undefined) define(part, key, mirror)
  }
  return part
}

function mirroredItem(value: unknown, tree: Tree): Tree | undefined {
  if (value === tree) return Object.is(value, -0) ? undefined : tree
  if (typeof value !== 'object' || value === null)
    return isEncodedAs(value, tree) ? tree : undefined
  if (isArray(tree)) return Array.isArray(value) ? mirroredArray(value, tree) : undefined
  if (!isPlain(tree)) return isEncodedAs(value, tree) ? tree : undefined
  return isPlainObject(value) ? mirrored(value, tree) : undefined
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

/**
 * Takes out of `value`, which shows `tree`, what `part` of it does not have. Changes `value`.
 *
 * @param keyOf - how the members of `value` are called in `part`
 */
export function reduceTo(
  value: unknown,
  part: Tree,
  keyOf: (name: string) => string = itself,
): void {
  if (Array.isArray(value) && isArray(part))
    for (const [i, item] of part.entries()) reduceTo(value[i], item)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !isPlain(part)) return
  for (const name of Object.keys(value)) {
    const item = Object.hasOwn(part, keyOf(name)) ? part[keyOf(name)] : undefined
    if (item === undefined) Reflect.deleteProperty(value, name)
    else reduceTo(Reflect.get(value, name), item)
  }
}
