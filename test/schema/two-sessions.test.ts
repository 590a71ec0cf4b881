import { Hono } from 'hono'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { session } from '../../src/hono.ts'
import type { Session, SessionEvent } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { seeded } from '../support/random.ts'
import { Clock, OTHER_SECRET, SECRET, Visitor } from '../support/visitor.ts'

interface ShopData {
  cart: Record<string, number>
  visits: number
  note: string
}
interface AdminData {
  roles: string[]
  visits: number
}
type Handler = (shop: Session<ShopData>, admin: Session<AdminData>) => void

const newShop = (): ShopData => ({ cart: {}, visits: 0, note: '' })
const newAdmin = (): AdminData => ({ roles: [], visits: 0 })

/** An app with two sessions, whose options differ in everything that can differ. */
function twoSessions(adminName: string, adminSecret: string) {
  const clock = new Clock()
  const events: SessionEvent[] = []
  const onEvent = (event: SessionEvent) => events.push(event)
  const shop = session<ShopData>({
    secrets: SECRET,
    clock: clock.read,
    cookie: { name: 'shop' },
    idleTimeout: 600,
    initial: newShop,
    overflow: memoryStore({ clock: clock.read }),
    schema: z.object({
      cart: z.record(z.string(), z.number()),
      visits: z.number(),
      note: z.string(),
    }),
    onEvent,
  })
  const admin = session<AdminData, 'admin'>(
    {
      secrets: adminSecret,
      clock: clock.read,
      cookie: { name: adminName, sameSite: 'Strict' },
      absoluteTimeout: 7200,
      initial: newAdmin,
      version: 2,
      schema: v.object({ roles: v.array(v.string()), visits: v.number() }),
      onEvent,
    },
    { variable: 'admin' },
  )
  const app = new Hono<{ Bindings: { handler: Handler } }>()
    .onError((error) => {
      throw error
    })
    .use(shop)
    .use(admin)
    .all('*', (c) => {
      c.env.handler(c.var.session, c.var.admin)
      return c.text('ok')
    })
  const visitor = new Visitor(clock)
  const visit = (handler: Handler) => visitor.send((request) => app.fetch(request, { handler }))
  const begin = (handler: Handler) =>
    Promise.resolve(app.fetch(visitor.request(), { handler })).then(
      (answer) => () => visitor.take(answer),
    )
  return { clock, events, visit, begin, visitor }
}

const NAMES = [
  { name: 'admin', secret: SECRET },
  { name: 'admin', secret: OTHER_SECRET },
  { name: 'shop2', secret: SECRET },
  { name: 'sho', secret: SECRET },
  { name: 'Shop', secret: SECRET },
]

describe.each(NAMES)('the sessions shop and $name in one app', ({ name, secret }) => {
  test('do not touch each other in 200 random requests', async () => {
    const { clock, events, visit, begin } = twoSessions(name, secret)
    const random = seeded(11)
    const expected = { shop: newShop(), admin: newAdmin() }
    const ids = { shop: '', admin: '' }
    const actions: readonly (readonly [name: string, 'shop' | 'admin', Handler])[] = [
      ['buy', 'shop', ({ data }) => Object.assign(data.cart, { [`s${random.below(9)}`]: 1 })],
      ['note', 'shop', ({ data }) => Object.assign(data, { note: 'x'.repeat(random.below(5000)) })],
      ['count', 'shop', (shop) => shop.increment('visits')],
      ['flash', 'shop', (shop) => shop.flash('hint', 'for the shop')],
      ['regenerate', 'shop', (shop) => shop.regenerate()],
      ['destroy', 'shop', (shop) => shop.destroy()],
      ['grant', 'admin', (_, { data }) => data.roles.push(`r${random.below(99)}`)],
      ['count', 'admin', (_, admin) => admin.increment('visits')],
      ['login', 'admin', (_, admin) => Object.assign(admin, { subject: `u${random.below(9)}` })],
      ['destroy', 'admin', (_, admin) => admin.destroy()],
    ]
    for (let i = 0; i < 200; i++) {
      clock.advance(random.below(20))
      const [action, which, handler] = random.pick(actions)
      const other = which === 'shop' ? 'admin' : 'shop'
      await visit((shop, admin) => {
        const sessions = { shop, admin }
        expect({ shop: shop.data, admin: admin.data }).toEqual(expected)
        if (!sessions[other].isNew && ids[other] !== '') expect(sessions[other].id).toBe(ids[other])
        handler(shop, admin)
        if (action !== 'destroy') {
          expected.shop = structuredClone(shop.data)
          expected.admin = structuredClone(admin.data)
        } else if (which === 'shop') expected.shop = newShop()
        else expected.admin = newAdmin()
        ids[other] = sessions[other].isNew ? '' : sessions[other].id
      })
      ids[which] = ''
      if (random.below(5) > 0) continue
      // A write of the one, answered after a write of the other.
      const buy = begin(({ data }) => Object.assign(data.cart, { late: i }))
      const grant = begin((_, { data }) => data.roles.push(`late${i}`))
      for (const arrive of (await Promise.all([buy, grant])).reverse()) arrive()
      expected.shop.cart['late'] = i
      expected.admin.roles.push(`late${i}`)
    }
    expect(events.filter(({ type }) => type === 'rejected')).toEqual([])
  })

  test('end by themselves, each after its own time', async () => {
    const { clock, visit } = twoSessions(name, secret)
    await visit((shop, admin) => {
      shop.data.note = 'here'
      admin.data.roles.push('here')
    })
    clock.advance(601)
    await visit((shop, admin) => {
      expect(shop.isNew).toBe(true)
      expect(admin.data.roles).toEqual(['here'])
      shop.data.note = 'again'
    })
    for (let i = 0; i < 20; i++) {
      clock.advance(400)
      await visit((shop, admin) => {
        expect(shop.data.note).toBe('again')
        expect(admin.isNew).toBe(i * 400 + 1001 >= 7200)
      })
    }
  })

  test('what the one changed is not sealed with the other', async () => {
    const { visit, visitor } = twoSessions(name, secret)
    await visit((_, admin) => admin.increment('visits'))
    const written = visitor.setCookies.map((line) => line.split('.')[0])
    expect(written).toEqual([`__Host-${name}`])
    await visit((shop) => shop.increment('visits'))
    expect(visitor.setCookies.map((line) => line.split('.')[0])).toEqual(['__Host-shop'])
    await visit(() => undefined)
    expect(visitor.setCookies).toEqual([])
  })
})
