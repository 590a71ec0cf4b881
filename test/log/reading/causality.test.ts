/** Whatever of its cookies a client leaves out: no write shows without those that its request had seen. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Entry, type Fragment, logOf, type Op } from '../../../src/log/format/fragment.ts'
import { digestOf } from '../../../src/log/format/ids.ts'
import { planStart } from '../../../src/log/lives/lifecycle.ts'
import { type Current, merge, newestIdOf } from '../../../src/log/reading/merge.ts'
import { planWrite } from '../../../src/log/writing/plan.ts'
import { often } from '../../support/arbitraries.ts'
import { seeded } from '../../support/random.ts'
import { answered, bytesOf, live, lives, type Moment } from '../writing/lives.ts'
import { baseOf, fragment, idOf, START } from './histories.ts'

/** Whether a session shows these entries, or has settled or replaced them. */
function knows({ base, entries, retired }: Current, ids: readonly string[]): boolean {
  const known = new Set([...entries.map(({ id }) => digestOf(id)), ...retired])
  return ids.every((id) => id <= base.horizon || known.has(digestOf(id)))
}

function ownOf({ current, plan }: Moment): Entry | undefined {
  const seen = new Set(current.entries.map(({ id }) => id))
  const entries = plan.put.flatMap((each) => logOf(each)?.entries ?? [])
  return entries.find(({ id }) => id > newestIdOf(current) && !seen.has(id))
}

describe('what a response writes', () => {
  test('applies nowhere where one cookie is missing that held what it had seen', () => {
    fc.assert(
      fc.property(lives, (life) => {
        for (const moment of live(life)) {
          const { current, write, plan } = moment
          const own = ownOf(moment)
          const jar = answered(current.fragments, plan)
          for (const missing of own ? jar : []) {
            const left = jar.filter((each) => each !== missing)
            const after = merge(left, write.now).current
            if (!after?.entries.some(({ id }) => id === own?.id)) continue
            expect(
              knows(
                after,
                current.entries.map(({ id }) => id),
              ),
            ).toBe(true)
          }
        }
      }),
      often(150),
    )
  })
})

test('a base for which there is little room does not show a write without what that had seen', () => {
  const first: Entry = {
    id: idOf(1),
    ops: [{ kind: 'append', path: 'debts', items: ['x'.repeat(500)] }],
  }
  const second: Entry = { id: idOf(2), ops: [{ kind: 'set', path: 'bought', value: true }] }
  const log = (entry: Entry, parents: readonly string[]): Fragment => {
    const content = { since: idOf(0), parents, heads: [entry.id], retired: [], entries: [entry] }
    return fragment(entry.id, { log: content })
  }
  const base = fragment('base0000', { base: baseOf({ filler: 'x'.repeat(1500), debts: [] }) })
  const jar = [base, log(first, []), log(second, [idOf(1)])]
  const now = START + 10_000
  const { current } = merge(jar, now)
  const expires = Math.floor(now / 1000 + 1800) * 1000
  const random = bytesOf(seeded(1))
  const ops = [{ kind: 'set' as const, path: 'x', value: 1 }]
  const write = { ops, now, arrivedAt: now, expires, reseal: true, most: 4068, random }
  const after = answered(jar, planWrite(current ?? expect.fail(), write))
  const sent = after.filter(({ id }) => id !== idOf(1))
  const { debts, bought } = merge(sent, now).current?.state ?? {}
  expect(debts).toEqual(bought === undefined ? [] : ['x'.repeat(500)])
})

test('of first visits that started at once, what one wrote later does not show without what it wrote first', () => {
  const at = (seconds: number) => ({
    now: START + seconds * 1000,
    arrivedAt: START + seconds * 1000,
  })
  const none = merge([], START)
  const random = bytesOf(seeded(1))
  const first = (sid: string, seconds: number, ops: readonly Op[]) =>
    planStart(
      none,
      {
        ...{ ...at(seconds), sid: sid.padEnd(22, sid), state: {}, subject: undefined, random },
        ...{ idle: 1_800_000, absolute: 43_200_000 },
      },
      ops,
    ).put
  const one = first('A', 0, [{ kind: 'set', path: 'debts', value: 500 }])
  const other = first('B', 1, [{ kind: 'set', path: 'seen', value: true }])
  const { current } = merge(one, START + 2000)
  if (!current) return expect.fail('no session')
  const ops: Op[] = [{ kind: 'set', path: 'bought', value: true }]
  const write = { ...at(2), ops, expires: START + 1_800_000, reseal: false, most: 4000, random }
  const { put } = planWrite(current, write)
  const state = (fragments: readonly Fragment[]) => merge(fragments, START + 3000).current?.state
  expect(state([...one, ...other, ...put])).toEqual({ debts: 500, seen: true, bought: true })
  expect(state([...other, ...put])).toEqual({ seen: true })
})
