/** What handlers do to lists, as effects on their elements. */
import type { Tree } from '../../src/tree/tree.ts'
import type { Way } from './actions.ts'
import type { Effect } from './effects.ts'
import { type Element, isList, itemOf, liveOf, type Naive, stepTo } from './naive.ts'
import type { Place } from './places.ts'

/** What a list begins with for those who start it with a default. */
const DEFAULT = 'first'

export function listEffects(kind: Way, place: Place, fresh: number): Effect[] {
  const { path, there, way } = place
  const list = there?.kind === 'list' ? liveOf(there) : undefined
  const item = madeFor(path, fresh)
  if (kind === 'push' || kind === 'begin' || kind === 'unshift') {
    const items = kind === 'begin' ? [DEFAULT, item] : [item]
    if (!list) return [...way, ...startOf(path, there, items)]
    const before = kind === 'unshift' ? list[0]?.key : undefined
    return [{ does: 'insert', path, after: undefined, before, items: [item] }]
  }
  if (kind === 'splice' || kind === 'swap') return besideEffects(kind, place, fresh)
  const gone = kind === 'shift' ? list?.slice(0, 1) : list?.filter((_, i) => i % 2 === 0)
  return gone?.map((item): Effect => ({ does: 'drop', path: `${path}.${stepTo(item)}` })) ?? []
}

function startOf(path: string, there: Naive | undefined, items: readonly Tree[]): Effect[] {
  const begin: Effect = { does: 'begin', path, items }
  return there ? [{ does: 'drop', path }, begin] : [begin]
}

/** What handlers put into a list: at some places objects or lists, and else plain values. */
function madeFor(path: string, fresh: number): Tree {
  if (path === 'rows') return [fresh]
  return path === 'items' ? { id: fresh, qty: 0 } : fresh
}

/** Puts another value in the place of an element. A list of which nothing is left is another one, too. */
export function renewEffects({ path, above }: Place, value: Tree): Effect[] {
  const [outer, row] = [path.slice(0, path.lastIndexOf('.')), path.lastIndexOf('.#')]
  const isOnly = above?.kind === 'list' && liveOf(above).length === 1
  return isOnly && row > path.indexOf('.#')
    ? [{ does: 'renew', path: outer, value: [value] }]
    : [{ does: 'renew', path, value }]
}

function besideEffects(kind: 'splice' | 'swap', place: Place, fresh: number): Effect[] {
  const { path, above, there } = place
  if (above?.kind !== 'list') return []
  const cut = path.lastIndexOf('.#')
  const [list, key] = [path.slice(0, cut), itemOf(above, path.slice(cut + 1))?.key]
  const live = liveOf(above)
  const at = live.findIndex((item) => item.key === key)
  const item = madeFor(list, fresh)
  const before = live[at + 1]?.key
  // What is put at the end is there because of the end, not because of what was the last.
  const after = before && live[kind === 'splice' ? at : at - 1]?.key
  const insert: Effect = { does: 'insert', path: list, after, before, items: [item] }
  if (kind === 'splice') return [insert]
  // What has no identity stays in its place.
  if (isList(item) && there?.kind === 'list' && liveOf(there).length === 0)
    return [{ does: 'insert', path, after: undefined, before: undefined, items: item }]
  if (isList(item) || typeof item !== 'object') return renewEffects(place, item)
  return [{ does: 'drop', path }, insert]
}

/** Only what moved is put into its new order: what is the same at the beginning and at the end stays out of it. */
export function orderEffects(kind: 'sort' | 'reverse', { path, there }: Place): Effect[] {
  if (there?.kind !== 'list') return []
  const live = liveOf(there)
  const goal = kind === 'sort' ? live.toSorted(byKey) : live.toReversed()
  const moved = live.flatMap((item, i) => (item === goal[i] ? [] : [i]))
  const [first, last] = [moved[0], moved.at(-1)]
  if (first === undefined || last === undefined) return []
  return [{ does: 'order', path, keys: goal.slice(first, last + 1).map(({ key }) => key) }]
}

function byKey(a: Element, b: Element): number {
  return Number(a.key) - Number(b.key) || (a.key < b.key ? -1 : 1)
}
