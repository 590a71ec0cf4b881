/** Where the random bytes come from: ids, IVs and keys in the store are those of the CSPRNG and of nothing else. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { toBase64Url } from '../../src/tree/bytes.ts'
import { Shop } from '../support/visitor.ts'

/** All that the CSPRNG gave since. */
function listening(): Uint8Array[] {
  const given: Uint8Array[] = []
  const original = crypto.getRandomValues.bind(crypto)
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    const filled = original(array)
    if (filled instanceof Uint8Array) given.push(filled.slice())
    return filled
  })
  return given
}

/** Whether a text is, or begins with, the base64url of bytes that the CSPRNG gave. */
const isOf = (given: readonly Uint8Array[], text: string): boolean =>
  given.some((bytes) => toBase64Url(bytes).startsWith(text) || text.startsWith(toBase64Url(bytes)))

afterEach(() => {
  vi.restoreAllMocks()
})

describe('random', () => {
  test('is the id of a session: all of its 128 bits are those that the CSPRNG gave', async () => {
    const given = listening()
    const shop = new Shop()
    const ids = [
      await shop.visit((session) => {
        session.data['a'] = 1
        return session.id
      }),
      await shop.visit((session) => {
        session.regenerate()
        return session.id
      }),
      await shop.visit((session) => {
        session.login('ada')
        return session.id
      }),
    ]
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) {
      expect(id).toMatch(/^[\w-]{22}$/)
      expect(
        isOf(
          given.filter(({ length }) => length === 16),
          id,
        ),
      ).toBe(true)
    }
  })

  test('are the names under which values stand in the store', async () => {
    const given = listening()
    const keys: string[] = []
    const store = memoryStore()
    const overflow = {
      get: store.get.bind(store),
      put: (key: string, value: string, ttl: number) => {
        keys.push(key)
        return store.put(key, value, ttl)
      },
    }
    const shop = new Shop({ overflow })
    for (let i = 0; i < 3; i++)
      await shop.visit((session) => {
        session.data[`far${i}`] = 'x'.repeat(6000)
      })
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.length).toBeGreaterThan(2)
    for (const key of keys)
      expect(
        isOf(
          given.filter(({ length }) => length === 16),
          key,
        ),
      ).toBe(true)
  })

  test('is nothing that Math.random gives', async () => {
    vi.spyOn(Math, 'random').mockImplementation(() => {
      throw new Error('Math.random was called')
    })
    const shop = new Shop({ overflow: memoryStore() })
    await shop.visit((session) => {
      session.data['far'] = 'x'.repeat(6000)
      session.flash('notice', 'hi')
    })
    const requests = [await shop.begin(), await shop.begin()]
    for (const { session } of requests) session.increment('visits')
    for (const { end } of requests) await end()
    await shop.visit((session) => session.login('ada'))
    await shop.visit((session) => session.regenerate())
    await shop.visit((session) => session.destroy())
    expect(Math.random).not.toHaveBeenCalled()
  })

  test('are the IVs: 96 bits each, none of them twice', async () => {
    const shop = new Shop()
    const ivs: string[] = []
    for (let i = 0; i < 200; i++) {
      await shop.visit((session) => {
        session.data['same'] = i % 2
      })
      for (const line of shop.visitor.setCookies) {
        const [, , iv = ''] = line.split(';')[0]?.split('=')[1]?.split('.') ?? []
        if (iv !== '') ivs.push(iv)
      }
    }
    expect(ivs.length).toBeGreaterThan(200)
    expect(new Set(ivs).size).toBe(ivs.length)
    // Of each of the 96 bits about half are set, and no two IVs have more than chance in common.
    const bits = ivs.map((iv) =>
      Array.from(atob(iv.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
        letter.charCodeAt(0).toString(2).padStart(8, '0'),
      ).join(''),
    )
    for (const each of bits) expect(each).toHaveLength(96)
    for (let at = 0; at < 96; at++) {
      const share = bits.filter((each) => each[at] === '1').length / bits.length
      expect(Math.abs(share - 0.5)).toBeLessThan(0.25)
    }
  })
})
