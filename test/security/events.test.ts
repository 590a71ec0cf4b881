import { describe, expect, test } from 'vitest'
import type { SessionEvent } from '../../src/index.ts'
import { rejectionReasons } from '../../src/index.ts'
import { CROWDED_HEADER_BYTES } from '../../src/opening/view.ts'
import { Clock, Shop, Visitor } from '../support/visitor.ts'
import { put, scenarios, type Type } from './scenarios.ts'

/** One line an event; does not compile where a type is forgotten. */
function line(event: SessionEvent): string {
  switch (event.type) {
    case 'created':
    case 'renewed':
    case 'rotated':
    case 'regenerated':
    case 'destroyed':
    case 'read-late':
    case 'too-many-sessions':
      return event.type
    case 'opened':
    case 'folded':
      return `${event.type} ${event.fragments}`
    case 'crowded':
      return `crowded ${event.cookies} ${event.bytes > 6000}`
    case 'committed':
      return `committed ${event.cookies} ${event.deleted} ${event.bytes > 0}`
    case 'merged':
      return `merged ${event.writers}`
    case 'overwrote':
      return `overwrote ${event.writes}`
    case 'fell-back':
      return `fell-back ${event.entries}`
    case 'unstorable':
      return `unstorable ${event.reason}`
    case 'expired':
      return `expired ${event.limit}`
    case 'rejected':
      return `rejected ${event.reason} ${event.count}`
    case 'overflow-put':
    case 'overflow-get':
      return `${event.type} ${event.bytes > 5000} ${event.ms}`
    case 'overflow-miss':
      return `overflow-miss ${event.ms}`
    case 'overflow-error':
      return `overflow-error ${event.operation} ${event.failure} ${event.ms}`
    case 'revoked':
      return `revoked ${event.by}`
    case 'revocation-check':
      return `revocation-check ${event.keys} ${event.ms}`
    case 'marked':
      return `marked ${event.ms}`
    case 'revocation-error':
      return `revocation-error ${event.operation} ${event.failure} ${event.policy} ${event.ms}`
    default:
      return event satisfies never
  }
}

const told: { readonly [Key in Type]: string } = {
  created: 'created',
  opened: 'opened 1',
  crowded: 'crowded 30 true',
  committed: 'committed 1 0 true',
  merged: 'merged 3',
  overwrote: 'overwrote 1',
  'fell-back': 'fell-back 1',
  'read-late': 'read-late',
  unstorable: 'unstorable domain',
  folded: 'folded ',
  renewed: 'renewed',
  rotated: 'rotated',
  regenerated: 'regenerated',
  destroyed: 'destroyed',
  expired: 'expired idle',
  rejected: 'rejected malformed 2',
  'overflow-put': 'overflow-put true 0',
  'overflow-get': 'overflow-get true 0',
  'overflow-miss': 'overflow-miss 0',
  'overflow-error': 'overflow-error get failed 0',
  revoked: 'revoked subject',
  'revocation-check': 'revocation-check 2 0',
  marked: 'marked 0',
  'too-many-sessions': 'too-many-sessions',
  'revocation-error': 'revocation-error check failed deny 0',
}

describe('onEvent is told of', () => {
  for (const [type, scenario] of Object.entries(scenarios)) {
    test(type, async () => {
      const shop = await scenario()
      const lines = shop.events.filter((event) => event.type === type).map(line)
      expect(lines.length).toBeGreaterThan(0)
      expect(lines[0]).toContain(told[type as Type])
    })
  }

  test('a crowded header from 6,001 bytes of the cookies of this session on', async () => {
    const shop = new Shop()
    const cookiesOf = (bytes: number) => {
      const [first, second] = [4000, bytes - 4000].map((most, i) =>
        `__Host-session.aaaaaaa${i}=`.padEnd(most - '; '.length, 'x'),
      )
      return `other=${'y'.repeat(5000)}; ${first}; ${second}; __Host-sessions.aaaaaaaa=1`
    }
    const look = (cookie: string) =>
      shop.sessions.open(new Request('https://shop.example/', { headers: { cookie } }))
    await look(cookiesOf(CROWDED_HEADER_BYTES))
    expect(shop.told('crowded')).toEqual([])
    await look(cookiesOf(CROWDED_HEADER_BYTES + 1))
    expect(shop.told('crowded')).toEqual([{ type: 'crowded', cookies: 2, bytes: 6001 }])
  })

  test('nothing, for a request without cookies that stores nothing', async () => {
    const shop = new Shop()
    await shop.visit(({ data }) => data)
    expect(shop.events).toEqual([])
  })

  test('the absolute limit as such', async () => {
    const shop = new Shop({ idleTimeout: 60, absoluteTimeout: 60 })
    await put(shop, 'a')
    const { cookie } = shop.visitor
    shop.clock.advance(61)
    await shop.sessions.open(new Request('https://shop.example/', { headers: { cookie } }))
    expect(shop.told('expired')).toEqual([{ type: 'expired', limit: 'absolute' }])
  })

  test('numbers and words of closed lists, and nothing else', async () => {
    const words = new Set<string>([
      ...Object.keys(scenarios),
      ...rejectionReasons,
      ...['idle', 'absolute', 'get', 'put', 'failed', 'timeout', 'invalid'],
      ...['domain', 'secure'],
      ...['session', 'subject', 'key', 'accept', 'check', 'allow', 'deny'],
    ])
    for (const scenario of Object.values(scenarios)) {
      for (const event of (await scenario()).events) {
        for (const value of Object.values(event)) {
          if (typeof value === 'number') expect(Number.isInteger(value) && value >= 0).toBe(true)
          else expect(words).toContain(value)
        }
      }
    }
  })

  test('in vain where it throws: the request goes on', async () => {
    const clock = new Clock()
    const visitor = new Visitor(clock)
    const shop = new Shop(
      {
        onEvent: () => {
          throw new Error('listener')
        },
      },
      { clock, visitor },
    )
    await put(shop, 'a')
    expect(await shop.look()).toEqual({ a: 1 })
  })

  test('in vain where its promise rejects: the request and the process go on', async () => {
    const rejected: unknown[] = []
    const note = (reason: unknown) => rejected.push(reason)
    process.on('unhandledRejection', note)
    const onEvent = async () => {
      throw new Error('listener')
    }
    const shop = new Shop({ onEvent })
    await put(shop, 'a')
    expect(await shop.look()).toEqual({ a: 1 })
    await new Promise((resolve) => setTimeout(resolve, 10))
    process.off('unhandledRejection', note)
    expect(rejected).toEqual([])
  })
})
