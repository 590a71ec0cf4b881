/** Trees, ops and fragments of any shape, for fast-check. */
import fc from 'fast-check'
import type { Entry, Fragment, Log, Op, SessionIdentity } from '../../src/log/format/fragment.ts'
import { timeCode } from '../../src/log/format/id-chain.ts'
import { toPointer, valueAt } from '../../src/tree/pointer.ts'
import { isPlain, type Tree, type TreeObject } from '../../src/tree/tree.ts'
import { runs } from '../model/budget.ts'
import { fragmentOf } from './fragments.ts'

const SEED = 20_261_122

/** How often a property is tried: the same cases in every run, fewer of them in workerd. */
export function often(inNode: number): { numRuns: number; seed: number } {
  return { numRuns: runs(inNode), seed: SEED }
}

/** Keys that are awkward somewhere: in pointers, in prototypes, in JSON. */
export const awkwardKey: fc.Arbitrary<string> = fc.constantFrom(
  '',
  'a',
  'b',
  'a/b',
  '/',
  '~',
  '~1',
  '__proto__',
  'constructor',
  '0',
  'ä',
  '\ud800',
)

export const anyKey: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: awkwardKey },
  fc.string({ maxLength: 5, unit: 'binary' }),
)

/** A number that JSON keeps. */
export const anyNumber: fc.Arbitrary<number> = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => value + 0)

const leaf: fc.Arbitrary<Tree> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  anyNumber,
  fc.string({ maxLength: 8, unit: 'binary' }),
  // A rich value.
  fc
    .constantFrom<TreeObject>({ $: ['d', 1] }, { $: ['u'] }, { $: ['o', { $: 1 }] })
    .map((tree) => tree),
)

/** `pairs` as an object, whatever their keys are. */
export function objectOf<T>(value: fc.Arbitrary<T>, key = anyKey, maxLength = 3) {
  return fc
    .array(fc.tuple(key, value), { maxLength })
    .map((pairs): Readonly<Record<string, T>> => Object.fromEntries(pairs))
}

const { tree } = fc.letrec<{ tree: Tree; inner: Tree }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('inner')),
  inner: fc.oneof(fc.array(tie('tree'), { maxLength: 3 }), objectOf(tie('tree'))),
}))

export const anyTree: fc.Arbitrary<Tree> = tree
export const anyState: fc.Arbitrary<TreeObject> = objectOf(tree, anyKey, 4)

export const anyPath: fc.Arbitrary<string> = fc
  .array(anyKey, { minLength: 1, maxLength: 3 })
  .map(toPointer)

const anyName: fc.Arbitrary<string> = fc.constantFrom('', 'k3Xa0', 'k3Xa2', 'k3Xa2.3', '__proto__')

export const anyOp: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), path: anyPath, value: anyTree }),
  fc.record({ kind: fc.constant('fill' as const), path: anyPath, value: anyTree }),
  fc.record({ kind: fc.constant('delete' as const), path: anyPath }),
  fc.record({ kind: fc.constant('increment' as const), path: anyPath, by: anyNumber }),
  fc.record({
    kind: fc.constant('append' as const),
    path: anyPath,
    items: fc.array(anyTree, { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('advance' as const),
    path: anyPath,
    value: fc.oneof(anyNumber, fc.string({ maxLength: 4, unit: 'binary' })),
  }),
  fc.record({
    kind: fc.constant('insert' as const),
    path: anyPath,
    after: anyName,
    before: anyName,
    items: fc.array(anyTree, { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constantFrom('remove' as const, 'order' as const),
    path: anyPath,
    names: fc.array(anyName, { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('once' as const), path: anyKey }),
  fc.record({
    kind: fc.constant('put' as const),
    path: anyPath,
    value: fc.array(anyTree, { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('delete' as const),
    path: fc
      .tuple(anyPath, fc.constantFrom('~2', '~3', '~4'), anyName)
      .map(([path, step, name]) => `${path}/${step}${step === '~2' ? name : JSON.stringify(name)}`),
  }),
)

/** Text of `length` characters of base64url. */
export function letters(length: number): fc.Arbitrary<string> {
  const letter = fc.constantFrom(...'09azAZ-_')
  return fc.string({ unit: letter, minLength: length, maxLength: length })
}

/** The id of an entry that was made at about `start`. */
function idNear(start: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.oneof(fc.nat(50), fc.nat(100_000_000)), letters(5))
    .map(([later, random]) => timeCode(start + later) + random)
}

const anyHead: fc.Arbitrary<SessionIdentity> = fc.record({
  sid: letters(22),
  start: fc.oneof(
    fc.integer({ min: 1_600_000_000_000, max: 2_500_000_000_000 }),
    fc.nat(2_800_000_000_000),
  ),
  generation: fc.oneof(fc.integer({ min: -1, max: 3 }), fc.nat(Number.MAX_SAFE_INTEGER)),
  from: fc.array(letters(8), { maxLength: 3 }),
  subject: fc.option(fc.string({ maxLength: 6, unit: 'binary' }), { nil: undefined }),
})

/** Entries near `start`, in the order of their ids. Some repeat what `state` shows already. */
function entriesNear(
  start: number,
  state: TreeObject,
  minLength: number,
): fc.Arbitrary<readonly Entry[]> {
  const op = fc.tuple(anyOp, fc.boolean()).map(([made, repeats]): Op => {
    const shown = repeats ? valueAt(state, made.path) : undefined
    return shown === undefined ? made : { kind: 'set', path: made.path, value: shown }
  })
  const shownKey = fc.constantFrom(...Object.keys(state), '').map((key): Op => {
    const path = toPointer([key])
    return { kind: 'set', path, value: valueAt(state, path) ?? 1 }
  })
  const ops = fc.array(fc.oneof(op, shownKey), { minLength: 1, maxLength: 3 })
  return fc
    .uniqueArray(fc.tuple(idNear(start), ops), {
      minLength,
      maxLength: 4,
      selector: ([id]) => id,
    })
    .map((pairs) =>
      pairs.sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, all]) => ({ id, ops: all })),
    )
}

/** Any fragment that a cookie can hold. */
export const anyFragment: fc.Arbitrary<Fragment> = fc
  .tuple(anyHead, fc.constantFrom('base', 'both', 'log', 'tombstone'), anyState.filter(isPlain))
  .chain(([identity, kind, state]) => {
    const near = idNear(identity.start)
    const ids = fc.array(near, { maxLength: 3 })
    const parts = fc.record({
      entries: entriesNear(identity.start, state, kind === 'log' ? 1 : 0),
      parents: ids,
      heads: ids,
      lastIsHead: fc.boolean(),
      retired: fc.array(letters(5), { maxLength: 3 }),
      horizon: near,
      serial: fc.oneof(fc.constant(0), fc.nat(Number.MAX_SAFE_INTEGER)),
      ownId: fc.boolean(),
      id: kind === 'tombstone' ? near : fc.oneof(letters(8), near),
      expires: fc.nat(8_640_000_000_000).map((seconds) => seconds * 1000),
    })
    return parts.map((part): Fragment => {
      const { entries, parents, retired, horizon, serial, expires } = part
      const newest = entries.at(-1)?.id
      const isBase = kind === 'base' || kind === 'both'
      const log: Log = {
        since: horizon,
        parents: isBase ? [] : parents,
        heads: newest !== undefined && part.lastIsHead ? [newest] : part.heads,
        retired,
        entries,
      }
      const isEmpty = kind === 'both' && entries.length + retired.length === 0
      const id = part.ownId && newest !== undefined ? newest : part.id
      const content = {
        base: isBase ? { horizon, state, serial } : undefined,
        log: kind === 'log' || (kind === 'both' && !isEmpty) ? log : undefined,
      }
      return fragmentOf(id, content, { identity, expires })
    })
  })

/** The JSON text of a value, the same for objects whose keys stand in another order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
