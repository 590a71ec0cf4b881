/**
 * States as the oracle has them: trees in which each element of a list has a key of its own, for ever. An element that
 * is gone stays as a place in its list, so that others may stand beside it.
 */
import type { Tree, TreeObject } from '../../src/tree/tree.ts'

export type Leaf = null | boolean | number | string

export interface NaiveObject {
  readonly kind: 'object'
  readonly members: Map<string, Naive>
}
export interface NaiveMap {
  readonly kind: 'map'
  readonly members: Map<string, Naive>
}
export interface NaiveSet {
  readonly kind: 'set'
  readonly members: Set<string>
}
export interface NaiveList {
  readonly kind: 'list'
  items: Element[]
  /** The keys that it began with. */
  readonly began: readonly string[]
}
/** A list of which only is told how often it has each value; see `bags.ts`. */
export interface Bag {
  readonly kind: 'bag'
  values: readonly Tree[]
}
export interface NaiveLeaf {
  readonly kind: 'leaf'
  readonly value: Leaf
}
export type Naive = NaiveObject | NaiveMap | NaiveSet | NaiveList | NaiveLeaf | Bag

export interface Element {
  readonly key: string
  node: Naive
  isGone: boolean
  /** The value that was put here last, whole: with it goes what others write inside of another one. */
  whole: string
}

/** What two things put at the same place must be to merge. */
export type Container = 'object' | 'map' | 'set' | 'list'

export function emptyOf(kind: Container): Naive {
  switch (kind) {
    case 'object':
    case 'map':
      return { kind, members: new Map() }
    case 'set':
      return { kind, members: new Set() }
    case 'list':
      return { kind, items: [], began: [] }
  }
}

export const BAG = 'tags'
const CLAIMS = '~o'

/** A fresh element, whose key is its id if it is an object, and else its value. */
export function elementOf(tree: Tree): Element {
  const id = isObject(tree) ? tree['id'] : tree
  return { key: String(id), node: naiveOf(tree), isGone: false, whole: JSON.stringify(tree) }
}

/** What a handler makes: no maps and no sets. */
export function naiveOf(tree: Tree): Naive {
  if (isList(tree)) return listOf(tree.map(elementOf))
  if (!isObject(tree)) return { kind: 'leaf', value: tree }
  return { kind: 'object', members: new Map(Object.entries(tree).map(([k, v]) => [k, naiveOf(v)])) }
}

/** A list that begins with some elements. */
export function listOf(items: Element[]): NaiveList {
  return { kind: 'list', items, began: items.map(({ key }) => key) }
}

/** The state of a session that nobody has written. */
export function stateOfTree(tree: TreeObject): NaiveObject {
  const members = Object.entries(tree).map(([key, value]): [string, Naive] => [
    key,
    key === BAG && isList(value) ? { kind: 'bag', values: value } : naiveOf(value),
  ])
  return { kind: 'object', members: new Map(members) }
}

/** The step of a path to an element, as somebody sees it. */
export function stepTo({ key, whole }: Element): string {
  return `#${key}~${whole}`
}

/** The element that a step leads to, gone or not. */
export function itemOf(at: Naive, step: string): Element | undefined {
  const [key] = step.slice(1).split('~')
  return at.kind === 'list' ? at.items.find((item) => item.key === key) : undefined
}

export function liveOf({ items }: NaiveList): Element[] {
  return items.filter(({ isGone }) => !isGone)
}

export function treeOf(node: Naive): Tree {
  switch (node.kind) {
    case 'leaf':
      return node.value
    case 'bag':
      return node.values
    case 'list':
      return liveOf(node).map((item) => treeOf(item.node))
    case 'set':
      return { $: ['s', [...node.members]] }
    case 'map':
      return { $: ['m', Array.from(node.members, ([key, value]) => [key, treeOf(value)])] }
    case 'object':
      return objectTreeOf(node)
  }
}

export function objectTreeOf({ members }: NaiveObject): TreeObject {
  return Object.fromEntries(Array.from(members, ([key, value]) => [key, treeOf(value)]))
}

export function copyOf(node: NaiveObject): NaiveObject {
  return { kind: 'object', members: copied(node.members) }
}

function copied(members: ReadonlyMap<string, Naive>): Map<string, Naive> {
  return new Map(Array.from(members, ([key, value]) => [key, copyOfAny(value)]))
}

function copyOfAny(node: Naive): Naive {
  switch (node.kind) {
    case 'object':
    case 'map':
      return { kind: node.kind, members: copied(node.members) }
    case 'set':
      return { kind: 'set', members: new Set(node.members) }
    case 'list':
      return {
        ...node,
        items: node.items.map((item) => ({ ...item, node: copyOfAny(item.node) })),
      }
    case 'bag':
      return { ...node }
    case 'leaf':
      return node
  }
}

/** Whether a claim has been made; and where the next one is written down. */
export function claimsOf(state: NaiveObject): Map<string, Naive> {
  const claims = state.members.get(CLAIMS)
  if (claims?.kind === 'object') return claims.members
  const members = new Map<string, Naive>()
  state.members.set(CLAIMS, { kind: 'object', members })
  return members
}

export function hasClaim(state: NaiveObject, key: string): boolean {
  const claims = state.members.get(CLAIMS)
  return claims?.kind === 'object' && claims.members.has(key)
}

/** A text that is the same for states that are the same, but for the bag and for what is hidden. */
export function textOf(state: TreeObject, hidden: ReadonlySet<string>): string {
  const { [BAG]: _, ...rest } = state
  return Object.keys(rest)
    .filter((key) => !hidden.has(key))
    .sort()
    .map((key) => `${key}=${sorted(rest[key] ?? null)}`)
    .join(' ')
}

function sorted(tree: Tree): string {
  if (isList(tree)) return `[${tree.map(sorted).join(',')}]`
  if (!isObject(tree)) return JSON.stringify(tree)
  const pairs = Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${pairs.map(([key, value]) => `${key}:${sorted(value)}`).join(',')}}`
}

export function isList(value: Tree | undefined): value is readonly Tree[] {
  return Array.isArray(value)
}

export function isObject(value: Tree | undefined): value is TreeObject {
  return typeof value === 'object' && value !== null && !isList(value)
}
