import type { SessionEvent } from '../../../src/index.ts'

type Told = {
  type: string
  reason?: string
  limit?: string
  by?: string
  failure?: string
  count?: number
  bytes?: number
  ms?: number
}
type Attributes = Record<string, string>
/** What is needed of a `Meter` of @opentelemetry/api. */
interface Meter {
  createCounter(name: string): { add(value: number, attributes: Attributes): void }
  createHistogram(
    name: string,
    options: { unit: string },
  ): { record(value: number, attributes: Attributes): void }
}

/** A counter of events by type and kind, and histograms of their bytes and milliseconds. */
export function toOpenTelemetry(meter: Meter): (event: SessionEvent) => void {
  const events = meter.createCounter('carryon.events')
  const sizes = meter.createHistogram('carryon.bytes', { unit: 'By' })
  const times = meter.createHistogram('carryon.store.duration', { unit: 'ms' })
  return (event) => {
    const { type, reason, limit, by, failure, count = 1, bytes, ms }: Told = event
    const attributes = { type, kind: reason ?? limit ?? by ?? failure ?? '' }
    events.add(count, attributes)
    if (bytes !== undefined) sizes.record(bytes, attributes)
    if (ms !== undefined) times.record(ms, attributes)
  }
}
