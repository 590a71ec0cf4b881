/** Makes a state fit into cookies: values that are too big are checked in to the overflow store. */
import { utf8Length } from '../codec/bytes.ts'
import type { SessionHead } from '../codec/fragment.ts'
import { equal, type Tree, type TreeObject, withChild } from '../codec/tree.ts'
import { type KeySize, SessionTooLarge } from '../errors.ts'
import { MAX_COOKIE_BYTES } from '../jar/cookies.ts'
import {
  checkIn,
  checkOut,
  claimCheckTree,
  type Depot,
  readClaimCheck,
} from '../overflow/claim-check.ts'
import { sealedFragmentLength } from '../seal/fragment.ts'
import { dataEntries, stateKey } from './data.ts'
import type { ResolvedOptions } from './resolve.ts'
import type { SessionState } from './state.ts'

/** With a store, values are checked in once the base's cookie would have more bytes than this. */
export const BASE_BUDGET_BYTES = 3072

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

/**
 * `after`, with claim checks in place of the values that do not fit.
 *
 * @param renew - whether values that lie in the store already must be put there anew, since the session
 *   will live longer than they do
 * @throws SessionTooLarge, OverflowUnavailable
 */
export async function fitState(
  room: Room,
  state: SessionState,
  after: TreeObject,
  renew: boolean,
): Promise<TreeObject> {
  const { options, depot } = room
  const sizes = keySizes(after)
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  if (total > options.maxSessionBytes) {
    const remedy = 'Store less, or raise maxSessionBytes.'
    throw new SessionTooLarge(
      'The session',
      total,
      options.maxSessionBytes,
      sizes.slice(0, 5),
      remedy,
    )
  }
  const kept = depot && renew ? await putAnew(room, depot, state, after) : after
  const chosen = depot ? choose(room, state, kept) : []
  const checks = await Promise.all(
    chosen.map(async ({ key, tree }) => ({
      key,
      check: depot && (await checkIn(depot, key, tree, room.ttlSeconds)),
    })),
  )
  let fitted = kept
  for (const { key, check } of checks) {
    if (check) fitted = withChild(fitted, stateKey(key), claimCheckTree(check))
  }
  const bytes = baseBytes(room, fitted)
  if (bytes > MAX_COOKIE_BYTES) {
    const remedy = depot
      ? 'Store less, or put small values together under one key, so that it can go to the overflow store.'
      : 'Store less, or configure an overflow store: overflow: workersKV(env.SESSIONS).'
    throw new SessionTooLarge(
      "The session's cookie",
      bytes,
      MAX_COOKIE_BYTES,
      keySizes(fitted).slice(0, 5),
      remedy,
    )
  }
  return fitted
}

/** The bytes of name plus value of the cookie that a base with `state` takes. */
function baseBytes({ prefixLength, head }: Room, state: TreeObject): number {
  const horizon = '00000000000'
  const base = { horizon, state, serial: 999 }
  return (
    prefixLength +
    horizon.length +
    sealedFragmentLength({
      id: horizon,
      head,
      expires: head.start,
      base,
      log: undefined,
      tombstone: false,
    })
  )
}

interface Choice {
  readonly key: string
  readonly tree: Tree
}

/** The values to check in: the largest first, and only as many as needed. */
function choose(room: Room, state: SessionState, after: TreeObject): Choice[] {
  const chosen: Choice[] = []
  const crowded = (state.view.current?.tips.length ?? 0) > 1
  let over = baseBytes(room, after) - BASE_BUDGET_BYTES
  for (const { key, bytes, tree } of keySizes(after)) {
    const changed = crowded && !equal(tree, state.before[stateKey(key)])
    const needed = over > 0 && bytes >= MIN_CHECK_IN_BYTES
    if (readClaimCheck(tree) || !(needed || (changed && bytes > DELTA_BUDGET_BYTES))) continue
    chosen.push({ key, tree })
    over -= ((bytes - CLAIM_CHECK_BYTES) * 4) / 3
  }
  return chosen
}

/** Values in the store live as long as the session that put them; a new session puts them again. */
async function putAnew(
  room: Room,
  depot: Depot,
  state: SessionState,
  after: TreeObject,
): Promise<TreeObject> {
  const again = await Promise.all(
    dataEntries(after).map(async ([key, tree]) => {
      const check = readClaimCheck(tree)
      if (!check) return undefined
      const value = await available(depot, state, key, tree)
      return value === undefined
        ? undefined
        : { key, check: await checkIn(depot, key, value, room.ttlSeconds) }
    }),
  )
  return again.reduce(
    (tree, put) => (put ? withChild(tree, stateKey(put.key), claimCheckTree(put.check)) : tree),
    after,
  )
}

/** The value of a claim check. One that the store does not have now keeps its old claim check. */
async function available(
  depot: Depot,
  state: SessionState,
  key: string,
  tree: Tree,
): Promise<Tree | undefined> {
  const check = readClaimCheck(tree)
  const got = state.fetched.get(key)
  if (got !== undefined && !(got instanceof Error)) return got
  if (!check) return undefined
  try {
    return await checkOut(depot, key, check)
  } catch {
    return undefined
  }
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
