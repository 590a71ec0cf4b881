/**
 * Prints what cookies take beside their budgets, for sets, increments and pushes, clocks up to 20 s off, and after bursts;
 * fails where one is missed. With `npm run bench:budgets -- 3` each load runs with three seeds.
 */
import { seeded } from '../../test/support/random.ts'
import { leftBy } from './bursts.ts'
import { BusyBrowser, type Measured } from './load.ts'
import { policyFrom } from './policy.ts'
import type { Work } from './work.ts'

const REQUESTS = 900
const WORKS: readonly Work[] = ['set', 'increment', 'push']
const SKEWS_MS = [30, 5000, 20_000]
/** What an entry of the table of HTTP/2 takes beside name and value. */
const ENTRY_BYTES = 38
/** nginx refuses a line of more than 8 KB. */
const LOCKED_OUT_BYTES = 8180

interface Row {
  readonly inFlight: number
  readonly paceMs: number
  readonly bytes: number
  readonly cookieBytes: number
  readonly setCookieBytes: number
  /** For one request at a time, up to 1 KB. */
  readonly isSmall?: boolean
}

const rows: readonly Row[] = [
  ...[100, 5000].flatMap((paceMs) => [
    ...[200, 1024].map((bytes) => row(1, paceMs, bytes, 7168, { isSmall: true })),
    ...[1740, 2560].map((bytes) => row(1, paceMs, bytes, 7168)),
  ]),
  ...[2, 6].flatMap((inFlight) =>
    [100, 5000].flatMap((paceMs) =>
      [200, 1024, 1740].map((bytes) => row(inFlight, paceMs, bytes, 8000)),
    ),
  ),
  ...[100, 5000].map((paceMs) => row(12, paceMs, 1024, 12_288)),
]

function row(
  inFlight: number,
  paceMs: number,
  bytes: number,
  cookieBytes: number,
  more: Pick<Row, 'isSmall'> = {},
): Row {
  return {
    inFlight,
    paceMs,
    bytes,
    cookieBytes,
    setCookieBytes: bytes > 1740 ? 4000 : 3500,
    ...more,
  }
}

const [seeds = '1', ...numbers] = process.argv.slice(2)
const policy = policyFrom(numbers)

function measure({ inFlight, paceMs, bytes }: Row, work: Work): Measured[] {
  return SKEWS_MS.flatMap((skewMs) =>
    Array.from({ length: Number(seeds) }, (_, run) => {
      const random = seeded(run * 7919 + bytes + inFlight * 131 + paceMs + skewMs)
      const load = { bytes, inFlight, paceMs, requests: REQUESTS, work, skewMs }
      return new BusyBrowser(load, () => random.below(2 ** 30) / 2 ** 30, policy).run()
    }),
  )
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** What is over its budget. */
function missed({ isSmall, ...budget }: Row, measured: readonly Measured[]): string[] {
  const longest = Math.max(...measured.flatMap(({ cookie }) => cookie))
  const answer = Math.max(...measured.flatMap(({ setCookie }) => setCookie))
  const lost = measured.reduce((sum, each) => sum + each.lost, 0)
  const most = Math.max(...measured.flatMap(({ cookies }) => cookies))
  const entries = measured.flatMap(({ cookie, cookies }) =>
    cookie.map((bytes, i) => bytes + ENTRY_BYTES * (cookies[i] ?? 0)),
  )
  return [
    ...(longest > budget.cookieBytes ? [`Cookie ${longest} > ${budget.cookieBytes}`] : []),
    ...(answer > budget.setCookieBytes ? [`Set-Cookie ${answer} > ${budget.setCookieBytes}`] : []),
    ...(isSmall && most > 2 ? [`${most} cookies > 2`] : []),
    ...(isSmall && median(entries) > 2400 ? [`entries of ${median(entries)} > 2400`] : []),
    ...(lost > 0 ? [`${lost} writes lost`] : []),
  ]
}

let failed = 0
console.log(
  '| in flight | pace | session | work | Cookie p50 | max | Set-Cookie max | over 8,180 | missed |',
)
console.log('| --- | --- | --- | --- | --: | --: | --: | --: | --- |')
for (const each of rows) {
  for (const work of WORKS) {
    const measured = measure(each, work)
    const cookie = measured.flatMap((run) => run.cookie)
    const over = missed(each, measured)
    const out = measured.filter((run) => Math.max(...run.cookie) > LOCKED_OUT_BYTES).length
    failed += over.length
    const cells = [
      each.inFlight,
      `${each.paceMs / 1000} s`,
      `${(each.bytes / 1024).toFixed(1)} KB`,
      work,
      median(cookie),
      Math.max(...cookie),
      Math.max(...measured.flatMap(({ setCookie }) => setCookie)),
      `${out} of ${measured.length}`,
      over.join(', '),
    ]
    console.log(`| ${cells.join(' | ')} |`)
  }
}

/** Cookie header after a burst of sixty, on one node and on several. Of a hundred only that all count. */
const BURST_BYTES = { one: 8192, several: 12_288 }
console.log('\nBursts with one view, on a session of 0.5 KB\n')
console.log(
  '| requests | nodes | answers off by | work | Cookie | cookies | Set-Cookie max | counted | missed |',
)
console.log('| --: | --: | --: | --- | --: | --: | --: | --: | --- |')
for (const size of [10, 60, 100]) {
  for (const nodes of [1, 4]) {
    for (const places of [0, 3, 10]) {
      for (const work of WORKS) {
        const left = await leftBy({ size, nodes, places, work })
        const most = nodes === 1 ? BURST_BYTES.one : BURST_BYTES.several
        const over = [
          ...(size <= 60 && left.cookieBytes > most
            ? [`Cookie ${left.cookieBytes} > ${most}`]
            : []),
          ...(left.setCookieBytes > 3500 ? [`Set-Cookie ${left.setCookieBytes} > 3500`] : []),
          ...(left.counted < size ? [`${size - left.counted} not counted`] : []),
        ]
        failed += over.length
        const { cookieBytes, cookies, setCookieBytes, counted } = left
        const cells = [size, nodes, places, work, cookieBytes, cookies, setCookieBytes, counted]
        console.log(`| ${cells.join(' | ')} | ${over.join(', ')} |`)
      }
    }
  }
}
console.log(`${failed} budgets missed`)
process.exitCode = failed === 0 ? 0 : 1
