/**
 * Ops on values that lie in the overflow store. A base has a claim check in the place of such a value, and an op may
 * have one in the place of its own operand. They are done once the values are there.
 */
import { topKeyOf } from '../../tree/pointer.ts'
import { checkKeyOf, merges } from '../../tree/rich.ts'
import { isArray, isPlain, type Tree } from '../../tree/tree.ts'
import type { Entry, Op } from '../format/fragment.ts'
import type { Memory } from '../format/memory.ts'

/** What a key of the state waits for. */
export interface Waiting {
  /** What stood there before the ops: a claim check, another value, or nothing. */
  readonly start: Tree | undefined
  /** What lists in it remember. */
  readonly memory: Memory | undefined
  /** The ops on this key, as entries of their time. */
  readonly entries: readonly Entry[]
}

/** Values that were fetched, by the keys of their claim checks. */
export type Fetched = ReadonlyMap<string, Tree>

/** The claim check that stands for an op's operand. */
export function operandOf(op: Op): Tree | undefined {
  if (op.kind === 'set' || op.kind === 'put' || op.kind === 'fill')
    return checkKeyOf(op.value) === undefined ? undefined : op.value
  if (op.kind !== 'append' && op.kind !== 'insert') return undefined
  const [only, ...others] = op.items
  return others.length === 0 && checkKeyOf(only) !== undefined ? only : undefined
}

/** Whether nothing of what stood at an op's key shows after it. */
export function startsAnew(op: Op): boolean {
  if (op.kind === 'once' || op.path.includes('/')) return false
  if (op.kind === 'delete' || op.kind === 'put') return true
  return op.kind === 'set' && !isPlain(op.value) && !merges(op.value) && !operandOf(op)
}

/** `waiting` with one more op. */
export function withOp(waiting: Waiting, id: string, op: Op): Waiting {
  const last = waiting.entries.at(-1)
  const entries =
    last?.id === id
      ? [...waiting.entries.slice(0, -1), { id, ops: [...last.ops, op] }]
      : [...waiting.entries, { id, ops: [op] }]
  return { ...waiting, entries }
}

/** The keys of all claim checks that a value waits for. */
export function checksOf(tree: Tree | undefined, waiting: Waiting | undefined): readonly Tree[] {
  const start = waiting ? waiting.start : tree
  const operands = waiting?.entries.flatMap(({ ops }) => ops.flatMap((op) => operandOf(op) ?? []))
  return [
    ...(start !== undefined && checkKeyOf(start) !== undefined ? [start] : []),
    ...(operands ?? []),
  ]
}

/** `op` with the value that was fetched for its operand. */
export function withOperand(op: Op, fetched: Fetched): Op | undefined {
  const key = checkKeyOf(operandOf(op))
  if (key === undefined) return op
  const value = fetched.get(key)
  if (value === undefined) return undefined
  if (op.kind === 'append' || op.kind === 'insert')
    return isArray(value) ? { ...op, items: value } : undefined
  return 'value' in op && op.kind !== 'advance' ? { ...op, value } : undefined
}

/** The key of the state that an op is about. */
export function keyOf(op: Op): string {
  return topKeyOf(op.path)
}
