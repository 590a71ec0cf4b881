/**
 * Trees: what a session's data becomes before it is JSON. They are never changed in place; a
 * change makes a new tree that shares what stayed.
 */

/** A value that JSON can hold. Rich values stand in it as `{"$": [tag, …]}` (see `values.ts`). */
export type Tree = null | boolean | number | string | readonly Tree[] | TreeObject

/** A JSON object. Its own properties count, whatever their names; `__proto__` is a key like others. */
export interface TreeObject {
  readonly [key: string]: Tree
}

/** The key that marks a rich value. A plain object with this key of its own is wrapped as well. */
export const TAG_KEY = '$'

/**
 * A key of an object as it stands in a tree: `$` and keys like `~$` get one more `~`, so that an object with such a
 * key is no rich value, and merges like others.
 */
export function escapedKey(key: string): string {
  return key.endsWith(TAG_KEY) && TAG_LIKE.test(key) ? `~${key}` : key
}

/** The key that {@link escapedKey} escaped. */
export function unescapedKey(key: string): string {
  return key.endsWith(TAG_KEY) && key !== TAG_KEY && TAG_LIKE.test(key) ? key.slice(1) : key
}

const TAG_LIKE = /^~*\$$/

/** Whether `tree` is an array. */
export function isArray(tree: Tree | undefined): tree is readonly Tree[] {
  return Array.isArray(tree)
}

/** Whether `tree` is a JSON object of any kind, rich values included. */
export function isObject(tree: Tree | undefined): tree is TreeObject {
  return typeof tree === 'object' && tree !== null && !isArray(tree)
}

/** Whether `tree` is a plain object, so that it merges by path. All else is a leaf. */
export function isPlain(tree: Tree | undefined): tree is TreeObject {
  return isObject(tree) && !Object.hasOwn(tree, TAG_KEY)
}

/** The property `key` of `tree`'s own, or `undefined`. Never one of a prototype. */
export function child(tree: TreeObject, key: string): Tree | undefined {
  return Object.hasOwn(tree, key) ? tree[key] : undefined
}

/** `tree` with `key` set to `value`. */
export function withChild(tree: TreeObject, key: string, value: Tree): TreeObject {
  return { ...tree, [key]: value }
}

/** `tree` without `key`. */
export function withoutChild(tree: TreeObject, key: string): TreeObject {
  if (!Object.hasOwn(tree, key)) return tree
  const { [key]: _, ...rest } = tree
  return rest
}

/** `tree` with `key` set to `value`, or without it where that is `undefined`. */
export function withOrWithout(tree: TreeObject, key: string, value: Tree | undefined): TreeObject {
  return value === undefined ? withoutChild(tree, key) : withChild(tree, key, value)
}

/** Whether two trees are the same JSON value; the order of keys does not count. */
export function equal(a: Tree | undefined, b: Tree | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (isArray(a) || isArray(b)) {
    if (!isArray(a) || !isArray(b) || a.length !== b.length) return false
    return a.every((item, i) => equal(item, b[i]))
  }
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
}

/** Adds a property to a fresh object as an assignment would, whatever its name: `__proto__` as well. */
export function define<Value>(object: Record<string, Value>, key: string, value: Value): void {
  if (INHERITED.has(key))
    Object.defineProperty(object, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  else object[key] = value
}

/** Keys that an assignment may treat otherwise: `__proto__` has a setter, and a frozen prototype forbids the rest. */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** The JSON text of a tree, the same whatever the order of its keys. */
export function canonical(tree: Tree): string {
  if (isArray(tree)) return `[${tree.map(canonical).join(',')}]`
  if (!isObject(tree)) return JSON.stringify(tree)
  const members = Object.keys(tree)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(tree[key] ?? null)}`)
  return `{${members.join(',')}}`
}
