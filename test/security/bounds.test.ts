import { describe, expect, test } from 'vitest'
import { findCookies } from '../../src/http/cookies.ts'
import { RECENT_SECONDS } from '../../src/log/bursts/recent.ts'
import { cryptoCalls } from '../support/crypto-calls.ts'
import { seeded } from '../support/random.ts'
import { textWork } from '../support/text-work.ts'
import { Clock, ORIGIN, OTHER_SECRET, SECRET, Shop, START, Visitor } from '../support/visitor.ts'
import { garbage, HEADER_BYTES } from './garbage.ts'

/** A session whose jar holds `count` cookies: so many requests wrote at once. */
async function crowded(count: number): Promise<Shop> {
  const shop = new Shop()
  await shop.visit(({ data }) => {
    data['first'] = true
  })
  const requests = await Promise.all(Array.from({ length: count - 1 }, () => shop.begin()))
  for (const [i, { session }] of requests.entries()) session.data[`key${i}`] = i
  for (const { end } of requests) {
    // So that their node has forgotten those before it, which it would write once more.
    shop.clock.advance(RECENT_SECONDS + 1)
    await end()
  }
  expect(shop.visitor.cookie.split('; ').length).toBeGreaterThanOrEqual(count)
  return shop
}

async function headers(): Promise<[string, string][]> {
  const { visitor } = await crowded(40)
  const real = { header: visitor.cookie, secret: SECRET, name: 'session', now: START }
  return [...(await garbage(real, seeded(7)))]
}

/** Opens a header with keys that nobody has used, and counts. */
async function open(cookie: string) {
  const shop = new Shop({ secrets: [`${SECRET}`, OTHER_SECRET], absoluteTimeout: 43_200 })
  let isNew = false
  const calls = await cryptoCalls(async () => {
    const session = await shop.sessions.open(new Request(ORIGIN, { headers: { cookie } }))
    isNew = session.isNew
  })
  return { isNew, calls, events: shop.events }
}

describe('a Cookie header of 128 KB', async () => {
  for (const [what, header] of await headers()) {
    test(`of ${what} takes 23 failed decryptions at most, and derives no key without need`, async () => {
      expect(header.length).toBeGreaterThan(HEADER_BYTES / 2)
      const { isNew, calls, events } = await open(header)
      expect(isNew).toBe(true)
      expect(calls['decrypt'] ?? 0).toBeLessThanOrEqual(23)
      const derived = calls['importKey'] ?? 0
      expect(derived).toBeLessThanOrEqual(what.includes('any hour') ? 15 : 1)
      if (/random kids|out of the window|another kind/.test(what)) expect(calls).toEqual({})
      expect(events.length).toBeLessThanOrEqual(3)
    })
  }

  test('of thirty thousand pairs of others is searched as a whole, not pair by pair', () => {
    const header = 'a=b;'.repeat(HEADER_BYTES / 4)
    expect(textWork(() => header.split(';'))).toBeGreaterThan(30_000)
    expect(textWork(() => findCookies(header, '__Host-session.'))).toBeLessThanOrEqual(1)
    expect(findCookies(header, '__Host-session.').cookies).toEqual([])
  })

  test('keeps no memory: hundreds of kids leave 128 keys at most', async () => {
    const shop = new Shop({ idleTimeout: 34_560_000, absoluteTimeout: 34_560_000 })
    const real = { header: 'a=b', secret: SECRET, name: 'session', now: START }
    const all = await garbage(real, seeded(3))
    const header = all.get('the right secret and hours out of the window') ?? ''
    // The same hour may come twice. What stands before the first dot names it.
    const kids = new Map(header.split('; ').map((cookie) => [cookie.split(/[=.]/)[2], cookie]))
    expect(kids.size).toBeGreaterThan(200)
    const derives = async (cookie: string) => {
      const request = new Request(ORIGIN, { headers: { cookie } })
      const { importKey = 0 } = await cryptoCalls(() => shop.sessions.open(request))
      return importKey
    }
    for (const cookie of kids.values()) expect(await derives(cookie)).toBe(1)
    let known = 0
    for (const cookie of [...kids.values()].reverse()) known += 1 - (await derives(cookie))
    expect(known).toBe(128)
  })
})

describe('a jar with many cookies', () => {
  test('of 50 valid ones opens whole', async () => {
    const shop = await crowded(50)
    expect(Object.keys(await shop.look())).toHaveLength(50)
    expect(shop.told('rejected')).toEqual([])
  })

  test('in which seven broken ones come first opens whole, and the next writes delete those', async () => {
    const shop = await crowded(40)
    const { cookie } = shop.visitor
    const [, value = ''] = (cookie.split('; ')[0] ?? '').split('=')
    const broken = Array.from({ length: 7 }, (_, i) => `__Host-session.aaaaaaa${i}=${value}`)
    const deleted: string[] = []
    for (let i = 0; i < 2; i++) {
      const header = [...broken, shop.visitor.cookie].join('; ')
      const request = new Request(ORIGIN, { headers: { cookie: header } })
      const session = await shop.sessions.open(request)
      expect(Object.keys(session.data).length).toBeGreaterThanOrEqual(40)
      session.data[`more${i}`] = 1
      shop.visitor.take(await shop.sessions.commit(session, new Response()))
      deleted.push(...shop.visitor.setCookies)
    }
    for (let i = 0; i < 7; i++)
      expect(deleted.join()).toContain(`__Host-session.aaaaaaa${i}=; Max-Age=0`)
  })

  test('with so many broken ones first that the rest is not opened loses nothing of the rest', async () => {
    const shop = await crowded(20)
    const whole = await shop.look()
    const { cookie } = shop.visitor
    const [, value = ''] = (cookie.split('; ')[0] ?? '').split('=')
    for (let i = 0; i < 20; i++)
      shop.visitor.jar.store([`__Host-session.aaaaaa${10 + i}=${value}; Secure; Path=/`], ORIGIN)
    shop.clock.advance(1)
    const reversed = () => shop.visitor.cookie.split('; ').reverse().join('; ')
    for (let i = 0; i < 3; i++) {
      const session = await shop.sessions.open(
        new Request(ORIGIN, { headers: { cookie: reversed() } }),
      )
      session.data['more'] = i
      shop.visitor.take(await shop.sessions.commit(session, new Response()))
    }
    expect(await shop.look()).toEqual({ ...whole, more: 2 })
  })
})

describe('a cookie is worth nothing', () => {
  const options = { name: 'session' }
  const elsewhere: readonly (readonly [
    string,
    ConstructorParameters<typeof Shop>[0],
    string,
    (cookie: string) => string,
  ])[] = [
    [
      'under another name of ours',
      {},
      ORIGIN,
      (cookie) => cookie.replace(/\.[\w-]+=/, '.aaaaaaaa='),
    ],
    [
      'in a session of another name',
      { cookie: { name: 'admin' } },
      ORIGIN,
      (cookie) => cookie.replace('-session.', '-admin.'),
    ],
    ['with another secret', { secrets: OTHER_SECRET }, ORIGIN, (cookie) => cookie],
    ['without its prefix, over https', {}, ORIGIN, (cookie) => cookie.replace('__Host-', '')],
    [
      'with the prefix of a shared domain',
      {},
      ORIGIN,
      (cookie) => cookie.replace('__Host-', '__Secure-'),
    ],
    ['on localhost without TLS', {}, 'http://localhost', (cookie) => cookie],
    ['in other letters', {}, ORIGIN, (cookie) => cookie.replace('__Host-', '__host-')],
  ]
  for (const [where, other, origin, change] of elsewhere) {
    test(where, async () => {
      const home = new Shop({ cookie: options })
      await home.visit(({ data }) => {
        data['admin'] = true
      })
      const shop = new Shop(other)
      const session = await shop.sessions.open(
        new Request(origin, { headers: { cookie: change(home.visitor.cookie) } }),
      )
      expect(session.isNew).toBe(true)
      expect(session.data).toEqual({})
    })
  }
})

describe('two Set-Cookie headers of one name', () => {
  test('never leave, whatever requests do at once', async () => {
    const random = seeded(11)
    const clock = new Clock()
    const shop = new Shop({}, { clock, visitor: new Visitor(clock) })
    for (let round = 0; round < 150; round++) {
      const requests = await Promise.all(
        Array.from({ length: 1 + random.below(5) }, () => shop.begin()),
      )
      for (const { session, end } of requests) {
        const what = random.below(12)
        if (what === 0) session.regenerate()
        else if (what === 1) session.subject = `user-${random.below(3)}`
        else if (what === 2) session.flash('note', round)
        if (what > 2 || session.isNew) session.data[`k${random.below(6)}`] = round
        if (what === 3) session.destroy()
        clock.advance(random.pick([0, 0.2, 5, 100]))
        await end()
        const names = shop.visitor.setCookies.map((line) => line.split('=')[0])
        expect(new Set(names).size).toBe(names.length)
      }
    }
  })
})
