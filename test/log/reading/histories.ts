/** Entries that many requests wrote, each of which had seen some of the others, for fast-check. */
import fc from 'fast-check'
import type {
  Base,
  Entry,
  Fragment,
  Log,
  Op,
  SessionHead,
} from '../../../src/log/format/fragment.ts'
import { timeCode } from '../../../src/log/format/id-chain.ts'
import { digestOf } from '../../../src/log/format/ids.ts'
import { prune } from '../../../src/log/ops/prune.ts'
import type { Unsettled } from '../../../src/log/writing/settle.ts'
import { toPointer } from '../../../src/tree/pointer.ts'
import type { Tree, TreeObject } from '../../../src/tree/tree.ts'
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

const leaf: fc.Arbitrary<Tree> = fc.constantFrom<Tree>(1, 2, null, 'text', { $: ['d', 1] })

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

export const fewOps: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), path: fewPaths, value }),
  fc.record({ kind: fc.constant('fill' as const), path: fewPaths, value }),
  fc.record({ kind: fc.constant('delete' as const), path: fewPaths }),
  fc.record({
    kind: fc.constant('increment' as const),
    path: fewPaths,
    by: fc.constantFrom(1, -2),
  }),
  fc.record({
    kind: fc.constant('append' as const),
    path: fewPaths,
    items: fc.array(leaf, { maxLength: 2 }),
  }),
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

export const head: SessionHead = {
  sid: 'AAAAAAAAAAAAAAAAAAAAAA',
  start: START,
  generation: 0,
  from: [],
  subject: undefined,
}

/** A fragment of the session {@link head}. */
export function fragment(id: string, content: Content): Fragment {
  return fragmentOf(id, content, { head, expires: Math.floor(START / 1000 + 1800) * 1000 })
}

/** A base of which nothing is known but where it begins. */
export function baseOf(state: TreeObject, horizon = idOf(0), serial = 0): Base {
  return { horizon, state, serial }
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
