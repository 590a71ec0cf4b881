/** What nobody reads stays bounded. */
import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/session/session.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { errorOf, type Loose, Shop } from '../support/visitor.ts'

const STORES: [string, () => Shop][] = [
  ['without a store', () => new Shop()],
  ['with a store', () => new Shop({ overflow: memoryStore() })],
]

describe.each(STORES)('messages that nobody reads, %s', (_, make) => {
  test('are the newest 16', async () => {
    const shop = make()
    for (let i = 0; i < 40; i++) {
      shop.clock.advance(i % 3)
      await shop.visit((session) => session.flash('n', i))
    }
    await shop.visit(({ flashes }) => {
      expect(flashes.map(({ value }) => value)).toEqual(
        Array.from({ length: 16 }, (_, i) => 24 + i),
      )
    })
  })

  test('are as many as fit into 1,024 bytes', async () => {
    const shop = make()
    // With name and key each of them takes 128 bytes, and all of them one more.
    for (let i = 100; i < 130; i++)
      await shop.visit((session) => session.flash('n', `${i}${'n'.repeat(102)}`))
    await shop.visit(({ flashes }) => {
      expect(flashes.map(({ value }) => Number(String(value).slice(0, 3)))).toEqual([
        123, 124, 125, 126, 127, 128, 129,
      ])
    })
  })

  test('give way to a large one', async () => {
    const shop = make()
    await shop.visit((session) => session.flash('small', 1))
    await shop.visit((session) => session.flash('large', 'n'.repeat(1500)))
    await shop.visit(({ flashes }) => expect(flashes.map(({ key }) => key)).toEqual(['large']))
  })

  test('of one request stay, however many', async () => {
    const shop = make()
    await shop.visit((session) => session.flash('earlier', 1))
    await shop.visit((session) => {
      for (let i = 0; i < 20; i++) session.flash('n', i)
    })
    await shop.visit(({ flashes }) => {
      expect(flashes.map(({ value }) => value)).toEqual(Array.from({ length: 20 }, (_, i) => i))
    })
  })

  test('stay bounded where parallel requests leave them', async () => {
    const shop = make()
    await shop.visit(({ data }) => {
      data['a'] = 1
    })
    for (let round = 0; round < 8; round++) {
      const requests = await Promise.all(Array.from({ length: 6 }, () => shop.begin()))
      for (const { session } of requests) session.flash('n', 'n'.repeat(40))
      for (const { end } of requests) await end()
      shop.clock.advance(1)
    }
    await shop.visit((session) => session.flash('last', 1))
    await shop.visit(({ flashes }) => {
      expect(flashes.length).toBeLessThanOrEqual(16)
      expect(flashes.at(-1)).toEqual({ key: 'last', value: 1 })
    })
  })

  test('never make a login, a change, a logout or a next message fail', async () => {
    const shop = make()
    await shop.visit(({ data }) => {
      data['text'] = 'd'.repeat(1200)
    })
    for (let i = 0; i < 60; i++) {
      shop.clock.advance(i % 40)
      await shop.visit((session) =>
        session.flash('saved', `Your order ${i} was saved. ${'n'.repeat(i)}`),
      )
    }
    await shop.visit((session) => {
      session.subject = 'u'.repeat(40)
      session.flash('welcome', 'Hello')
    })
    await shop.visit(({ data }) => {
      data['n'] = 1
    })
    await shop.visit(({ flashed }) => expect(flashed['welcome']).toBe('Hello'))
    await shop.visit((session) => session.destroy())
    expect(await shop.look()).toEqual({})
  })

  test('cost a cookie that does not grow', async () => {
    const shop = make()
    const lengths: number[] = []
    for (let i = 0; i < 120; i++) {
      shop.clock.advance(7)
      await shop.visit((session) => session.flash('saved', `Message ${i}`))
      lengths.push(shop.visitor.cookie.length)
    }
    expect(Math.max(...lengths)).toBeLessThan(5000)
  })
})

describe('in a session that nearly fills its cookie, messages that nobody reads', () => {
  const filled = async (size: number): Promise<Shop> => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['text'] = 'd'.repeat(size)
    })
    return shop
  }

  for (const size of [1700, 2100, 2500, 2600]) {
    test(`give way to the next ones, beside ${size} bytes`, async () => {
      const shop = await filled(size)
      for (let i = 0; i < 40; i++) {
        shop.clock.advance(i % 50)
        await shop.visit((session) => session.flash('saved', `Your order ${i} was saved.`))
      }
      await shop.visit((session) => {
        session.subject = 'u'.repeat(40)
        session.flash('welcome', 'Hello, and welcome back')
      })
      await shop.visit(({ flashes, data }) => {
        expect(flashes.at(-1)).toEqual({ key: 'welcome', value: 'Hello, and welcome back' })
        expect(data['text']).toHaveLength(size)
      })
    })

    test(`give way to data, beside ${size} bytes`, async () => {
      const shop = await filled(size)
      for (let i = 0; i < 20; i++)
        await shop.visit((session) => session.flash('saved', `Your order ${i} was saved.`))
      const more = 'm'.repeat(2650 - size)
      await shop.visit(({ data }) => {
        data['more'] = more
      })
      expect(await shop.look()).toMatchObject({ more })
    })
  }

  test('stay if a request fails all the same, and if the handler then makes it smaller', async () => {
    const shop = await filled(2500)
    await shop.visit((session) => session.flash('saved', 'yes'))
    const before = shop.visitor.cookie
    const tooMuch = (session: Session<Loose>) => {
      session.data['more'] = 'm'.repeat(3000)
    }
    const error = await errorOf(() => shop.visit(tooMuch))
    expect(error).toMatchObject({ code: 'ERR_TOO_LARGE' })
    expect(error).toHaveProperty('largest.0', { key: 'more', bytes: 3002 })
    expect(shop.visitor.cookie).toBe(before)
    await shop.visit(async (session) => {
      tooMuch(session)
      await errorOf(() => session.commit())
      session.data['more'] = 'm'
    })
    await shop.visit(({ flashed }) => expect(flashed).toEqual({ saved: 'yes' }))
  })
})

test('a message that is too large fails, and the error names flash()', async () => {
  const shop = new Shop()
  await shop.visit((session) => {
    session.data['kept'] = 1
    session.flash('before', 'stays')
  })
  const error = await errorOf(() => shop.visit((session) => session.flash('it', 'n'.repeat(5000))))
  expect(error).toMatchObject({ code: 'ERR_TOO_LARGE' })
  expect(error).toHaveProperty('largest.0.key', 'flash()')
  expect(String(error)).toContain('flash() (')
  expect(await shop.look()).toEqual({ kept: 1 } satisfies Loose)
  await shop.visit(({ flashed }) => expect(flashed).toEqual({ before: 'stays' }))
})
