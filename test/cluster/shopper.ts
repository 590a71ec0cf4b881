import { expect } from 'vitest'
import type { SessionReport } from '../../demo/api.ts'
import { Browser } from '../../src/testing/browser.ts'
import type { Random } from '../support/random.ts'

const GOODS = ['socks', 'books', 'snacks']

/** Somebody who knows what the session must hold, and checks every answer against it. */
export class Shopper {
  readonly browser: Browser
  readonly name: string
  readonly cart: Record<string, number> = {}
  count = 0
  hits = 0
  /** Of the session; the first answer after the login tells it. */
  id: string | undefined

  constructor(name: string, origin: string) {
    this.name = name
    this.browser = new Browser(origin)
  }

  /** One request, drawn at random. Returns the node that answered. */
  async act(random: Random): Promise<string> {
    const dice = random.below(10)
    if (dice < 4) return this.increment()
    if (dice < 6) return this.incrementHits()
    if (dice < 8) return this.changeCart(random.pick(GOODS), random.pick([1, 1, 2, -1]))
    return this.look()
  }

  async logIn(): Promise<string> {
    const { node, user } = await this.#post<{ user: { name: string } }>(
      `/api/login?name=${this.name}`,
    )
    expect(user.name).toBe(this.name)
    return node
  }

  async increment(): Promise<string> {
    const { node, count } = await this.#post<{ count: number }>('/api/increment')
    this.count++
    expect(count, `the count of ${this.name}`).toBe(this.count)
    return node
  }

  async incrementHits(): Promise<string> {
    const { node, hits } = await this.#post<{ hits: number }>('/api/increment/hits')
    this.hits++
    expect(hits, `the hits of ${this.name}`).toBe(this.hits)
    return node
  }

  async changeCart(sku: string, by: number): Promise<string> {
    const path = `/api/cart/${sku}?by=${by}`
    const { node, cart } = await this.#post<{ cart: Record<string, number> }>(path)
    const pieces = (this.cart[sku] ?? 0) + by
    if (pieces > 0) this.cart[sku] = pieces
    else delete this.cart[sku]
    expect(cart, `the cart of ${this.name}`).toEqual(this.cart)
    return node
  }

  /** Reads the whole session and compares all of it. */
  async look(): Promise<string> {
    const response = await this.browser.get('/api/session')
    expect(response.status).toBe(200)
    expect(response.headers.getSetCookie(), 'a read writes no cookie').toEqual([])
    const report = (await response.json()) as SessionReport
    this.id ??= report.id
    const { id, name, cart, count, hits } = this
    expect(report).toMatchObject({ id, isNew: false, user: { name }, count, hits })
    expect(report.cart).toEqual(cart)
    return report.node
  }

  async #post<Answer>(path: string): Promise<Answer & { node: string }> {
    const response = await this.browser.post(path)
    expect(response.status, `${path} as ${this.name}`).toBe(200)
    return (await response.json()) as Answer & { node: string }
  }
}
