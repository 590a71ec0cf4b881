/** What is done to one list, in parts: some of it folded, or settled, before the rest is there. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Entry, Op } from '../../../src/log/format/fragment.ts'
import { lastIdAt, timeOf } from '../../../src/log/format/ids.ts'
import { decodeMemory, encodeMemory } from '../../../src/log/format/memory.ts'
import { elementDigest, nameText } from '../../../src/log/ops/names.ts'

import { prune } from '../../../src/log/ops/prune.ts'
import { type Remembering, replay } from '../../../src/log/ops/replay.ts'
import type { Tree } from '../../../src/tree/tree.ts'
import { canonical, often } from '../../support/arbitraries.ts'
import { idOf, inOrder, partition, START } from '../reading/histories.ts'

const element = fc.constantFrom<Tree>(1, 2, { n: 1 }, { n: 2 }, [1])
const elements = fc.array(element, { maxLength: 4 })
const name = fc
  .tuple(element, fc.nat(3), fc.constantFrom(1, 1, 2))
  .map(([tree, place, count]) => nameText({ digest: elementDigest(tree), place, count, others: 0 }))
const anchor = fc.oneof(fc.constant(''), name)
const names = fc.array(name, { minLength: 1, maxLength: 3 })
const path = fc.constant('a')
const inside = fc.tuple(name, fc.constantFrom('', '/n')).map(([at, rest]) => `a/~2${at}${rest}`)

const listOp: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ kind: fc.constantFrom('remove' as const, 'order' as const), path, names }),
  fc.record({ kind: fc.constant('append' as const), path, items: elements }),
  fc.record({
    kind: fc.constant('insert' as const),
    path,
    after: anchor,
    before: anchor,
    items: elements,
  }),
  fc.record({ kind: fc.constant('set' as const), path: inside, value: element }),
  fc.record({ kind: fc.constant('set' as const), path: inside, value: element }),
  fc.record({ kind: fc.constant('delete' as const), path: inside }),
  fc.record({ kind: fc.constant('set' as const), path, value: elements }),
  fc.record({ kind: fc.constantFrom('put' as const), path, value: elements }),
)

const all: fc.Arbitrary<readonly Entry[]> = fc
  .array(fc.array(listOp, { minLength: 1, maxLength: 2 }), { maxLength: 7 })
  .map((entries) => entries.map((ops, n) => ({ id: idOf(n + 1), ops })))
const flags = fc.array(fc.boolean(), { minLength: 7, maxLength: 7 })

/** What is remembered, as it comes out of the cookie of a base. */
function stored({ state, memory }: Remembering, horizon: string): Remembering {
  const ms = timeOf(horizon)
  return { state, memory: memory && decodeMemory(encodeMemory(memory, ms), ms) }
}

describe('what is done to a list', () => {
  test('is the same when some of it was folded before the rest was there', () => {
    fc.assert(
      fc.property(elements, all, flags, (a, entries, some) => {
        const { picked, others } = partition(entries, some)
        const before = { state: { a }, memory: undefined }
        const whole = replay(before, entries)
        const folded = replay(before, inOrder(prune(picked), others))
        expect(canonical(folded.state)).toBe(canonical(whole.state))
      }),
      often(20_000),
    )
  })

  test('is the same when some of it settled before the rest was there', () => {
    fc.assert(
      fc.property(elements, all, fc.nat(7), fc.nat(999), (a, entries, at, ms) => {
        const horizon = lastIdAt(START + at * 1000 + ms)
        const before = { state: { a }, memory: undefined }
        const old = entries.filter(({ id }) => id <= horizon)
        const rest = entries.filter(({ id }) => id > horizon)
        const base = stored(replay(before, old, { until: timeOf(horizon) }), horizon)
        const settled = replay(base, rest)
        expect(canonical(settled.state)).toBe(canonical(replay(before, entries).state))
      }),
      often(10_000),
    )
  })
})
