/** Many new members of one object, map or set, as one op. */
import type { Op } from '../log/format/fragment.ts'
import { operandOf } from '../log/ops/waiting.ts'
import { keyPathOf, type Step, stepsOf, topKeyOf } from '../tree/pointer.ts'
import { mapTree, setTree } from '../tree/rich.ts'
import { define, type Tree } from '../tree/tree.ts'

/** New members of one container, in the order of their ops. */
interface Group {
  readonly path: string
  readonly steps: Step[]
  readonly values: Tree[]
}

/**
 * `ops`, with one `set` in place of those that each set a member of one container under `key`. It merges with what is
 * there, as they do, and its operand may go to the overflow store as one.
 */
export function grouped(ops: readonly Op[], key: string): readonly Op[] {
  const groups = new Map<string, Group>()
  const left: Op[] = []
  for (const op of ops) {
    const name = groupOf(op, key)
    const step = stepsOf(op.path).at(-1)
    if (name === undefined || op.kind !== 'set' || !step) {
      left.push(op)
      continue
    }
    const path = parentOf(op.path)
    const group = groups.get(name) ?? { path, steps: [], values: [] }
    group.steps.push(step)
    group.values.push(op.value)
    groups.set(name, group)
  }
  const sets = [...groups.values()].map((group): Op => {
    return { kind: 'set', path: group.path, value: containerOf(group) }
  })
  return sets.length > 0 ? [...sets, ...left] : ops
}

/** Which other ops an op goes together with; `undefined` where it stays by itself. */
function groupOf(op: Op, key: string): string | undefined {
  if (op.kind !== 'set' || operandOf(op) || topKeyOf(op.path) !== key) return undefined
  const path = parentOf(op.path)
  const kind = stepsOf(op.path).at(-1)?.kind
  if (path === '' || keyPathOf(path) !== path || kind === 'element') return undefined
  return `${kind} ${path}`
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0))
}

function containerOf({ steps, values }: Group): Tree {
  const [first] = steps
  if (first?.kind === 'pair' || first?.kind === 'member') {
    const keys = steps.flatMap((step): Tree[] => ('json' in step ? [JSON.parse(step.json)] : []))
    return first.kind === 'member'
      ? setTree(keys)
      : mapTree(keys.map((key, n) => [key, values[n] ?? null]))
  }
  const members: Record<string, Tree> = {}
  for (const [n, step] of steps.entries())
    if (step.kind === 'key') define(members, step.key, values[n] ?? null)
  return members
}
