/**
 * What lists remember of their elements: the names that they had, and those that are gone. Requests that did not see
 * an edit name an element by what it was before. A base keeps this for some minutes, so that such ops find it.
 */
import { isArray, isObject, isPlain, type Tree, type TreeObject } from '../../tree/tree.ts'

/** A name that an element was called by. */
export interface Known {
  /** When it was last used, in ms. */
  readonly ms: number
  /** Whether it stands for a value that another one has replaced, whole. */
  readonly isVoid: boolean
  /** Whether an entry that is not settled uses it: as long as that is so, it is used. */
  readonly isUsed: boolean
}

/** An element of a list that was edited, or that is gone. */
export interface Remembered {
  /** Its index in the list, those that are gone included. */
  readonly place: number
  readonly isGone: boolean
  /** The first is the one to use. */
  readonly names: ReadonlyMap<string, Known>
}

/** What is remembered at a place of the state and below. */
export interface Memory {
  /** Of the elements, where a list stands here. */
  readonly items: readonly Remembered[]
  /** By key, by the index of an element, those that are gone included, or by the JSON text of a map's key. */
  readonly members: ReadonlyMap<string, Memory>
}

/** A memory as JSON. Times become seconds before `horizonMs`. */
export function encodeMemory(memory: Memory, horizonMs: number): TreeObject {
  const tree: Record<string, Tree> = {}
  if (memory.items.length > 0) {
    tree['$'] = memory.items.map(({ place, isGone, names }) => [
      isGone ? -1 - place : place,
      ...Array.from(names, ([name, { ms, isVoid }]) => {
        const age = Math.ceil((horizonMs - ms) / 1000)
        return [isVoid ? `${name}-` : name, age]
      }).flat(),
    ])
  }
  const members = Array.from(memory.members, ([key, inner]): [string, Tree] => [
    key,
    encodeMemory(inner, horizonMs),
  ])
  if (members.length > 0) tree['m'] = Object.fromEntries(members)
  return tree
}

/** The memory of {@link encodeMemory}, or `undefined` where it is none. */
export function decodeMemory(tree: Tree, horizonMs: number): Memory | undefined {
  if (!isObject(tree)) return undefined
  const { $ = [], m = {} } = tree
  if (!isArray($) || !isPlain(m)) return undefined
  const items = $.map((item) => decodeItem(item, horizonMs))
  const members = new Map<string, Memory>()
  for (const [key, inner] of Object.entries(m)) {
    const memory = decodeMemory(inner, horizonMs)
    if (!memory) return undefined
    members.set(key, memory)
  }
  return items.every((item) => item !== undefined) ? { items, members } : undefined
}

function decodeItem(item: Tree, horizonMs: number): Remembered | undefined {
  if (!isArray(item)) return undefined
  const [place, ...rest] = item
  if (typeof place !== 'number' || !Number.isSafeInteger(place)) return undefined
  const names = new Map<string, Known>()
  for (let i = 0; i < rest.length; i += 2) {
    const [name, age] = [rest[i], rest[i + 1]]
    if (typeof name !== 'string' || typeof age !== 'number') return undefined
    // As it was written, whatever the horizon of the next base: whole seconds.
    const ms = (Math.ceil(horizonMs / 1000) - age) * 1000
    const isVoid = name.endsWith('-')
    names.set(isVoid ? name.slice(0, -1) : name, { ms, isVoid, isUsed: false })
  }
  return { place: place < 0 ? -1 - place : place, isGone: place < 0, names }
}
