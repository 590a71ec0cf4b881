/** `increment()` and `advance()` on the data that a handler sees. */
import { ValueError } from '../errors.ts'
import type { Op } from '../log/format/fragment.ts'
import { dataPath } from '../tree/pointer.ts'
import { defineValue } from './data.ts'

/**
 * Adds `by` to the number at a path. What is not there counts as 0, and objects on the way are made. Gives the op that
 * does the same, if it does anything.
 *
 * @throws ValueError
 */
export function incrementAt(
  data: object,
  place: string | readonly string[],
  by: number,
): Op | undefined {
  const keys = keysIn(place, 'increment()')
  const path = `data.${keys.join('.')}`
  if (keys.length === 0) throw new ValueError('data', 'increment() needs a path to a number')
  if (!Number.isFinite(by)) throw new ValueError(path, 'increment() needs a finite number to add')
  changeAt(data, keys, 'increment()', (at) => {
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
  return by === 0 ? undefined : { kind: 'increment', path: dataPath(keys), by }
}

/**
 * Puts `value` at a path if it is larger than what is there. Gives the op that does the same.
 *
 * @throws ValueError
 */
export function advanceAt(
  data: object,
  place: string | readonly string[],
  value: number | string,
): Op {
  const keys = keysIn(place, 'advance()')
  const path = `data.${keys.join('.')}`
  const isOrdered = typeof value === 'string' || Number.isFinite(value)
  if (keys.length === 0 || !isOrdered)
    throw new ValueError(path, 'advance() needs a path, and a finite number or text')
  changeAt(data, keys, 'advance()', (at) => {
    if (at === undefined) return value
    if (typeof at !== typeof value || (typeof at !== 'number' && typeof at !== 'string'))
      throw new ValueError(path, `advance() needs a ${typeof value} there`)
    return at > value ? at : value
  })
  return { kind: 'advance', path: dataPath(keys), value }
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
): void {
  const [key, ...rest] = keys
  if (key === undefined) return
  const at: unknown = Object.hasOwn(data, key) ? Reflect.get(data, key) : undefined
  if (rest.length === 0) {
    const value = change(at)
    if (value !== at) defineValue(data, key, value)
    return
  }
  const inside: unknown = at === undefined ? {} : at
  if (
    typeof inside !== 'object' ||
    inside === null ||
    Object.getPrototypeOf(inside) !== Object.prototype
  )
    throw new ValueError(path, `${method} needs plain objects on the way`)
  changeAt(inside, rest, method, change, path)
  if (at === undefined && Object.keys(inside).length > 0) defineValue(data, key, inside)
}
