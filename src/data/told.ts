/** What a handler tells by name, and is not found by comparing: counts, and keys that it takes. */
import { ValueError } from '../errors.ts'
import type { Op } from '../log/format/fragment.ts'
import { topKeyOf } from '../tree/pointer.ts'
import type { TreeObject } from '../tree/tree.ts'
import type { Counted } from './increment.ts'
import { dataKey, onceKeysOf } from './keys.ts'

/** What one request told. */
export class Told {
  #counts: Op[] = []
  readonly #onceKeys: Extract<Op, { kind: 'once' }>[] = []

  /** What `increment()` and `advance()` did. */
  get counts(): readonly Op[] {
    return this.#counts
  }

  /** The keys that were taken with `once()`. */
  get onceKeys(): readonly Op[] {
    return this.#onceKeys
  }

  /**
   * Notes a count, and gives the data that it led to.
   *
   * @param transient - keys of the data that are not stored
   */
  add({ data, op }: Counted, transient: readonly string[]): object {
    const key = op && dataKey(topKeyOf(op.path))
    if (op && key !== undefined && !transient.includes(key)) this.#counts.push(op)
    return data
  }

  /** Other data was assigned: what was counted before is part of it, or was overwritten. */
  forgetCounts(): void {
    this.#counts = []
  }

  /**
   * Takes a key, if it was not taken in this state nor by this request.
   *
   * @throws ValueError
   */
  once(key: string, state: TreeObject): boolean {
    if (typeof key !== 'string' || key === '')
      throw new ValueError('once()', 'its key must be text')
    if (Object.hasOwn(onceKeysOf(state), key)) return false
    if (this.#onceKeys.some(({ path }) => path === key)) return false
    this.#onceKeys.push({ kind: 'once', path: key })
    return true
  }
}
