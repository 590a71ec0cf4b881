/** The simulator of the demo, without its page: what it promises about films. */
import { afterEach, describe, expect, it } from 'vitest'
import { DEFAULTS, type Settings, World } from '../../demo/simulator/world.ts'
import { seeded } from '../support/random.ts'
import { fixRandomBytes } from '../support/random-bytes.ts'

const SECONDS = 1000

/** Twenty seconds of film in which nodes die and come back, and Ada logs out and in. */
async function film(settings: Partial<Settings>): Promise<World> {
  const seed = settings.seed ?? 1
  release = fixRandomBytes(seeded(seed))
  const world = new World({ ...DEFAULTS, ...settings })
  await world.run(5 * SECONDS)
  world.kill(seed % 4)
  await world.run(3 * SECONDS)
  world.revive(seed % 4)
  world.logOutMeanwhile()
  await world.run(9 * SECONDS)
  world.logIn()
  await world.run(6 * SECONDS)
  await world.settle()
  release()
  return world
}

let release = () => {}
afterEach(() => release())

const seeds = Array.from({ length: 12 }, (_, i) => i + 1)

describe('the simulator', () => {
  it.each(seeds)('of seed %i: carryon loses no write, the one cookie many', async (seed) => {
    const world = await film({
      seed,
      dropPercent: seed % 3 === 0 ? 15 : 0,
      skewSeconds: seed % 4 === 0 ? 15 : 0,
    })
    expect(world.acknowledged).toBeGreaterThan(30)
    expect([...world.lost.ours]).toEqual([])
    expect(world.lost.theirs.size).toBeGreaterThan(5)
    expect(world.ours.user).toBe('Ada')
  })

  it('shows the same film for the same seed, and another one for another', async () => {
    const told = async (seed: number) => {
      const { log, ours, theirs, lost } = await film({ seed, dropPercent: 10 })
      return JSON.stringify([log, ours, theirs, [...lost.theirs]])
    }
    const first = await told(7)
    expect(await told(7)).toBe(first)
    expect(await told(8)).not.toBe(first)
  })

  it('undoes a logout with one cookie, and not with carryon', async () => {
    const world = new World({ ...DEFAULTS, latencyMs: 50, jitterMs: 0 })
    await world.run(2 * SECONDS)
    world.logOutMeanwhile()
    await world.run(6 * SECONDS)
    expect(world.cameBack).toEqual({ ours: false, theirs: true })
    expect(world.ours.user).toBeNull()
  })
})
