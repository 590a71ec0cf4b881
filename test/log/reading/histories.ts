/** Entries that many requests wrote, each of which had seen some of the others, for fast-check. */
import fc from 'fast-check'
import type {
  Base,
  Entry,
  Fragment,
  Log,
  Op,
  SessionIdentity,
} from '../../../src/log/format/fragment.ts'
import { timeCode } from '../../../src/log/format/id-chain.ts'
import { digestOf } from '../../../src/log/format/ids.ts'
import { elementDigest, nameText } from '../../../src/log/ops/names.ts'
import { prune } from '../../../src/log/ops/prune.ts'
import { replay } from '../../../src/log/ops/replay.ts'
import type { Unsettled } from '../../../src/log/writing/settle.ts'
import { appendElement, toPointer } from '../../../src/tree/pointer.ts'
import { merges } from '../../../src/tree/rich.ts'
import { isPlain, type Tree, type TreeObject } from '../../../src/tree/tree.ts'
import { objectOf } from '../../support/arbitraries.ts'
import { type Content, fragmentOf } from '../../support/fragments.ts'

export const START = 1_800_001_234_567

/** The id of the entry number `n`, which sorts by it. */
export function idOf(n: number, random = 'aaaaa'): string {
  return timeCode(START + n * 1000) + random
}

/** Few keys, so that changes meet; some of them are awkward. */
const key = fc.constantFrom('a', 'b', '', '__proto__')
export const fewPaths: fc.Arbitrary<string> = fc
  .array(key, { minLength: 1, maxLength: 3 })
  .map(toPointer)

/** Names of elements, some of which are in the lists below. */
const name = fc
  .tuple(
    fc.constantFrom<Tree>(1, 2, null, 'text', { $: ['d', 1] }),
    fc.nat(2),
    fc.constantFrom(1, 1, 2),
  )
  .map(([tree, place, count]) => nameText({ digest: elementDigest(tree), place, count, others: 0 }))

const MAP: Tree = {
  $: [
    'm',
    [
      ['k', 1],
      ['j', { n: 1 }],
    ],
  ],
}
const SET: Tree = { $: ['s', ['k', 1]] }
const leaf: fc.Arbitrary<Tree> = fc.constantFrom<Tree>(
  1,
  2,
  null,
  'text',
  { $: ['d', 1] },
  MAP,
  SET,
)

/** Steps into maps and sets, some of which are in those above. */
const richStep = fc.constantFrom('~3"k"', '~3"j"', '~3"l"', '~3"j"/n', '~4"k"', '~41', '~42')
const richPaths = fc.tuple(fewPaths, richStep).map(([path, step]) => `${path}/${step}`)

const { value } = fc.letrec<{ value: Tree }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(leaf, { maxLength: 2 }),
    objectOf(tie('value'), key, 2),
  ),
}))

/** A value made of few keys and leaves. */
export const fewValues: fc.Arbitrary<Tree> = value
export const fewStates: fc.Arbitrary<TreeObject> = objectOf(value, key, 3)

const anyFewOps: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ kind: fc.constantFrom('set' as const, 'put' as const), path: fewPaths, value }),
  fc.record({ kind: fc.constant('fill' as const), path: fewPaths, value }),
  fc.record({ kind: fc.constant('delete' as const), path: fewPaths }),
  fc.record({
    kind: fc.constant('increment' as const),
    path: fewPaths,
    by: fc.constantFrom(1, -2),
  }),
  fc.record({
    kind: fc.constant('advance' as const),
    path: fewPaths,
    value: fc.constantFrom<number | string>(1, 7, 'x'),
  }),
  fc.record({
    kind: fc.constantFrom('remove' as const, 'order' as const),
    path: fewPaths,
    names: fc.array(name, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('insert' as const),
    path: fewPaths,
    after: fc.oneof(fc.constant(''), name),
    before: fc.oneof(fc.constant(''), name),
    items: fc.array(leaf, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constantFrom('delete' as const),
    path: fc.tuple(fewPaths, name).map(([path, element]) => appendElement(path, element)),
  }),
  fc.record({
    kind: fc.constantFrom('set' as const, 'put' as const),
    path: fc.tuple(fewPaths, name).map(([path, element]) => appendElement(path, element)),
    value,
  }),
  fc.record({ kind: fc.constant('delete' as const), path: richPaths }),
  fc.record({ kind: fc.constantFrom('set' as const, 'put' as const), path: richPaths, value }),
  fc.record({ kind: fc.constant('once' as const), path: fc.constantFrom('once', 'twice') }),
  fc.record({
    kind: fc.constant('append' as const),
    path: fewPaths,
    items: fc.array(leaf, { maxLength: 2 }),
  }),
)

/** A leaf is set: putting it would be the same. */
export const fewOps: fc.Arbitrary<Op> = anyFewOps.map((op) =>
  op.kind === 'put' && !isPlain(op.value) && !merges(op.value) && !op.path.includes('~3')
    ? { ...op, kind: 'set' }
    : op,
)

export const someOps: fc.Arbitrary<readonly Op[]> = fc.array(fewOps, { minLength: 1, maxLength: 3 })

/** Entries in the order of their ids. */
export function someEntries(maxLength: number): fc.Arbitrary<readonly Entry[]> {
  return fc
    .array(someOps, { maxLength })
    .map((all) => all.map((ops, n) => ({ id: idOf(n + 1), ops })))
}

/** `all` in two parts, each in order: those that a list of flags names, and the others. */
export function partition<T>(
  all: readonly T[],
  flags: readonly boolean[],
): { readonly picked: readonly T[]; readonly others: readonly T[] } {
  return {
    picked: all.filter((_, i) => flags[i] === true),
    others: all.filter((_, i) => flags[i] !== true),
  }
}

/** Entries of several lists, in the order of their ids. */
export function inOrder(...lists: readonly (readonly Entry[])[]): readonly Entry[] {
  return lists.flat().sort((a, b) => (a.id < b.id ? -1 : 1))
}

export const identity: SessionIdentity = {
  sid: 'AAAAAAAAAAAAAAAAAAAAAA',
  start: START,
  generation: 0,
  from: [],
  subject: undefined,
}

/** A fragment of the session {@link identity}. */
export function fragment(id: string, content: Content): Fragment {
  return fragmentOf(id, content, { identity, expires: Math.floor(START / 1000 + 1800) * 1000 })
}

/** A base of which nothing is known but where it begins. */
export function baseOf(state: TreeObject, horizon = idOf(0), serial = 0): Base {
  return { horizon, state, serial, memory: undefined }
}

/** What one request wrote, and which other entries it had seen. */
export interface Written {
  readonly entry: Entry
  /** Numbers of entries; with each of them, all that it had seen itself. */
  readonly seen: ReadonlySet<number>
}

/** Entries of parallel requests. */
export function histories(maxLength: number): fc.Arbitrary<readonly Written[]> {
  const one = fc.tuple(someOps, fc.array(fc.nat(30), { maxLength: 3 }))
  return fc.array(one, { minLength: 1, maxLength }).map((all) => {
    const history: Written[] = []
    for (const [n, [ops, parents]] of all.entries()) {
      const direct = parents.filter((parent) => parent < n)
      history.push({ entry: { id: idOf(n + 1), ops }, seen: closed(history, direct) })
    }
    return history
  })
}

/** The entries with these numbers, and all that they had seen. */
export function closed(history: readonly Written[], numbers: Iterable<number>): Set<number> {
  const all = new Set<number>()
  for (const n of numbers) {
    if (history[n] === undefined) continue
    all.add(n)
    for (const earlier of history[n].seen) all.add(earlier)
  }
  return all
}

/** The ids of those of some entries that no other of them had seen. */
export function newestOf(history: readonly Written[], numbers: ReadonlySet<number>): string[] {
  const all = [...numbers]
  const newest = all.filter((n) => !all.some((other) => history[other]?.seen.has(n)))
  return newest.sort((a, b) => a - b).flatMap((n) => history[n]?.entry.id ?? [])
}

/** The log of one entry, as its request wrote it onto a base with `since` as its horizon. */
export function deltaOf(history: readonly Written[], { entry, seen }: Written, since: string): Log {
  return {
    since,
    parents: newestOf(history, seen),
    heads: [entry.id],
    retired: [],
    entries: [entry],
  }
}

/** Entries, pruned as those of a view are, with the digests of those that are gone. */
export function unsettledOf(all: readonly Entry[]): Unsettled {
  const entries = prune(all)
  const gone = all.filter(({ id }) => !entries.some((each) => each.id === id))
  return {
    entries,
    retired: gone.map(({ id }) => digestOf(id)).sort(),
    heads: all.slice(-1).map(({ id }) => id),
  }
}

/** The state after entries, where nothing is remembered of lists. */
export function stateAfter(
  state: TreeObject,
  entries: readonly Entry[],
  memory: Base['memory'] = undefined,
): TreeObject {
  return replay({ state, memory }, entries).state
}
