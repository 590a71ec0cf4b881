/** What an edit of one element of a list costs, beside setting the list whole, as a key in `atomic` is. */

import { diff } from '../../src/log/diff/diff.ts'
import { decodeClaims, encodeClaims } from '../../src/log/format/claims.ts'
import { entryId, type RandomBytes } from '../../src/log/format/ids.ts'
import { type Current, merge } from '../../src/log/reading/merge.ts'
import { planWrite } from '../../src/log/writing/plan.ts'
import type { Policy } from '../../src/log/writing/policy.ts'
import { renewedUntil, termOf } from '../../src/opening/lifetime.ts'
import { seeded } from '../../test/support/random.ts'
import { cookieHeaderBytes, MOST_VALUE_LENGTH, setCookieBytes } from './sizes.ts'
import { mean } from './table.ts'

const LIMITS = {
  idleTimeout: 1800,
  absoluteTimeout: 43_200,
  maxIdleTimeout: 1800,
  maxAbsoluteTimeout: 43_200,
}
const PACE_MS = 5000
const SIZES = [5, 20, 50]
/** One edit, and so many one after the other. */
const EDITS = [1, 10]

type Item = { readonly id: string; readonly name: string; readonly qty: number }

/** A session with a list only, whose elements one request at a time edits. */
class ListBrowser {
  /** Bytes of the Set-Cookie headers of each response. */
  readonly setCookie: number[] = []
  readonly #policy: Policy
  readonly #bytes: RandomBytes
  readonly #random = seeded(7919)
  readonly #jar = new Map<string, string>()
  readonly #isAtomic: boolean
  #items: readonly Item[]
  #now = 1_763_800_000_000

  constructor(size: number, isAtomic: boolean, policy: Policy) {
    this.#policy = policy
    this.#isAtomic = isAtomic
    this.#bytes = (count) => Uint8Array.from({ length: count }, () => this.#random.below(256))
    this.#items = Array.from({ length: size }, (_, i) => {
      return { id: `sku${100 + i}`, name: `${this.#random.below(90_000) + 10_000}`, qty: 1 }
    })
    const id = entryId(this.#now, this.#bytes)
    const start = this.#now
    const identity = { sid: 'A'.repeat(22), start, generation: 0, from: [], subject: undefined }
    const expires = renewedUntil(start, termOf(start, {}, LIMITS))
    const base = { horizon: id, state: this.#state(), serial: 0, memory: undefined, log: undefined }
    this.#jar.set(id, encodeClaims({ kind: 'base', id, identity, expires, ...base }))
  }

  get cookie(): number {
    return cookieHeaderBytes(this.#jar)
  }

  edit(): void {
    this.#now += PACE_MS
    const now = this.#now
    const current = this.#current()
    const { memory, expires } = current
    const edited = this.#random.below(this.#items.length)
    this.#items = this.#items.map((item, i) =>
      i === edited ? { ...item, qty: item.qty + 1 } : item,
    )
    const isAtomic = (path: string) => this.#isAtomic && path === 'items'
    const ops = diff(current.state, this.#state(), { memory, now, isAtomic })
    const write = { ops, now, arrivedAt: now, expires, reseal: false, most: MOST_VALUE_LENGTH }
    const plan = planWrite(current, { ...write, random: this.#bytes }, this.#policy)
    const { bytes, removed } = setCookieBytes(plan)
    this.setCookie.push(bytes)
    for (const { id } of removed) this.#jar.delete(id)
    for (const fragment of plan.put) this.#jar.set(fragment.id, encodeClaims(fragment))
    if (JSON.stringify(this.#current().state) !== JSON.stringify(this.#state()))
      throw new Error('an edit is lost')
  }

  #state(): { items: Item[] } {
    return { items: [...this.#items] }
  }

  #current(): Current {
    const fragments = [...this.#jar.values()].flatMap((text) => decodeClaims(text) ?? [])
    const { current } = merge(fragments, this.#now)
    if (!current) throw new Error('the jar holds no session')
    return current
  }
}

/** The mean of the Set-Cookie headers, and the Cookie header afterwards. */
function cost(size: number, edits: number, isAtomic: boolean, policy: Policy): number[] {
  const browser = new ListBrowser(size, isAtomic, policy)
  for (let i = 0; i < edits; i++) browser.edit()
  return [mean(browser.setCookie), browser.cookie]
}

/** The costs as markdown. */
export function listTable(policy: Policy): string {
  const head = ['list', 'edits', 'Set-Cookie mean', 'Cookie afterwards', 'whole: Set-Cookie mean']
  head.push('whole: Cookie afterwards')
  const rows = SIZES.flatMap((size) =>
    EDITS.map((edits) => [
      `${size} objects`,
      edits,
      ...cost(size, edits, false, policy),
      ...cost(size, edits, true, policy),
    ]),
  )
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'))
  return [head, rule, ...rows].map(line).join('\n')
}
