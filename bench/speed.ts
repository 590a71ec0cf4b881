/** µs per request through the app on Node: a session of 100 bytes, read, written, and not there at all. */
import { OPERATIONS, type Operation, type Subject, subjects } from './speed/subjects.ts'
import { median, table } from './table.ts'

const ROUNDS = 21
const WARM_UP = 3
/** A round of one subject and one operation takes about this long, within these numbers of requests. */
const ROUND_MS = 15
const FEWEST = 3
const MOST = 50

/** One subject doing one thing. */
class Series {
  readonly times: number[] = []
  #count = FEWEST
  readonly subject: Subject
  readonly operation: Operation

  constructor(subject: Subject, operation: Operation) {
    this.subject = subject
    this.operation = operation
  }

  async round(warmUp: boolean): Promise<void> {
    const start = performance.now()
    for (let i = 0; i < this.#count; i++) await this.operation.run(this.subject)
    const millis = (performance.now() - start) / this.#count
    if (warmUp) this.#count = Math.min(MOST, Math.max(FEWEST, Math.round(ROUND_MS / millis)))
    else this.times.push(millis * 1000)
  }
}

const tested = await subjects((ROUNDS + WARM_UP) * MOST * 2)
const series = tested.flatMap((subject) =>
  OPERATIONS.map((operation) => new Series(subject, operation)),
)
for (let round = 0; round < WARM_UP + ROUNDS; round++) {
  const first = round % series.length
  for (const one of [...series.slice(first), ...series.slice(0, first)])
    await one.round(round < WARM_UP)
}

const micros = (subject: Subject, operation: Operation): number =>
  median(series.find((one) => one.subject === subject && one.operation === operation)?.times ?? [])

console.log(`Node ${process.versions.node}, µs per request, one at a time, medians of ${ROUNDS} interleaved rounds.
"4 cookies" is a session after three more writes: its next write folds them.
`)
console.log(
  table(
    ['library', ...OPERATIONS.map(({ name }) => name)],
    tested.map((subject) => [
      subject.name,
      ...OPERATIONS.map((operation) => micros(subject, operation).toFixed(0)),
    ]),
  ),
)

console.log('\nThe goal: faster than each peer, reading and writing, seen before or not.')
for (const operation of OPERATIONS.slice(0, 2)) {
  const peers = tested
    .filter(({ kind }) => kind === 'peer')
    .map((subject) => ({ name: subject.name, time: micros(subject, operation) }))
    .toSorted((a, b) => a.time - b.time)
  for (const subject of tested.filter(({ kind }) => kind === 'carryon')) {
    const time = micros(subject, operation)
    const faster = peers.filter((peer) => peer.time <= time)
    const verdict =
      faster.length === 0
        ? `faster than each, ${((peers[0]?.time ?? 0) / time).toFixed(2)} times as fast as ${peers[0]?.name}`
        : `SLOWER than ${faster.map((peer) => `${peer.name} (${(time / peer.time).toFixed(2)} times its time)`).join(', ')}`
    console.log(`- ${operation.name}, ${subject.name}: ${verdict}`)
  }
}
