/** What bursts leave: many requests that start with one view, on one node and on four, through the library as an app has it. */
import type { Session } from '../../src/session/session.ts'
import { seeded } from '../../test/support/random.ts'
import { Clock, Shop, Visitor } from '../../test/support/visitor.ts'
import type { Work } from './work.ts'

type Data = { hits: number; values: Record<string, number>; list: string[]; text: string }

/** One burst. */
export interface Burst {
  readonly size: number
  readonly nodes: number
  /** How many places off at most each answer arrives. */
  readonly places: number
  readonly work: Work
}

/** What is left of it. */
export interface Left {
  readonly cookieBytes: number
  readonly cookies: number
  readonly setCookieBytes: number
  /** How many of its writes show. */
  readonly counted: number
}

const WORKS: Readonly<Record<Work, (session: Session<Data>, i: number) => void>> = {
  increment: (session) => {
    session.increment('hits')
  },
  set: ({ data }, i) => {
    data.values[`k${i}`] = i
  },
  push: ({ data }, i) => {
    data.list.push(`e${i}`)
  },
}

/** Plays a burst on a session of some 500 bytes: requests 20 ms apart, none of which has seen another. */
export async function leftBy({ size, nodes, places, work }: Burst): Promise<Left> {
  const clock = new Clock()
  const visitor = new Visitor(clock)
  const initial = () => ({ hits: 0, values: {}, list: [], text: 'x'.repeat(400) })
  // A node remembers by its keyring, and this option makes it one of its own.
  const shops = Array.from(
    { length: nodes },
    (_, i) => new Shop<Data>({ initial, maxAbsoluteTimeout: 50_000 + i }, { clock, visitor }),
  )
  const shopOf = (i: number) => shops[i % nodes] ?? new Shop<Data>({ initial }, { clock, visitor })
  await shopOf(0).visit(({ data }) => {
    data.text += '!'
  })
  clock.advance(600)
  const requests = await Promise.all(Array.from({ length: size }, (_, i) => shopOf(i).begin()))
  const answers: Response[] = []
  for (const [i, { session }] of requests.entries()) {
    WORKS[work](session, i)
    clock.advance(0.02)
    answers.push(await shopOf(i).sessions.commit(session, new Response('ok')))
  }
  for (const i of orderOf(size, places)) {
    const answer = answers[i]
    if (answer) visitor.take(answer)
  }
  const bytes = (answer: Response) =>
    answer.headers.getSetCookie().reduce((sum, line) => sum + line.length, 0)
  const cookieBytes = visitor.cookie.length
  const cookies = visitor.cookie.split('; ').length
  const { hits, values, list } = await shopOf(0).look()
  return {
    ...{ cookieBytes, cookies },
    setCookieBytes: Math.max(...answers.map(bytes)),
    counted: hits + Object.keys(values).length + new Set(list).size,
  }
}

/** Indexes, each about so many places off at most. */
function orderOf(size: number, places: number): number[] {
  const random = seeded(size + places)
  return Array.from({ length: size }, (_, i) => ({
    i,
    at: i + (random.below(1000) / 1000) * places,
  }))
    .sort((a, b) => a.at - b.at)
    .map(({ i }) => i)
}
