/** Maps and sets in trees: `{"$":["m", [[key, value], …]]}` and `{"$":["s", [member, …]]}` (see `values.ts`). */
import { isArray, isObject, TAG_KEY, type Tree, type TreeObject } from './tree.ts'

/** The pairs of a map, or `undefined` where `tree` is none. */
export function pairsOf(tree: Tree | undefined): readonly (readonly [Tree, Tree])[] | undefined {
  const content = contentOf(tree, 'm')
  return content?.every(isPair) ? content.filter(isPair) : undefined
}

/** The members of a set, or `undefined` where `tree` is none. */
export function membersOf(tree: Tree | undefined): readonly Tree[] | undefined {
  return contentOf(tree, 's')
}

/** Whether `tree` is a list, a map or a set: two of them merge, element by element. */
export function merges(tree: Tree): boolean {
  return isArray(tree) || pairsOf(tree) !== undefined || membersOf(tree) !== undefined
}

/** A map as a tree. */
export function mapTree(pairs: readonly (readonly [Tree, Tree])[]): TreeObject {
  return { [TAG_KEY]: ['m', pairs] }
}

/** A set as a tree. */
export function setTree(members: readonly Tree[]): TreeObject {
  return { [TAG_KEY]: ['s', members] }
}

function contentOf(tree: Tree | undefined, tag: string): readonly Tree[] | undefined {
  const parts = isObject(tree) ? tree[TAG_KEY] : undefined
  if (!isArray(parts) || parts.length !== 2 || parts[0] !== tag) return undefined
  const content = parts[1]
  return isArray(content) ? content : undefined
}

function isPair(tree: Tree): tree is readonly [Tree, Tree] {
  return isArray(tree) && tree.length === 2
}
