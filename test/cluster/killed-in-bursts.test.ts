/** Nodes that get SIGKILL while they answer many requests with one view: what they remember of those is gone. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LONG_MS } from '../model/budget.ts'
import { seeded } from '../support/random.ts'
import { Fleet } from './fleet.ts'
import { Survivor } from './survivor.ts'

const SEED = 20261127
const WORKERS = 2
const KILLS = 200
/** How many requests of a burst have one view. */
const FEWEST = 10
const MOST = 60

const random = seeded(SEED)
let fleet: Fleet

beforeAll(async () => {
  fleet = await Fleet.start(WORKERS)
}, LONG_MS)

afterAll(() => fleet?.close())

it('200 nodes that are killed in the middle of bursts of writes take nothing with them that was acknowledged', {
  timeout: LONG_MS,
}, async () => {
  const total = { writes: 0, unanswered: 0, cookies: 0 }
  while (fleet.kills < KILLS) {
    const survivor = new Survivor(fleet.url, seeded(SEED + fleet.kills))
    await survivor.write()
    const size = FEWEST + random.below(MOST - FEWEST + 1)
    const isServer = fleet.kills % 10 === 9
    await survivor.burst(size, random.below(size), () =>
      isServer ? fleet.killServer() : fleet.killWorker(),
    )
    total.writes += size
    total.cookies += survivor.cookies
    await survivor.look()
    // What comes later is written upon what is left of the burst.
    for (let i = 0; i < 3; i++) await survivor.write()
    await survivor.look()
    await (fleet.kills % 10 === 9 ? fleet.settled() : fleet.ready())
    total.unanswered += survivor.unanswered
  }
  expect(fleet.kills).toBe(KILLS)
  expect(total.unanswered, 'they died in the middle').toBeGreaterThan(KILLS / 2)
  expect(total.cookies, 'they remembered').toBeLessThan(total.writes / 2)
})
