/** What the writes of a load do, and which of them do not show at the end. */
import { diff } from '../../src/log/diff/diff.ts'
import { type Fragment, logOf, type Op } from '../../src/log/format/fragment.ts'
import type { Current } from '../../src/log/reading/merge.ts'
import { isArray, type Tree, type TreeObject } from '../../src/tree/tree.ts'

/**
 * `set` sets one of ten keys to eight characters, `increment` adds one to a counter, `push` appends eight characters to
 * a list, of which only the last eight elements stay.
 */
export type Work = 'set' | 'increment' | 'push'

const KEYS = 10
const LIST_LENGTH = 8

/** One write. */
export interface Written {
  readonly ops: readonly Op[]
  readonly key: string
  readonly value: string
  readonly removed: readonly string[]
}

/** All writes that were answered, and what they lead to. */
export class Ledger {
  readonly #work: Work
  readonly #random: () => number
  readonly #latest = new Map<string, { value: string; id: string }>()
  readonly #pushed = new Set<string>()
  readonly #removed = new Set<string>()
  #count = 0

  /** @param random - numbers from 0 to 1 */
  constructor(work: Work, random: () => number) {
    this.#work = work
    this.#random = random
  }

  /** What the session begins with. */
  initial(): TreeObject {
    if (this.#work === 'increment') return { n: 0 }
    if (this.#work === 'push') return { l: [] }
    return Object.fromEntries(Array.from({ length: KEYS }, (_, i) => [`k${i}`, this.#value()]))
  }

  /** The next write of a handler that sees `current`. */
  next({ state, memory }: Current, now: number): Written {
    const value = this.#value()
    if (this.#work === 'increment')
      return { ops: [{ kind: 'increment', path: 'n', by: 1 }], key: 'n', value, removed: [] }
    if (this.#work === 'set') {
      const key = `k${Math.floor(this.#random() * KEYS)}`
      return { ops: [{ kind: 'set', path: key, value }], key, value, removed: [] }
    }
    const list = textsOf(state['l'])
    const after = [...list, value].slice(-LIST_LENGTH)
    const ops = diff(state, { ...state, l: after }, { memory, now })
    return { ops, key: 'l', value, removed: list.filter((item) => !after.includes(item)) }
  }

  /** A write was answered with these cookies. */
  acknowledge({ key, value, removed }: Written, put: readonly Fragment[]): void {
    this.#count++
    this.#pushed.add(value)
    for (const item of removed) this.#removed.add(item)
    const own = put
      .flatMap((fragment) => logOf(fragment)?.entries ?? [])
      .findLast(({ ops }) =>
        ops.some((op) => op.kind === 'set' && op.path === key && op.value === value),
      )
    const before = this.#latest.get(key)
    if (own && (!before || before.id < own.id)) this.#latest.set(key, { value, id: own.id })
  }

  /** How many writes do not show: keys without their latest value, counts, elements that are missing or back. */
  lost(state: TreeObject): number {
    if (this.#work === 'increment') return Math.abs(this.#count - Number(state['n']))
    if (this.#work === 'set')
      return [...this.#latest].filter(([key, { value }]) => state[key] !== value).length
    const list = textsOf(state['l'])
    const missing = [...this.#pushed].filter((item) => !this.#removed.has(item))
    return [
      ...missing.filter((item) => !list.includes(item)),
      ...list.filter((item) => this.#removed.has(item)),
      ...list.filter((item, i) => list.indexOf(item) !== i),
    ].length
  }

  #value(): string {
    return Array.from({ length: 8 }, () => Math.floor(this.#random() * 36).toString(36)).join('')
  }
}

function textsOf(value: Tree | undefined): string[] {
  return isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
