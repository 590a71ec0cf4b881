import type { AnalyticsEngineDataset } from '@cloudflare/workers-types'
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

/** One data point an event: `blob1` its type, `blob2` its kind; `double1` how many, `double2` bytes, `double3` ms. */
export const toAnalyticsEngine =
  (dataset: AnalyticsEngineDataset) =>
  (event: SessionEvent): void => {
    const { type, reason, limit, by, failure, count = 1, bytes = 0, ms = 0 }: Told = event
    const kind = reason ?? limit ?? by ?? failure ?? ''
    dataset.writeDataPoint({ indexes: [type], blobs: [type, kind], doubles: [count, bytes, ms] })
  }
