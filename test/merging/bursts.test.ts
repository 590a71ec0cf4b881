/** Many requests that start together, as those of a page with many images do. */
import { describe, expect, test } from 'vitest'
import { APART_WRITES } from '../../src/log/bursts/gather.ts'
import type { Session } from '../../src/session/session.ts'
import { seeded } from '../support/random.ts'
import { Clock, Shop, Visitor } from '../support/visitor.ts'

type Data = { hits: number; values: Record<string, number>; list: string[]; text: string }

const initial = (): Data => ({ hits: 0, values: {}, list: [], text: 'x'.repeat(400) })

const works: Readonly<Record<string, (session: Session<Data>, i: number) => unknown>> = {
  increments: (session) => session.increment('hits'),
  sets: ({ data }, i) => {
    data.values[`k${i}`] = i
  },
  pushes: ({ data }, i) => data.list.push(`e${i}`),
}

/** How much of a burst shows, and whether anything shows twice. */
function shown({ hits, values, list }: Data): number {
  expect(new Set(list).size).toBe(list.length)
  return hits + Object.keys(values).length + list.length
}

/** Indexes in an order in which each is at most about so many places from where it was. */
function order(size: number, places: number, seed: number): number[] {
  const random = seeded(seed)
  const keys = Array.from({ length: size }, (_, i) => ({
    i,
    at: i + (random.below(1000) / 1000) * places,
  }))
  return keys.sort((a, b) => a.at - b.at).map(({ i }) => i)
}

/** So many writes with one view, 20 ms apart, on so many nodes; and their answers. */
async function burst(size: number, nodes: number, work: string, clock: Clock = new Clock()) {
  const visitor = new Visitor(clock)
  // A node remembers by its keyring, and this option makes it one of its own.
  const shops = Array.from(
    { length: nodes },
    (_, i) => new Shop<Data>({ initial, maxAbsoluteTimeout: 50_000 + i }, { clock, visitor }),
  )
  const shopOf = (i: number) => shops[i % nodes] ?? new Shop<Data>()
  await shopOf(0).visit(({ data }) => {
    data.text += '!'
  })
  clock.advance(600)
  const requests = await Promise.all(Array.from({ length: size }, (_, i) => shopOf(i).begin()))
  const answers: (() => void)[] = []
  for (const [i, { session, answer }] of requests.entries()) {
    works[work]?.(session, i)
    clock.advance(0.02)
    answers.push(await answer())
  }
  return { shop: shopOf(0), visitor, clock, answers }
}

describe.each(Object.keys(works))('a burst of %s with one view', (work) => {
  test.each([
    [60, 1, 0, 8000],
    [60, 1, 3, 8000],
    [60, 4, 0, 12_000],
    [60, 4, 3, 12_000],
    [100, 1, 0, 12_000],
  ])(
    'counts whole: %i on %i nodes, answers up to %i places off, in less than %i bytes of Cookie',
    async (size, nodes, places, bytes) => {
      const { shop, visitor, clock, answers } = await burst(size, nodes, work)
      for (const i of order(size, places, size + places)) answers[i]?.()
      expect(visitor.cookie.length).toBeLessThan(bytes)
      clock.advance(1)
      expect(shown(await shop.look())).toBe(size)
    },
  )

  test('counts whole in any order of 30 answers', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { shop, answers } = await burst(30, 1 + (seed % 3), work)
      for (const i of order(30, 30, seed)) answers[i]?.()
      expect(shown(await shop.look())).toBe(30)
    }
  })

  test('shows each write whose answer arrived, whichever others never do', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { shop, answers } = await burst(30, 1, work)
      const random = seeded(seed)
      const arrived = order(30, 10, seed).filter(() => random.below(2) === 0)
      for (const i of arrived) answers[i]?.()
      const data = await shop.look()
      for (const i of arrived) {
        if (work === 'sets') expect(data.values).toHaveProperty(`k${i}`)
        if (work === 'pushes') expect(data.list).toContain(`e${i}`)
      }
      expect(shown(data)).toBeGreaterThanOrEqual(arrived.length)
    }
  })

  test('of up to six requests, shows nothing whose own answer did not arrive', async () => {
    for (let lost = 0; lost < APART_WRITES; lost++) {
      const { shop, answers } = await burst(APART_WRITES, 1, work)
      for (const [i, deliver] of answers.entries()) if (i !== lost) deliver()
      expect(shown(await shop.look())).toBe(APART_WRITES - 1)
    }
  })
})

test('a node that remembers nothing loses nothing: each write in a process of its own', async () => {
  const { shop, answers } = await burst(30, 30, 'increments')
  for (const i of order(30, 30, 1)) answers[i]?.()
  expect(shown(await shop.look())).toBe(30)
})

test('writes that are committed at the same time on one node all count', async () => {
  const clock = new Clock()
  const shop = new Shop<Data>({ initial }, { clock })
  await shop.visit(({ data }) => {
    data.text += '!'
  })
  const requests = await Promise.all(Array.from({ length: 80 }, () => shop.begin()))
  for (const { session } of requests) session.increment('hits')
  const answers = await Promise.all(requests.map(({ answer }) => answer()))
  for (const i of order(80, 20, 7)) answers[i]?.()
  expect(shown(await shop.look())).toBe(80)
})

test('what was written upon a fold of a burst stays when the next fold arrives', async () => {
  // Found by a breaker: 6 is the first fold, 5 stands beside it, and 7 takes the place of both.
  for (const [size, before, after] of [
    [8, [6, 5], [7]],
    [9, [7, 6], [8]],
    [12, [7, 3], [11]],
    [16, [6, 5], [14, 13, 15]],
  ] as const) {
    const { shop, clock, answers } = await burst(size, 1, 'increments')
    for (const i of before) answers[i]?.()
    await shop.visit(({ data }) => {
      data.values['saved'] = 1
    })
    for (const i of after) answers[i]?.()
    clock.advance(1)
    expect([size, (await shop.look()).values]).toEqual([size, { saved: 1 }])
  }
})
