/** Cookies that many parallel writes fill, with a store: their values go there, and what is young stays. */
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { Clock, Shop } from '../support/visitor.ts'

/** As much as stays in a cookie as long as there are few. */
const LENGTH = 600

interface Data {
  list: string[]
}

test.each(['eager', 'lazy'] as const)(
  '%s: of values that fill the cookies none is lost, nor one whose answer all others overtook',
  async (overflowLoad) => {
    const clock = new Clock()
    const overflow = memoryStore({ clock: clock.read })
    const shop = new Shop<Data>(
      { initial: () => ({ list: [] }), overflow, overflowLoad },
      { clock },
    )
    await shop.visit((session) => session.regenerate())
    const write = (name: string) => async () => {
      const request = await shop.begin()
      await request.session.load('list')
      request.session.data.list.push(name.padEnd(LENGTH, '.'))
      return request.answer()
    }
    const late = await write('late')()
    const names = ['late']
    for (let round = 0; round < 4; round++) {
      clock.advance(3)
      const own = Array.from({ length: 6 }, (_, n) => `${round} ${n}`)
      names.push(...own)
      // All six have one view.
      const requests = await Promise.all(own.map(() => shop.begin()))
      const answers: (() => void)[] = []
      for (const [n, { session, answer }] of requests.entries()) {
        await session.load('list')
        session.data.list.push((own[n] ?? '').padEnd(LENGTH, '.'))
        clock.now += 20
        answers.push(await answer())
      }
      for (const deliver of answers) deliver()
    }
    late()
    const session = await shop.sessions.open(shop.visitor.request())
    const found = (await session.load('list')) ?? []
    expect(found.map((text) => text.replace(/\.+$/, '')).sort()).toEqual(names.sort())
  },
)
