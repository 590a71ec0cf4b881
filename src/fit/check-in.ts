/** Puts into the overflow store what does not fit into cookies. */
import { OverflowUnavailable } from '../errors.ts'
import { encodeOp } from '../log/format/entry-codes.ts'
import type { BaseFragment, Fragment, Op } from '../log/format/fragment.ts'
import { derivedId } from '../log/format/ids.ts'
import { sealedFragmentLength } from '../log/format/length.ts'
import { type Fetched, operandOf } from '../log/ops/waiting.ts'
import type { Current } from '../log/reading/merge.ts'
import type { Plan } from '../log/writing/write.ts'
import { checkIn, claimCheckTree } from '../overflow/claim-check.ts'
import { utf8Length } from '../tree/bytes.ts'
import { toPointer, topKeyOf } from '../tree/pointer.ts'
import { checkKeyOf } from '../tree/rich.ts'
import { child, equal, type Tree, type TreeObject, withChild } from '../tree/tree.ts'
import {
  besideState,
  CROWDED_BYTES,
  CROWDED_DELTA_BYTES,
  chooseValues,
  DELTA_BUDGET_BYTES,
  DELTA_LIMIT_BYTES,
  type Room,
} from './fit.ts'
import { grouped } from './grouped.ts'
import {
  CLAIM_CHECK_BYTES,
  isOnData,
  largeOps,
  MIN_CHECK_IN_BYTES,
  operandBytes,
  operandTree,
  withCheck,
  withoutOperands,
} from './operands.ts'

/** A value that lies in the store already, with its claim check. */
export interface StoredValue {
  readonly check: Tree
  readonly value: Tree
}

/** What of a session was fetched: to put it there once more would be of no use. */
export function knownValues({ base, entries }: Current, fetched: Fetched): readonly StoredValue[] {
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
  known: readonly StoredValue[] = [],
  beside = 0,
): Promise<TreeObject> {
  const stowed = await Promise.all(
    chooseValues(room, state, before, beside).map(async ({ key, tree }) => {
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
  { put: fragments, remove, isTight = false }: Plan,
  before: TreeObject,
  known: readonly StoredValue[],
): Promise<Plan> {
  const stowed = await Promise.all(
    fragments.map(async (whole) => {
      const fragment = isTight ? await stowLog(room, whole, known) : whole
      return fragment.kind === 'base' ? stowBase(room, fragment, before, known, isTight) : fragment
    }),
  )
  return { put: stowed, remove }
}

/** A fragment whose large operands are in the store. It means the same, so it keeps its name. */
async function stowLog(
  room: Room,
  fragment: Fragment,
  known: readonly StoredValue[],
): Promise<Fragment> {
  const large = largeOps(fragment)
  if (!room.depot || large.length === 0) return fragment
  const checks = new Map(
    await Promise.all(large.map(async (op) => [op, await checkFor(room, op, known)] as const)),
  )
  return withoutOperands(fragment, (op) => checks.get(op))
}

async function stowBase(
  room: Room,
  base: BaseFragment,
  before: TreeObject,
  known: readonly StoredValue[],
  isTight: boolean,
): Promise<BaseFragment> {
  const beside = isTight ? besideState(base) : 0
  const state = await stowState(room, base.state, before, known, beside)
  const keys = Object.values(state).flatMap((tree) => checkKeyOf(tree) ?? [])
  if (state === base.state) return base
  return { ...base, state, id: derivedId('stored', [base.id, ...keys]) }
}

/**
 * `ops` that fit into the cookie of one response. Large operands go to the store. Of what is too large still, new
 * members go together; and what is larger than what it leads to is put whole.
 *
 * @param wanted - the state that they lead to
 * @param budget - how many bytes they may have before operands go to the store; see {@link deltaBudget}
 * @throws OverflowUnavailable
 */
export async function fittingOps(
  room: Room,
  ops: readonly Op[],
  wanted: TreeObject,
  budget: number,
): Promise<readonly Op[]> {
  const stowed = await stowOperands(room, ops, budget).catch((error: unknown) => {
    // What fits into a cookie does not need the store.
    if (error instanceof OverflowUnavailable && opsBytes(ops) <= DELTA_LIMIT_BYTES) return ops
    throw error
  })
  const together = keysByBytes(stowed).reduce(
    (all, key) => (opsBytes(all) > DELTA_LIMIT_BYTES ? grouped(all, key) : all),
    stowed,
  )
  const fewer = together === stowed ? stowed : await stowOperands(room, together, budget)
  const whole = keysByBytes(fewer).reduce(
    (all, key) =>
      opsBytes(all) > DELTA_LIMIT_BYTES && isLonger(room, all, key, wanted)
        ? withWhole(all, key, wanted)
        : all,
    fewer,
  )
  return whole === fewer ? fewer : stowOperands(room, whole, budget)
}

/** How many bytes one response may change beside what there is: less where a jar has much already. */
export function deltaBudget({ fragments }: Current): number {
  const length = fragments.reduce((sum, each) => sum + sealedFragmentLength(each), 0)
  return length > CROWDED_BYTES ? CROWDED_DELTA_BYTES : DELTA_BUDGET_BYTES
}

/** The keys that ops are about, those with the most bytes first. */
function keysByBytes(ops: readonly Op[]): string[] {
  const keys = [...new Set(ops.flatMap((op) => (isOnData(op) ? topKeyOf(op.path) : [])))]
  return keys.sort((a, b) => opsBytes(opsOn(ops, b)) - opsBytes(opsOn(ops, a)))
}

function opsOn(ops: readonly Op[], key: string): readonly Op[] {
  return ops.filter((op) => op.kind !== 'once' && topKeyOf(op.path) === key)
}

function isLonger(room: Room, ops: readonly Op[], key: string, wanted: TreeObject): boolean {
  const whole = room.depot ? CLAIM_CHECK_BYTES : opsBytes([wholeOp(key, wanted)])
  return opsBytes(opsOn(ops, key)) > whole
}

function withWhole(ops: readonly Op[], key: string, wanted: TreeObject): readonly Op[] {
  const own = opsOn(ops, key)
  return [...ops.filter((op) => !own.includes(op)), wholeOp(key, wanted)]
}

function wholeOp(key: string, wanted: TreeObject): Op {
  const path = toPointer([key])
  const value = child(wanted, key)
  return value === undefined ? { kind: 'delete', path } : { kind: 'put', path, value }
}

async function stowOperands(
  room: Room,
  ops: readonly Op[],
  budget: number,
): Promise<readonly Op[]> {
  if (!room.depot || opsBytes(ops) <= budget) return ops
  let left = opsBytes(ops)
  const large = [...ops]
    .sort((a, b) => opsBytes([b]) - opsBytes([a]))
    .filter((op) => {
      const isNeeded = left > budget && operandBytes(op) >= MIN_CHECK_IN_BYTES
      if (isNeeded) left -= operandBytes(op) - CLAIM_CHECK_BYTES
      return isNeeded
    })
  return Promise.all(ops.map((op) => (large.includes(op) ? stowOperand(room, op) : op)))
}

async function stowOperand(room: Room, op: Op): Promise<Op> {
  const check = await checkFor(room, op, [])
  return check === undefined ? op : withCheck(op, check)
}

/** The claim check for an op's operand, which is in the store then. */
async function checkFor(
  room: Room,
  op: Op,
  known: readonly StoredValue[],
): Promise<Tree | undefined> {
  const tree = operandTree(op)
  if (tree === undefined) return undefined
  const there = known.find(({ value }) => equal(value, tree))
  return there?.check ?? put(room, topKeyOf(op.path), tree)
}

function opsBytes(ops: readonly Op[]): number {
  return utf8Length(JSON.stringify(ops.flatMap((op) => encodeOp(op, undefined))))
}

async function put({ depot, ttlSeconds }: Room, key: string, tree: Tree): Promise<Tree> {
  if (!depot) return tree
  return claimCheckTree(await checkIn(depot, key, tree, ttlSeconds))
}
