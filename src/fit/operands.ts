/** Operands of ops: which of them may lie in the overflow store, and how they get there. */
import { dataKey } from '../data/keys.ts'
import type { Entry, Fragment, Log, Op } from '../log/format/fragment.ts'
import { operandOf } from '../log/ops/waiting.ts'
import { claimCheckTree } from '../overflow/claim-check.ts'
import { utf8Length } from '../tree/bytes.ts'
import { keyPathOf, topKeyOf } from '../tree/pointer.ts'
import { merges } from '../tree/rich.ts'
import { isPlain, type Tree } from '../tree/tree.ts'

/** A value of fewer bytes is not worth a claim check, which takes about 70. */
export const MIN_CHECK_IN_BYTES = 128

/** About so many bytes a claim check takes. */
export const CLAIM_CHECK_BYTES = 70

/** A claim check as long as most of them are. */
export const USUAL_CHECK: Tree = claimCheckTree({
  key: 'k'.repeat(22),
  bytes: 99_999,
  digest: 'd'.repeat(22),
})

/** What is not data, such as a flash message, is shown with nothing fetched: it does not go to the store. */
export function isOnData(op: Op): boolean {
  return op.kind !== 'once' && dataKey(topKeyOf(op.path)) !== undefined
}

/** How many bytes an op would be shorter by if its operand lay in the store. */
export function operandBytes(op: Op): number {
  const tree = operandOf(op) || !isOnData(op) ? undefined : operandTree(op)
  return tree === undefined ? 0 : utf8Length(JSON.stringify(tree))
}

/** What an op writes, which may lie in the store. */
export function operandTree(op: Op): Tree | undefined {
  if (op.kind === 'append' || op.kind === 'insert') return op.items
  return op.kind === 'set' || op.kind === 'put' ? op.value : undefined
}

/** An op with a claim check in the place of its operand. */
export function withCheck(op: Op, check: Tree): Op {
  if (op.kind === 'append' || op.kind === 'insert') return { ...op, items: [check] }
  if (op.kind !== 'set' && op.kind !== 'put') return op
  // What replaces all that is there need not wait for what that was.
  const isWhole = keyPathOf(op.path) === op.path && !isPlain(op.value) && !merges(op.value)
  return { kind: isWhole ? 'put' : op.kind, path: op.path, value: check }
}

/** A fragment with claim checks in the place of all operands that are worth one. */
export function withoutOperands<F extends Fragment>(fragment: F, checkFor: CheckFor): F {
  if (fragment.kind === 'tombstone' || !fragment.log) return fragment
  return { ...fragment, log: logWithout(fragment.log, checkFor) }
}

/** Gives the claim check for an op's operand; the operand stays where there is none. */
export type CheckFor = (op: Op) => Tree | undefined

function logWithout(log: Log, checkFor: CheckFor): Log {
  const stowed = (op: Op) => {
    const check = isWorthIt(op) ? checkFor(op) : undefined
    return check === undefined ? op : withCheck(op, check)
  }
  const entries = log.entries.map(({ id, ops }): Entry => ({ id, ops: ops.map(stowed) }))
  return { ...log, entries }
}

/** The ops of a fragment whose operands are worth a claim check. */
export function largeOps(fragment: Fragment): readonly Op[] {
  if (fragment.kind === 'tombstone' || !fragment.log) return []
  return fragment.log.entries.flatMap(({ ops }) => ops.filter(isWorthIt))
}

function isWorthIt(op: Op): boolean {
  return operandBytes(op) >= MIN_CHECK_IN_BYTES
}
