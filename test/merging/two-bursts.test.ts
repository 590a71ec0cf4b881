/** A burst that begins where another one has just ended: its requests see what all of that wrote. */
import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/session/session.ts'
import { seeded } from '../support/random.ts'
import { Clock, Shop, Visitor } from '../support/visitor.ts'

type Data = { hits: number; values: Record<string, number>; list: string[] }

const initial = (): Data => ({ hits: 0, values: {}, list: [] })

/** As a journal is written: a counter, a key of its own, and a line. */
function write(session: Session<Data>, line: string): void {
  session.increment('hits')
  session.data.values[line] = 1
  session.data.list.push(line)
}

class Page {
  readonly clock = new Clock()
  readonly visitor = new Visitor(this.clock)
  readonly shops: readonly Shop<Data>[]
  longest = 0

  constructor(nodes: number) {
    this.shops = Array.from(
      { length: nodes },
      // A node remembers by its keyring, and this option makes it one of its own.
      (_, i) =>
        new Shop<Data>(
          { initial, maxAbsoluteTimeout: 50_000 + i },
          { clock: this.clock, visitor: this.visitor },
        ),
    )
  }

  shop(i: number): Shop<Data> {
    return this.shops[i % this.shops.length] ?? expect.fail('no node')
  }

  /** So many writes with one view, whose answers arrive in an order that is a little off. */
  async burst(size: number, name: string): Promise<void> {
    const random = seeded(size)
    const begun = await Promise.all(Array.from({ length: size }, (_, i) => this.shop(i).begin()))
    const answers: { at: number; deliver: () => void }[] = []
    for (const [i, { session, answer }] of begun.entries()) {
      write(session, `${name}${i}`)
      this.clock.advance(0.02)
      answers.push({ at: i + random.below(3), deliver: await answer() })
    }
    for (const { deliver } of answers.sort((a, b) => a.at - b.at)) deliver()
    this.longest = Math.max(this.longest, this.visitor.cookie.length)
  }
}

describe('two bursts, one right after the other,', () => {
  test.each([
    [1, 30, 0],
    [1, 60, 0],
    [1, 60, 1],
    [4, 40, 0],
  ])(
    'on %i nodes, of %i writes, with %i writes in between, count whole, and leave less than Node takes',
    async (nodes, size, between) => {
      const page = new Page(nodes)
      await page.shop(0).visit((session) => session.regenerate())
      page.clock.advance(600)
      await page.burst(size, 'a')
      for (let i = 0; i < between; i++)
        await page.shop(0).visit((session) => write(session, `between${i}`))
      await page.burst(size, 'b')
      expect(page.longest).toBeLessThan(16_000)
      const { hits, values, list } = await page.shop(0).look()
      expect([hits, Object.keys(values).length, new Set(list).size, list.length]).toEqual(
        Array(4).fill(2 * size + between),
      )
      page.clock.advance(1)
      for (let i = 0; i < 6; i++) {
        await page.shop(i).visit((session) => write(session, `after${i}`))
        page.clock.advance(1)
      }
      expect((await page.shop(0).look()).hits).toBe(2 * size + between + 6)
    },
  )
})
