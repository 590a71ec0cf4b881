/** `increment()` and `advance()` on the data that a handler sees. */
import { ValueError } from '../errors.ts'
import type { Op } from '../log/format/fragment.ts'
import { isPlainObject } from '../tree/kinds.ts'
import { dataPath } from '../tree/pointer.ts'
import { defineValue } from './data.ts'
import { thawed } from './freeze.ts'

/** What `increment()` and `advance()` make of the data. */
export interface Counted {
  /** The data: another object where it was frozen. */
  readonly data: object
  /** The op that does the same, if anything was done. */
  readonly op: Op | undefined
}

/**
 * Adds `by` to the number at a path. What is not there counts as 0, and objects on the way are made.
 *
 * @throws ValueError
 */
export function incrementAt(data: object, place: string | readonly string[], by: number): Counted {
  const keys = keysIn(place, 'increment()')
  const path = `data.${keys.join('.')}`
  if (keys.length === 0) throw new ValueError('data', 'increment() needs a path to a number')
  if (!Number.isFinite(by)) throw new ValueError(path, 'increment() needs a finite number to add')
  const counted = changeAt(data, keys, 'increment()', (at) => {
    if (at !== undefined && typeof at !== 'number')
      throw new ValueError(path, 'increment() needs a number there')
    const sum = (at ?? 0) + by
    if (!Number.isFinite(sum))
      throw new ValueError(
        path,
        'increment() needs a finite number there, and a result that is finite',
      )
    return by === 0 ? at : sum
  })
  const op = { kind: 'increment', path: dataPath(keys), by } as const
  return { data: counted, op: by === 0 ? undefined : op }
}

/**
 * Puts `value` at a path if it is larger than what is there.
 *
 * @throws ValueError
 */
export function advanceAt(
  data: object,
  place: string | readonly string[],
  value: number | string,
): Counted {
  const keys = keysIn(place, 'advance()')
  const path = `data.${keys.join('.')}`
  const isOrdered = typeof value === 'string' || Number.isFinite(value)
  if (keys.length === 0 || !isOrdered)
    throw new ValueError(path, 'advance() needs a path, and a finite number or text')
  const advanced = changeAt(data, keys, 'advance()', (at) => {
    if (at === undefined) return value
    if (typeof at !== typeof value || (typeof at !== 'number' && typeof at !== 'string'))
      throw new ValueError(path, `advance() needs a ${typeof value} there`)
    return at > value ? at : value
  })
  return { data: advanced, op: { kind: 'advance', path: dataPath(keys), value } }
}

function keysIn(place: unknown, method: string): readonly string[] {
  if (typeof place === 'string') return place.split('.')
  if (Array.isArray(place) && place.every((key) => typeof key === 'string')) return place
  throw new ValueError(method, 'its path must be text, or a list of keys')
}

/** Changes what stands at `keys`. Plain objects on the way are made if something is put there. */
function changeAt(
  data: object,
  keys: readonly string[],
  method: string,
  change: (at: unknown) => unknown,
  path: string = `data.${keys.join('.')}`,
): object {
  const [key, ...rest] = keys
  if (key === undefined) return data
  const at: unknown = Object.hasOwn(data, key) ? Reflect.get(data, key) : undefined
  if (rest.length === 0) {
    const value = change(at)
    return value === at ? data : put(data, key, value)
  }
  const inside: unknown = at === undefined ? {} : at
  if (typeof inside !== 'object' || inside === null || !isPlainObject(inside))
    throw new ValueError(path, `${method} needs plain objects on the way`)
  const changed = changeAt(inside, rest, method, change, path)
  return changed === at || Object.keys(changed).length === 0 ? data : put(data, key, changed)
}

/** `data` with a value in it: a copy where it is frozen, as what immer makes is. */
function put(data: object, key: string, value: unknown): object {
  const before = Object.getOwnPropertyDescriptor(data, key)
  const isOpen = before ? before.configurable === true : Object.isExtensible(data)
  const target = isOpen ? data : thawed(data)
  defineValue(target, key, value)
  return target
}
