/** Puts into the overflow store what does not fit into cookies. */
import type { BaseFragment, Op } from '../log/format/fragment.ts'
import { derivedId } from '../log/format/ids.ts'
import { type Fetched, operandOf } from '../log/ops/waiting.ts'
import type { Current } from '../log/reading/merge.ts'
import type { Plan } from '../log/writing/write.ts'
import { checkIn, claimCheckTree } from '../overflow/claim-check.ts'
import { utf8Length } from '../tree/bytes.ts'
import { keyPathOf, topKeyOf } from '../tree/pointer.ts'
import { checkKeyOf, merges } from '../tree/rich.ts'
import { equal, isPlain, type Tree, type TreeObject, withChild } from '../tree/tree.ts'
import { chooseValues, DELTA_BUDGET_BYTES, MIN_CHECK_IN_BYTES, type Room } from './fit.ts'

/** A value that lies in the store already, with its claim check. */
export interface Known {
  readonly check: Tree
  readonly value: Tree
}

/** What of a session was fetched: to put it there once more would be of no use. */
export function knownValues({ base, entries }: Current, fetched: Fetched): readonly Known[] {
  const checks = [
    ...Object.values(base.state),
    ...entries.flatMap(({ ops }) => ops.flatMap((op) => operandOf(op) ?? [])),
  ]
  return checks.flatMap((check) => {
    const key = checkKeyOf(check)
    const value = key === undefined ? undefined : fetched.get(key)
    return value === undefined ? [] : [{ check, value }]
  })
}

/**
 * `state` with claim checks in the place of values that are too large.
 *
 * @throws OverflowUnavailable
 */
export async function stowState(
  room: Room,
  state: TreeObject,
  before: TreeObject | undefined,
  known: readonly Known[] = [],
): Promise<TreeObject> {
  const stowed = await Promise.all(
    chooseValues(room, state, before).map(async ({ key, tree }) => {
      const there = known.find(({ value }) => equal(value, tree))
      return { key, check: there?.check ?? (await put(room, key, tree)) }
    }),
  )
  return stowed.reduce((tree, { key, check }) => withChild(tree, key, check), state)
}

/**
 * A plan whose bases fit. A base that holds a new claim check is another one than those that parallel responses make.
 *
 * @throws OverflowUnavailable
 */
export async function stowPlan(
  room: Room,
  { put: fragments, remove }: Plan,
  before: TreeObject,
  known: readonly Known[],
): Promise<Plan> {
  const stowed = await Promise.all(
    fragments.map(async (fragment) =>
      fragment.kind === 'base' ? stowBase(room, fragment, before, known) : fragment,
    ),
  )
  return { put: stowed, remove }
}

async function stowBase(
  room: Room,
  base: BaseFragment,
  before: TreeObject,
  known: readonly Known[],
): Promise<BaseFragment> {
  const state = await stowState(room, base.state, before, known)
  const keys = Object.values(state).flatMap((tree) => checkKeyOf(tree) ?? [])
  if (state === base.state) return base
  return { ...base, state, id: derivedId('stored', [base.id, ...keys]) }
}

/**
 * `ops` with claim checks in the place of operands that are too large.
 *
 * @throws OverflowUnavailable
 */
export async function stowOperands(room: Room, ops: readonly Op[]): Promise<readonly Op[]> {
  if (!room.depot || opsBytes(ops) <= DELTA_BUDGET_BYTES) return ops
  let left = opsBytes(ops)
  const large = [...ops]
    .sort((a, b) => opsBytes([b]) - opsBytes([a]))
    .filter((op) => {
      const isNeeded = left > DELTA_BUDGET_BYTES && opsBytes([op]) >= MIN_CHECK_IN_BYTES
      const fits = canStow(op)
      if (isNeeded && fits) left -= opsBytes([op])
      return isNeeded && fits
    })
  return Promise.all(ops.map((op) => (large.includes(op) ? stowOperand(room, op) : op)))
}

function canStow({ kind, path }: Op): boolean {
  return kind === 'append' || ((kind === 'set' || kind === 'put') && keyPathOf(path) === path)
}

async function stowOperand(room: Room, op: Op): Promise<Op> {
  if (op.kind === 'append') return { ...op, items: [await put(room, topKeyOf(op.path), op.items)] }
  if (op.kind !== 'set' && op.kind !== 'put') return op
  const value = await put(room, topKeyOf(op.path), op.value)
  // What replaces all that is there need not wait for what that was.
  const isWhole = op.kind === 'put' || !(isPlain(op.value) || merges(op.value))
  return { kind: isWhole ? 'put' : 'set', path: op.path, value }
}

function opsBytes(ops: readonly Op[]): number {
  return utf8Length(JSON.stringify(ops))
}

async function put({ depot, ttlSeconds }: Room, key: string, tree: Tree): Promise<Tree> {
  if (!depot) return tree
  return claimCheckTree(await checkIn(depot, key, tree, ttlSeconds))
}
