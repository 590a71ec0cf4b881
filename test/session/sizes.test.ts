import { describe, expect, test } from 'vitest'
import { SessionTooLarge } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { Clock, errorOf, type Loose, Shop } from '../support/visitor.ts'

function shopWithStore(options: { maxSessionBytes?: number } = {}) {
  const clock = new Clock()
  const store = faultyStore(memoryStore({ clock: clock.read }), {}, clock.read)
  return { shop: new Shop({ overflow: store, ...options }, { clock }), store }
}

/** Text that takes `bytes` bytes as JSON, without repeating. */
function text(bytes: number): string {
  let text = ''
  for (let i = 0; text.length < bytes; i++) text += `${(i * 2654435761) >>> 0}.`
  return text.slice(0, bytes - 2)
}

describe('a session with a store', () => {
  for (const [size, bytes] of [
    ['200 B', 200],
    ['2 KB', 2048],
  ] as const) {
    test(`of ${size} round-trips with no store operation`, async () => {
      const { shop, store } = shopWithStore()
      await shop.visit(({ data }) => {
        data['value'] = text(bytes)
      })
      expect(await shop.visit(({ data }) => data)).toEqual({ value: text(bytes) })
      await shop.visit(({ data }) => {
        data['small'] = 1
      })
      expect(await shop.look()).toEqual({ value: text(bytes), small: 1 })
      expect(store.counts).toMatchObject({ puts: 0, gets: 0 })
    })
  }

  for (const [size, bytes] of [
    ['16 KB', 16_384],
    ['200 KB', 204_800],
  ] as const) {
    test(`of ${size} in one value round-trips through the store, put once`, async () => {
      const { shop, store } = shopWithStore()
      await shop.visit(({ data }) => {
        data['value'] = text(bytes)
        data['small'] = 'stays in the cookie'
      })
      for (let i = 0; i < 3; i++) {
        await shop.visit(({ data }) => {
          expect(data['value'] === text(bytes)).toBe(true)
          data['count'] = i
        })
      }
      expect(await shop.look()).toMatchObject({ small: 'stays in the cookie', count: 2 })
      expect(store.counts).toMatchObject({ puts: 1, misses: 0, failures: 0 })
      expect(store.violations).toEqual([])
    })

    test(`of ${size} in many values round-trips`, async () => {
      const { shop, store } = shopWithStore()
      const keys = Array.from({ length: 8 }, (_, i) => `key${i}`)
      await shop.visit(({ data }) => {
        for (const key of keys) data[key] = { key, text: text(bytes / 8 - 50) }
      })
      const data = await shop.look()
      for (const key of keys) expect(data[key]).toEqual({ key, text: text(bytes / 8 - 50) })
      expect(store.violations).toEqual([])
    })
  }

  test('checks in the largest values first, and only as many as needed', async () => {
    const { shop, store } = shopWithStore()
    await shop.visit(({ data }) => {
      data['big'] = text(3000)
      data['medium'] = text(1000)
      data['small'] = text(200)
    })
    expect(store.counts.puts).toBe(1)
    await shop.visit(({ data }) => {
      data['medium'] = text(900)
    })
    expect(store.counts.puts).toBe(1)
    expect(await shop.look()).toEqual({ big: text(3000), medium: text(900), small: text(200) })
  })

  test('takes a value back into the cookie that became small, with a new key for a new value', async () => {
    const { shop, store } = shopWithStore()
    for (const value of [text(5000), text(6000), 'small', text(5000)]) {
      await shop.visit(({ data }) => {
        data['value'] = value
      })
      expect(await shop.look()).toEqual({ value })
    }
    expect(new Set(store.keys).size).toBe(3)
    expect(store.violations).toEqual([])
  })

  test('keeps values for as long as the session can live after a login', async () => {
    const { shop } = shopWithStore()
    await shop.visit(({ data }) => {
      data['value'] = text(5000)
    })
    for (let minutes = 0; minutes < 700; minutes += 20) {
      shop.clock.advance(20 * 60)
      await shop.visit(({ data }) => data)
    }
    await shop.visit((session) => session.login('ada'))
    for (let minutes = 0; minutes < 700; minutes += 20) {
      shop.clock.advance(20 * 60)
      await shop.visit(({ data }) => data)
    }
    expect(await shop.look()).toEqual({ value: text(5000) })
  })

  test('over maxSessionBytes fails, names the largest keys, and leaves the old state whole', async () => {
    const { shop, store } = shopWithStore({ maxSessionBytes: 20_000 })
    await shop.visit(({ data }) => {
      data['kept'] = text(12_000)
    })
    const before = shop.visitor.cookie
    const error = await errorOf(() =>
      shop.visit(({ data }) => {
        data['more'] = text(9000)
        data['little'] = 1
      }),
    )
    expect(error).toBeInstanceOf(SessionTooLarge)
    expect(error).toMatchObject({
      code: 'ERR_TOO_LARGE',
      limit: 20_000,
      bytes: 21_001,
      largest: [
        { key: 'kept', bytes: 12_000 },
        { key: 'more', bytes: 9000 },
        { key: 'little', bytes: 1 },
      ],
    })
    expect(shop.visitor.cookie).toBe(before)
    expect(await shop.look()).toEqual({ kept: text(12_000) })
    expect(store.counts.puts).toBe(1)
  })

  test('names the store as the remedy where many small values do not fit', async () => {
    const { shop } = shopWithStore()
    const error = await errorOf(() =>
      shop.visit(({ data }) => {
        for (let i = 0; i < 400; i++) data[`key${i}`] = `value ${i}`
      }),
    )
    expect(error).toMatchObject({ code: 'ERR_TOO_LARGE', limit: 4096 })
    expect(String(error)).toContain('put small values together under one key')
  })
})

describe('a session without a store', () => {
  test('that is too large fails, names the largest keys and their sizes, and stays as it was', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['kept'] = text(500)
    })
    const before = shop.visitor.cookie
    const error = await errorOf(() =>
      shop.visit(({ data }) => {
        data['big'] = text(5000)
        data['bigger'] = text(6000)
      }),
    )
    expect(error).toBeInstanceOf(SessionTooLarge)
    expect(error).toMatchObject({
      limit: 4096,
      largest: [
        { key: 'bigger', bytes: 6000 },
        { key: 'big', bytes: 5000 },
        { key: 'kept', bytes: 500 },
      ],
    })
    expect(String(error)).toContain('bigger (6000 B), big (5000 B), kept (500 B)')
    expect(String(error)).toContain('overflow: workersKV(env.SESSIONS)')
    expect(shop.visitor.cookie).toBe(before)
    expect(await shop.look()).toEqual({ kept: text(500) })
  })

  test('can be made smaller and committed after the error', async () => {
    const shop = new Shop()
    await shop.visit(async (session) => {
      session.data['big'] = text(5000)
      expect(await errorOf(() => session.commit())).toBeInstanceOf(SessionTooLarge)
      session.data['big'] = text(50)
    })
    expect(await shop.look()).toEqual({ big: text(50) })
  })

  test('holds 2,700 bytes in one value', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['value'] = text(2700)
    })
    expect(await shop.look()).toEqual({ value: text(2700) })
  })

  test('that fills its cookie to the last byte can be read and renewed for as long as it lives', async () => {
    const [shop, data] = await fullShop()
    for (let i = 0; i < 30; i++) {
      shop.clock.advance(20 * 60)
      expect(await shop.visit((session) => session.data)).toEqual(data)
    }
  })

  test('that fills its cookie to the last byte can be changed again and again', async () => {
    const [shop, data] = await fullShop()
    for (let i = 1; i < 200; i++) {
      shop.clock.advance(i % 7)
      await shop.visit((session) => {
        session.data['count'] = i % 10
      })
      expect(await shop.look()).toEqual({ ...data, count: i % 10 })
    }
  })
})

/** A shop whose visitor has the largest session that fits, and its data. */
async function fullShop(): Promise<[Shop, Loose]> {
  for (let size = 3000; size > 2500; size--) {
    const shop = new Shop()
    const fill = { value: text(size), count: 0 }
    const fits = await shop
      .visit(({ data }) => {
        Object.assign(data, fill)
      })
      .then(
        () => true,
        () => false,
      )
    if (fits) return [shop, fill]
  }
  return expect.fail('nothing fits')
}
