/**
 * Paths into a tree, as text: JSON Pointer (RFC 6901) without its leading slash. `cart/a~1b` is the
 * key `a/b` of `cart`. A path always names at least one key. Beyond RFC 6901 a step may begin with `~2` and name an
 * element of a list (`log/ops/names.ts`), or with `~3` and name a key of a map, or with `~4` and name a member of a
 * set, both by their JSON text.
 */
import { child, escapedKey, isPlain, TAG_KEY, type Tree, type TreeObject } from './tree.ts'

/** One step of a path. */
export type Step =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'element'; readonly name: string }
  | { readonly kind: 'pair' | 'member'; readonly json: string }

/** The path of `keys`. */
export function toPointer(keys: readonly string[]): string {
  return keys.map(escapeKey).join('/')
}

/** `pointer` followed by `key`. */
export function appendKey(pointer: string | undefined, key: string): string {
  return pointer === undefined ? escapeKey(key) : `${pointer}/${escapeKey(key)}`
}

/** `pointer`, which leads to a list, followed by the name of an element. */
export function appendElement(pointer: string, name: string): string {
  return `${pointer}/~2${name}`
}

/** `pointer`, which leads to a map, followed by a key. */
export function appendEntry(pointer: string, json: string): string {
  return `${pointer}/~3${escapeKey(json)}`
}

/** `pointer`, which leads to a set, followed by a member. */
export function appendMember(pointer: string, json: string): string {
  return `${pointer}/~4${escapeKey(json)}`
}

/** The steps of a path, outermost first. */
export function stepsOf(pointer: string): Step[] {
  return pointer.split('/').map(stepOf)
}

/** Whether all keys of maps and members of sets in a path are JSON. */
export function isPath(pointer: string): boolean {
  return stepsOf(pointer).every((step) => {
    if (step.kind !== 'pair' && step.kind !== 'member') return true
    try {
      JSON.parse(step.json)
      return true
    } catch {
      return false
    }
  })
}

function stepOf(text: string): Step {
  const rest = text.slice(2)
  if (text.startsWith('~2')) return { kind: 'element', name: rest }
  if (text.startsWith('~3')) return { kind: 'pair', json: unescapeKey(rest) }
  if (text.startsWith('~4')) return { kind: 'member', json: unescapeKey(rest) }
  return { kind: 'key', key: unescapeKey(text) }
}

/** The keys of a path that has no other steps, outermost first. */
export function keysOf(pointer: string): string[] {
  return pointer.split('/').map(unescapeKey)
}

/** The key with which a path begins. */
export function topKeyOf(pointer: string): string {
  const end = pointer.indexOf('/')
  return unescapeKey(end < 0 ? pointer : pointer.slice(0, end))
}

/**
 * The key in a state of a top-level key of the data: `$` and keys that begin with `~` get one more `~`, since such keys
 * stand for something else there.
 */
export function stateKey(key: string): string {
  return key === TAG_KEY || key.startsWith('~') ? `~${key}` : key
}

/** The path in a state of a path in the data. */
export function dataPath([first = '', ...rest]: readonly string[]): string {
  return toPointer([stateKey(first), ...rest.map(escapedKey)])
}

/** The longest part of a path, from its beginning, that has only keys. */
export function keyPathOf(pointer: string): string {
  const end = pointer.search(/\/~[234]/)
  return end < 0 ? pointer : pointer.slice(0, end)
}

/** The paths that lead to `pointer`, the longest first. */
export function pathsAbove(pointer: string): string[] {
  const paths: string[] = []
  // An empty key at the top has a slash at 0.
  for (let end = pointer.lastIndexOf('/'); end >= 0; ) {
    paths.push(pointer.slice(0, end))
    end = end > 0 ? pointer.lastIndexOf('/', end - 1) : -1
  }
  return paths
}

/** What stands at a path of keys, or `undefined`. */
export function valueAt(tree: TreeObject, pointer: string): Tree | undefined {
  let at: Tree | undefined = tree
  for (const key of keysOf(pointer)) {
    if (!isPlain(at)) return undefined
    at = child(at, key)
  }
  return at
}

/** A key as a step of a path. */
export function escapeKey(key: string): string {
  if (!key.includes('~') && !key.includes('/')) return key
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

function unescapeKey(text: string): string {
  return text.includes('~') ? text.replaceAll('~1', '/').replaceAll('~0', '~') : text
}
