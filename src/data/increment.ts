/** `increment()` on the data that a handler sees. */
import { ValueError } from '../errors.ts'
import { defineValue } from './data.ts'

/**
 * Adds `by` to the number at `keys`. What is not there counts as 0, and objects on the way are made.
 *
 * @throws ValueError
 */
export function incrementAt(data: object, keys: readonly string[], by: number): void {
  const shown = `data.${keys.join('.')}`
  if (keys.length === 0) throw new ValueError('data', 'increment() needs a path to a number')
  if (!Number.isFinite(by)) throw new ValueError(shown, 'increment() needs a finite number to add')
  addAt(data, keys, by, shown)
}

function addAt(data: object, keys: readonly string[], by: number, shown: string): void {
  const [key, ...rest] = keys
  if (key === undefined) return
  const at: unknown = Object.hasOwn(data, key) ? Reflect.get(data, key) : undefined
  if (rest.length === 0) {
    if (at !== undefined && typeof at !== 'number')
      throw new ValueError(shown, 'increment() needs a number there')
    const sum = (at ?? 0) + by
    if (!Number.isFinite(sum))
      throw new ValueError(shown, 'increment() needs a finite number there, and leads to one')
    if (by !== 0) defineValue(data, key, sum)
    return
  }
  const inside: unknown = at === undefined ? {} : at
  if (
    typeof inside !== 'object' ||
    inside === null ||
    Object.getPrototypeOf(inside) !== Object.prototype
  ) {
    throw new ValueError(shown, 'increment() needs plain objects on the way to the number')
  }
  addAt(inside, rest, by, shown)
  if (at === undefined && by !== 0) defineValue(data, key, inside)
}
