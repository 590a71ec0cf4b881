/** Runs the cases of `cases.ts`: requests with one view, in any place that data can be in. */
import { expect } from 'vitest'
import type { Session } from '../../src/session/session.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { Clock, type Loose, Shop } from '../support/visitor.ts'
import type { Case, Which } from './cases.ts'

/** Where the data of a case is: in the cookie, or a part of a value in the store. */
export const PLACES = ['in the cookie', 'in the store', 'in the store, lazily loaded'] as const
export type Place = (typeof PLACES)[number]

/** How a handler changes data: in place, or by assigning a changed copy. */
export const STYLES = ['in place', 'by a copy'] as const
export type Style = (typeof STYLES)[number]

export const ORDERS: readonly (readonly [Which, Which])[] = [
  ['one', 'other'],
  ['other', 'one'],
]

/** The key of the value in the store, and what makes it too big for a cookie. */
const STORED = 'stored'
const PAD = Array.from({ length: 500 }, (_, i) => i * 7919)

/** How keys begin that are not of a case. */
const BESIDE = 'beside'

/** A browser with the data of one case, and its app. */
export class Stage {
  readonly #place: Place
  readonly #case: Case
  readonly shop: Shop
  #beside = 0

  constructor(of: Case, place: Place) {
    const clock = new Clock()
    const isStored = place !== 'in the cookie'
    this.#case = of
    this.#place = place
    this.shop = new Shop(
      {
        atomic: of.atomic.map((key) => (isStored ? `${STORED}.${key}` : key)),
        overflow: isStored ? memoryStore({ clock: clock.read }) : undefined,
        overflowLoad: place === 'in the store' ? 'eager' : 'lazy',
      },
      { clock },
    )
  }

  /** Begins the session. */
  async begin(): Promise<void> {
    const before = this.#case.before()
    await this.shop.visit((session) => {
      session.data = this.#isStored ? { [STORED]: { ...before, pad: PAD } } : { ...before }
      session.data[BESIDE] = 0
    })
    expect(this.shop.told('overflow-put').length).toBe(this.#isStored ? 1 : 0)
    this.shop.clock.advance(1)
  }

  /** Does in a request what one of the two does. */
  async change(session: Session, which: Which, style: Style): Promise<void> {
    await this.#dataOf(session)
    if (style === 'by a copy') session.data = structuredClone(session.data)
    this.#case.change(which, {
      data: await this.#dataOf(session),
      session,
      path: (key) => (this.#isStored ? `${STORED}.${key}` : key),
    })
  }

  /** Requests with one view that write something else. */
  async writeBeside(count: number): Promise<void> {
    const requests = await Promise.all(Array.from({ length: count }, () => this.shop.begin()))
    for (const { session, end } of requests) {
      session.data[`${BESIDE}${this.#beside++}`] = 1
      await end()
      this.shop.clock.now += 100
    }
  }

  /** Expects what the case leads to, on this node and on one that has just started. */
  async expectAfter(later: Which): Promise<void> {
    const { shop } = this
    const session = await shop.sessions.open(shop.visitor.request())
    const { pad, ...all } = await this.#dataOf(session)
    const data = Object.entries(all).filter(([key]) => !key.startsWith(BESIDE))
    expect(Object.fromEntries(data)).toEqual(this.#case.after(later))
    expect(pad).toEqual(this.#isStored ? PAD : undefined)
    const { flashes } = this.#case
    expect(session.flashes).toHaveLength(flashes.length)
    expect(session.flashes).toEqual(expect.arrayContaining([...flashes]))
  }

  get #isStored(): boolean {
    return this.#place !== 'in the cookie'
  }

  async #dataOf(session: Session): Promise<Loose> {
    return this.#isStored ? ((await session.load(STORED)) as Loose) : session.data
  }
}
