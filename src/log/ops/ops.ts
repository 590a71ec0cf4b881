/** What ops do to a state. */

import { type Step, stepsOf } from '../../tree/pointer.ts'
import { membersOf, pairsOf } from '../../tree/rich.ts'
import { canonical, isArray, isPlain, type Tree, type TreeObject } from '../../tree/tree.ts'
import type { Op } from '../format/fragment.ts'
import { enter, insert, mergeList, order, remove, replace } from './lists.ts'
import {
  type Node,
  type Open,
  OpenList,
  OpenMap,
  OpenObject,
  OpenSet,
  opened,
  type Slot,
} from './open.ts'

/** Where the keys of `once` are. */
export const ONCE_KEY = '~o'

/** Does an op of the time `ms`. */
export function apply(root: OpenObject, op: Op, ms: number): void {
  if (op.kind === 'once') {
    take(root, op.path)
    return
  }
  const steps = stepsOf(op.path)
  const last = steps.pop()
  let at: Open = root
  for (const step of steps) {
    const slot = slotOf(at, step, ms)
    const inside = slot && opened(slot)
    // A parallel request removed what this leads through, or put something else there.
    if (!inside) return
    at = inside
  }
  if (last) applyAt(at, last, op, ms)
}

function take(root: OpenObject, key: string): void {
  const keys = root.members.get(ONCE_KEY) ?? { node: {}, memory: undefined }
  root.members.set(ONCE_KEY, keys)
  const open = opened(keys)
  if (open instanceof OpenObject) open.members.set(key, { node: 1, memory: undefined })
}

/** What a step leads to. */
function slotOf(at: Open, step: Step, ms: number): Slot | undefined {
  if (step.kind === 'key') return at instanceof OpenObject ? at.members.get(step.key) : undefined
  if (step.kind === 'pair') return at instanceof OpenMap ? at.pairs.get(step.json) : undefined
  return step.kind === 'element' && at instanceof OpenList ? enter(at, step.name, ms) : undefined
}

function applyAt(at: Open, step: Step, op: Op, ms: number): void {
  if (op.kind === 'delete') {
    deleteAt(at, step, ms)
    return
  }
  if (at instanceof OpenSet) {
    if (step.kind === 'member' && op.kind === 'set') at.members.set(step.json, op.value)
    return
  }
  if (step.kind === 'element' && (op.kind === 'put' || op.kind === 'set')) {
    if (at instanceof OpenList) replace(at, step.name, op.value, ms)
    return
  }
  const there = slotOf(at, step, ms)
  // Only a new key is added to a map: a parallel request that took one out wins.
  if (!there && op.kind === 'put' && step.kind === 'pair') return
  const slot = there ?? { node: NOTHING, memory: undefined }
  change(slot, op, ms)
  if (slot.node === NOTHING) return
  if (step.kind === 'key' && at instanceof OpenObject) at.members.set(step.key, slot)
  if (step.kind === 'pair' && at instanceof OpenMap && !at.pairs.has(step.json)) {
    const key: Tree = JSON.parse(step.json)
    at.pairs.set(step.json, { key, ...slot })
  }
}

function deleteAt(at: Open, step: Step, ms: number): void {
  if (step.kind === 'key' && at instanceof OpenObject) at.members.delete(step.key)
  if (step.kind === 'pair' && at instanceof OpenMap) at.pairs.delete(step.json)
  if (step.kind === 'member' && at instanceof OpenSet) at.members.delete(step.json)
  if (step.kind === 'element' && at instanceof OpenList) remove(at, [step.name], ms)
}

/** Stands for nothing, while a slot is changed. */
const NOTHING: TreeObject = Object.freeze({})

function change(slot: Slot, op: Op, ms: number): void {
  switch (op.kind) {
    case 'set':
      set(slot, op.value)
      break
    case 'put':
      put(slot, op.value)
      break
    case 'fill':
      fill(slot, op.value)
      break
    case 'increment':
      slot.node = sum(typeof slot.node === 'number' ? slot.node : 0, op.by)
      break
    case 'advance':
      slot.node = larger(slot.node, op.value)
      break
    default:
      changeList(slot, op, ms)
  }
}

function changeList(slot: Slot, op: Op, ms: number): void {
  const list = slot.node === NOTHING ? undefined : opened(slot)
  if (!(list instanceof OpenList)) return
  if (op.kind === 'append') insert(list, '', '', op.items, ms)
  if (op.kind === 'insert') insert(list, op.after, op.before, op.items, ms)
  if (op.kind === 'remove') remove(list, op.names, ms)
  if (op.kind === 'order') order(list, op.names, ms)
}

/** Stays a number that JSON has: parallel increments may lead beyond what each of them saw. */
function sum(a: number, b: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, a + b))
}

/** Of two numbers or two texts the larger; anything else gives way. */
function larger(node: Node, value: number | string): number | string {
  if (typeof node === 'number' && typeof value === 'number') return Math.max(node, value)
  return typeof node === 'string' && typeof value === 'string' && node > value ? node : value
}

/** What is of one kind merges; everything else takes the place of what was there. */
function set(slot: Slot, value: Tree): void {
  const open = slot.node === NOTHING ? undefined : opened(slot)
  if (isPlain(value)) {
    mergeMembers(slot, open, value, set)
    return
  }
  const pairs = pairsOf(value)
  const members = membersOf(value)
  if (isArray(value) && open instanceof OpenList) mergeList(open, value)
  else if (pairs && open instanceof OpenMap) {
    for (const [key, item] of pairs)
      applyAt(open, { kind: 'pair', json: canonical(key) }, setOf(item), 0)
  } else if (members && open instanceof OpenSet) {
    for (const member of members) open.members.set(canonical(member), member)
  } else put(slot, value)
}

function put(slot: Slot, value: Tree): void {
  slot.node = value
  slot.memory = undefined
}

function setOf(value: Tree): Op {
  return { kind: 'set', path: '', value }
}

/**
 * As {@link set}, but leaves of `value` show only where nothing is. A leaf gives way to a plain object all the
 * same: otherwise it would count whether a later op, which makes an object there, is seen before.
 */
function fill(slot: Slot, value: Tree): void {
  const open = slot.node === NOTHING ? undefined : opened(slot)
  if (isPlain(value)) mergeMembers(slot, open, value, fill)
  else if (slot.node === NOTHING) slot.node = value
}

function mergeMembers(
  slot: Slot,
  open: Open | undefined,
  value: TreeObject,
  inside: (slot: Slot, value: Tree) => void,
): void {
  // Nothing to merge with: the value is shared, and not copied.
  if (!(open instanceof OpenObject) || open.members.size === 0) {
    put(slot, value)
    return
  }
  for (const key of Object.keys(value)) {
    const item = value[key] ?? null
    const known = open.members.get(key)
    if (known) inside(known, item)
    else open.members.set(key, { node: item, memory: undefined })
  }
}
