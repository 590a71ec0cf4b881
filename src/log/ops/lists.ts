/** What ops do to a list. Elements are found by what the writer of an op saw. */
import type { Tree } from '../../tree/tree.ts'
import { NAME_EXACT_SECONDS, NAME_KEPT_SECONDS, NAME_LATE_SECONDS } from '../format/clocks.ts'
import { digestIn, type Name, nameText, readName } from './names.ts'
import { Item, type OpenList } from './open.ts'

/**
 * The element that a name stands for, gone or not: the one that has been called so lately. Otherwise, of several that
 * had this digest, it is the one nearest to the place where the writer saw it, but for those that the writer calls by
 * other names. Those that are gone count only as far as the writer must have seen some of them.
 */
export function find(list: OpenList, text: string, ms: number): Item | undefined {
  return findFree(list, text, ms, new Set())
}

/** The elements that several names stand for, each of them another one. */
function findAll(list: OpenList, texts: readonly string[], ms: number): (Item | undefined)[] {
  const found: (Item | undefined)[] = texts.map(() => undefined)
  const matched = new Set<Item>()
  // In the order in which their writer saw them: there may be others before them by now.
  const order = texts.map((text, i) => ({ text, i, place: readName(text)?.place ?? 0 }))
  for (const { text, i } of order.sort((a, b) => a.place - b.place)) {
    const item = findFree(list, text, ms, matched)
    if (!item) continue
    found[i] = item
    matched.add(item)
  }
  return found
}

function findFree(
  list: OpenList,
  text: string,
  ms: number,
  matched: ReadonlySet<Item>,
): Item | undefined {
  const name = readName(text)
  if (!name) return undefined
  const called = list.items.find((item) => !matched.has(item) && isCalledLately(item, text, ms))
  return called ?? findLike(list, name, ms, matched)
}

function isCalledLately({ names }: Item, text: string, ms: number): boolean {
  if (names.size === 0) return false
  const known = names.get(text)
  return known !== undefined && ms - known.ms <= EXACT_MS
}

/**
 * For so long after its last use a name means the element that it meant then. Whoever names an element sees all names
 * that lists remember this long, and takes none of them for another one.
 */
const EXACT_MS = NAME_EXACT_SECONDS * 1000

function findLike(
  list: OpenList,
  { digest, count, place, others }: Name,
  ms: number,
  matched: ReadonlySet<Item>,
): Item | undefined {
  const known: Item[] = []
  const gone: Item[] = []
  for (const item of list.items) {
    if (!isLike(item, digest, ms)) continue
    known.push(item)
    if (item.isGone) gone.push(item)
  }
  if (known.length === 0) return undefined
  gone.sort((a, b) => lastUse(b) - lastUse(a))
  const live = known.length - gone.length
  // Of those that are gone its writer saw the ones that went last.
  const seen = new Set(gone.slice(0, Math.max(count - live, 0)))
  const excluded = others > 0 ? calledOtherwise(known, digest, others) : NOBODY
  let best: Item | undefined
  let nearest = Number.POSITIVE_INFINITY
  // One walk over all that its writer saw: there may be many of them, and many names.
  let index = 0
  let next = 0
  for (const item of list.items) {
    const isCandidate = item === known[next]
    if (isCandidate) next++
    if (item.isGone && !seen.has(item)) continue
    const distance = Math.abs(index++ - place)
    // From here on they are further and further away.
    if (index > place && distance >= nearest) break
    if (!isCandidate || distance >= nearest || matched.has(item) || excluded.has(item)) continue
    best = item
    nearest = distance
  }
  return best
}

const NOBODY: ReadonlySet<Item> = new Set()

/** Those that were called by another name the longest ago. */
function calledOtherwise(
  known: readonly Item[],
  digest: string,
  others: number,
): ReadonlySet<Item> {
  const called = known.filter((item) => !item.isGone && hasDigest(item, digest))
  return new Set(called.sort((a, b) => lastUse(a) - lastUse(b)).slice(0, others))
}

/** What was edited lately is called by its name then, by all: what it has become since may be the name of another one. */
function isLike(item: Item, digest: string, ms: number): boolean {
  if (item.names.size === 0) return !item.isGone && item.digest === digest
  if (hasDigest(item, digest)) return true
  if (item.isGone) return false
  for (const name of item.names.values()) if (!name.isVoid && ms - name.ms <= NAMED_MS) return false
  return item.digest === digest
}

function hasDigest({ names }: Item, digest: string): boolean {
  for (const text of names.keys()) if (text.startsWith(digest)) return true
  return false
}

/** For so long after its last use nobody gives up a name: see `diff`, and what takes time between that and an op. */
const NAMED_MS = NAME_LATE_SECONDS * 1000

function lastUse({ names }: Item): number {
  let last = Number.NEGATIVE_INFINITY
  for (const { ms } of names.values()) last = Math.max(last, ms)
  return last
}

/**
 * Whether a name stands for a value that has been replaced, whole, by somebody whom its writer did not see. What is
 * written inside of it, or takes it out, was not meant for what stands there now.
 */
function isVoid(item: Item, text: string): boolean {
  const known = item.names.get(text)
  if (known) return known.isVoid
  const alike = Array.from(item.names).filter(([name]) => digestIn(name) === digestIn(text))
  return (
    alike.length > 0 && alike.every(([, name]) => name.isVoid) && item.digest !== digestIn(text)
  )
}

/** What a step to an element leads to, and notes that it was named so. */
export function enter(list: OpenList, text: string, ms: number): Item | undefined {
  const item = find(list, text, ms)
  if (!item || isVoid(item, text)) return undefined
  remember(list, item, text, ms)
  return item.isGone ? undefined : item
}

/** Notes that an op of the time `ms` has named an element: whoever did not see that op names it alike. */
function remember(list: OpenList, item: Item, text: string, ms: number): void {
  const known = item.names.get(text)
  note(item, text, ms, true)
  // Others, for whom the name is too old to be used, name the element by what it is now.
  const isOld = known === undefined || ms - known.ms > OWN_DIGEST_AFTER_MS
  if (isOld && !item.isGone && !hasDigest(item, item.digest))
    note(
      item,
      nameText({ digest: item.digest, place: list.live.indexOf(item), count: 1, others: 0 }),
      ms,
      false,
    )
}

function note(item: Item, text: string, ms: number, isUsed: boolean): void {
  const known = item.names.get(text)
  item.call(text, {
    ms: Math.max(ms, known?.ms ?? ms),
    isVoid: known?.isVoid ?? false,
    isUsed: isUsed || known?.isUsed === true,
  })
}

/** For so long after its last use everybody uses a name; see `diff`. */
const OWN_DIGEST_AFTER_MS = NAME_KEPT_SECONDS * 1000

/**
 * Puts another value in the place of an element, whole. Somebody who did not see that may still name it by what it was.
 * It comes back where it was matched out: of two who did not see each other, one took out another value than this.
 */
export function replace(list: OpenList, text: string, value: Tree, ms: number): void {
  const item = find(list, text, ms)
  if (!item) return
  remember(list, item, text, ms)
  for (const [name, known] of item.names) item.call(name, { ...known, isVoid: true })
  item.isGone = false
  item.node = value
  item.memory = undefined
}

/** Takes elements out. Somebody who did not see that may still name them. */
export function remove(list: OpenList, names: readonly string[], ms: number): void {
  for (const [i, item] of findAll(list, names, ms).entries()) {
    const name = names[i]
    if (!item || name === undefined || isVoid(item, name)) continue
    remember(list, item, name, ms)
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
  if (next) putInto(all, all.indexOf(next), made)
  else if (previous) putInto(all, all.indexOf(previous) + 1, made)
  else putInto(all, after === '' && before !== '' ? 0 : all.length, made)
}

/** As `splice`, for any number of items: what is spread into arguments must fit onto the stack. */
function putInto(all: Item[], at: number, made: readonly Item[]): void {
  const rest = all.splice(at)
  for (const item of made) all.push(item)
  for (const item of rest) all.push(item)
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
export function mergeList(list: OpenList, items: readonly Tree[]): void {
  const digests = items.map((tree) => new Item(tree).digest)
  let common = 0
  while (common < items.length && isSame(list.items[common], digests[common])) common++
  putInto(
    list.items,
    list.items.length,
    items.slice(common).map((tree) => new Item(tree)),
  )
}

function isSame(item: Item | undefined, digest: string | undefined): boolean {
  if (!item || digest === undefined) return false
  return hasDigest(item, digest) || (!item.isGone && item.digest === digest)
}
