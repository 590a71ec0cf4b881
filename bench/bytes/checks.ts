/** The goals, and what was measured. */
import { encodeClaims } from '../../src/log/format/claims.ts'
import type { BaseFragment } from '../../src/log/format/fragment.ts'
import type { Measured } from './load.ts'
import { singleCookieBytes } from './sizes.ts'
import { type Cell, mean } from './table.ts'

/**
 * What a first model of this gave: Cookie p50, p99, max; Set-Cookie mean. The last figure, the longest Set-Cookie, is what
 * that model gave for one request at a time, and the limit for all responses where several are under way.
 */
const MODEL: readonly (readonly [string, readonly [number, number, number, number, number]])[] = [
  ['200 1 5000', [1753, 2338, 2466, 871, 2564]],
  ['1024 1 5000', [2799, 3394, 3543, 971, 3673]],
  ['1024 6 100', [3515, 7781, 9925, 1385, 3500]],
  ['1740 6 100', [4494, 8863, 13_902, 1422, 3500]],
  ['1740 12 100', [4935, 12_444, 16_144, 1550, 3500]],
]

/** What the checks need. */
export interface Results {
  /** Cells of 40 requests each, by `bytes inFlight paceMs`. */
  readonly short: ReadonlyMap<string, Cell>
  /** Cells of 2,400 requests without a pause. */
  readonly long: readonly Cell[]
  /** Bursts of 6 on a calm session of 1.7 KB. */
  readonly bursts: readonly Measured[]
  /** A session of 1 KB that one request at a time writes, every 5 s. */
  readonly calm: readonly Measured[]
  readonly lost: number
}

/** Prints each goal with what was measured, and returns how many were missed. */
export function checks({ short, long, bursts, calm, lost }: Results): number {
  let failed = 0
  const check = (what: string, value: number, goal: number) => {
    const ok = value < goal
    if (!ok) failed++
    console.log(`${ok ? 'ok  ' : 'MISS'} ${what}: ${value} (goal: under ${goal})`)
  }
  console.log('')
  for (const [key, goals] of MODEL) {
    const cell = short.get(key)
    if (!cell) throw new Error(`no cell ${key}`)
    const { cookie, setCookie } = cell
    const values = [cookie.p50, cookie.p99, cookie.max, setCookie.mean, setCookie.max]
    const names = ['Cookie p50', 'Cookie p99', 'Cookie max', 'Set-Cookie mean', 'Set-Cookie max']
    for (const [i, value] of values.entries()) check(`${key}: ${names[i]}`, value, goals[i] ?? 0)
  }
  const cells = [...short.values()]
  check('0.2 KB, 1 in flight, 5 s: Cookie p50', short.get('200 1 5000')?.cookie.p50 ?? 0, 1536)
  check('1 KB, 6 in flight: Cookie p99', worst(cells, 6, 1024), 7168)
  check('12 in flight, up to 1.7 KB: Cookie max', longest(cells, 12, 1740), 16_384)
  check('1 in flight, without a pause: Cookie max', longest(long, 1, 2560), 8192)
  check('up to 1.7 KB: Set-Cookie of one response', longestSetCookie(cells, 1740), 3500)
  check(
    'burst of 6 on a calm 1.7 KB session: Cookie max',
    Math.max(...bursts.flatMap((each) => each.afterBurst)),
    8000,
  )
  const cookies = mean(calm.flatMap((each) => each.cookie))
  const setCookies = mean(calm.flatMap((each) => each.setCookie))
  const single = singleCookie(1024)
  check(
    '1 KB, calm: mean Set-Cookie bytes, against one cookie rewritten',
    setCookies,
    single.setCookie,
  )
  check(
    '1 KB, calm: mean Cookie bytes, against 1.6 times one cookie',
    cookies,
    Math.floor(single.cookie * 1.6) + 1,
  )
  check('writes lost', lost, 1)
  return failed
}

function worst(cells: readonly Cell[], inFlight: number, bytes: number): number {
  const some = cells.filter((cell) => cell.inFlight === inFlight && cell.bytes === bytes)
  return Math.max(...some.map(({ cookie }) => cookie.p99))
}

function longest(cells: readonly Cell[], inFlight: number, bytes: number): number {
  const some = cells.filter((cell) => cell.inFlight === inFlight && cell.bytes <= bytes)
  return Math.max(...some.map(({ cookie }) => cookie.max))
}

function longestSetCookie(cells: readonly Cell[], bytes: number): number {
  const some = cells.filter((cell) => cell.bytes <= bytes)
  return Math.max(...some.map(({ setCookie }) => setCookie.max))
}

/** One cookie with all of a session of `bytes` bytes in it. */
function singleCookie(bytes: number): { cookie: number; setCookie: number } {
  const identity = {
    sid: 'A'.repeat(22),
    start: 1_763_800_000_123,
    generation: 0,
    from: [],
    subject: undefined,
  }
  const state = { x: 'x'.repeat(bytes - 8) }
  const fragment: BaseFragment = {
    kind: 'base',
    id: 'mia0zx9sApKgX',
    identity,
    expires: identity.start,
    horizon: 'mia0zx9sApKgX',
    state,
    serial: 0,
    memory: undefined,
    log: undefined,
  }
  if (JSON.stringify(state).length !== bytes) throw new Error(encodeClaims(fragment))
  return singleCookieBytes(fragment)
}
