/** Elements of a list that look the same: edits and insertions of parallel requests all count. */
import { expect, test } from 'vitest'
import { seeded } from '../support/random.ts'
import { type Loose, Shop } from '../support/visitor.ts'

interface Same {
  readonly kind: string
  mark?: string
}

const same = (): Same => ({ kind: 'same' })
const listOf = (data: Loose): Same[] => data['list'] as Same[]
const marksIn = (data: Loose): string[] => listOf(data).flatMap(({ mark }) => mark ?? [])

async function started(): Promise<Shop<Loose>> {
  const shop = new Shop<Loose>()
  await shop.visit(({ data }) => {
    data['list'] = [same(), same(), same()]
  })
  shop.clock.advance(60)
  return shop
}

/** What two requests with one view do, answered in both orders. */
async function both(
  shop: Shop<Loose>,
  one: (list: Same[]) => void,
  other: (list: Same[]) => void,
): Promise<Loose> {
  const requests = [await shop.begin(), await shop.begin()] as const
  one(listOf(requests[0].session.data))
  const first = await requests[0].answer()
  shop.clock.advance(3)
  other(listOf(requests[1].session.data))
  const second = await requests[1].answer()
  second()
  first()
  return shop.look()
}

const mark = (list: Same[], place: number, text: string) => {
  const element = list[place]
  if (element) element.mark = text
}

test('an element is not taken for one that was edited before and stood in its place, where others were put in', async () => {
  const shop = await started()
  await shop.visit(({ data }) => mark(listOf(data), 1, 'a'))
  shop.clock.advance(10)
  const data = await both(
    shop,
    (list) => {
      list.unshift(same())
      list.push(same())
    },
    (list) => mark(list, 2, 'b'),
  )
  expect(listOf(data)).toHaveLength(5)
  expect(marksIn(data).sort()).toEqual(['a', 'b'])
})

test('an edit and an insertion of what looks the same stay what they are beside a push of the same', async () => {
  const shop = await started()
  await shop.visit(({ data }) => mark(listOf(data), 2, 'a'))
  const data = await both(
    shop,
    (list) => list.push(same()),
    (list) => {
      list.push(same())
      mark(list, 0, 'b')
    },
  )
  expect(listOf(data)).toHaveLength(5)
  expect(marksIn(data)).toEqual(['b', 'a'])
})

test('of a dozen edited elements that looked the same none is written over by a request that has seen them', async () => {
  const shop = await started()
  const random = seeded(11)
  for (let n = 0; n < 12; n++) {
    shop.clock.advance(2)
    const [at, to] = [random.below(4), n]
    await both(
      shop,
      (list) => list.splice(at, 0, same()),
      (list) => {
        const plain = list.findIndex(({ mark }) => mark === undefined)
        mark(list, plain, `m${to}`)
      },
    )
  }
  const data = await shop.look()
  expect(listOf(data)).toHaveLength(15)
  expect(marksIn(data).sort()).toEqual(Array.from({ length: 12 }, (_, n) => `m${n}`).sort())
})
