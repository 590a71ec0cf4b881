/** Parallel writes that each fit, and together do not. */
import { describe, expect, test } from 'vitest'
import { SessionTooLarge } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { Clock, errorOf, type Loose, Shop } from '../support/visitor.ts'
import { each, type Handler, parallel } from './parallel.ts'

/** After so long a renewal is due. */
const RENEWAL_SECONDS = 200

const notesOf = (data: Loose) => data['notes'] as Record<string, string>

/** Six parallel writes inside of one object. */
async function withNotes(): Promise<Shop> {
  const shop = new Shop({ initial: () => ({ notes: {}, theme: 'light' }) })
  await shop.visit((session) => {
    session.subject = 'ada'
    notesOf(session.data)['first'] = 'x'.repeat(1800)
  })
  const writes = each<Loose>(6, ({ data }, i) => {
    notesOf(data)[`n${i}`] = 'y'.repeat(400)
  })
  await parallel(shop, writes)
  return shop
}

/** Many small values: none of them is worth putting into the store. */
async function withPreferences(): Promise<Shop> {
  const clock = new Clock()
  const shop = new Shop({ overflow: memoryStore({ clock: clock.read }) }, { clock })
  await shop.visit((session) => {
    session.subject = 'ada'
    for (let i = 0; i < 22; i++) session.data[`pref${i}`] = 'x'.repeat(90)
  })
  const writes = each<Loose>(6, ({ data }, i) => {
    for (const k of [0, 1]) data[`new${i}.${k}`] = 'y'.repeat(100)
  })
  await parallel(shop, writes)
  return shop
}

/** Two drafts in an anonymous session. */
async function withDrafts(): Promise<Shop> {
  const shop = new Shop()
  await shop.visit(({ data }) => {
    data['a'] = 1
  })
  const writes = each<Loose>(2, ({ data }, i) => {
    data[`draft${i}`] = 'x'.repeat(2000)
  })
  await parallel(shop, writes)
  return shop
}

/** More than `maxSessionBytes`, all of it in the store. */
async function withFiles(): Promise<Shop> {
  const clock = new Clock()
  const overflow = memoryStore({ clock: clock.read })
  const shop = new Shop({ overflow, maxSessionBytes: 20_000 }, { clock })
  await shop.visit(({ data }) => {
    data['a'] = 1
  })
  const writes = each<Loose>(3, ({ data }, i) => {
    data[`draft${i}`] = 'x'.repeat(9000)
  })
  await parallel(shop, writes)
  return shop
}

const requests: Readonly<Record<string, Handler<Loose>>> = {
  'a GET': ({ data }) => Object.keys(data),
  'a small write': ({ data }) => {
    data['theme'] = 'dark'
  },
  'an increment': (session) => session.increment('hits'),
  'a flash': (session) => session.flash('saved', true),
  'a look at what is flashed': ({ flashed }) => flashed,
  'a claim': (session) => session.once('welcome'),
  'a login': (session) => {
    session.subject = 'ada'
  },
  'a regeneration': (session) => session.regenerate(),
  'a write that makes it smaller': ({ data }) => {
    delete data['draft0']
    delete data['new0.0']
    if (data['notes']) delete notesOf(data)['n0']
  },
  'a logout': (session) => session.destroy(),
}

describe.each([
  ['one object', withNotes],
  ['many small keys beside a store', withPreferences],
  ['two drafts', withDrafts],
  ['three files in a store', withFiles],
] as const)('a session that parallel writes made too large, of %s', (_, made) => {
  for (const [name, handler] of Object.entries(requests)) {
    test(`does not make ${name} fail, at once or when a renewal is due`, async () => {
      for (const wait of [0, RENEWAL_SECONDS, 2 * RENEWAL_SECONDS]) {
        const shop = await made()
        const before = structuredClone(await shop.look())
        shop.clock.advance(wait)
        await shop.visit(handler)
        const session = await shop.sessions.open(shop.visitor.request())
        expect(session.isNew).toBe(name === 'a logout')
        if (name !== 'a logout' && !name.endsWith('smaller'))
          expect(session.data).toMatchObject({
            ...before,
            ...(name === 'a small write' && { theme: 'dark' }),
          })
        shop.clock.advance(RENEWAL_SECONDS)
        await shop.visit(({ data }) => data)
      }
    })
  }

  test('goes through all of these, one after the other', async () => {
    const shop = await made()
    for (const handler of Object.values(requests)) {
      shop.clock.advance(RENEWAL_SECONDS)
      await shop.visit(handler)
      await shop.visit(({ data }) => data)
    }
  })

  test('takes a little more, up to 1.5 times the limit, and then names what is large', async () => {
    const shop = await made()
    const grown = await errorOf(async () => {
      for (let i = 0; i < 200; i++) {
        await shop.visit(({ data }) => {
          const key = 'draft0' in data ? 'draft0' : `more${i}`
          data[key] = `${data[key] ?? ''}${'z'.repeat(100)}`
        })
        shop.clock.advance(20)
      }
    })
    expect(grown).toBeInstanceOf(SessionTooLarge)
    const { bytes, limit } = grown as SessionTooLarge
    expect(bytes).toBeGreaterThan(1.5 * limit)
    expect(bytes).toBeLessThan(1.5 * limit + 200)
    // It goes on all the same.
    shop.clock.advance(20)
    await shop.visit((session) => session.regenerate())
    await shop.visit(({ data }) => data)
  })
})

test('a session that just fits can be renewed, logged in, given a new id, made smaller and ended', async () => {
  const started = async (length: number) => {
    const shop = new Shop()
    await shop.visit(({ data }) => {
      data['text'] = 'x'.repeat(length)
    })
    return shop
  }
  const fits = (length: number) =>
    started(length).then(
      () => true,
      () => false,
    )
  let length = 2600
  while (await fits(length + 1)) length++
  for (let shorter = 0; shorter < 80; shorter += 4) {
    for (const [name, handler] of Object.entries(requests)) {
      if (['a small write', 'an increment', 'a flash', 'a claim'].includes(name)) continue
      for (const wait of [0, RENEWAL_SECONDS]) {
        const shop = await started(length - shorter)
        shop.clock.advance(wait)
        await shop.visit(handler)
      }
    }
  }
})
