/** Requests that take the same messages with one view write the same cookie. */
import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/session/session.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { Clock, type Loose, Shop } from '../support/visitor.ts'

type Requests = Awaited<ReturnType<Shop['begin']>>[]

/** What two nodes answer, whose clocks differ by so many seconds, to requests with one view. */
class Nodes {
  readonly here: Shop
  readonly there: Shop

  constructor(off: number, options = {}) {
    this.here = new Shop(options)
    const clock = new Clock()
    clock.now += off * 1000
    this.there = new Shop(options, { clock, visitor: this.here.visitor })
  }

  advance(seconds: number): void {
    this.here.clock.advance(seconds)
    this.there.clock.advance(seconds)
  }

  /** The names of the cookies that the answers set. */
  async names(fn: (session: Session<Loose>) => unknown): Promise<string[][]> {
    const requests: Requests = [await this.here.begin(), await this.there.begin()]
    for (const { session } of requests) await fn(session)
    const names: string[][] = []
    for (const { end } of requests) {
      await end()
      names.push(
        this.here.visitor.setCookies
          .filter((line) => !line.includes('Max-Age=0'))
          .map((line) => line.slice(0, line.indexOf('='))),
      )
      this.advance(1.5)
    }
    return names
  }
}

const STORES = [
  ['without a store', {}],
  ['with a store', { overflow: memoryStore() }],
] as const

describe.each(STORES)('two requests that take the same messages, %s', (_, options) => {
  for (const off of [0, 2, -2]) {
    for (const pause of [0, 1, 15, 150]) {
      test(`write one cookie, ${pause} s after them, with clocks ${off} s apart`, async () => {
        const nodes = new Nodes(off, options)
        await nodes.here.visit(({ data }) => {
          data['text'] = 't'.repeat(300)
        })
        for (let i = 0; i < 3; i++) {
          nodes.advance(2)
          await nodes.here.visit((session) => session.flash('n', i))
        }
        nodes.advance(pause)
        const [one, other] = await nodes.names(({ flashes }) => expect(flashes).toHaveLength(3))
        expect(one?.length).toBeGreaterThan(0)
        expect(other).toEqual(one)
        await nodes.there.visit(({ flashes }) => expect(flashes).toEqual([]))
      })
    }
  }

  test('do so once more where the answers were lost', async () => {
    const nodes = new Nodes(0, options)
    await nodes.here.visit((session) => session.flash('n', 1))
    const lost = await nodes.here.begin()
    expect(lost.session.flashed).toEqual({ n: 1 })
    await lost.answer()
    const [one, other] = await nodes.names(({ flashed }) => expect(flashed).toEqual({ n: 1 }))
    expect(other).toEqual(one)
    await nodes.here.visit(({ flashed }) => expect(flashed).toEqual({}))
  })

  test('do not if one of them writes something else', async () => {
    const nodes = new Nodes(0, options)
    await nodes.here.visit((session) => session.flash('n', 1))
    let count = 0
    const [one, other] = await nodes.names((session) => {
      expect(session.flashed).toEqual({ n: 1 })
      if (count++ > 0) session.data['x'] = 1
    })
    expect(other).not.toEqual(one)
    expect(await nodes.here.look()).toEqual({ x: 1 })
  })

  test('renew the session as other requests do', async () => {
    const shop = new Shop({ ...options, idleTimeout: 600 })
    await shop.visit((session) => session.flash('n', 0))
    for (let i = 1; i < 40; i++) {
      shop.clock.advance(300)
      await shop.visit((session) => {
        expect(session.flashed).toEqual({ n: i - 1 })
        expect(session.isNew).toBe(false)
      })
      await shop.visit((session) => session.flash('n', i))
    }
    shop.clock.advance(535)
    await shop.visit(({ isNew }) => expect(isNew).toBe(false))
  })

  test('never lose what others write meanwhile, nor bring anything back', async () => {
    const nodes = new Nodes(20, options)
    let next = 0
    for (let round = 0; round < 60; round++) {
      nodes.advance((round * 7) % 45)
      const count = round + 1
      await nodes.here.visit((session) => session.flash('n', next++))
      const requests = await Promise.all(
        [nodes.here, nodes.there, nodes.here, nodes.there].map((shop) => shop.begin()),
      )
      for (const [i, { session }] of requests.entries()) {
        if (i < 3) expect(session.flashes).toEqual([{ key: 'n', value: next - 1 }])
        else session.increment('count')
      }
      for (const { end } of requests) {
        nodes.advance(round % 3)
        await end()
      }
      await nodes.there.visit(({ flashes, data }) => {
        expect(flashes).toEqual([])
        expect(data['count']).toBe(count)
      })
    }
    expect(nodes.here.visitor.cookie.length).toBeLessThan(5000)
  })
})

test('many requests that take the same messages leave as many cookies as one', async () => {
  const shop = new Shop()
  await shop.visit((session) => session.flash('n', 1))
  const requests = await Promise.all(Array.from({ length: 12 }, () => shop.begin()))
  const names = new Set<string>()
  for (const { session, end } of requests) {
    expect(session.flashed).toEqual({ n: 1 })
    shop.clock.advance(0.7)
    await end()
    names.add(shop.visitor.cookie.replace(/=[^;]*/g, ''))
  }
  expect(names.size).toBe(1)
})
