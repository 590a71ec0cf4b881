/** Which writes of parallel requests hid one another. */
import { pathsAbove } from '../../tree/pointer.ts'
import { merges } from '../../tree/rich.ts'
import { equal, isPlain } from '../../tree/tree.ts'
import type { Log, Op } from '../format/fragment.ts'
import { digestOf } from '../format/ids.ts'
import { operandOf } from '../ops/waiting.ts'

/** More ops than this are not compared with one another. */
const MOST_OPS = 400

/** Nor are more pairs than this looked at: 64 cookies that all write one path have 2,016. */
const MOST_PAIRS = 4000

/** An op, with its entry and a log that holds it. */
interface Written {
  readonly log: Log
  readonly id: string
  readonly op: Op
}

/** How many entries of these logs were hidden, in a part at least, by later ones whose writers had not seen them. */
export function overwrites(logs: readonly Log[]): number {
  if (logs.length < 2) return 0
  const written = logs.flatMap((log) =>
    log.entries.flatMap(({ id, ops }) => ops.map((op): Written => ({ log, id, op }))),
  )
  if (written.length > MOST_OPS) return 0
  const pairs = conflicts(written)
  if (pairs.length === 0) return 0
  const ids = new Map(logs.map((log) => [log, new Set(log.entries.map(({ id }) => id))]))
  // What both hold is nothing between them.
  const between = pairs.filter(([a, b]) => !ids.get(b.log)?.has(a.id) && !ids.get(a.log)?.has(b.id))
  if (between.length === 0) return 0
  const holders = holdersOf(logs)
  const seen = new Map(logs.map((log) => [log, ancestorsOf(log, holders)]))
  const hidden = between.filter(
    ([a, b]) => !seen.get(a.log)?.has(b.log) && !seen.get(b.log)?.has(a.log),
  )
  return new Set(hidden.map(([a, b]) => (a.id < b.id ? a.id : b.id))).size
}

/** All pairs of ops of different logs and entries of which one hides what the other one did. */
function conflicts(written: readonly Written[]): (readonly [Written, Written])[] {
  const byPath = new Map<string, Written[]>()
  for (const each of written) {
    const known = byPath.get(each.op.path)
    if (known) known.push(each)
    else byPath.set(each.op.path, [each])
  }
  const pairs: (readonly [Written, Written])[] = []
  const compare = (one: Written, others: readonly Written[]) => {
    for (const other of others)
      if (one.log !== other.log && one.id !== other.id && conflict(one.op, other.op))
        pairs.push([one, other])
  }
  for (const [path, own] of byPath) {
    const above = pathsAbove(path).map((at) => byPath.get(at) ?? [])
    for (const [i, one] of own.entries()) {
      if (pairs.length > MOST_PAIRS) return []
      compare(one, own.slice(i + 1))
      for (const others of above) compare(one, others)
    }
  }
  return pairs
}

/** The logs that hold an entry, by the entry's digest. */
function holdersOf(logs: readonly Log[]): Map<string, Log[]> {
  const holders = new Map<string, Log[]>()
  for (const log of logs) {
    for (const digest of [...log.entries.map(({ id }) => digestOf(id)), ...log.retired]) {
      const known = holders.get(digest)
      if (known) known.push(log)
      else holders.set(digest, [log])
    }
  }
  return holders
}

/** All logs that a log's writer had seen. */
function ancestorsOf(log: Log, holders: ReadonlyMap<string, readonly Log[]>): Set<Log> {
  const found = new Set<Log>()
  const visit = ({ parents }: Log): void => {
    for (const other of parents.flatMap((id) => holders.get(digestOf(id)) ?? [])) {
      if (other === log || found.has(other)) continue
      found.add(other)
      visit(other)
    }
  }
  visit(log)
  return found
}

/** Whether one of two ops hides what the other one did, whose path is the same, or leads on from there. */
function conflict(below: Op, above: Op): boolean {
  if (below.path !== above.path) return isWhole(above)
  return isWhole(below) && isWhole(above) && !isSame(below, above)
}

function isWhole(op: Op): boolean {
  if (op.kind === 'set') return !isPlain(op.value) && !merges(op.value) && !operandOf(op)
  return op.kind === 'put' || op.kind === 'delete'
}

function isSame(a: Op, b: Op): boolean {
  if (a.kind === 'delete' || b.kind === 'delete') return a.kind === b.kind
  return 'value' in a && 'value' in b && equal(a.value, b.value)
}
