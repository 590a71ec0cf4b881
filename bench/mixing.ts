/**
 * What a client reaches that keeps every cookie that it ever got, forks its jar, and makes requests with any part of
 * its cookies. Exits with 1 where something is reached that docs/security.md rules out.
 * With `npm run bench:mixing -- 10` it plays a tenth of the histories.
 */
import { NEVER, playAll, playAtRandom, type Reached } from '../test/model/attacker.ts'
import { mixRoles } from '../test/security/role-mix.ts'
import { table } from './table.ts'

const part = Number(process.argv[2] ?? 1)
const some = (histories: number) => Math.ceil(histories / part)
const all = part === 1 ? 6 : 5

const clients: readonly (readonly [what: string, play: () => ReturnType<typeof playAll>])[] = [
  [`seconds: all histories up to ${all} cookies`, () => playAll(all)],
  ['seconds: random histories', () => playAtRandom(some(60_000), 'seconds')],
  ['pauses of minutes', () => playAtRandom(some(30_000), 'minutes')],
  ['100 cheap writes at a time', () => playAtRandom(some(10_000), 'floods')],
]

const rows: string[][] = []
const failures: string[] = []
for (const [what, play] of clients) {
  const { reached, problems } = play()
  rows.push([what, ...cells(reached)])
  failures.push(...problems.slice(0, 3))
  if (what.startsWith('seconds') && reached.mixed > 0) failures.push(`${what}: mixed states`)
  if (NEVER.some((kind) => reached[kind] > 0)) failures.push(`${what}: ${JSON.stringify(reached)}`)
}

function cells(reached: Reached): string[] {
  const { histories, requests, mixed, forced, apart, together, miscounted, foreign } = reached
  return [histories, requests, mixed, forced, apart, together, miscounted, foreign].map((count) =>
    count.toLocaleString('en'),
  )
}

console.log(`A client that adapts. New states of a history, by the requests that saw them first:

- mixed: no merge of a causally closed set of writes: one shows, and one that its request had seen does not
- forced: those of them that lack a write of less than three minutes ago
- two keys: a tenant and a role of two requests, each under a key of its own (also what parallel requests make of them)
- one atomic key: the same where both are one value
- miscounted: increments that are not as many as the writes that show
- foreign: what another user wrote, or a session that had ended
`)
console.log(
  table(
    [
      'client',
      'histories',
      'requests',
      'mixed',
      'forced',
      'two keys',
      'one atomic key',
      'miscounted',
      'foreign',
    ],
    rows,
  ),
)

const ways = []
for (const keeps of ['apart', 'atomic'] as const) {
  for (const way of ['writes', 'waits'] as const) {
    const most = way === 'waits' ? 40 : 500
    const { requests, seconds, shown } = await mixRoles({ keeps, way, most })
    const isMixed = shown.tenant === 'victim' && shown.role === 'admin'
    if (isMixed && keeps === 'atomic') failures.push(`${way}: an atomic key was mixed`)
    ways.push([
      `${keeps === 'atomic' ? 'one atomic key' : 'two keys'}, ${way === 'waits' ? 'with pauses' : 'cheap writes'}`,
      isMixed ? 'yes' : 'no',
      `${requests}`,
      seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0),
    ])
  }
}
console.log('\nThe admin of one tenant, who is a viewer of another, becomes admin of that one:\n')
console.log(table(['tenant and role', 'mixed', 'requests', 'seconds'], ways))

if (failures.length > 0) {
  console.error(`\nWhat must never be:\n${failures.join('\n')}`)
  process.exitCode = 1
}
