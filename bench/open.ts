/**
 * Opening a view of four fragments and merging them, against opening four cookies without that: the same
 * four, each by itself, and four that hold a whole session each. Exits with 1 where it costs twice as much.
 */
import { iterate, type Mode } from './open/iterate.ts'
import { type Material, material } from './open/material.ts'
import { startWorkerd } from './open/workerd.ts'
import { median, table } from './table.ts'

const ROUNDS = 21
const COUNT = 200
const VIEWS = 64
const LIMIT = 2
const MODES: readonly Mode[] = ['views', 'apart', 'singles', 'again']
/** Of four fragments, how many are a session by themselves: of those of one view the base alone. */
const EXPECTED: Readonly<Record<Mode, number>> = {
  views: 4,
  apart: 1,
  singles: 4,
  again: 4,
}

type Run = (mode: Mode, count: number) => Promise<number>

/** Medians in µs: of one view, or of four cookies. The modes take turns, and each goes first as often. */
async function measure(run: Run): Promise<Record<Mode, number>> {
  const times: Record<Mode, number[]> = { views: [], apart: [], singles: [], again: [] }
  for (let round = -2; round < ROUNDS; round++) {
    for (let turn = 0; turn < MODES.length; turn++) {
      const mode = MODES[(round + 2 + turn) % MODES.length] ?? 'views'
      const start = performance.now()
      // From outside workerd a call counts as well: it must not weigh on what takes little.
      const count = mode === 'again' ? COUNT * 10 : COUNT
      const fragments = await run(mode, count)
      const micros = ((performance.now() - start) / count) * 1000
      if (fragments !== EXPECTED[mode] * count) throw new Error(`${mode}: ${fragments} fragments`)
      if (round >= 0) times[mode].push(micros)
    }
  }
  const { views, apart, singles, again } = times
  return {
    views: median(views),
    apart: median(apart),
    singles: median(singles),
    again: median(again),
  }
}

const materials: Material[] = []
for (const bytes of [100, 1000]) materials.push(await material(bytes, VIEWS))

const workerd = await startWorkerd()
const rows: string[][] = []
let worst = 0
try {
  for (const one of materials) {
    const index = await workerd.add(one)
    const places: readonly [string, Run][] = [
      ['Node', (mode, count) => iterate(one, mode, count)],
      ['workerd', (mode, count) => workerd.iterate(index, mode, count)],
    ]
    for (const [place, run] of places) {
      const { views, apart, singles, again } = await measure(run)
      worst = Math.max(worst, views / apart, views / singles)
      rows.push([
        `${place}, ${one.label}`,
        ...[views, apart, singles, again].map((micros) => micros.toFixed(0)),
        (views / apart).toFixed(2),
        (views / singles).toFixed(2),
        (again / views).toFixed(2),
      ])
    }
  }
} finally {
  await workerd.close()
}

console.log(`Node ${process.versions.node}, µs, medians of ${ROUNDS} interleaved rounds of ${COUNT}, ${VIEWS} browsers.
The goal: a view costs less than ${LIMIT} times as much as its cookies.
"view again": after it was opened before; at most a tenth is wanted.
`)
console.log(
  table(
    [
      'session',
      'view of 4',
      'same 4 apart',
      '4 sessions',
      'view again',
      'view : apart',
      'view : sessions',
      'again : view',
    ],
    rows,
  ),
)
if (worst >= LIMIT) {
  console.error(`\nA view costs ${worst.toFixed(2)} times as much as its cookies.`)
  process.exitCode = 1
}
