import { describe, expect, test } from 'vitest'
import type { OverflowStore, SessionEvent } from '../../src/index.ts'
import { rejectionReasons } from '../../src/index.ts'
import { memoryStore } from '../../src/overflow/memory.ts'
import { Clock, OTHER_SECRET, SECRET, Shop, Visitor } from '../support/visitor.ts'
import { toAnalyticsEngine } from './adapters/analytics-engine.ts'
import { toOpenTelemetry } from './adapters/open-telemetry.ts'

type Type = SessionEvent['type']

const put = (shop: Shop, key: string, value: unknown = 1) =>
  shop.visit(({ data }) => {
    data[key] = value
  })

/** `count` requests at once, each of which writes; the answers arrive in turn. */
async function atOnce(shop: Shop, count: number) {
  const requests = await Promise.all(Array.from({ length: count }, () => shop.begin()))
  for (const [i, { session }] of requests.entries()) session.data[`at-once-${i}`] = i
  for (const { end } of requests) await end()
}

const BIG = 'x'.repeat(5000)
const failing: OverflowStore = {
  get: () => Promise.reject(new Error('down')),
  put: () => Promise.reject(new Error('down')),
}

/** What makes each event happen. A type that is missing here does not compile. */
const scenarios: { readonly [Key in Type]: () => Promise<Shop> } = {
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
  committed: () => scenarios.created(),
  merged: async () => {
    const shop = await scenarios.created()
    await atOnce(shop, 3)
    await shop.look()
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
}

/** One line an event; does not compile where a type is forgotten. */
function line(event: SessionEvent): string {
  switch (event.type) {
    case 'created':
    case 'renewed':
    case 'rotated':
    case 'regenerated':
    case 'destroyed':
      return event.type
    case 'opened':
    case 'folded':
      return `${event.type} ${event.fragments}`
    case 'committed':
      return `committed ${event.cookies} ${event.deleted} ${event.bytes > 0}`
    case 'merged':
      return `merged ${event.writers}`
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
    default:
      return event satisfies never
  }
}

const told: { readonly [Key in Type]: string } = {
  created: 'created',
  opened: 'opened 1',
  committed: 'committed 1 0 true',
  merged: 'merged 3',
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
})

describe('the adapters of docs/observability.md', () => {
  const docs = import.meta.glob('../../docs/observability.md', {
    query: '?raw',
    import: 'default',
    eager: true,
  })['../../docs/observability.md']
  const sources = import.meta.glob('./adapters/*.ts', {
    query: '?raw',
    import: 'default',
    eager: true,
  })

  test('stand there as they are tested here', () => {
    const ours = Object.values(sources).map((text) =>
      text.replaceAll("'../../../src/index.ts'", "'carryon'").trim(),
    )
    expect(ours).toHaveLength(2)
    for (const text of ours) expect(docs).toContain(text)
  })

  test('that page names every event and every reason', () => {
    for (const word of [...Object.keys(scenarios), ...rejectionReasons])
      expect(docs).toContain(`\`${word}\``)
  })

  test('count in Workers Analytics Engine', async () => {
    const points: unknown[] = []
    const listen = toAnalyticsEngine({ writeDataPoint: (point) => points.push(point) })
    for (const event of (await scenarios['overflow-get']()).events) listen(event)
    for (const event of (await scenarios.rejected()).events) listen(event)
    expect(points).toContainEqual({
      indexes: ['rejected'],
      blobs: ['rejected', 'malformed'],
      doubles: [2, 0, 0],
    })
    expect(points).toContainEqual({
      indexes: ['created'],
      blobs: ['created', ''],
      doubles: [1, 0, 0],
    })
  })

  test('count in OpenTelemetry', async () => {
    const calls: unknown[] = []
    const listen = toOpenTelemetry({
      createCounter: (name) => ({
        add: (value, { type, kind }) => calls.push([name, value, type, kind]),
      }),
      createHistogram: (name) => ({
        record: (value, { type }) => calls.push([name, value > 0, type]),
      }),
    })
    for (const event of (await scenarios['overflow-put']()).events) listen(event)
    for (const event of (await scenarios.expired()).events) listen(event)
    expect(calls).toContainEqual(['carryon.events', 1, 'expired', 'idle'])
    expect(calls).toContainEqual(['carryon.bytes', true, 'committed'])
    expect(calls).toContainEqual(['carryon.store.duration', false, 'overflow-put'])
  })
})
