/** Makes a state fit into cookies: values that are too big are checked in to the overflow store. */

import { replaceOp } from '../data/changes.ts'
import { dataEntries, stateKey } from '../data/keys.ts'
import { type KeySize, SessionTooLarge } from '../errors.ts'
import { MAX_COOKIE_BYTES } from '../http/cookies.ts'
import { ID_LENGTH, type Op, type SessionHead } from '../log/format/fragment.ts'
import { sealedFragmentLength } from '../log/format/length.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import {
  type ClaimCheck,
  checkIn,
  checkOut,
  claimCheckTree,
  type Depot,
  readClaimCheck,
} from '../overflow/claim-check.ts'
import { utf8Length } from '../tree/bytes.ts'
import { toPointer, topKeyOf } from '../tree/pointer.ts'
import { child, equal, type Tree, type TreeObject, withChild } from '../tree/tree.ts'
import type { Draft } from './draft.ts'

/** With a store, values are checked in once the cookie of a session's first base would have more bytes than this … */
export const FIRST_BASE_BUDGET_BYTES = 3200

/** … or that of a later one, beside which a delta has to find room in a response. */
export const BASE_BUDGET_BYTES = 2900

/** With a store, and while parallel requests write, a value of more bytes than this is checked in. */
export const DELTA_BUDGET_BYTES = 512

/** A value of fewer bytes is not worth a claim check, which takes about 70. */
const MIN_CHECK_IN_BYTES = 128
const CLAIM_CHECK_BYTES = 70

/** Where a state has to fit. */
export interface Room {
  readonly options: ResolvedOptions
  readonly depot: Depot | undefined
  /** Characters of the cookie's prefix. */
  readonly prefixLength: number
  /** What the session will be called, for the size of its base. */
  readonly head: SessionHead
  /** How long the session can still live, in seconds. */
  readonly ttlSeconds: number
}

/** A state that fits, and the ops that lead to it from the one that is sealed. */
export interface Fitted {
  readonly state: TreeObject
  readonly ops: readonly Op[]
}

/**
 * `wanted`, with claim checks in place of the values that do not fit.
 *
 * @param renew - whether values that lie in the store already must be put there anew, since the session
 *   will live longer than they do
 * @throws SessionTooLarge, OverflowUnavailable
 */
export async function fitState(
  room: Room,
  draft: Draft,
  wanted: Fitted,
  renew: boolean,
): Promise<Fitted> {
  const { options, depot } = room
  const sizes = keySizes(wanted.state)
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  if (total > options.maxSessionBytes) {
    const remedy = 'Store less, or raise maxSessionBytes.'
    throw new SessionTooLarge(
      'The session',
      total,
      options.maxSessionBytes,
      namesAndSizes(sizes),
      remedy,
    )
  }
  const checks = depot
    ? [
        ...(renew ? await stored(depot, draft, wanted.state) : []),
        ...choose(room, draft, wanted.state),
      ]
    : []
  const puts = await Promise.all(
    checks.map(async ({ key, tree }) => ({
      key,
      check: depot && (await checkIn(depot, key, tree, room.ttlSeconds)),
    })),
  )
  const fitted = puts.reduce(
    (at, { key, check }) => (check ? withCheck(at, stateKey(key), check) : at),
    wanted,
  )
  const bytes = baseBytes(room, fitted.state)
  if (bytes > MAX_COOKIE_BYTES) {
    const remedy = depot
      ? 'Store less, or put small values together under one key, so that it can go to the overflow store.'
      : 'Store less, or configure an overflow store, such as overflow: workersKV(env.SESSIONS).'
    const largest = namesAndSizes(keySizes(fitted.state))
    throw new SessionTooLarge("The session's cookie", bytes, MAX_COOKIE_BYTES, largest, remedy)
  }
  return fitted
}

function withCheck({ state, ops }: Fitted, key: string, check: ClaimCheck): Fitted {
  const tree = claimCheckTree(check)
  const others = ops.filter(({ path }) => topKeyOf(path) !== key)
  return {
    state: withChild(state, key, tree),
    ops: [...others, replaceOp(toPointer([key]), tree)],
  }
}

function namesAndSizes(sizes: readonly KeySize[]): KeySize[] {
  return sizes.slice(0, 5).map(({ key, bytes }) => ({ key, bytes }))
}

/** The bytes of name plus value of the cookie that a base with `state` takes. */
function baseBytes({ prefixLength, head }: Room, state: TreeObject): number {
  const id = '0'.repeat(ID_LENGTH)
  const expires = head.start
  const [log, memory] = [undefined, undefined]
  const base = {
    kind: 'base',
    id,
    head,
    expires,
    horizon: id,
    state,
    serial: 999,
    memory,
    log,
  } as const
  return prefixLength + id.length + sealedFragmentLength(base)
}

interface Choice {
  readonly key: string
  readonly tree: Tree
}

/** The values to check in: the largest first, and only as many as needed. */
function choose(room: Room, draft: Draft, wanted: TreeObject): Choice[] {
  const chosen: Choice[] = []
  const { current } = draft
  const crowded = (current?.heads.length ?? 0) > 1
  let bytes = baseBytes(room, wanted)
  for (const { key, bytes: size, tree } of keySizes(wanted)) {
    const changed = !equal(tree, child(draft.opened.shown.sealed, stateKey(key)))
    // What fits once is not put into the store because something small came later.
    const budget = current && changed ? BASE_BUDGET_BYTES : FIRST_BASE_BUDGET_BYTES
    const needed = bytes > budget && size >= MIN_CHECK_IN_BYTES
    const heavy = crowded && changed && size > DELTA_BUDGET_BYTES
    if (readClaimCheck(tree) || !(needed || heavy)) continue
    chosen.push({ key, tree })
    bytes -= ((size - CLAIM_CHECK_BYTES) * 4) / 3
  }
  return chosen
}

/**
 * The values that lie in the store and stay there. One that the store does not have now keeps its claim
 * check: a login must not fail for it.
 */
async function stored(depot: Depot, draft: Draft, wanted: TreeObject): Promise<Choice[]> {
  const values = await Promise.all(
    dataEntries(wanted).map(async ([key, tree]): Promise<Choice[]> => {
      const check = readClaimCheck(tree)
      if (!check) return []
      const here = draft.loaded(key) ?? child(draft.opened.shown.origin, stateKey(key))
      const value =
        here === undefined || readClaimCheck(here)
          ? await checkOut(depot, key, check).catch(() => undefined)
          : here
      return value === undefined ? [] : [{ key, tree: value }]
    }),
  )
  return values.flat()
}

/** The sizes of the top-level values as JSON, largest first; of a claim check, that of its value. */
function keySizes(state: TreeObject): (KeySize & Choice)[] {
  return dataEntries(state)
    .map(([key, tree]) => ({
      key,
      tree,
      bytes: readClaimCheck(tree)?.bytes ?? utf8Length(JSON.stringify(tree)),
    }))
    .sort((a, b) => b.bytes - a.bytes)
}
