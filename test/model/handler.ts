/** The effects that an action has in the eyes of a request that sees some state. */
import { type Action, isWriting, type Way, type Writing } from './actions.ts'
import type { Effect } from './effects.ts'
import { listEffects, orderEffects, renewEffects } from './list-handler.ts'
import { BAG, hasClaim, liveOf, type Naive, type NaiveObject, stepTo } from './naive.ts'
import { type Place, placeOf } from './places.ts'

/** @param fresh - a value that no other write uses */
export function effectsOf(action: Action, state: NaiveObject, fresh: number): Effect[] {
  if (!isWriting(action)) return []
  const tops = new Set<string>()
  const effects: Effect[] = []
  // Each part of a handler is at another place, so that none of them sees what another one did.
  for (let part: Writing | undefined = action, n = fresh; part; part = part.also, n += 1000) {
    const top = topOf(part)
    if (tops.has(top)) continue
    tops.add(top)
    effects.push(...writingEffects(part, state, n))
  }
  // Who finds nothing to do still counts.
  return effects.length > 0 ? effects : [{ does: 'add', path: 'hits', by: 1 }]
}

function topOf({ kind, path }: Writing): string {
  if (TAGGING.includes(kind)) return BAG
  return kind === 'once' ? 'list' : (path.split('.')[0] ?? '')
}

function writingEffects(writing: Writing, state: NaiveObject, fresh: number): Effect[] {
  const { kind, path } = writing
  if (TAGGING.includes(kind)) return tagEffects(kind, path, state)
  if (kind === 'once') {
    if (hasClaim(state, path)) return []
    const push = placeOf('list', state)
    const won: Effect = { does: 'put', path: 'won', value: fresh }
    return push ? [{ does: 'once', path }, won, ...listEffects('push', push, fresh)] : []
  }
  const place = placeOf(path, state)
  return place ? placeEffects(kind, place, fresh) : []
}

function placeEffects(kind: Writing['kind'], place: Place, fresh: number): Effect[] {
  const { path, there, way, isBlocked } = place
  const clear = insideOf(path, there).map((inner): Effect => ({ does: 'drop', path: inner }))
  switch (kind) {
    case 'set':
      return setEffects(place, fresh)
    case 'inc':
      return isNumberOrNothing(there) && !isBlocked ? [...way, { does: 'add', path, by: 1 }] : []
    case 'raise':
      return isNumberOrNothing(there) && !isBlocked
        ? [...way, { does: 'advance', path, value: fresh }]
        : []
    case 'del':
      return there ? [{ does: 'drop', path }] : []
    case 'clear':
      return clear
    case 'move':
      return moveEffects(place, fresh)
    case 'replace':
      return [...way, ...asObject(place, clear), { does: 'put', path: `${path}.n`, value: fresh }]
    case 'empty':
      return [...way, ...asObject(place, clear)]
    case 'sort':
    case 'reverse':
      return orderEffects(kind, place)
    default:
      return listEffects(kind, place, fresh)
  }
}

function setEffects(place: Place, value: number): Effect[] {
  const { path, there, way } = place
  const last = path.slice(path.lastIndexOf('.') + 1)
  if (last.startsWith('#')) return renewEffects(place, value)
  if (last.startsWith('=')) return there ? [] : [...way, { does: 'put', path, value }]
  return [...way, { does: 'put', path, value }]
}

function moveEffects({ path, above, there }: Place, value: number): Effect[] {
  if (!there || above?.kind !== 'map') return []
  const isLast = [...above.members.keys()].at(-1) === path.slice(path.lastIndexOf('@') + 1)
  return isLast
    ? [{ does: 'put', path, value }]
    : [
        { does: 'drop', path },
        { does: 'put', path, value },
      ]
}

/** What makes it an empty object. A leaf is deleted first, so that nobody merges into it. */
function asObject({ path, there }: Place, clear: readonly Effect[]): Effect[] {
  if (there?.kind === 'object') return [...clear]
  const made: Effect = { does: 'make', path, what: 'object' }
  return there ? [{ does: 'drop', path }, made] : [made]
}

function isNumberOrNothing(node: Naive | undefined): boolean {
  return !node || (node.kind === 'leaf' && typeof node.value === 'number')
}

function insideOf(path: string, node: Naive | undefined): string[] {
  switch (node?.kind) {
    case 'object':
      return Array.from(node.members.keys(), (key) => `${path}.${key}`)
    case 'map':
      return Array.from(node.members.keys(), (key) => `${path}.@${key}`)
    case 'set':
      return Array.from(node.members, (member) => `${path}.=${member}`)
    case 'list':
      return liveOf(node).map((item) => `${path}.${stepTo(item)}`)
    default:
      return []
  }
}

const TAGGING: readonly Way[] = ['tag', 'tagfirst', 'untag', 'untagall']

function tagEffects(kind: Way, value: string, state: NaiveObject): Effect[] {
  const bag = state.members.get(BAG)
  const count = bag?.kind === 'bag' ? bag.values.filter((each) => each === value).length : 0
  const effect = {
    does: 'bag' as const,
    value,
    isFirst: kind === 'tagfirst',
    all: kind === 'untagall',
  }
  if (kind === 'tag' || kind === 'tagfirst') return [{ ...effect, by: 1 }]
  return count > 0 ? [{ ...effect, by: kind === 'untag' ? -1 : -count }] : []
}
