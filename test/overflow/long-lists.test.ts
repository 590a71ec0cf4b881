/** Lists with more elements than a call has room for arguments. */
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { Shop } from '../support/visitor.ts'

type Data = { list: number[] }

const COUNT = 125_000
const numbers = () => Array.from({ length: COUNT }, (_, i) => i % 10)

test('a list of 125,000 numbers that takes the place of an empty one is there again, and its session can end', async () => {
  const shop = new Shop<Data>({ initial: () => ({ list: [] }), overflow: memoryStore() })
  await shop.visit((session) => {
    session.data.list = numbers()
  })
  expect((await shop.look()).list).toHaveLength(COUNT)
  await shop.visit((session) => session.destroy())
  expect((await shop.look()).list).toEqual([])
})

test('parallel requests push onto a list of 125,000 numbers, and none is lost', async () => {
  const shop = new Shop<Data>({ initial: () => ({ list: [] }), overflow: memoryStore() })
  await shop.visit((session) => {
    session.data.list = numbers()
  })
  const requests = [await shop.begin(), await shop.begin()]
  for (const [i, { session }] of requests.entries()) session.data.list.push(100 + i)
  for (const { end } of requests) await end()
  const { list } = await shop.look()
  expect(list).toHaveLength(COUNT + 2)
  expect(list.slice(-2).sort()).toEqual([100, 101])
})
