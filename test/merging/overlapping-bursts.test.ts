/** Bursts in which some requests see what others of the same burst wrote, as browsers send them over one connection. */
import { expect, test } from 'vitest'
import { seeded } from '../support/random.ts'
import { Clock, Shop, Visitor } from '../support/visitor.ts'

type Data = { hits: number; text: string }

const NODES = 5
const BURSTS = 12
const SIZE = 20

interface Event {
  readonly at: number
  readonly run: () => Promise<void>
}

/** Plays twelve bursts of increments, each spread over some ms, and checks after each that all of it shows. */
async function play(seed: number): Promise<void> {
  const random = seeded(seed + 1)
  const clock = new Clock()
  const visitor = new Visitor(clock)
  const initial = (): Data => ({ hits: 0, text: 'x'.repeat((seed % 3) * 300) })
  // A node remembers by its keyring, and this option makes it one of its own.
  const shops = Array.from(
    { length: NODES },
    (_, i) => new Shop<Data>({ initial, maxAbsoluteTimeout: 50_000 + i }, { clock, visitor }),
  )
  const shopOf = (i: number) => shops[i % NODES] ?? expect.fail('no node')
  await shopOf(0).visit((session) => {
    if (seed % 2 === 1) session.login('ada')
    session.data.text += '!'
  })
  const spreadMs = [2, 10, 30, 60][seed % 4] ?? 0
  const workMs = [3, 15, 40][seed % 3] ?? 0
  for (let burst = 0; burst < BURSTS; burst++) {
    const events: Event[] = []
    let now = 0
    const soon = () => now + 1 + random.below(workMs)
    for (let i = 0; i < SIZE; i++) {
      const open = async () => {
        const { session, answer } = await shopOf(burst + i).begin()
        const commit = async () => {
          session.increment('hits')
          const deliver = await answer()
          events.push({ at: soon(), run: async () => deliver() })
        }
        events.push({ at: soon(), run: commit })
      }
      events.push({ at: random.below(spreadMs), run: open })
    }
    while (events.length > 0) {
      events.sort((a, b) => a.at - b.at)
      const next = events.shift()
      if (!next) break
      clock.advance(Math.max(0, next.at - now) / 1000)
      now = Math.max(now, next.at)
      await next.run()
    }
    clock.advance(0.02)
    expect((await shopOf(burst * 3).look()).hits, `burst ${burst}`).toBe(SIZE * (burst + 1))
  }
}

// Ids are random here, so a seed tells how requests overlap, and not which ids collide.
test.each([69, 39, 801, 0, 1, 2, 3])(
  'twelve bursts of twenty increments count whole, though some see part of their burst: seed %i',
  play,
)
