/**
 * Paths into a tree, as text: JSON Pointer (RFC 6901) without its leading slash. `cart/a~1b` is the
 * key `a/b` of `cart`. A path always names at least one key.
 */
import { child, isPlain, type Tree, type TreeObject } from './tree.ts'

/** The path of `keys`. */
export function toPointer(keys: readonly string[]): string {
  return keys.map(escapeKey).join('/')
}

/** `pointer` followed by `key`. */
export function appendKey(pointer: string | undefined, key: string): string {
  return pointer === undefined ? escapeKey(key) : `${pointer}/${escapeKey(key)}`
}

/** The keys of a path, outermost first. */
export function keysOf(pointer: string): string[] {
  return pointer.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
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

/** What stands at a path, or `undefined`. */
export function valueAt(tree: TreeObject, pointer: string): Tree | undefined {
  let at: Tree | undefined = tree
  for (const key of keysOf(pointer)) {
    if (!isPlain(at)) return undefined
    at = child(at, key)
  }
  return at
}

function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
