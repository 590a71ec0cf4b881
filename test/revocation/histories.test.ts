import { expect, test } from 'vitest'
import { memoryMarks } from '../../src/stores/memory.ts'
import { LONG_MS, runs, SEED } from '../model/budget.ts'
import { History, shuffled } from './histories.ts'

test('1,000 histories of logins, logouts, renewals and revocations: the list is exactly right', {
  timeout: LONG_MS,
}, async () => {
  const deeds: Record<string, number> = {}
  let live = 0
  for (let i = 0; i < runs(1000); i++) {
    let clock = () => 0
    const store = shuffled(memoryMarks({ clock: () => clock() }), i)
    const history = new History(SEED + i, () => store)
    clock = history.fleet.clock.read
    await history.run(25)
    await store.flush()
    const { expected, listed } = await history.compare()
    expect(listed, `history ${i}`).toEqual(expected)
    expect(await history.wrong(), `history ${i}`).toEqual([])
    live += listed.length
    for (const [deed, times] of Object.entries(history.deeds))
      deeds[deed] = (deeds[deed] ?? 0) + times
  }
  expect(live).toBeGreaterThan(runs(1000) / 2)
  for (const deed of ['again', 'logout', 'use', 'regenerate', 'one', 'others', 'all'])
    expect(deeds[deed], deed).toBeGreaterThan(runs(1000) / 4)
})
