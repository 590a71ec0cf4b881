/** Distributions, and tables of them. */
import type { Load, Measured } from './load.ts'

/** The distribution of one load. */
export interface Cell extends Omit<Load, 'requests' | 'bursts'> {
  readonly cookie: {
    readonly p50: number
    readonly p99: number
    readonly p999: number
    readonly max: number
  }
  readonly setCookie: { readonly mean: number; readonly p99: number; readonly max: number }
}

/** The value below which the part `p` of sorted `values` lies. */
function percentile(sorted: readonly number[], p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0
}

/** The mean, rounded. */
export function mean(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length))
}

/** The distribution of several runs of one load. */
export function cellsOf(load: Omit<Load, 'requests'>, measured: readonly Measured[]): Cell {
  const { bytes, inFlight, paceMs } = load
  const cookie = measured.flatMap((each) => each.cookie).sort((a, b) => a - b)
  const setCookie = measured.flatMap((each) => each.setCookie).sort((a, b) => a - b)
  return {
    bytes,
    inFlight,
    paceMs,
    cookie: {
      p50: percentile(cookie, 0.5),
      p99: percentile(cookie, 0.99),
      p999: percentile(cookie, 0.999),
      max: cookie.at(-1) ?? 0,
    },
    setCookie: {
      mean: mean(setCookie),
      p99: percentile(setCookie, 0.99),
      max: setCookie.at(-1) ?? 0,
    },
  }
}

/** Rows as markdown. */
export function markdownTable(cells: readonly Cell[]): string {
  const head = [
    'session',
    'in flight',
    'pace',
    'Cookie p50',
    'p99',
    'p99.9',
    'max',
    'Set-Cookie mean',
    'p99',
    'max',
  ]
  const rows = cells.map(({ bytes, inFlight, paceMs, cookie, setCookie }) => [
    `${(bytes / 1024).toFixed(1)} KB`,
    inFlight,
    paceMs < 1000 ? `${paceMs} ms` : `${paceMs / 1000} s`,
    ...[cookie.p50, cookie.p99, cookie.p999, cookie.max],
    ...[setCookie.mean, setCookie.p99, setCookie.max],
  ])
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i < 3 ? '---' : '--:'))), ...rows.map(line)].join(
    '\n',
  )
}
