/** A list that goes to the store, changed by one request after another. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { often } from '../support/arbitraries.ts'
import { Clock, Shop } from '../support/visitor.ts'

interface Item {
  id: string
  text: string
  read?: number
}
interface Data {
  list: Item[]
  user: string
}

/** What a request does to the list; `n` is another number each time. */
type Edit = (data: Data, n: number) => unknown

const item = (n: number, bytes: number): Item => ({ id: `i${n}`, text: 't'.repeat(bytes) })

const EDITS = {
  edit: ({ list }, n) => Object.assign(list[n % Math.max(1, list.length)] ?? {}, { read: n }),
  large: ({ list }, n) => list.push(item(n, 1600)),
  two: ({ list }, n) => list.push(item(n, 600), item(n + 0.5, 600)),
  small: ({ list }, n) => list.push(item(n, 300)),
  tiny: ({ list }, n) => list.push(item(n, 10)),
  shift: ({ list }) => list.shift(),
  replace: ({ list }, n) => list.length > 0 && list.splice(n % list.length, 1, item(n, 400)),
  anew: (data, n) => {
    data.list = [item(n, 600), ...data.list.slice(-3)]
  },
} satisfies Readonly<Record<string, Edit>>

interface Step {
  readonly pauseSeconds: number
  readonly edits: readonly Edit[]
}

const step: fc.Arbitrary<Step> = fc.record({
  pauseSeconds: fc.integer({ min: 1, max: 300 }),
  edits: fc.array(fc.constantFrom<Edit[]>(...Object.values(EDITS)), { minLength: 1, maxLength: 3 }),
})

function shopWith(overflowLoad: 'eager' | 'lazy'): Shop<Data> {
  const clock = new Clock()
  const overflow = memoryStore({ clock: clock.read })
  const initial = (): Data => ({ list: [], user: 'ada' })
  return new Shop<Data>({ initial, overflow, overflowLoad }, { clock })
}

/** Does it all, and the same to plain data, which every request expects to find. */
async function live(shop: Shop<Data>, steps: readonly Step[]): Promise<void> {
  const model: Data = { list: [], user: 'ada' }
  for (const [at, { pauseSeconds, edits }] of steps.entries()) {
    const change = (data: Data) => {
      for (const [i, edit] of edits.entries()) edit(data, at * 10 + i)
    }
    await shop.visit(async (session) => {
      await session.load('list')
      expect(session.data).toEqual(model)
      change(session.data)
    })
    change(model)
    shop.clock.advance(pauseSeconds)
  }
  const session = await shop.sessions.open(shop.visitor.request())
  await session.load('list')
  expect(session.data).toEqual(model)
}

describe.each(['eager', 'lazy'] as const)('a list in the store, %s', (overflowLoad) => {
  test('is what one request after another made of it, and no cookie of theirs is rejected', async () => {
    let puts = 0
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 14, size: 'max' }),
      async (steps) => {
        const shop = shopWith(overflowLoad)
        await live(shop, steps)
        expect(shop.told('rejected')).toEqual([])
        puts += shop.told('overflow-put').length
      },
    )
    await fc.assert(property, often(150))
    expect(puts).toBeGreaterThan(0)
  })

  test('that a request both edits and adds much to can be edited by the next ones', async () => {
    const shop = shopWith(overflowLoad)
    const { edit, large, two, small, anew } = EDITS
    await live(shop, [
      { pauseSeconds: 40, edits: [anew, two] },
      { pauseSeconds: 226, edits: [edit, large] },
      { pauseSeconds: 5, edits: [small] },
    ])
    expect(shop.told('rejected')).toEqual([])
  })
})
