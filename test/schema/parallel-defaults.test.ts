import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Loose } from '../support/visitor.ts'
import { part, Site } from './support.ts'

const stats = z
  .object({ hits: z.number(), list: z.array(z.string()), theme: z.string() })
  .default({ hits: 0, list: [], theme: 'light' })
const STATS = { hits: 0, list: [''], theme: '' }

async function siteWith(data: Loose): Promise<Site> {
  const site = new Site()
  await site.node().visit((session) => Object.assign(session.data, data))
  return site
}

describe('first changes inside of a default', () => {
  test('by parallel requests all count, though one saw a later answer and not an earlier one', async () => {
    const site = await siteWith({ n: 1 })
    const node = site.node({ schema: z.object({ n: z.number(), stats }) })
    const [a, c] = [await node.begin(), await node.begin()]
    site.clock.advance(1)
    a.session.increment('stats.hits')
    const first = part(a.session.data, 'stats', STATS)
    first.list.push('a')
    first.theme = 'dark'
    const answerOfA = await a.answer()
    site.clock.advance(1)
    c.session.data['n'] = 2
    await c.end()
    const b = await node.begin()
    site.clock.advance(1)
    b.session.increment('stats.hits')
    part(b.session.data, 'stats', STATS).list.push('b')
    answerOfA()
    await b.end()
    expect(await node.look()).toEqual({
      n: 2,
      stats: { hits: 2, list: ['a', 'b'], theme: 'dark' },
    })
  })

  test.each([
    ['33 s, while others write every 0.3 s', 110, 0.3],
    ['200 s, while others write every 5 s', 40, 5],
  ])('by a request of %s leave the session valid', async (_, writes, seconds) => {
    const site = await siteWith({ n: 1 })
    const node = site.node({ schema: z.object({ n: z.number(), stats }) })
    const slow = await node.begin()
    part(slow.session.data, 'stats', STATS).theme = 'dark'
    for (let i = 0; i < writes; i++) {
      site.clock.advance(seconds)
      await node.visit(({ data }) => {
        data['n'] = i
      })
    }
    await slow.end()
    const { stats: shown } = await node.look()
    expect(shown).toMatchObject({ hits: 0, list: [] })
  })

  test('and deletes of what the same request counted before leave nothing', async () => {
    const site = await siteWith({ u: 1 })
    await site.node().visit((session) => {
      session.increment('failures')
      session.increment('cart.n')
      delete session.data['failures']
      delete session.data['cart']
    })
    expect(await site.node().look()).toEqual({ u: 1 })
  })
})
