/**
 * States that are being changed. What an op leads through is opened, which copies it once; all else is shared with the
 * tree that it came from. Lists keep the elements that are gone, and the names that elements had.
 */

import { checkKeyOf, mapTree, membersOf, pairsOf, setTree } from '../../tree/rich.ts'
import { canonical, define, isArray, isPlain, type Tree, type TreeObject } from '../../tree/tree.ts'
import { NAME_LATE_SECONDS, NAME_REMEMBERED_SECONDS } from '../format/clocks.ts'
import type { Known, Memory, Remembered } from '../format/memory.ts'
import { elementDigest } from './names.ts'

/** A place in a state: a tree that nobody has changed, or something that is open. */
export type Node = Tree | Open
export type Open = OpenObject | OpenList | OpenMap | OpenSet

/** A node in its parent, so that it can be opened. */
export interface Slot {
  node: Node
  /** What is remembered here, as long as it is not open. */
  memory: Memory | undefined
}

export class OpenObject {
  readonly members: Map<string, Slot>

  constructor(tree: TreeObject, memory?: Memory) {
    this.members = new Map(
      Object.keys(tree).map((key) => [
        key,
        { node: tree[key] ?? null, memory: memory?.members.get(key) },
      ]),
    )
  }
}

const NAMELESS: ReadonlyMap<string, Known> = new Map()

/** An element of a list. */
export class Item implements Slot {
  node: Node
  memory: Memory | undefined
  isGone = false
  #names: Map<string, Known> | undefined
  #digest: { readonly of: Tree; readonly text: string } | undefined

  constructor(node: Node, memory?: Memory) {
    this.node = node
    this.memory = memory
  }

  /** Names that it had. */
  get names(): ReadonlyMap<string, Known> {
    return this.#names ?? NAMELESS
  }

  call(name: string, known: Known): void {
    this.#names ??= new Map()
    this.#names.set(name, known)
  }

  get digest(): string {
    if (isOpen(this.node)) return elementDigest(treeOf(this.node))
    if (this.#digest?.of !== this.node)
      this.#digest = { of: this.node, text: elementDigest(this.node) }
    return this.#digest.text
  }
}

export class OpenList {
  readonly items: Item[] = []

  constructor(tree: readonly Tree[], memory?: Memory) {
    const remembered = new Map(memory?.items.map((item) => [item.place, item]))
    let next = 0
    while (next < tree.length || remembered.has(this.items.length)) {
      const place = this.items.length
      const known = remembered.get(place)
      // Of what is gone nothing is left but its names.
      const node = known?.isGone ? null : tree[next++]
      if (node === undefined) break
      const item = new Item(node, memory?.members.get(String(place)))
      item.isGone = known?.isGone ?? false
      for (const [name, each] of known?.names ?? []) item.call(name, each)
      this.items.push(item)
    }
  }

  get live(): Item[] {
    return this.items.filter((item) => !item.isGone)
  }
}

export class OpenMap {
  readonly pairs: Map<string, Slot & { readonly key: Tree }>

  constructor(pairs: readonly (readonly [Tree, Tree])[], memory?: Memory) {
    this.pairs = new Map(
      pairs.map(([key, node]) => {
        const json = canonical(key)
        return [json, { key, node, memory: memory?.members.get(json) }]
      }),
    )
  }
}

export class OpenSet {
  readonly members: Map<string, Tree>

  constructor(members: readonly Tree[]) {
    this.members = new Map(members.map((member) => [canonical(member), member]))
  }
}

/** Opens what stands in a slot; `undefined` where it is a leaf. */
export function opened(slot: Slot): Open | undefined {
  const { node, memory } = slot
  if (isOpen(node)) return node
  const open = openOf(node, memory)
  if (open) {
    slot.node = open
    slot.memory = undefined
  }
  return open
}

function openOf(tree: Tree, memory: Memory | undefined): Open | undefined {
  if (isPlain(tree)) return new OpenObject(tree, memory)
  if (isArray(tree)) return new OpenList(tree, memory)
  const pairs = pairsOf(tree)
  if (pairs) return new OpenMap(pairs, memory)
  const members = membersOf(tree)
  return members && new OpenSet(members)
}

function isOpen(node: Node): node is Open {
  return (
    node instanceof OpenObject ||
    node instanceof OpenList ||
    node instanceof OpenMap ||
    node instanceof OpenSet
  )
}

/** What stands in a slot as one value; `undefined` where it was opened. */
export function leafOf({ node }: Slot): Tree | undefined {
  return isOpen(node) ? undefined : node
}

/** The tree of a node. */
export function treeOf(node: Node): Tree {
  if (!isOpen(node)) return node
  if (node instanceof OpenList) return node.live.map((item) => treeOf(item.node))
  if (node instanceof OpenSet) return setTree([...node.members.values()])
  if (node instanceof OpenMap)
    return mapTree(Array.from(node.pairs.values(), ({ key, node: value }) => [key, treeOf(value)]))
  return objectTree(node)
}

/** The tree of an object. */
export function objectTree({ members }: OpenObject): TreeObject {
  const tree: Record<string, Tree> = {}
  for (const [key, { node }] of members) define(tree, key, treeOf(node))
  return tree
}

/**
 * The time of the newest entry, or -Infinity where nothing is forgotten; and until when names count as used that are
 * used now, in ms.
 */
export interface Times {
  readonly newest: number
  readonly until: number
}

/** For so long a name that was used is remembered: longer than anybody may use it. */
const REMEMBERED_MS = NAME_REMEMBERED_SECONDS * 1000
/** Nobody who did not see that an element was taken out names it for longer than this. */
const GONE_MS = NAME_LATE_SECONDS * 1000
/** Of the elements of one list that are gone so many are remembered, those that went last. */
const MOST_GONE = 16

/** What is remembered of a slot and below. */
export function memoryOf(slot: Slot, times: Times): Memory | undefined {
  // What lies in the overflow store remembers until it is here.
  if (!isOpen(slot.node) && checkKeyOf(slot.node) !== undefined) return slot.memory
  if (!isOpen(slot.node) && !slot.memory) return undefined
  const open = opened(slot)
  if (open instanceof OpenList) return listMemory(open, times)
  if (open instanceof OpenObject) return filled([], membersMemory(open.members, times))
  return open instanceof OpenMap ? filled([], membersMemory(open.pairs, times)) : undefined
}

function listMemory({ items }: OpenList, times: Times): Memory | undefined {
  const known = new Map(items.map((item) => [item, recentNames(item, times)]))
  const lastUse = (item: Item) =>
    Math.max(...Array.from(known.get(item)?.values() ?? [], ({ ms }) => ms))
  const named = items.filter((item) => known.get(item)?.size)
  // A view forgets nothing that its base remembers: its requests would take a name for another element.
  const mostGone = Number.isFinite(times.newest) ? MOST_GONE : named.length
  const gone = named.filter(({ isGone }) => isGone).sort((a, b) => lastUse(b) - lastUse(a))
  const kept = new Set([...named.filter(({ isGone }) => !isGone), ...gone.slice(0, mostGone)])
  const placed = items.filter((item) => !item.isGone || kept.has(item))
  const remembered = placed.flatMap((item, place): Remembered[] =>
    kept.has(item) ? [{ place, isGone: item.isGone, names: known.get(item) ?? new Map() }] : [],
  )
  const slots = placed.map((item, place): [string, Slot] => [String(place), item])
  return filled(remembered, membersMemory(slots, times))
}

function membersMemory(
  slots: Iterable<readonly [string, Slot]>,
  times: Times,
): Map<string, Memory> {
  const members = new Map<string, Memory>()
  for (const [key, slot] of slots) {
    const memory = memoryOf(slot, times)
    if (memory) members.set(key, memory)
  }
  return members
}

function recentNames({ names, isGone }: Item, { newest, until }: Times): Map<string, Known> {
  const isSettled = Number.isFinite(until)
  const since = newest - (isGone ? GONE_MS : REMEMBERED_MS)
  const dated = Array.from(names, ([name, known]): [string, Known] => {
    const ms = isSettled && known.isUsed && !isGone ? until : known.ms
    return [name, { ...known, ms, isUsed: known.isUsed && !isSettled }]
  })
  return new Map(dated.filter(([, { ms }]) => ms >= since))
}

function filled(
  items: readonly Remembered[],
  members: ReadonlyMap<string, Memory>,
): Memory | undefined {
  return items.length + members.size > 0 ? { items, members } : undefined
}
