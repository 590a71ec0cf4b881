/**
 * Counts what reads cost over HTTP/2 in real browsers: bytes of header blocks on the wire, one request at a time, one
 * write for five reads, every 5 s by the clock of the app. Beside it, one cookie that is rewritten whole. Exits with 1
 * where a goal is missed. `npm run bench:wire -- --write` writes the table into docs/costs.md.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { selfSigned } from '../../test/browser/certificate.ts'
import { PUBLIC_HOST } from '../../test/browser/chromium.ts'
import { carryon, type MakeApp, oneCookie, type Workload } from './apps.ts'
import { type Browser, startChromium, startFirefox } from './browsers.ts'
import { startFront } from './front.ts'
import {
  goalsOf,
  isMissed,
  type Measured,
  type Row,
  SMALL_TABLE,
  tableOf,
  verdictOf,
} from './goals.ts'

const LARGE_TABLE = 65_536
const SIZES_BYTES = [200, 1024, 1740, 2560]
/** Where all fits the table, one workload is like another. */
const WORKLOADS: readonly (readonly [tableBytes: number, workloads: readonly Workload[]])[] = [
  [SMALL_TABLE, ['set', 'increment', 'push']],
  [LARGE_TABLE, ['increment']],
]
const WRITES = 24
const READS_FOR_A_WRITE = 5
const PACE_MS = 5000
/** Before this many writes the jar and the table are not yet what they are later. */
const WARM_UP_WRITES = 4
/** It takes a few minutes. Whatever hangs does not hang for ever. */
const LONGEST_MS = 20 * 60_000

const certificate = selfSigned(PUBLIC_HOST)

interface Load {
  readonly tableBytes: number
  readonly bytes: number
  readonly workload: Workload
}

async function measure(
  browser: Browser,
  makeApp: MakeApp,
  { tableBytes, bytes, workload }: Load,
): Promise<Measured> {
  let now = Date.now()
  const app = makeApp(bytes, () => now)
  const fetch = (request: Request) => {
    now += PACE_MS
    return app(request)
  }
  const front = await startFront(fetch, tableBytes, certificate)
  try {
    await browser.run(`${front.url}/blank`, scriptOf(workload))
    const reads = front.sent.filter(({ path }) => path === '/read')
    if (reads.length !== WRITES * READS_FOR_A_WRITE) throw new Error(`${reads.length} reads`)
    const some = reads.slice(WARM_UP_WRITES * READS_FOR_A_WRITE)
    const mean = (what: keyof Measured) =>
      Math.round(some.reduce((sum, each) => sum + each[what], 0) / some.length)
    return { block: mean('block'), cookie: mean('cookie') }
  } finally {
    await front.close()
  }
}

const scriptOf = (workload: Workload): string => `(async () => {
  const call = async (path, method) => {
    const { ok, status } = await fetch(path, { method })
    if (!ok) throw new Error(path + ': ' + status)
  }
  await call('/start', 'POST')
  for (let i = 0; i < ${WRITES}; i++) {
    await call('/write/${workload}', 'POST')
    for (let j = 0; j < ${READS_FOR_A_WRITE}; j++) await call('/read', 'GET')
  }
})()`

const PAGE = new URL('../../docs/costs.md', import.meta.url)
const MARKS = ['<!-- bench:wire -->', '<!-- /bench:wire -->'] as const

function write(text: string): void {
  const page = readFileSync(PAGE, 'utf8')
  const [from, to] = MARKS.map((mark) => page.indexOf(mark))
  if (from === undefined || to === undefined || from < 0 || to < from)
    throw new Error('docs/costs.md has no place for the table')
  writeFileSync(PAGE, `${page.slice(0, from)}${MARKS[0]}\n\n${text}\n\n${page.slice(to)}`)
}

/** All rows of one browser. What the one cookie holds makes no difference, so that is measured once for each size. */
async function rowsOf(browser: Browser): Promise<Row[]> {
  const rows: Row[] = []
  for (const [tableBytes, workloads] of WORKLOADS)
    for (const bytes of SIZES_BYTES) {
      const one = await measure(browser, oneCookie, { tableBytes, bytes, workload: 'set' })
      for (const workload of workloads) {
        const load = { tableBytes, bytes, workload }
        const ours = await measure(browser, carryon, load)
        rows.push({ browser: browser.name, ...load, ours, one })
      }
    }
  return rows
}

setTimeout(() => {
  console.error('This takes too long.')
  process.exit(1)
}, LONGEST_MS).unref()

const rows: Row[] = []
let hasFirefox = false
for (const start of [startChromium, startFirefox]) {
  const browser = await start()
  if (!browser) continue
  hasFirefox ||= browser.name.startsWith('Firefox')
  try {
    rows.push(...(await rowsOf(browser)))
  } finally {
    await browser.close()
  }
}
const text = tableOf(rows)
const goals = goalsOf(rows)
console.log(
  `Mean bytes of a read: its header block on the wire, and its header Cookie\n\n${text}\n`,
)
for (const goal of goals)
  console.log(
    `${isMissed(goal) ? 'MISS' : 'ok  '} ${goal.what}: ${goal.value} (goal: at most ${goal.most})`,
  )
if (!hasFirefox)
  console.log('MISS Firefox is not here: apt-get install firefox-esr, or set FIREFOX')
if (process.argv.includes('--write')) write(`${text}\n\n${verdictOf(goals)}`)
const missed = goals.filter(isMissed).length
console.log(`\n${missed} goals missed`)
process.exitCode = missed === 0 && hasFirefox ? 0 : 1
