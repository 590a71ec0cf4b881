import { describe, expect, test } from 'vitest'
import { Clock, ORIGIN, Shop, Visitor } from '../support/visitor.ts'

const OFF = [-30, 0, 30]
/** A whole second, so that limits can be told to the millisecond. */
const WHOLE = 1_800_001_234_000

/** A node whose clock is off by some seconds. */
function node(time: Clock, visitor: Visitor, off: number, limits: Record<string, number>): Shop {
  const clock = new Clock()
  return new Shop({ ...limits, clock: () => time.now + off * 1000 }, { clock, visitor })
}

for (const sealing of OFF) {
  for (const opening of OFF) {
    describe(`a node that is ${sealing} s off seals and one that is ${opening} s off opens`, () => {
      function two(limits: Record<string, number>) {
        const time = new Clock()
        time.now = WHOLE
        const visitor = new Visitor(time)
        return {
          time,
          sealer: node(time, visitor, sealing, limits),
          opener: node(time, visitor, opening, limits),
        }
      }
      /** Whether the node finds a session, with its own clock at `ms`. */
      async function alive(time: Clock, opener: Shop, cookie: string, ms: number) {
        time.now = ms - opening * 1000
        const session = await opener.sessions.open(new Request(ORIGIN, { headers: { cookie } }))
        return !session.isNew
      }

      test('the idle timeout holds to the second by the clock of the one that opens', async () => {
        const { time, sealer, opener } = two({ idleTimeout: 600, absoluteTimeout: 6000 })
        await sealer.visit((session) => {
          session.data['a'] = 1
        })
        const sealed = WHOLE + sealing * 1000
        const { cookie } = sealer.visitor
        expect(await alive(time, opener, cookie, sealed + 599_000)).toBe(true)
        expect(await alive(time, opener, cookie, sealed + 599_999)).toBe(true)
        expect(await alive(time, opener, cookie, sealed + 600_000)).toBe(false)
        expect(opener.told('expired')).toEqual([{ type: 'expired', limit: 'idle' }])
      })

      test('the absolute timeout holds to the second, however often it was renewed', async () => {
        const { time, sealer, opener } = two({ idleTimeout: 600, absoluteTimeout: 1500 })
        const start = WHOLE + sealing * 1000
        for (let second = 0; second < 1400; second += 100) {
          time.now = WHOLE + second * 1000
          await (second % 200 === 0 ? sealer : opener).visit((session) => session.increment('n'))
        }
        const { cookie } = sealer.visitor
        expect(await alive(time, opener, cookie, start + 1_499_999)).toBe(true)
        expect(await alive(time, opener, cookie, start + 1_500_000)).toBe(false)
        expect(opener.told('expired').map(({ limit }) => limit)).toContain('absolute')
        expect(opener.told('rejected').map(({ reason }) => reason)).not.toContain('not-yet-valid')
      })
    })
  }
}

describe('renewal', () => {
  test('happens once at most in a tenth of the idle timeout, on nodes that disagree', async () => {
    const time = new Clock()
    const visitor = new Visitor(time)
    const nodes = OFF.map((off) => node(time, visitor, off, { idleTimeout: 1800 }))
    await nodes[1]?.visit((session) => {
      session.data['a'] = 1
    })
    const renewals: number[] = []
    for (let second = 0; second < 7200; second += 20) {
      time.advance(20)
      const shop = nodes[(second / 20) % 3]
      await shop?.visit(({ data }) => data)
      if (visitor.setCookies.length > 0) renewals.push(time.now)
    }
    const gaps = renewals.slice(1).map((at, i) => (at - (renewals[i] ?? 0)) / 1000)
    // The clocks may take 60 s off the interval, or add as much.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(180 - 60)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(180 + 60 + 60)
  })
})

describe('no cookie', () => {
  test('has a Max-Age over 400 days, tombstones included', async () => {
    const longest = 34_560_000
    const limits = { idleTimeout: longest, absoluteTimeout: longest }
    const shop = new Shop(limits)
    const ages: number[] = []
    const steps = [
      (session: { data: Record<string, unknown> }) => {
        session.data['a'] = 1
      },
      (session: { increment: (path: string) => void }) => session.increment('n'),
      (session: { regenerate: () => void }) => session.regenerate(),
      (session: { destroy: () => void }) => session.destroy(),
    ]
    for (const step of steps) {
      await shop.visit(step)
      for (const line of shop.visitor.setCookies) ages.push(Number(/Max-Age=(\d+)/.exec(line)?.[1]))
    }
    expect(Math.max(...ages)).toBe(longest)
    expect(ages.every((age) => age <= longest)).toBe(true)
  })
})
