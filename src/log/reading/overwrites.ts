/** Which writes of parallel requests hid one another. */
import { pathsAbove } from '../../tree/pointer.ts'
import { merges } from '../../tree/rich.ts'
import { equal, isPlain } from '../../tree/tree.ts'
import type { Log, Op } from '../format/fragment.ts'
import { digestOf } from '../format/ids.ts'
import { operandOf } from '../ops/waiting.ts'

/** More ops than this are not compared with one another. */
const MOST_OPS = 400

/** How many entries of these logs were hidden, in a part at least, by later ones whose writers had not seen them. */
export function overwrites(logs: readonly Log[]): number {
  if (logs.length < 2) return 0
  const ops = logs.flatMap(({ entries }) => entries.map((entry) => entry.ops.length))
  if (ops.reduce((sum, count) => sum + count, 0) > MOST_OPS) return 0
  const pairs = logs.flatMap((one, i) =>
    logs.slice(i + 1).flatMap((other) => {
      const ids = hiddenBetween(one, other)
      return ids.length > 0 ? [{ one, other, ids }] : []
    }),
  )
  if (pairs.length === 0) return 0
  const holders = holdersOf(logs)
  const seen = new Map(logs.map((log) => [log, ancestorsOf(log, holders)]))
  const hidden = pairs.filter(
    ({ one, other }) => !seen.get(one)?.has(other) && !seen.get(other)?.has(one),
  )
  return new Set(hidden.flatMap(({ ids }) => ids)).size
}

/** Ids of entries of either log that an entry of the other one hides. What both hold is nothing between them. */
function hiddenBetween(one: Log, other: Log): string[] {
  const own = one.entries.filter(({ id }) => !other.entries.some((each) => each.id === id))
  const theirs = other.entries.filter(({ id }) => !one.entries.some((each) => each.id === id))
  return own.flatMap((a) =>
    theirs
      .filter((b) => a.ops.some((op) => b.ops.some((each) => conflict(op, each))))
      .map((b) => (a.id < b.id ? a.id : b.id)),
  )
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

/** Whether one of two ops hides what the other one did. */
function conflict(a: Op, b: Op): boolean {
  if (!isWhole(a) && !isWhole(b)) return false
  if (a.path === b.path) return isWhole(a) && isWhole(b) && !isSame(a, b)
  return (
    (isWhole(a) && pathsAbove(b.path).includes(a.path)) ||
    (isWhole(b) && pathsAbove(a.path).includes(b.path))
  )
}

function isWhole(op: Op): boolean {
  if (op.kind === 'set') return !isPlain(op.value) && !merges(op.value) && !operandOf(op)
  return op.kind === 'put' || op.kind === 'delete'
}

function isSame(a: Op, b: Op): boolean {
  if (a.kind === 'delete' || b.kind === 'delete') return a.kind === b.kind
  return 'value' in a && 'value' in b && equal(a.value, b.value)
}
