import { expect, test } from 'vitest'
import { Shop } from '../support/visitor.ts'

type Item = { id: number; qty: number }

test('an element can be edited and taken out where 33 were edited just before', async () => {
  const shop = new Shop<{ list: Item[] }>({ initial: () => ({ list: [] }) })
  await shop.visit(({ data }) => {
    data.list = Array.from({ length: 33 }, (_, id) => ({ id, qty: 0 }))
  })
  shop.clock.advance(5)
  await shop.visit(({ data }) => {
    for (const each of data.list) each.qty = 1
  })
  shop.clock.advance(5)
  await shop.visit(({ data }) => Object.assign(data.list[32] ?? {}, { qty: 2 }))
  expect((await shop.look()).list[32]).toEqual({ id: 32, qty: 2 })
  await shop.visit(({ data }) => data.list.pop())
  expect((await shop.look()).list).toHaveLength(32)
})
