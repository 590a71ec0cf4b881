/** Two responses fold the same logs, and one of them has one more in its view. */
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { Clock, Shop, START } from '../support/visitor.ts'

interface Data {
  init?: number
  f?: string
  c: Record<string, number>
  s: Record<string, string>
  l: { id: number; v: string }[]
}

type Handler = (session: Awaited<ReturnType<Shop<Data>['begin']>>['session']) => void

const text = (length: number) => 'x'.repeat(length)
const push =
  (id: number, length: number): Handler =>
  (session) =>
    session.data.l.push({ id, v: text(length) })
const keep =
  (key: string, length: number): Handler =>
  (session) => {
    session.data.s[key] = text(length)
  }
const count =
  (key: string): Handler =>
  (session) =>
    session.increment(['c', key])

/** When each comes in, is written, and arrives, in ms; and what it does. */
const requests: readonly (readonly [number, number, number, ...Handler[]])[] = [
  [45, 301, 434, count('k0'), keep('s5', 58)],
  [371, 457, 562, keep('s0', 30)],
  [1312, 2203, 2366, count('k4'), push(4, 408)],
  [1345, 1895, 2047, count('k5'), keep('s2', 13), push(5, 406)],
  [1425, 2357, 2854, keep('s3', 140), push(6, 263)],
  [1569, 1789, 1826, count('k7'), keep('s6', 167), push(7, 177)],
  [2852, 3498, 3606, count('k11')],
  [3212, 3273, 3683, count('k14')],
]

test.each([false, true])(
  'lose nothing of what follows either fold (a store: %s)',
  async (store) => {
    const clock = new Clock()
    const shop = new Shop<Data>(
      {
        initial: () => ({ c: {}, s: {}, l: [] }),
        ...(store ? { overflow: memoryStore({ clock: clock.read }) } : {}),
      },
      { clock },
    )
    await shop.visit((session) => {
      session.data.init = 1
      session.data.f = text(300)
    })
    const begun = new Map<number, Awaited<ReturnType<typeof shop.begin>>>()
    const answers = new Map<number, () => void>()
    const moments = requests.flatMap((request, n) =>
      [0, 1, 2].map((step) => ({ at: Number(request[step]), step, n })),
    )
    for (const { at, step, n } of moments.sort((a, b) => a.at - b.at)) {
      clock.now = START + 1000 + at
      const [, , , ...handlers] = requests[n] ?? [0, 0, 0]
      const request = begun.get(n)
      if (step === 0) begun.set(n, await shop.begin())
      else if (step === 1 && request) {
        for (const handle of handlers) handle(request.session)
        answers.set(n, await request.answer())
      } else answers.get(n)?.()
    }
    const { data } = await shop.sessions.open(shop.visitor.request())
    expect(Object.keys(data.c).sort()).toEqual(['k0', 'k11', 'k14', 'k4', 'k5', 'k7'])
    expect(data.l.map(({ id }) => id).sort()).toEqual([4, 5, 6, 7])
  },
)
