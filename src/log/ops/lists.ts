/** What ops do to a list. Elements are found by what the writer of an op saw. */
import type { Tree } from '../../tree/tree.ts'
import { type Name, readName } from './names.ts'
import { Item, type OpenList } from './open.ts'

/**
 * The element that a name stands for, gone or not. Of several that had this digest it is the one nearest to the place
 * where the writer saw it. Those that are gone count only as far as the writer must have seen some of them.
 */
export function find(list: OpenList, text: string, ms: number): Item | undefined {
  const name = readName(text)
  return name && findNamed(list, name, ms, new Set())
}

/** The elements that several names stand for, each of them another one. */
function findAll(list: OpenList, texts: readonly string[], ms: number): (Item | undefined)[] {
  const names = texts.map(readName)
  const found = new Map<Name, Item>()
  const taken = new Set<Item>()
  // In the order in which their writer saw them: there may be others before them by now.
  for (const name of names.filter((each) => each !== undefined).sort((a, b) => a.place - b.place)) {
    const item = findNamed(list, name, ms, taken)
    if (!item) continue
    found.set(name, item)
    taken.add(item)
  }
  return names.map((name) => name && found.get(name))
}

function findNamed(
  list: OpenList,
  name: Name,
  ms: number,
  taken: ReadonlySet<Item>,
): Item | undefined {
  const { digest, count, place } = name
  const known = list.items.filter((item) => isCalled(item, digest, ms))
  const gone = known.filter(({ isGone }) => isGone).sort((a, b) => lastUse(b) - lastUse(a))
  const live = known.length - gone.length
  // Of those that are gone its writer saw the ones that went last.
  const seen = new Set(gone.slice(0, Math.max(count - live, 0)))
  const frame = list.items.filter((item) => !item.isGone || seen.has(item))
  const distance = (item: Item) => Math.abs(frame.indexOf(item) - place)
  return known
    .filter((item) => (!item.isGone || seen.has(item)) && !taken.has(item))
    .reduce<Item | undefined>(
      (best, item) => (best && distance(best) <= distance(item) ? best : item),
      undefined,
    )
}

/** What was edited lately is called by its name then, by all: what it has become since may be the name of another one. */
function isCalled(item: Item, digest: string, ms: number): boolean {
  if (item.names.has(digest)) return true
  return ms - lastUse(item) > NAMED_MS && !item.isGone && item.digest === digest
}

/** For so long after its last use nobody gives up a name: see `diff`, and what takes time between that and an op. */
const NAMED_MS = 300_000

function lastUse({ names }: Item): number {
  return Math.max(Number.NEGATIVE_INFINITY, ...names.values())
}

/** Notes that an op of the time `ms` has named an element: whoever did not see that op names it alike. */
export function remember(item: Item, text: string, ms: number): void {
  const name = readName(text)
  if (!name) return
  const known = item.names.get(name.digest)
  item.used.add(name.digest)
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
  for (const [i, item] of findAll(list, names, ms).entries()) {
    const name = names[i]
    if (!item || item.isGone || name === undefined) continue
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
  ms: number,
): void {
  const { items: all } = list
  const next = before === '' ? undefined : find(list, before, ms)
  const previous = after === '' ? undefined : find(list, after, ms)
  const made = items.map((tree) => new Item(tree))
  if (next) all.splice(all.indexOf(next), 0, ...made)
  else if (previous) all.splice(all.indexOf(previous) + 1, 0, ...made)
  else if (after === '' && before !== '') all.splice(0, 0, ...made)
  else all.push(...made)
}

/** Puts elements into another order, in the places that they have together. All others stay where they are. */
export function order(list: OpenList, names: readonly string[], ms: number): void {
  const found = findAll(list, names, ms).filter((item) => item !== undefined)
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
