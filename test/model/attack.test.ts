import { expect, test } from 'vitest'
import { LONG_MS, runs, SEED } from './budget.ts'
import { search } from './check.ts'
import { ageing, busy, changing, short } from './kinds.ts'
import { attack, withholdParents } from './subsets.ts'

test('every subset of the cookies that a session ever had leads to a state that its requests made', {
  timeout: LONG_MS,
}, () => {
  let subsets = 0
  const also = (most: number) => ({
    also: (recording: Parameters<typeof attack>[0]) => {
      subsets += attack(recording, most)
    },
  })
  expect(search(short, runs(1500), SEED, also(512))?.text).toBeUndefined()
  expect(search(busy, runs(500), SEED, also(256))?.text).toBeUndefined()
  expect(search(changing, runs(500), SEED, also(256))?.text).toBeUndefined()
  expect(search(ageing, runs(500), SEED, also(64))?.text).toBeUndefined()
  expect(subsets).toBeGreaterThan(runs(80_000))
})

test('a log never applies without its parents', () => {
  let withheld = 0
  const options = {
    also: (recording: Parameters<typeof attack>[0]) => {
      withheld += withholdParents(recording)
    },
  }
  expect(search(busy, runs(500), SEED, options)?.text).toBeUndefined()
  expect(withheld).toBeGreaterThan(runs(1500))
})
