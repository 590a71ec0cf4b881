import { expect, test } from 'vitest'
import type { Log, Op } from '../../../src/log/format/fragment.ts'
import { overwrites } from '../../../src/log/reading/overwrites.ts'
import { idOf } from './histories.ts'

/** A log of one entry that sets so many keys. */
function logOf(n: number, keys: number): Log {
  const id = idOf(n)
  const ops = Array.from(
    { length: keys },
    (_, at): Op => ({
      kind: 'set',
      path: `k${at}`,
      value: n,
    }),
  )
  return { since: idOf(0), parents: [], heads: [id], retired: [], entries: [{ id, ops }] }
}

test('writes that hide one another count as one, whatever the order of their logs', () => {
  const [one, two] = [logOf(1, 3), logOf(2, 3)]
  expect([overwrites([one, two]), overwrites([two, one])]).toEqual([1, 1])
  expect(overwrites([one, two, one])).toBe(1)
})

test('a write that saw another one does not overwrite it', () => {
  const [one, two] = [logOf(1, 3), logOf(2, 3)]
  expect(overwrites([one, { ...two, parents: one.heads }])).toBe(0)
})

test('of few entries with very many ops none are compared: cookies must not cost the server seconds', () => {
  expect(overwrites([logOf(1, 200), logOf(2, 200)])).toBe(1)
  expect(overwrites([logOf(1, 201), logOf(2, 200)])).toBe(0)
})
