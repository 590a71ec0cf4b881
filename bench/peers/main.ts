/**
 * carryon and the published cookie session libraries, with the same browser, in one run.
 * Exits with 1 unless carryon loses nothing. `node peers/main.ts [seed]`
 */
import { seeded } from '../../test/support/random.ts'
import { table } from '../table.ts'
import { LIBRARIES } from './libraries.ts'
import { COUNTER_ROUNDS, INCREMENTS, type Outcome, observe, ROUNDS, WRITERS } from './scenarios.ts'

const seed = Number(process.argv[2] ?? 20261122)
const outcomes: Outcome[] = []
for (const make of LIBRARIES) outcomes.push(await observe(make, seeded(seed)))

console.log(`Node ${process.versions.node}, seed ${seed} (of values and orders), one strict cookie jar per round.

- writes lost: ${WRITERS} requests at once write one key each, ${ROUNDS} rounds; answers arrive in random order
- first writes lost: the same, by a browser that has no session yet
- pushes lost: as writes, but each request appends an item to one list
- edits lost: the same, but each request changes one item of one list
- undone by a read: a read is sent with the write, and its answer arrives last
- logout undone: a request is sent before the logout, and writes and is answered after it
- increments: ${INCREMENTS} at once, worst and best of ${COUNTER_ROUNDS} rounds. Peers have no increment: they read, add 1, write
`)
console.log(
  table(
    [
      'library',
      'writes lost',
      'first writes lost',
      'pushes lost',
      'edits lost',
      'write undone by a read',
      'logout undone',
      'increments kept',
    ],
    outcomes.map((each) => [
      each.name,
      ...[each.writesLost, each.firstWritesLost, each.pushesLost, each.editsLost].map(
        (lost) => `${lost} of ${ROUNDS * WRITERS}`,
      ),
      ...[each.undoneByRead, each.undoneBySlow].map((undone) => `${undone} of ${ROUNDS}`),
      `${[...new Set(each.incrementsKept)].join(' to ')} of ${INCREMENTS}`,
    ]),
  ),
)

const own = outcomes.filter(({ name }) => name.startsWith('carryon'))
const isWhole = (each: Outcome) =>
  [each.writesLost, each.firstWritesLost, each.pushesLost, each.editsLost].every((n) => n === 0) &&
  each.undoneByRead + each.undoneBySlow === 0 &&
  each.incrementsKept.every((count) => count === INCREMENTS)
if (own.length !== 2 || !own.every(isWhole)) {
  console.error('\ncarryon must lose nothing.')
  process.exitCode = 1
}
