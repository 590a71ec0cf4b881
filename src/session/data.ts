/**
 * The data that handlers see ↔ the state that is sealed. The state is one tree: the top-level keys of
 * the data, those that begin with `~` with one more `~`, and, under `~f`, what is flashed.
 */

import {
  child,
  equal,
  isPlain,
  type Tree,
  type TreeObject,
  withChild,
  withoutChild,
} from '../codec/tree.ts'
import { decodeValue, encodeValue, memberPath } from '../codec/values.ts'
import { OverflowUnavailable, ValueError } from '../errors.ts'
import { type ClaimCheck, readClaimCheck } from '../overflow/claim-check.ts'

const FLASH_KEY = '~f'

/** A value that was fetched from the overflow store, or the error why not. */
export type FetchedValue = Tree | OverflowUnavailable

/** Fetched values, by their top-level key. */
export type Fetched = ReadonlyMap<string, FetchedValue>

/** The key in the state of a top-level key of the data. */
export function stateKey(key: string): string {
  return key.startsWith('~') ? `~${key}` : key
}

/** The claim checks in a state, by the top-level key of the data. */
export function claimChecks(state: TreeObject): Map<string, ClaimCheck> {
  const checks = new Map<string, ClaimCheck>()
  for (const [key, tree] of dataEntries(state)) {
    const check = readClaimCheck(tree)
    if (check) checks.set(key, check)
  }
  return checks
}

/**
 * The data of a state. A value that is not here is a property that throws when it is read: then nobody
 * mistakes it for one that is not there.
 */
export function toData(state: TreeObject, fetched: Fetched): object {
  const data = {}
  for (const [key, tree] of dataEntries(state)) {
    const got = readClaimCheck(tree) ? fetched.get(key) : tree
    if (got === undefined || got instanceof OverflowUnavailable) defineAbsent(data, key, got)
    else defineValue(data, key, decodeValue(got))
  }
  return data
}

/** Puts the value of a claim check that was fetched later into the data, unless it was assigned since. */
export function fillIn(data: object, key: string, tree: Tree): void {
  if (isAbsent(data, key)) defineValue(data, key, decodeValue(tree))
}

/**
 * The state that `data` leads to. A claim check stays where its value is not here, or is unchanged.
 *
 * @throws {@link ValueError} where something cannot be stored
 */
export function toState(
  data: unknown,
  before: TreeObject,
  fetched: Fetched,
  flash: TreeObject,
): TreeObject {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new ValueError('data', 'it must be an object')
  }
  if (Object.getPrototypeOf(data) !== Object.prototype && Object.getPrototypeOf(data) !== null) {
    throw new ValueError('data', 'it must be a plain object')
  }
  if (Object.getOwnPropertySymbols(data).length > 0)
    throw new ValueError('data', 'it has a symbol as a key')
  const entries: [string, Tree][] = []
  for (const key of Object.keys(data)) {
    const old = child(before, stateKey(key))
    if (isAbsent(data, key)) {
      if (old !== undefined) entries.push([stateKey(key), old])
      continue
    }
    const value: unknown = Reflect.get(data, key)
    if (value === undefined) continue
    const tree = encodeValue(value, memberPath('data', key))
    const kept = readClaimCheck(old) && equal(asTree(fetched.get(key)), tree) ? old : undefined
    entries.push([stateKey(key), kept ?? tree])
  }
  return withFlash(Object.fromEntries(entries), flash)
}

/** `state` with `flash` as all that is flashed. */
export function withFlash(state: TreeObject, flash: TreeObject): TreeObject {
  return Object.keys(flash).length > 0
    ? withChild(state, FLASH_KEY, flash)
    : withoutChild(state, FLASH_KEY)
}

/** What is flashed in a state: `[key, value]` by a random name each. */
export function flashOf(state: TreeObject): TreeObject {
  const flash = child(state, FLASH_KEY)
  return isPlain(flash) ? flash : {}
}

/** The top-level keys of the data in a state, with their trees. */
export function dataEntries(state: TreeObject): [string, Tree][] {
  return Object.entries(state).flatMap(([key, tree]): [string, Tree][] => {
    if (key === FLASH_KEY) return []
    return [[key.startsWith('~') ? key.slice(1) : key, tree]]
  })
}

function asTree(got: FetchedValue | undefined): Tree | undefined {
  return got instanceof OverflowUnavailable ? undefined : got
}

const absent = new WeakSet<() => unknown>()

function defineAbsent(data: object, key: string, error: OverflowUnavailable | undefined): void {
  const get = (): never => {
    throw (
      error ??
      new OverflowUnavailable(
        key,
        'missing',
        `"${key}" lies in the overflow store: await session.load("${key}") first.`,
      )
    )
  }
  absent.add(get)
  Object.defineProperty(data, key, {
    get,
    set: (value: unknown) => defineValue(data, key, value),
    enumerable: true,
    configurable: true,
  })
}

function defineValue(data: object, key: string, value: unknown): void {
  Object.defineProperty(data, key, { value, writable: true, enumerable: true, configurable: true })
}

function isAbsent(data: object, key: string): boolean {
  const get = Object.getOwnPropertyDescriptor(data, key)?.get
  return get !== undefined && absent.has(get)
}
