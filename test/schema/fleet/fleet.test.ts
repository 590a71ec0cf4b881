import { describe, expect, test } from 'vitest'
import { OTHER_SECRET, SECRET } from '../../support/visitor.ts'
import { deploy, Fleet } from './fleet.ts'

const SEEDS = navigator.userAgent === 'Cloudflare-Workers' ? [1] : [1, 2]
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

/** What both releases do to lists and Maps; see `collections.ts`. */
const SHARED = [
  ...['note', 'rewrite note', 'forget note'],
  ...['put in', 'edit', 'edit a copy', 'take out'],
  ...['mark', 'change mark', 'unmark'],
].flatMap((name) => [`${name} on N`, `${name} on N+1`])

describe('lists and Maps that both releases change at once', () => {
  const promise = 'lose nothing while a migration is rolled out, back, and out again (%o)'
  // Fails as long as a response that migrates loses what it does to elements: see ../migrate.test.ts.
  test.each([
    { seed: 1, store: false },
    { seed: 2, store: false },
    { seed: 3, store: true },
  ])(promise, async ({ seed, store }) => {
    const fleet = new Fleet(seed, { store, secret: SECRET, collections: true })
    await rollOut(fleet, { release: 'N' }, 0)
    await fleet.visit(100)
    await fleet.check('all N')
    for (const release of ['N+1', 'N', 'N+1'] as const) {
      await rollOut(fleet, { release }, 50)
      await fleet.check(`all ${release}`)
    }
    expect(fleet.losses).toEqual({ sessions: 0, fields: [], requests: 700 })
    expect([...fleet.together].sort()).toEqual(
      [...SHARED, 'wrap on N+1', 'sign mark on N+1'].sort(),
    )
  })
})
