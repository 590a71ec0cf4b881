/**
 * What writes mean, said once more and in another way than `src/log/ops/ops.ts` does: the oracle's own
 * idea of a state. A flat map from paths to leaves; `made` marks a plain object.
 */
import type { Tree, TreeObject } from '../../src/tree/tree.ts'

/** What one write does to one path. Keys are joined by dots; no key has a dot in it. */
export type Effect =
  | { readonly does: 'put'; readonly path: string; readonly value: Tree }
  | { readonly does: 'make'; readonly path: string }
  | { readonly does: 'drop'; readonly path: string }
  | { readonly does: 'add'; readonly path: string; readonly by: number }
  | { readonly does: 'push'; readonly path: string; readonly items: readonly Tree[] }

const made = Symbol('a plain object')
export type FlatState = Map<string, Tree | typeof made>

export function flatten(tree: TreeObject, at = '', into: FlatState = new Map()): FlatState {
  for (const [key, value] of Object.entries(tree)) {
    const path = at === '' ? key : `${at}.${key}`
    if (isObject(value)) {
      into.set(path, made)
      flatten(value, path, into)
    } else into.set(path, value)
  }
  return into
}

interface Nested {
  [key: string]: Tree | Nested
}

export function unflatten(state: FlatState): TreeObject {
  const top: Nested = {}
  const objects = new Map<string, Nested>([['', top]])
  for (const path of [...state.keys()].sort()) {
    const value = state.get(path)
    const cut = path.lastIndexOf('.')
    const parent = objects.get(cut < 0 ? '' : path.slice(0, cut))
    if (parent === undefined || value === undefined) throw new Error(`${path} hangs in the air`)
    if (value === made) {
      const object: Nested = {}
      objects.set(path, object)
      parent[path.slice(cut + 1)] = object
    } else parent[path.slice(cut + 1)] = value
  }
  return top
}

/** A text that is the same for states that are the same. */
export function textOf(state: FlatState): string {
  const lines = Array.from(state, ([path, value]) =>
    value === made ? `${path}={}` : `${path}=${JSON.stringify(value)}`,
  )
  return lines.sort().join(' ')
}

export function isMade(state: FlatState, path: string): boolean {
  return state.get(path) === made
}

/** The keys right below `path` whose paths are in the state. */
export function childrenOf(state: FlatState, path: string): string[] {
  return [...state.keys()].filter(
    (key) => key.startsWith(`${path}.`) && !key.slice(path.length + 1).includes('.'),
  )
}

export function perform(state: FlatState, effect: Effect): void {
  const { path } = effect
  if (effect.does === 'drop') {
    if (state.has(path)) remove(state, path)
    return
  }
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    make(state, path.slice(0, dot))
  }
  if (effect.does === 'make') {
    make(state, path)
    return
  }
  const before = state.get(path)
  remove(state, path)
  if (effect.does === 'put') state.set(path, effect.value)
  else if (effect.does === 'add')
    state.set(path, (typeof before === 'number' ? before : 0) + effect.by)
  else state.set(path, isList(before) ? [...before, ...effect.items] : effect.items)
}

function make(state: FlatState, path: string): void {
  if (state.get(path) === made) return
  remove(state, path)
  state.set(path, made)
}

function remove(state: FlatState, path: string): void {
  for (const key of state.keys()) if (key === path || key.startsWith(`${path}.`)) state.delete(key)
}

function isList(value: unknown): value is readonly Tree[] {
  return Array.isArray(value)
}

function isObject(value: Tree): value is TreeObject {
  return typeof value === 'object' && value !== null && !isList(value)
}
