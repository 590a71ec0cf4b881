/**
 * Prints how many bytes cookies take, as markdown for docs/clustering.md, and checks them against their goals.
 * With `npm run bench:bytes -- foldFrom=4 keptEntries=32,16` it plans by other numbers of `log/writing/policy.ts`.
 */
import { seeded } from '../../test/support/random.ts'
import { checks } from './checks.ts'
import { listTable } from './lists.ts'
import { BusyBrowser, type Load, type Measured } from './load.ts'
import { policyFrom } from './policy.ts'
import { type Cell, cellsOf, markdownTable } from './table.ts'

/** As long as the runs of the first model: a browser that is busy for 40 requests. */
const SHORT = { requests: 40, runs: 60 }
/** A browser that stays so busy for many minutes. */
const LONG = { requests: 2400, runs: 1 }

const policy = policyFrom(process.argv.slice(2))

function measure(load: Omit<Load, 'requests'>, { requests, runs }: typeof SHORT): Measured[] {
  return Array.from({ length: runs }, (_, run) => {
    const random = seeded(run * 7919 + load.bytes + load.inFlight * 131 + load.paceMs)
    return new BusyBrowser(
      { ...load, requests },
      () => random.below(2 ** 30) / 2 ** 30,
      policy,
    ).run()
  })
}

const kinds: readonly (readonly [string, typeof SHORT])[] = [
  ['40 requests', SHORT],
  ['2,400 requests without a pause', LONG],
]
let lost = 0
const short = new Map<string, Cell>()
const long: Cell[] = []
for (const [title, length] of kinds) {
  const rows: Cell[] = []
  for (const paceMs of [100, 5000]) {
    for (const bytes of [200, 1024, 1740, 2560]) {
      for (const inFlight of [1, 2, 3, 6, 12]) {
        const measured = measure({ bytes, inFlight, paceMs }, length)
        const cell = cellsOf({ bytes, inFlight, paceMs }, measured)
        lost += measured.reduce((sum, each) => sum + each.lost, 0)
        rows.push(cell)
        if (length === SHORT) short.set(`${bytes} ${inFlight} ${paceMs}`, cell)
        else long.push(cell)
      }
    }
  }
  console.log(`\n${title} of one browser\n\n${markdownTable(rows)}`)
}

console.log(`\nEdits of one element of a list, one every 5 s\n\n${listTable(policy)}`)

const bursts = measure(
  { bytes: 1740, inFlight: 1, paceMs: 60_000, bursts: { every: 5, size: 6 } },
  SHORT,
)
const calm = measure({ bytes: 1024, inFlight: 1, paceMs: 5000 }, { requests: 600, runs: 3 })
const failed = checks({ short, long, bursts, calm, lost })
process.exitCode = failed === 0 ? 0 : 1
