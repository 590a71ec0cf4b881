/**
 * What writes mean, said once more and in another way than `src/log/ops` does: effects on things that have an identity.
 * The path of an effect has steps with dots between them: `key`, `#` and the key of an element of a list with `~` and
 * what its writer saw there, `@` and a key of a map, `=` and a member of a set. What leads through something that is not
 * there any more does nothing.
 */
import type { Tree } from '../../src/tree/tree.ts'
import {
  type Container,
  claimsOf,
  type Element,
  elementOf,
  emptyOf,
  hasClaim,
  itemOf,
  type Leaf,
  listOf,
  type Naive,
  type NaiveList,
  type NaiveObject,
  naiveOf,
  stepTo,
} from './naive.ts'

export type Effect =
  /** A leaf, whatever was there. */
  | { readonly does: 'put'; readonly path: string; readonly value: Leaf }
  /** What is of this kind already stays; anything else gives way. */
  | { readonly does: 'make'; readonly path: string; readonly what: Container }
  | { readonly does: 'drop'; readonly path: string }
  /** An element of a list, whole; it comes back where a parallel request took it out. */
  | { readonly does: 'renew'; readonly path: string; readonly value: Tree }
  | { readonly does: 'add'; readonly path: string; readonly by: number }
  | { readonly does: 'advance'; readonly path: string; readonly value: number }
  /** A list, where its writer saw none: what it begins with counts once. */
  | { readonly does: 'begin'; readonly path: string; readonly items: readonly Tree[] }
  /** Elements before another one, or else after one, or else at the end. */
  | {
      readonly does: 'insert'
      readonly path: string
      readonly after: string | undefined
      readonly before: string | undefined
      readonly items: readonly Tree[]
    }
  | { readonly does: 'order'; readonly path: string; readonly keys: readonly string[] }
  | { readonly does: 'once'; readonly path: string }
  /** One more of a value in the bag, or so many of it that are taken out, of those that its writer saw. */
  | {
      readonly does: 'bag'
      readonly value: Tree
      readonly by: number
      /** Whether it stands at the front, or all of them are taken out. */
      readonly isFirst: boolean
      readonly all: boolean
    }

/** Those that handlers tell by name; all others are found by comparing. */
export type Told = Extract<Effect, { does: 'add' | 'advance' | 'once' }>

export function isTold(effect: Effect): effect is Told {
  return effect.does === 'add' || effect.does === 'advance' || effect.does === 'once'
}

/** What one request wrote: nothing if another one has its claim. */
export function performAll(state: NaiveObject, effects: readonly Effect[]): void {
  if (
    effects.some(
      ({ does, ...rest }) => does === 'once' && 'path' in rest && hasClaim(state, rest.path),
    )
  )
    return
  for (const effect of effects) perform(state, effect)
}

export function perform(state: NaiveObject, effect: Effect): void {
  if (effect.does === 'bag') return
  if (effect.does === 'once') {
    claimsOf(state).set(effect.path, { kind: 'leaf', value: 1 })
    return
  }
  const steps = effect.path.split('.')
  const last = steps.pop()
  let at: Naive | undefined = state
  for (const step of steps) at = at && nodeAt(at, step)
  if (!at || last === undefined) return
  if (effect.does === 'drop') drop(at, last)
  else if (effect.does === 'renew') renew(at, last, effect.value)
  else change(at, last, effect)
}

/** What a step leads to, if it is there. */
export function nodeAt(at: Naive, step: string): Naive | undefined {
  const name = step.slice(1)
  if (step.startsWith('#')) {
    const item = itemOf(at, step)
    return item && !item.isGone && stepTo(item) === step ? item.node : undefined
  }
  if (step.startsWith('@')) return at.kind === 'map' ? at.members.get(name) : undefined
  if (step.startsWith('='))
    return at.kind === 'set' && at.members.has(name) ? { kind: 'leaf', value: name } : undefined
  return at.kind === 'object' ? at.members.get(step) : undefined
}

function drop(at: Naive, step: string): void {
  const name = step.slice(1)
  if (step.startsWith('#')) {
    const item = itemOf(at, step)
    if (item && stepTo(item) === step) item.isGone = true
  } else if (step.startsWith('@')) {
    if (at.kind === 'map') at.members.delete(name)
  } else if (step.startsWith('=')) {
    if (at.kind === 'set') at.members.delete(name)
  } else if (at.kind === 'object') at.members.delete(step)
}

function renew(at: Naive, step: string, value: Tree): void {
  const item = itemOf(at, step)
  if (item)
    Object.assign(item, { node: naiveOf(value), isGone: false, whole: JSON.stringify(value) })
}

type Change = Exclude<Effect, { does: 'drop' | 'renew' | 'once' | 'bag' }>

function change(at: Naive, step: string, effect: Change): void {
  if (step.startsWith('=')) {
    if (at.kind === 'set') at.members.add(step.slice(1))
    return
  }
  const there = nodeAt(at, step)
  const node = changed(there, effect)
  if (!node || node === there) return
  if (step.startsWith('#')) {
    const item = itemOf(at, step)
    if (item && !item.isGone) item.node = node
  } else if (step.startsWith('@')) {
    if (at.kind === 'map') at.members.set(step.slice(1), node)
  } else if (at.kind === 'object') at.members.set(step, node)
}

function changed(there: Naive | undefined, effect: Change): Naive | undefined {
  switch (effect.does) {
    case 'put':
      return { kind: 'leaf', value: effect.value }
    case 'make':
      return there?.kind === effect.what ? there : emptyOf(effect.what)
    case 'add':
      return { kind: 'leaf', value: numberIn(there, 0) + effect.by }
    case 'advance':
      return { kind: 'leaf', value: Math.max(numberIn(there, effect.value), effect.value) }
    case 'begin':
      return begun(there, effect.items.map(elementOf))
    default:
      if (there?.kind === 'list') changeList(there, effect)
      return there
  }
}

function numberIn(node: Naive | undefined, otherwise: number): number {
  return node?.kind === 'leaf' && typeof node.value === 'number' ? node.value : otherwise
}

function begun(there: Naive | undefined, items: Element[]): NaiveList {
  if (there?.kind !== 'list') return listOf(items)
  let common = 0
  while (common < items.length && there.began[common] === items[common]?.key) common++
  there.items.push(...items.slice(common))
  return there
}

function changeList(list: NaiveList, effect: Extract<Effect, { does: 'insert' | 'order' }>): void {
  const placeOf = (key: string | undefined) => list.items.findIndex((item) => item.key === key)
  if (effect.does === 'insert') {
    const made = effect.items.map(elementOf)
    const [next, previous] = [placeOf(effect.before), placeOf(effect.after)]
    const start = effect.before !== undefined && effect.after === undefined ? 0 : list.items.length
    const place = next >= 0 ? next : previous >= 0 ? previous + 1 : start
    list.items.splice(place, 0, ...made)
    return
  }
  // All others stay where they are.
  const places = effect.keys.map(placeOf).filter((place) => place >= 0)
  const items = list.items.slice()
  places
    .toSorted((a, b) => a - b)
    .forEach((place, i) => {
      const item = items[places[i] ?? 0]
      if (item) list.items[place] = item
    })
}
