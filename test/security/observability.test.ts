import { describe, expect, test } from 'vitest'
import { toAnalyticsEngine } from './adapters/analytics-engine.ts'
import { toOpenTelemetry } from './adapters/open-telemetry.ts'
import { scenarios } from './scenarios.ts'

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
