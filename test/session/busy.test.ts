import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { Shop } from '../support/visitor.ts'

/** Puts things into a cart, one by one, and tells the largest sum of Set-Cookie headers. */
async function shopping(shop: Shop, things: number, seconds: number): Promise<number> {
  let largest = 0
  await shop.visit(({ data }) => {
    data['cart'] = {}
  })
  for (let i = 0; i < things; i++) {
    shop.clock.advance(seconds)
    await shop.visit(({ data }) => {
      const cart = data['cart'] as Record<string, number>
      cart[`sku-${10_000 + i}`] = 1
    })
    const bytes = shop.visitor.setCookies.reduce((sum, line) => sum + line.length, 0)
    largest = Math.max(largest, bytes)
  }
  const { cart } = (await shop.look()) as { cart: object }
  expect(Object.keys(cart)).toHaveLength(things)
  return largest
}

describe('a session that is changed again and again within three minutes', () => {
  for (const seconds of [0, 1, 2, 5]) {
    test(`every ${seconds} s is saved as long as its data fits, without a store`, async () => {
      await shopping(new Shop(), 100, seconds)
    })

    test(`every ${seconds} s keeps its responses under 3,500 bytes of Set-Cookie, with a store`, async () => {
      const clock = { overflow: memoryStore() }
      expect(await shopping(new Shop(clock), 100, seconds)).toBeLessThan(3500)
    })
  }
})
