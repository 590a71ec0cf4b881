/** The promises of the model, kept by nodes that have an overflow store. */
import { describe, expect, test } from 'vitest'
import { LONG_MS, runs, SEED } from './budget.ts'
import { type Found, searchStored } from './check.ts'
import { ageing, usual } from './kinds.ts'
import type { StoreCounts, StoreKind } from './stored-node.ts'

interface Outcome {
  readonly found: Found | undefined
  /** Of all schedules. */
  readonly counts: StoreCounts
}

async function outcome(store: StoreKind): Promise<Outcome> {
  const counts = { puts: 0, hidden: 0, refused: 0, told: 0 }
  const also = (each: StoreCounts) => {
    counts.puts += each.puts
    counts.hidden += each.hidden
    counts.refused += each.refused
    counts.told += each.told
  }
  const found =
    (await searchStored(usual, store, runs(60), SEED, also)) ??
    (await searchStored(ageing, store, runs(25), SEED, also))
  return { found, counts }
}

describe.each(['eager', 'lazy'] as const)('with an overflow store, %s,', (load) => {
  const promise = 'no acknowledged write is lost and each counts once'

  test(promise, { timeout: LONG_MS }, async () => {
    const { found, counts } = await outcome({ load, staleSeconds: 0, failing: 0 })
    expect(found?.text).toBeUndefined()
    expect(counts.puts).toBeGreaterThan(runs(120))
    expect(counts).toMatchObject({ hidden: 0, refused: 0 })
  })

  test(`${promise}, though other nodes see a value 60 s late`, { timeout: LONG_MS }, async () => {
    const { found, counts } = await outcome({ load, staleSeconds: 60, failing: 0 })
    expect(found?.text).toBeUndefined()
    expect(counts.hidden).toBeGreaterThan(runs(150))
  })

  test(`${promise}, though one in five calls fails`, { timeout: LONG_MS }, async () => {
    const { found, counts } = await outcome({ load, staleSeconds: 0, failing: 20 })
    expect(found?.text).toBeUndefined()
    expect(counts.hidden).toBeGreaterThan(runs(150))
    expect(counts.refused).toBeGreaterThan(0)
  })

  test('a store that loses what it acknowledged does not get past this', async () => {
    const { found } = await outcome({ load, staleSeconds: 0, failing: 0, losing: 5 })
    expect(found?.text).toContain('the store does not have')
  })
})
