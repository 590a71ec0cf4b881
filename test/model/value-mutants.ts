/** Rules for what is in a state, broken on purpose: how lists, maps, sets, claims and deletions merge. */
import type { BaseFragment, Entry, Fragment, Op } from '../../src/log/format/fragment.ts'
import { isBase, logOf } from '../../src/log/format/fragment.ts'
import { elementDigest, nameText, readName } from '../../src/log/ops/names.ts'
import { prune } from '../../src/log/ops/prune.ts'
import { applyOps, replay } from '../../src/log/ops/replay.ts'
import { keyPathOf, pathsAbove, stepsOf, valueAt } from '../../src/tree/pointer.ts'
import { membersOf, merges, pairsOf } from '../../src/tree/rich.ts'
import { isArray, isPlain, type Tree, type TreeObject } from '../../src/tree/tree.ts'
import { busy, slow } from './kinds.ts'
import type { Kind } from './schedule.ts'
import { type Rules, rules } from './server.ts'

interface Mutant {
  readonly kind: Kind
  readonly change: Partial<Rules>
}

/** The ops that a diff finds, changed one by one. */
function diffOf(change: (op: Op) => readonly Op[]): Partial<Rules> {
  return { diff: (before, after, options) => rules.diff(before, after, options).flatMap(change) }
}

/** The ops of a response, changed one by one. */
function writeOf(change: (op: Op) => Op): Partial<Rules> {
  return {
    planWrite: (current, write) =>
      rules.planWrite(current, { ...write, ops: write.ops.map(change) }),
  }
}

/** A diff that sets whole what `isWhole` says. */
function wholeDiff(isWhole: (tree: Tree | undefined) => boolean): Partial<Rules> {
  return {
    diff: (before, after, options) => {
      const isAtomic = (path: string) => path === keyPathOf(path) && isWhole(valueAt(after, path))
      return rules.diff(before, after, { ...options, isAtomic })
    },
  }
}

function entriesIn(fragments: readonly Fragment[]): readonly Entry[] {
  const entries = fragments.flatMap((each) => logOf(each)?.entries ?? [])
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** A merge of fragments with other ops. */
function opsOf(change: (op: Op) => Op): Partial<Rules> {
  const changed = (fragment: Fragment): Fragment => {
    if (fragment.kind === 'tombstone' || !fragment.log) return fragment
    const entries = fragment.log.entries.map(({ id, ops }) => ({ id, ops: ops.map(change) }))
    return { ...fragment, log: { ...fragment.log, entries } }
  }
  return { merge: (fragments, now) => rules.merge(fragments.map(changed), now) }
}

function isClaim({ kind }: Op): boolean {
  return kind === 'once'
}

/** A merge that comes to another state. */
function stateOf(
  change: (base: BaseFragment, entries: readonly Entry[]) => TreeObject,
): Partial<Rules> {
  return {
    merge: (fragments, now) => {
      const view = rules.merge(fragments, now)
      const { current } = view
      if (!current) return view
      const { base } = current
      const applied = entriesIn(current.fragments).filter(({ id }) => id > base.horizon)
      return { ...view, current: { ...current, state: change(base, applied) } }
    },
  }
}

/** The state where what is void hides what came before it. */
function stateForSure(base: BaseFragment, entries: readonly Entry[]): TreeObject {
  const claims = new Map(entries.map(({ id, ops }) => [id, ops.filter(isClaim)]))
  const others = entries.map(({ id, ops }) => ({ id, ops: ops.filter((op) => !isClaim(op)) }))
  const left = new Map(prune(others).map(({ id, ops }) => [id, ops]))
  const pruned = entries.map(({ id }) => ({
    id,
    ops: [...(claims.get(id) ?? []), ...(left.get(id) ?? [])],
  }))
  return replay(base, pruned).state
}

/** The state where a name only tells an index. */
function stateByIndex({ state }: BaseFragment, entries: readonly Entry[]): TreeObject {
  return entries.reduce(
    (at, { ops }) => ops.reduce((tree, op) => applyOps(tree, [byIndex(op, tree)]), at),
    state,
  )
}

function byIndex(op: Op, state: TreeObject): Op {
  const list = valueAt(state, keyPathOf(op.path))
  if (!isArray(list)) return op
  const renamed = (text: string): string => {
    const place = readName(text)?.place ?? 0
    return text === ''
      ? ''
      : nameText({ digest: elementDigest(list[place] ?? '?'), place, count: 1, others: 0 })
  }
  if (op.kind === 'remove' || op.kind === 'order') return { ...op, names: op.names.map(renamed) }
  if (op.kind === 'insert') return { ...op, after: renamed(op.after), before: renamed(op.before) }
  return { ...op, path: op.path.replace(/~2([^/]+)/, (_, name: string) => `~2${renamed(name)}`) }
}

export const valueMutants: Readonly<Record<string, Mutant>> = {
  'sets lists whole': { kind: busy, change: wholeDiff(isArray) },
  'sets maps whole': { kind: busy, change: wholeDiff((tree) => pairsOf(tree) !== undefined) },
  'sets sets whole': { kind: busy, change: wholeDiff((tree) => membersOf(tree) !== undefined) },
  'names elements by their index alone': { kind: busy, change: stateOf(stateByIndex) },
  'does not remember the names of elements in a base': {
    kind: slow,
    change: {
      merge: (fragments, now) =>
        rules.merge(
          fragments.map((each) => (isBase(each) ? { ...each, memory: undefined } : each)),
          now,
        ),
    },
  },
  'takes out elements one by one': {
    kind: busy,
    change: diffOf((op) =>
      op.kind === 'remove' ? op.names.map((name) => ({ ...op, names: [name] })) : [op],
    ),
  },
  'makes again what was deleted, for what is written inside of it': {
    kind: busy,
    change: diffOf((op) => [
      ...pathsAbove(keyPathOf(`${op.path}/`).replace(/\/$/, ''))
        .reverse()
        .map((path): Op => ({ kind: 'set', path, value: {} })),
      op,
    ]),
  },
  'does not set again what a parallel request took out of a map': {
    kind: busy,
    change: diffOf((op) =>
      op.kind === 'set' && stepsOf(op.path).at(-1)?.kind === 'pair'
        ? [{ ...op, kind: 'put' }]
        : [op],
    ),
  },
  'puts what it makes in the place of what another one made': {
    kind: busy,
    change: diffOf((op) =>
      op.kind === 'set' && (isPlain(op.value) || merges(op.value))
        ? [{ ...op, kind: 'put' }]
        : [op],
    ),
  },
  'lets a claim count twice': {
    kind: busy,
    change: opsOf((op) =>
      isClaim(op) ? { kind: 'set', path: '~o', value: { [op.path]: 1 } } : op,
    ),
  },
  'lets an entry hide others though its claim may be void': {
    kind: busy,
    change: stateOf(stateForSure),
  },
  'sets what only grows': {
    kind: busy,
    change: writeOf((op) => (op.kind === 'advance' ? { ...op, kind: 'set' } : op)),
  },
}

/** The same machinery, with nothing broken. */
export const unchanged: readonly Partial<Rules>[] = [
  diffOf((op) => [op]),
  writeOf((op) => op),
  wholeDiff(() => false),
  opsOf((op) => op),
  stateOf((base, entries) => replay(base, prune(entries)).state),
]
