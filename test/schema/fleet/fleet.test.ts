import { describe, expect, test } from 'vitest'
import { OTHER_SECRET, SECRET } from '../../support/visitor.ts'
import { deploy, Fleet } from './fleet.ts'

const SEEDS = [1, 2]
const CASES = SEEDS.flatMap((seed) => [
  { seed, store: false },
  { seed, store: true },
])

/** Deploys a change one node at a time, with requests in between. */
async function rollOut(fleet: Fleet, change: Parameters<typeof deploy>[1], requests: number) {
  for (const deployNext of deploy(fleet, change)) {
    deployNext()
    await fleet.visit(requests)
  }
}

async function upAndBack(fleet: Fleet): Promise<void> {
  await rollOut(fleet, { release: 'N+1' }, 25)
  await fleet.check('all N+1')
  await rollOut(fleet, { release: 'N' }, 25)
  await fleet.check('all N again')
  await rollOut(fleet, { release: 'N+1' }, 0)
  await fleet.check('at the end')
}

describe('two nodes of release N and two of N+1 behind one balancer', () => {
  test.each(CASES)('lose nothing, then all N+1, then all N (%o)', async ({ seed, store }) => {
    const fleet = new Fleet(seed, { store, secret: SECRET })
    await fleet.visit(1000)
    await fleet.check('mixed')
    await upAndBack(fleet)
    expect(fleet.losses).toEqual({ sessions: 0, fields: [], requests: 1200 })
  })

  test.each(CASES)('nor while secrets rotate (%o)', async ({ seed, store }) => {
    const fleet = new Fleet(seed, { store, secret: SECRET })
    await fleet.visit(300)
    // Distribute, seal, retire.
    await rollOut(fleet, { secrets: [SECRET, OTHER_SECRET] }, 50)
    await fleet.check('distributed')
    await rollOut(fleet, { secrets: [OTHER_SECRET, SECRET] }, 50)
    await fleet.visit(100)
    // Stands for the absolute timeout, after which nothing is left that the old secret sealed.
    await fleet.sealAll()
    await fleet.check('sealed')
    await rollOut(fleet, { secrets: [OTHER_SECRET] }, 50)
    await fleet.check('retired')
    await upAndBack(fleet)
    expect(fleet.losses).toEqual({ sessions: 0, fields: [], requests: store ? 1212 : 1206 })
  })
})
