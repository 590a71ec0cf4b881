/** What makes each event happen. */
import { z } from 'zod'
import type { OverflowStore, RevocationOptions, SessionEvent } from '../../src/index.ts'
import { RECENT_SECONDS } from '../../src/log/bursts/recent.ts'
import { memoryMarks, memoryStore } from '../../src/stores/memory.ts'
import {
  Clock,
  errorOf,
  type Loose,
  OTHER_SECRET,
  SECRET,
  Shop,
  Visitor,
} from '../support/visitor.ts'

export type Type = SessionEvent['type']

export const put = (shop: Shop, key: string, value: unknown = 1) =>
  shop.visit(({ data }) => {
    data[key] = value
  })

/** `count` requests at once, each of which writes; the answers arrive in turn. */
async function atOnce(shop: Shop, count: number) {
  const requests = await Promise.all(Array.from({ length: count }, () => shop.begin()))
  for (const [i, { session }] of requests.entries()) session.data[`at-once-${i}`] = i
  for (const { end } of requests) {
    // So that their node has forgotten those before it, which it would write once more.
    shop.clock.advance(RECENT_SECONDS + 1)
    await end()
  }
}

const BIG = 'x'.repeat(5000)
const failing: OverflowStore = {
  get: () => Promise.reject(new Error('down')),
  put: () => Promise.reject(new Error('down')),
}

/** A visit or two for each. A type that is missing here does not compile. */
export const scenarios: { readonly [Key in Type]: () => Promise<Shop> } = {
  created: async () => {
    const shop = new Shop()
    await put(shop, 'a')
    return shop
  },
  opened: async () => {
    const shop = await scenarios.created()
    await shop.look()
    return shop
  },
  crowded: async () => {
    const shop = await scenarios.created()
    await atOnce(shop, 29)
    await shop.look()
    return shop
  },
  committed: () => scenarios.created(),
  merged: async () => {
    const shop = await scenarios.created()
    await atOnce(shop, 3)
    await shop.look()
    return shop
  },
  overwrote: async () => {
    const shop = await scenarios.created()
    const requests = [await shop.begin(), await shop.begin()]
    for (const [i, { session }] of requests.entries()) session.data['a'] = `other ${i}`
    for (const { end } of requests) await end()
    await shop.look()
    return shop
  },
  'fell-back': async () => {
    const schema = z.looseObject({ list: z.array(z.number()).max(1) })
    const shop = new Shop<Loose>({ schema, initial: () => ({ list: [] }) })
    await put(shop, 'a')
    const requests = [await shop.begin(), await shop.begin()]
    for (const [i, { session }] of requests.entries()) session.data['list'] = [i]
    for (const { end } of requests) await end()
    await shop.look()
    return shop
  },
  'read-late': async () => {
    const shop = await scenarios.created()
    const request = await shop.begin()
    await request.end()
    await errorOf(() => request.session.data)
    return shop
  },
  unstorable: async () => {
    const shop = new Shop({ cookie: { domain: 'other.example' } })
    const { session, answer } = await shop.begin()
    session.data['a'] = 1
    await answer()
    return shop
  },
  folded: async () => {
    const shop = await scenarios.created()
    await atOnce(shop, 6)
    shop.clock.advance(10)
    await put(shop, 'b')
    return shop
  },
  renewed: async () => {
    const shop = await scenarios.created()
    shop.clock.advance(400)
    await shop.visit(({ data }) => data)
    return shop
  },
  rotated: async () => {
    const old = await scenarios.created()
    const shop = new Shop({ secrets: [OTHER_SECRET, SECRET] }, old)
    await put(shop, 'b')
    return shop
  },
  regenerated: async () => {
    const shop = await scenarios.created()
    await shop.visit((session) => session.regenerate())
    return shop
  },
  destroyed: async () => {
    const shop = await scenarios.created()
    await shop.visit((session) => session.destroy())
    return shop
  },
  expired: async () => {
    const shop = await scenarios.created()
    const { cookie } = shop.visitor
    shop.clock.advance(1801)
    await shop.sessions.open(new Request('https://shop.example/', { headers: { cookie } }))
    return shop
  },
  rejected: async () => {
    const shop = new Shop()
    const cookie = '__Host-session.abcdefgh=garbage; __Host-session.abcdefgi=garbage'
    await shop.sessions.open(new Request('https://shop.example/', { headers: { cookie } }))
    return shop
  },
  'overflow-put': async () => {
    const shop = new Shop({ overflow: memoryStore() })
    await put(shop, 'big', BIG)
    return shop
  },
  'overflow-get': async () => {
    const shop = await scenarios['overflow-put']()
    await shop.look()
    return shop
  },
  'overflow-miss': async () => {
    const filled = await scenarios['overflow-put']()
    const shop = new Shop({ overflow: memoryStore() }, filled)
    await shop.look()
    return shop
  },
  'overflow-error': async () => {
    const filled = await scenarios['overflow-put']()
    const shop = new Shop({ overflow: failing }, filled)
    await shop.look()
    return shop
  },
  revoked: async () => {
    const shop = await scenarios.marked()
    await shop.look()
    return shop
  },
  'revocation-check': async () => {
    const shop = watchedShop()
    await shop.visit((session) => session.login('ada'))
    await shop.look()
    return shop
  },
  marked: async () => {
    const shop = watchedShop()
    await shop.visit((session) => session.login('ada'))
    await shop.sessions.revoke({ subject: 'ada' })
    return shop
  },
  'too-many-sessions': async () => {
    const shop = watchedShop({ maxSessions: 1 })
    await shop.visit((session) => session.login('ada'))
    const other = new Visitor(shop.clock)
    const session = await shop.sessions.open(other.request())
    session.login('ada')
    await session.commit().catch(() => undefined)
    return shop
  },
  'revocation-error': async () => {
    const store = memoryMarks()
    const shop = watchedShop({ store })
    await shop.visit((session) => session.login('ada'))
    Object.assign(store, { get: () => Promise.reject(new Error('down')) })
    await shop.look()
    return shop
  },
}

/** Each request of it is checked. */
function watchedShop(more: Partial<RevocationOptions> = {}): Shop {
  const clock = new Clock()
  const store = memoryMarks({ clock: clock.read })
  const revocation = { store, onUnavailable: 'deny', lag: 0, ...more } as const
  return new Shop({ revocation }, { clock })
}
