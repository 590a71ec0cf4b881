/** The data that handlers see ↔ the state. */
import { OverflowUnavailable, ValueError } from '../errors.ts'
import { readClaimCheck } from '../overflow/claim-check.ts'
import { isPlainObject } from '../tree/kinds.ts'
import { stateKey } from '../tree/pointer.ts'
import { child, define, type Tree, type TreeObject } from '../tree/tree.ts'
import { decodeValue, encodeValue } from '../tree/values.ts'
import { dataEntries } from './keys.ts'

/**
 * The data of a state. A claim check becomes a property that throws when it is read: then nobody mistakes a
 * value that is not here for one that was never set.
 *
 * @param failures - why values could not be fetched
 * @param made - gets all objects that the data is made of
 */
export function toData(
  state: TreeObject,
  failures: ReadonlyMap<string, OverflowUnavailable>,
  made?: object[],
): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const [key, tree] of dataEntries(state)) {
    if (readClaimCheck(tree)) defineAbsent(data, key, failures.get(key))
    else define(data, key, decodeValue(tree, made))
  }
  made?.push(data)
  return data
}

/** Puts a value that was fetched later into the data, unless one was assigned since. */
export function fillIn(data: object, key: string, tree: Tree | undefined, made: object[]): void {
  if (!isAbsent(data, key)) return
  if (tree === undefined) Reflect.deleteProperty(data, key)
  else defineValue(data, key, decodeValue(tree, made))
}

/** Whether a value of `data` is not here. */
export function hasAbsent(data: object): boolean {
  return Object.keys(data).some((key) => isAbsent(data, key))
}

/** A copy of `data` without the values that are not here. */
export function withoutAbsent(data: object): object {
  const here = Object.entries(Object.getOwnPropertyDescriptors(data)).filter(
    ([key]) => !isAbsent(data, key),
  )
  return Object.defineProperties({}, Object.fromEntries(here))
}

/**
 * The state that `data` leads to; what is flashed and the version are not in it.
 *
 * @param shown - the state that `data` was made from; it has the claim checks of values that are not here
 * @param transient - keys that are not stored
 * @param name - what `data` is called, for the error
 * @throws {@link ValueError} where something cannot be stored
 */
export function toState(
  data: unknown,
  shown: TreeObject,
  transient: readonly string[],
  name = 'data',
): TreeObject {
  requirePlain(data, name)
  const state: Record<string, Tree> = {}
  for (const key of Object.keys(data)) {
    if (transient.includes(key)) continue
    if (isAbsent(data, key)) {
      const check = child(shown, stateKey(key))
      if (check !== undefined) define(state, stateKey(key), check)
      continue
    }
    const value = data[key]
    if (value !== undefined) define(state, stateKey(key), encodeValue(value, name, key))
  }
  return state
}

/** @throws {@link ValueError} */
export function requirePlain(data: unknown, name: string): asserts data is Record<string, unknown> {
  if (typeof data !== 'object' || data === null || !isPlainObject(data))
    throw new ValueError(name, 'it must be a plain object')
  if (Object.getOwnPropertySymbols(data).length > 0)
    throw new ValueError(name, 'it has a symbol as a key')
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
    // The property may have been copied to another object.
    set(this: object, value: unknown) {
      defineValue(this, key, value)
    },
    enumerable: true,
    configurable: true,
  })
}

function isAbsent(data: object, key: string): boolean {
  const get = Object.getOwnPropertyDescriptor(data, key)?.get
  return get !== undefined && absent.has(get)
}

/** Gives any object a property as an assignment would, but `__proto__` as well. */
export function defineValue(data: object, key: string, value: unknown): void {
  Object.defineProperty(data, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Gives `data` the keys of `from` that are in the session during the request only. */
export function pass(data: object, from: () => object, transient: readonly string[]): void {
  if (transient.length === 0) return
  for (const [key, value] of Object.entries(from()))
    if (transient.includes(key)) defineValue(data, key, value)
}
