/** The state after entries. */
import { checkKeyOf } from '../../tree/rich.ts'
import type { Tree, TreeObject } from '../../tree/tree.ts'
import type { Entry, Op } from '../format/fragment.ts'
import { timeCode } from '../format/id-chain.ts'
import { timeOf } from '../format/ids.ts'
import type { Memory } from '../format/memory.ts'
import { leafOf, memoryOf, OpenObject, objectTree, opened, type Slot, treeOf } from './open.ts'
import { apply, ONCE_KEY } from './ops.ts'
import {
  type Fetched,
  keyOf,
  operandOf,
  startsAnew,
  type Waiting,
  withOp,
  withOperand,
} from './waiting.ts'

/** A state, and what its lists remember. */
export interface Remembering {
  readonly state: TreeObject
  readonly memory: Memory | undefined
}

/** A state after entries. Keys that wait for values of the overflow store show a claim check. */
export interface Replayed extends Remembering {
  readonly waiting: ReadonlyMap<string, Waiting>
}

const NOTHING_FETCHED: Fetched = new Map()

/** What a replay needs beside the entries. */
export interface ReplayOptions {
  /** Values of the overflow store, so that ops on them need not wait. */
  readonly fetched?: Fetched | undefined
  /**
   * As long as an entry is not settled, its names are used. So they count as used until now, or until the horizon under
   * which the entries settle, in ms.
   */
  readonly until?: number
}

/**
 * The state after `entries`, which are in the order of their ids. An entry with a `once` whose key another one has is
 * void.
 */
export function replay(
  { state, memory }: Remembering,
  entries: readonly Entry[],
  { fetched = NOTHING_FETCHED, until = Number.POSITIVE_INFINITY }: ReplayOptions = {},
): Replayed {
  if (entries.length === 0) return { state, memory, waiting: new Map() }
  const root = new OpenObject(state, memory)
  const waiting = new Map<string, Waiting>()
  for (const { id, ops } of entries) {
    if (ops.some((op) => op.kind === 'once' && hasKey(root, op.path))) continue
    for (const op of ops) if (!wait(root, waiting, id, op)) apply(root, op, wholeSeconds(id))
  }
  for (const [key, waits] of waiting) {
    const value = resumedSlot(key, waits, fetched)
    if (!value) continue
    waiting.delete(key)
    if (value.slot) root.members.set(key, value.slot)
    else root.members.delete(key)
  }
  // What a view remembers is what its base does, and more: nobody takes a name for another element than it means there.
  const newest = Number.isFinite(until)
    ? timeOf(entries.at(-1)?.id ?? '0')
    : Number.NEGATIVE_INFINITY
  return {
    state: objectTree(root),
    memory: memoryOf({ node: root, memory: undefined }, { newest, until }),
    waiting,
  }
}

/** What settled earlier and what settles later must remember the same, and a memory is written in seconds. */
function wholeSeconds(id: string): number {
  // Ops without an entry come after all that there is.
  return id === NO_ID ? Number.POSITIVE_INFINITY : Math.floor(timeOf(id) / 1000) * 1000
}

/** Keeps an op for later where its value is not here. */
function wait(root: OpenObject, waiting: Map<string, Waiting>, id: string, op: Op): boolean {
  if (op.kind === 'once') return false
  const key = keyOf(op)
  if (startsAnew(op)) {
    waiting.delete(key)
    return false
  }
  const slot = root.members.get(key)
  const isFetched = checkKeyOf(slot && leafOf(slot)) === undefined
  const waits = waiting.get(key)
  const operand = operandOf(op)
  if (!waits && !operand && isFetched) return false
  const start = slot && treeOf(slot.node)
  const before = waits ?? { start, memory: slot && memoryOf(slot, ALL), entries: [] }
  waiting.set(key, withOp(before, id, op))
  if (operand && isFetched) root.members.set(key, { node: operand, memory: undefined })
  return true
}

/** What a key of the state has once its values are there; `undefined` where some are not. */
export function resumedValue(
  key: string,
  waiting: Waiting,
  fetched: Fetched,
): { readonly value: Tree | undefined; readonly memory: Memory | undefined } | undefined {
  const resumed = resumedSlot(key, waiting, fetched)
  if (!resumed) return undefined
  const { slot } = resumed
  return { value: slot && treeOf(slot.node), memory: slot && memoryOf(slot, ALL) }
}

function resumedSlot(
  key: string,
  { start, memory, entries }: Waiting,
  fetched: Fetched,
): { readonly slot: Slot | undefined } | undefined {
  const check = checkKeyOf(start)
  const value = check === undefined ? start : fetched.get(check)
  if (check !== undefined && value === undefined) return undefined
  const root = new OpenObject({})
  if (value !== undefined) root.members.set(key, { node: value, memory })
  for (const { id, ops } of entries) {
    for (const op of ops) {
      const whole = withOperand(op, fetched)
      if (!whole) return undefined
      apply(root, whole, wholeSeconds(id))
    }
  }
  return { slot: root.members.get(key) }
}

/** The state after some ops, for which nothing needs to be remembered. */
export function applyOps(state: TreeObject, ops: readonly Op[], memory?: Memory): TreeObject {
  return ops.length === 0 ? state : replay({ state, memory }, [{ id: NO_ID, ops }]).state
}

/** What lists remember after ops of the time `ms`. */
export function memoryAfter(
  before: Remembering,
  ops: readonly Op[],
  ms: number,
): Memory | undefined {
  return ops.length === 0
    ? before.memory
    : replay(before, [{ id: `${timeCode(ms)}00000`, ops }]).memory
}

const NO_ID = '0000000000000'

const ALL = { newest: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }

function hasKey(root: OpenObject, key: string): boolean {
  const keys = root.members.get(ONCE_KEY)
  const open = keys && opened(keys)
  return open instanceof OpenObject && open.members.has(key)
}
