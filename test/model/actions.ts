/** What the handlers of the model do to a session. Written and printed as short texts. */
import type { Tree } from '../../src/tree/tree.ts'
import { childrenOf, type Effect, type FlatState, isMade } from './naive.ts'

/** `leaf`, `clear` … name the way of writing; `path` is where. */
export type Action =
  | { readonly kind: 'read' | 'destroy' | 'regenerate' }
  | { readonly kind: 'login'; readonly subject: string }
  | { readonly kind: Writing; readonly path: string }

const WRITINGS = [
  /** Sets a leaf to a new value, whatever was there. */
  'set',
  'inc',
  /** Appends to a list, or starts one. */
  'push',
  /** Takes the first item out of a list. */
  'shift',
  'del',
  /** Deletes all children of an object, not the object. */
  'clear',
  /** Assigns an object with one new member. */
  'replace',
  /** Assigns an empty object. */
  'empty',
] as const
export type Writing = (typeof WRITINGS)[number]

export function textOfAction(action: Action): string {
  if (action.kind === 'login') return `login ${action.subject}`
  return 'path' in action ? `${action.kind} ${action.path}` : action.kind
}

export function parseAction(text: string): Action {
  const [word, detail] = text.split(' ')
  if (word === 'read' || word === 'destroy' || word === 'regenerate') return { kind: word }
  if (detail !== undefined && word === 'login') return { kind: word, subject: detail }
  const kind = WRITINGS.find((writing) => writing === word)
  if (kind === undefined || detail === undefined) throw new Error(`No action: ${text}`)
  return { kind, path: detail }
}

/**
 * The effects that an action has in the eyes of a request that sees `state`. `fresh` is a value that
 * no other write uses.
 */
export function effectsOf(action: Action, state: FlatState, fresh: number): Effect[] {
  if (!('path' in action)) return []
  const { path } = action
  const before = state.get(path)
  const list = isList(before) ? before : undefined
  const leaf = leafAbove(path, state)
  // An assignment through a leaf is one that puts an object in the leaf's place.
  const way: Effect[] = leaf === undefined ? [] : [{ does: 'drop', path: leaf }]
  const clear = childrenOf(state, path).map((child): Effect => ({ does: 'drop', path: child }))
  switch (action.kind) {
    case 'set':
      return [...way, { does: 'put', path, value: fresh }]
    case 'inc':
      return leaf === undefined && (before === undefined || typeof before === 'number')
        ? [{ does: 'add', path, by: 1 }]
        : []
    case 'push':
      return list
        ? [{ does: 'push', path, items: [fresh] }]
        : [...way, { does: 'put', path, value: [fresh] }]
    case 'shift':
      return list && list.length > 0 ? [{ does: 'put', path, value: list.slice(1) }] : []
    case 'del':
      return state.has(path) ? [{ does: 'drop', path }] : []
    case 'clear':
      return clear
    case 'replace': {
      const put: Effect = { does: 'put', path: `${path}.n`, value: fresh }
      return [...way, ...asObject(state, path, clear), put]
    }
    case 'empty':
      return [...way, ...asObject(state, path, clear)]
  }
}

function leafAbove(path: string, state: FlatState): string | undefined {
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const above = path.slice(0, dot)
    if (state.has(above) && !isMade(state, above)) return above
  }
  return undefined
}

/** What makes `path` an empty object. A leaf is deleted first, so that nobody merges into it. */
function asObject(state: FlatState, path: string, clear: readonly Effect[]): Effect[] {
  if (isMade(state, path)) return [...clear]
  const made: Effect = { does: 'make', path }
  return state.has(path) ? [{ does: 'drop', path }, made] : [made]
}

function isList(value: unknown): value is readonly Tree[] {
  return Array.isArray(value)
}
