/** Whether what a request wants to keep fits, and what goes to the overflow store. */
import { dataEntries, flashOf, onceKeysOf } from '../data/keys.ts'
import { type KeySize, SessionTooLarge } from '../errors.ts'
import { MAX_COOKIE_BYTES } from '../http/cookies.ts'
import {
  type BaseFragment,
  type Fragment,
  ID_LENGTH,
  isBase,
  type SessionIdentity,
} from '../log/format/fragment.ts'
import { sealedFragmentLength } from '../log/format/length.ts'
import type { ResolvedOptions } from '../options/resolve.ts'
import { type Depot, readClaimCheck } from '../overflow/claim-check.ts'
import { utf8Length } from '../tree/bytes.ts'
import { stateKey } from '../tree/pointer.ts'
import { child, equal, type Tree, type TreeObject, withChild } from '../tree/tree.ts'
import { CLAIM_CHECK_BYTES, MIN_CHECK_IN_BYTES, USUAL_CHECK, withoutOperands } from './operands.ts'

const EMPTY_BYTES = jsonBytes({})

/** With a store, values are checked in once the cookie of a session's first base would have more bytes than this … */
export const FIRST_BASE_BUDGET_BYTES = 3200

/** … or that of a later one, beside which a delta has to find room in a response. */
export const BASE_BUDGET_BYTES = 2900

/** With a store, what one response changes is checked in once it would take more bytes of JSON than this. */
export const DELTA_BUDGET_BYTES = 1400
/** … or more than this where the cookies … */
export const CROWDED_DELTA_BYTES = 150
/** … have more characters than this. */
export const CROWDED_BYTES = 3000
/** So many bytes of JSON one response may change, so that its header fields pass a proxy with 4 KB for them. */
export const DELTA_LIMIT_BYTES = 2200

/** So many bytes of a session's cookie stay free beside what is not settled, so that it can get a new id. */
export const HEAD_BYTES = 60
/** No request may fill more of a cookie than leaves this: for a subject of some 50 characters, and several new ids. */
const SPARE_BYTES = 136

/** Where a state has to fit. */
export interface Room {
  readonly options: ResolvedOptions
  readonly depot: Depot | undefined
  /** Characters of the cookie's prefix. */
  readonly prefixLength: number
  /** What the session is called, or will be, for the size of its base. */
  readonly identity: SessionIdentity
  /** How long the session can still live, in seconds. */
  readonly ttlSeconds: number
}

/** A value, and the key in the state where it stands. */
export interface Chosen {
  readonly key: string
  readonly tree: Tree
}

/**
 * Refuses what makes a session too large. Where parallel requests did that together, whoever makes it smaller, or adds a
 * little, is not refused for them.
 *
 * @param before - the state that the request saw
 * @throws SessionTooLarge
 */
export function requireFit(room: Room, before: TreeObject | undefined, wanted: TreeObject): void {
  const { maxSessionBytes } = room.options
  const total = totalBytes(wanted)
  if (isRefused(total, before && totalBytes(before), maxSessionBytes)) {
    const remedy = 'Store less, or raise maxSessionBytes.'
    throw new SessionTooLarge('The session', total, maxSessionBytes, largest(wanted), remedy)
  }
  const slim = slimmed(room, wanted, before)
  const bytes = baseBytes(room, slim)
  const bytesBefore = before && baseBytes(room, slimmed(room, before, before))
  if (!isRefused(bytes, bytesBefore, MAX_COOKIE_BYTES, SPARE_BYTES)) return
  const isMerged = bytes > MAX_COOKIE_BYTES * MERGED_SHARE
  const limit = isMerged ? MAX_COOKIE_BYTES : MAX_COOKIE_BYTES - SPARE_BYTES
  const remedy = room.depot
    ? 'Store less, or put small values together under one key, so that it can go to the overflow store.'
    : 'Store less, or configure an overflow store, such as overflow: workersKV(env.SESSIONS).'
  throw new SessionTooLarge(
    "The session's cookie",
    bytes,
    limit,
    largest(slim, sizesInCookie(slim)),
    remedy,
  )
}

/** Whether the first base of a session fits, without anything of it in the overflow store. */
export function fitsFirst(room: Room, base: Fragment): boolean {
  const limit = room.depot ? FIRST_BASE_BUDGET_BYTES : MAX_COOKIE_BYTES - SPARE_BYTES
  return room.prefixLength + base.id.length + sealedFragmentLength(base) <= limit
}

/** A session that parallel requests made too large may grow to this many times the limit. */
export const MERGED_SHARE = 1.5

function isRefused(bytes: number, before: number | undefined, limit: number, spare = 0): boolean {
  if (before === undefined || before <= limit - spare) return bytes > limit - spare
  return bytes > before && bytes > limit * MERGED_SHARE
}

/**
 * How many characters a fragment takes once its large values lie in the store.
 *
 * @param isTight - whether more of them go there, so that there is room for what is not settled
 */
export function sizeIn(
  room: Room,
  before: TreeObject | undefined,
  isTight: boolean,
): (fragment: Fragment) => number {
  return (whole) => {
    const fragment = isTight ? withoutOperands(whole, () => USUAL_CHECK) : whole
    if (!isBase(fragment)) return sealedFragmentLength(fragment)
    const state = slimmed(room, fragment.state, before, isTight ? besideState(fragment) : 0)
    return sealedFragmentLength({ ...fragment, state })
  }
}

/** The characters that a base takes beside its state. */
export function besideState(base: BaseFragment): number {
  const alone = { ...base, log: undefined, memory: undefined }
  return sealedFragmentLength(base) - sealedFragmentLength(alone)
}

/**
 * The values to check in: the largest first, and only as many as needed.
 *
 * @param before - the state of the base that there is: what fits once is not put into the store because something
 *   small came later
 * @param beside - how many characters something else takes in its cookie, for which there must be room
 */
export function chooseValues(
  room: Room,
  state: TreeObject,
  before: TreeObject | undefined,
  beside = 0,
): Chosen[] {
  if (!room.depot) return []
  const chosen: Chosen[] = []
  let bytes = baseBytes(room, state) + beside
  for (const { key, bytes: size, tree } of keySizes(state)) {
    const isOld = beside === 0 && (!before || equal(tree, child(before, stateKey(key))))
    const budget = isOld ? FIRST_BASE_BUDGET_BYTES : BASE_BUDGET_BYTES
    if (readClaimCheck(tree) || bytes <= budget || size < MIN_CHECK_IN_BYTES) continue
    chosen.push({ key: stateKey(key), tree })
    bytes -= ((size - CLAIM_CHECK_BYTES) * 4) / 3
  }
  return chosen
}

/** `state` with claim checks of the usual length in the place of what goes to the store. */
function slimmed(
  room: Room,
  state: TreeObject,
  before: TreeObject | undefined,
  beside = 0,
): TreeObject {
  return chooseValues(room, state, before, beside).reduce<TreeObject>(
    (tree, { key }) => withChild(tree, key, USUAL_CHECK),
    state,
  )
}

/** The bytes of name plus value of the cookie that a base with `state` takes. */
function baseBytes({ prefixLength, identity }: Room, state: TreeObject): number {
  const id = '0'.repeat(ID_LENGTH)
  const [expires, serial] = [identity.start, 999]
  const [log, memory] = [undefined, undefined]
  const base = { id, identity, expires, horizon: id, state, serial, memory, log }
  return prefixLength + id.length + sealedFragmentLength({ kind: 'base', ...base })
}

function totalBytes(state: TreeObject): number {
  return keySizes(state).reduce((sum, { bytes }) => sum + bytes, 0)
}

/** @param sizes - by default what the values take, wherever they lie */
function largest(state: TreeObject, sizes: readonly KeySize[] = keySizes(state)): KeySize[] {
  return largestOf([...sizes, ...besideData(state)])
}

/** What an error names of these. */
export function largestOf(sizes: readonly KeySize[]): KeySize[] {
  return [...sizes]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 5)
    .map(({ key, bytes }) => ({ key, bytes }))
}

/** What everything takes that stands in a state. */
export function sizesOf(state: TreeObject): KeySize[] {
  return [...sizesInCookie(state), ...besideData(state)]
}

/** What is not data, as errors name it. */
function besideData(state: TreeObject): KeySize[] {
  const sizes = [
    { key: 'flash()', bytes: jsonBytes(flashOf(state)) },
    { key: 'once()', bytes: jsonBytes(onceKeysOf(state)) },
  ]
  return sizes.filter(({ bytes }) => bytes > EMPTY_BYTES)
}

/** The sizes of the top-level values as JSON, largest first; of a claim check, that of its value. */
function keySizes(state: TreeObject): (KeySize & { readonly tree: Tree })[] {
  return sizesBy(state, (tree) => readClaimCheck(tree)?.bytes ?? jsonBytes(tree))
}

/** The same of what stands in the cookie: of a value in the store, that of its claim check. */
function sizesInCookie(state: TreeObject): (KeySize & { readonly tree: Tree })[] {
  return sizesBy(state, jsonBytes)
}

function sizesBy(
  state: TreeObject,
  bytesOf: (tree: Tree) => number,
): (KeySize & { readonly tree: Tree })[] {
  return dataEntries(state)
    .map(([key, tree]) => ({ key, tree, bytes: bytesOf(tree) }))
    .sort((a, b) => b.bytes - a.bytes)
}

function jsonBytes(tree: Tree): number {
  return utf8Length(JSON.stringify(tree))
}
