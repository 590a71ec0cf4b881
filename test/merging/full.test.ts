/** Sessions that are nearly full: what they accept must not stand in the way of what comes next. */
import { expect, test } from 'vitest'
import { SessionTooLarge } from '../../src/index.ts'
import { errorOf, type Loose, Shop } from '../support/visitor.ts'
import type { Handler } from './parallel.ts'

/** Whether a session takes all of this, one request after the other. */
async function accepts(shop: Shop, handlers: readonly Handler<Loose>[]): Promise<boolean> {
  try {
    for (const handler of handlers) {
      await shop.visit(handler)
      shop.clock.advance(100)
    }
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(SessionTooLarge)
    return false
  }
}

test('whatever a session that is nearly full accepts, it can be logged in, given a new id and renewed after it', async () => {
  const small: readonly Handler<Loose>[] = [
    ({ data }) => {
      data['theme'] = 'dark'
    },
    (session) => session.increment('hits'),
    (session) => session.flash('info', 'saved'),
    (session) => session.once('welcome'),
  ]
  const after: readonly Handler<Loose>[] = [
    (session) => {
      session.subject = 'user 1'
    },
    (session) => session.regenerate(),
    ({ data }) => data,
  ]
  let refused = 0
  for (let length = 2640; length < 2760; length += 3) {
    for (const write of small) {
      const shop = new Shop<Loose>({ initial: () => ({ list: [{ id: 'a', q: 1 }] }) })
      const isAccepted = await accepts(shop, [
        ({ data }) => {
          data['text'] = 'x'.repeat(length)
        },
        write,
      ])
      if (!isAccepted) {
        refused++
        continue
      }
      for (const handler of after) {
        shop.clock.advance(600)
        await shop.visit(handler)
      }
    }
  }
  expect(refused).toBeGreaterThan(20)
})

test('keys of once() count towards the size, and an error for them names them', async () => {
  const shop = new Shop()
  let longest = 0
  const error = await errorOf(async () => {
    for (let i = 0; i < 300; i++) {
      shop.clock.advance(8)
      await shop.visit((session) => session.once(`coupon ${i} of this summer`))
      longest = Math.max(longest, shop.visitor.cookie.length)
    }
  })
  expect(error).toBeInstanceOf(SessionTooLarge)
  expect((error as SessionTooLarge).message).toContain('once() (')
  expect((error as SessionTooLarge).largest[0]?.key).toBe('once()')
  expect(longest).toBeLessThan(8000)
  await shop.visit((session) => {
    session.subject = 'ada'
  })
  await shop.visit((session) => session.regenerate())
})
