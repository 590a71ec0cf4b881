/** What ops do to a list. Elements are found by what the writer of an op saw. */
import type { Tree } from '../../tree/tree.ts'
import { type Name, readName } from './names.ts'
import { Item, type OpenList } from './open.ts'

/**
 * The element that a name stands for, gone or not. Of several that had this digest it is the one nearest to the place
 * where the writer saw it. Those that are gone count only where the writer must have seen some of them.
 */
export function find(list: OpenList, text: string): Item | undefined {
  const name = readName(text)
  if (!name) return undefined
  const all = list.items.filter(
    (item) => item.names.has(name.digest) || item.digest === name.digest,
  )
  const live = all.filter((item) => !item.isGone)
  const sawGone = live.length === 0 || name.count > live.length
  return sawGone ? nearest(all, list.items, name) : nearest(live, list.live, name)
}

function nearest(
  candidates: readonly Item[],
  frame: readonly Item[],
  { place }: Name,
): Item | undefined {
  const distance = (item: Item) => Math.abs(frame.indexOf(item) - place)
  return candidates.reduce<Item | undefined>(
    (best, item) => (best && distance(best) <= distance(item) ? best : item),
    undefined,
  )
}

/** Notes that an op of the time `ms` has named an element: whoever did not see that op names it alike. */
export function remember(item: Item, text: string, ms: number): void {
  const name = readName(text)
  if (!name) return
  const known = item.names.get(name.digest)
  item.names.set(name.digest, Math.max(ms, known ?? ms))
  // Others, for whom the name is too old to be used, name the element by what it is now.
  if (known === undefined || ms - known > OWN_DIGEST_AFTER_MS) {
    const { digest } = item
    item.names.set(digest, Math.max(ms, item.names.get(digest) ?? ms))
  }
}

/** For so long after its last use everybody uses a name; see `diff`. */
const OWN_DIGEST_AFTER_MS = 120_000

/** Takes elements out. Somebody who did not see that may still name them. */
export function remove(list: OpenList, names: readonly string[], ms: number): void {
  const found = names.map((name) => [find(list, name), name] as const)
  for (const [item, name] of found) {
    if (!item || item.isGone) continue
    remember(item, name, ms)
    item.isGone = true
    item.node = null
    item.memory = undefined
  }
}

/** Puts elements between two others. Where one of these is not known any more, the other one says where. */
export function insert(
  list: OpenList,
  after: string,
  before: string,
  items: readonly Tree[],
): void {
  const { items: all } = list
  const next = before === '' ? undefined : find(list, before)
  const previous = after === '' ? undefined : find(list, after)
  const made = items.map((tree) => new Item(tree))
  if (next) all.splice(all.indexOf(next), 0, ...made)
  else if (previous) all.splice(all.indexOf(previous) + 1, 0, ...made)
  else if (after === '' && before !== '') all.splice(0, 0, ...made)
  else all.push(...made)
}

/** Puts elements into another order, in the places that they have together. All others stay where they are. */
export function order(list: OpenList, names: readonly string[]): void {
  const found = [...new Set(names.flatMap((name) => find(list, name) ?? []))]
  const places = found.map((item) => list.items.indexOf(item)).sort((a, b) => a - b)
  places.forEach((place, i) => {
    const item = found[i]
    if (item) list.items[place] = item
  })
}

/**
 * What two requests put where both saw nothing: what both lists begin with counts once, and the rest of the second
 * follows.
 */
export function merge(list: OpenList, items: readonly Tree[]): void {
  const digests = items.map((tree) => new Item(tree).digest)
  let common = 0
  while (common < items.length && isSame(list.items[common], digests[common])) common++
  list.items.push(...items.slice(common).map((tree) => new Item(tree)))
}

function isSame(item: Item | undefined, digest: string | undefined): boolean {
  if (!item || digest === undefined) return false
  return item.names.has(digest) || (!item.isGone && item.digest === digest)
}
