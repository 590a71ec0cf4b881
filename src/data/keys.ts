/**
 * What the keys of a state stand for. The top-level keys of the data stand as they are, but `$` and those that begin
 * with `~` with one more `~`; under `~f` stands what is flashed, under `~o` the keys of `once`, under `~v` the
 * data's version, under `~l` when the session began, how long it may live, and what it tells of revocation.
 */
import { LIFE_KEY } from '../log/format/fragment.ts'
import { ONCE_KEY } from '../log/ops/ops.ts'
import { type ClaimCheck, readClaimCheck } from '../overflow/claim-check.ts'
import {
  child,
  isPlain,
  type Tree,
  type TreeObject,
  withChild,
  withoutChild,
} from '../tree/tree.ts'

/** The key in a state under which messages wait, see `flash.ts`. */
export const FLASH_KEY = '~f'
const VERSION_KEY = '~v'
const RESERVED = [FLASH_KEY, VERSION_KEY, ONCE_KEY, LIFE_KEY]

/** The top-level key of the data for a key in a state; `undefined` where it stands for something else. */
export function dataKey(key: string): string | undefined {
  if (!key.startsWith('~')) return key
  return RESERVED.includes(key) ? undefined : key.slice(1)
}

/** The top-level keys of the data in a state, with their trees. */
export function dataEntries(state: TreeObject): [string, Tree][] {
  const pairs: [string, Tree][] = []
  for (const [key, tree] of Object.entries(state)) {
    const name = dataKey(key)
    if (name !== undefined) pairs.push([name, tree])
  }
  return pairs
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

/** What is flashed in a state: `[key, value]` by a name each, see `flash.ts`. */
export function flashOf(state: TreeObject): TreeObject {
  const flash = child(state, FLASH_KEY)
  return isPlain(flash) ? flash : {}
}

/** `state` with `flash` as all that is flashed. */
export function withFlash(state: TreeObject, flash: TreeObject): TreeObject {
  return Object.keys(flash).length > 0
    ? withChild(state, FLASH_KEY, flash)
    : withoutChild(state, FLASH_KEY)
}

/** Whether there is an object for what is flashed, though it may be empty. */
export function hasFlash(state: TreeObject): boolean {
  return isPlain(child(state, FLASH_KEY))
}

/**
 * `state` with an object for what is flashed, though it may be empty: then values are added and taken out one by
 * one, and what a parallel request flashed stays.
 */
export function flashApart(state: TreeObject): TreeObject {
  return hasFlash(state) ? state : withChild(state, FLASH_KEY, {})
}

/** The keys of `once` in a state. */
export function onceKeysOf(state: TreeObject): TreeObject {
  const keys = child(state, ONCE_KEY)
  return isPlain(keys) ? keys : {}
}

/** `state` with these keys of `once`. */
export function withOnceKeys(state: TreeObject, keys: TreeObject): TreeObject {
  return Object.keys(keys).length > 0 ? withChild(state, ONCE_KEY, keys) : state
}

/** The version of a state's data; 0 where none was told. */
export function versionOf(state: TreeObject): number {
  const version = child(state, VERSION_KEY)
  return typeof version === 'number' ? version : 0
}

/** `state` with its data's version. */
export function withVersion(state: TreeObject, version: number): TreeObject {
  return version > 0 ? withChild(state, VERSION_KEY, version) : withoutChild(state, VERSION_KEY)
}

/** What a session tells of its life beside its start. Absent where it is as usual. */
export interface Life {
  /**
   * When the first of the sessions started that it grew out of, or when its user logged in; in seconds since 1970. Where
   * this is missing it is that one.
   */
  readonly began: number | undefined
  /** Its own limits, in seconds. */
  readonly idle: number | undefined
  readonly absolute: number | undefined
  /** The app's own keys to end it by, as JSON. */
  readonly keys?: string | undefined
  /** When it was last checked for revocation, and which marks its login had seen, see `revocation/marks.ts`. */
  readonly checked?: string | undefined
  readonly seen?: string | undefined
}

const LIFE_NAMES = { began: 'b', idle: 'i', absolute: 'x' } as const
const LIFE_TEXTS = { keys: 'k', checked: 'c', seen: 'n' } as const

/** The life of a state's session. */
export function lifeOf(state: TreeObject): Life {
  const life = child(state, LIFE_KEY)
  const told = (name: string) => (isPlain(life) ? child(life, name) : undefined)
  const number = (name: string) => {
    const value = told(name)
    return typeof value === 'number' ? value : undefined
  }
  const text = (name: string) => {
    const value = told(name)
    return typeof value === 'string' ? value : undefined
  }
  const { began, idle, absolute } = LIFE_NAMES
  const { keys, checked, seen } = LIFE_TEXTS
  return {
    ...{ began: number(began), idle: number(idle), absolute: number(absolute) },
    ...{ keys: text(keys), checked: text(checked), seen: text(seen) },
  }
}

/** `state` with the life of its session. */
export function withLife(state: TreeObject, life: Life): TreeObject {
  const { began, idle, absolute } = LIFE_NAMES
  const told: Record<string, number | string> = {}
  if (life.began !== undefined) told[began] = life.began
  if (life.idle !== undefined) told[idle] = life.idle
  if (life.absolute !== undefined) told[absolute] = life.absolute
  for (const name of ['keys', 'checked', 'seen'] as const) {
    const text = life[name]
    if (text !== undefined) told[LIFE_TEXTS[name]] = text
  }
  return Object.keys(told).length > 0
    ? withChild(state, LIFE_KEY, told)
    : withoutChild(state, LIFE_KEY)
}

/** The app's own keys to end a session by. */
export function revocationKeysOf(state: TreeObject): readonly string[] {
  const { keys } = lifeOf(state)
  const list: unknown = keys === undefined ? [] : JSON.parse(keys)
  return Array.isArray(list) ? list.filter((key) => typeof key === 'string') : []
}

/** `state` without what only sessions know of themselves: the keys of `once`, and their life. */
export function withoutInternals(state: TreeObject): TreeObject {
  return withoutChild(withoutChild(state, ONCE_KEY), LIFE_KEY)
}

/** `state` with what is not data in another one: the keys of `once`, the version, and its life. */
export function withReserved(state: TreeObject, from: TreeObject): TreeObject {
  const kept = withVersion(withOnceKeys(state, onceKeysOf(from)), versionOf(from))
  return withLife(kept, lifeOf(from))
}
