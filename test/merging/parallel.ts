/** Requests of one browser that are under way at the same time. */
import type { Session } from '../../src/session/session.ts'
import type { Shop } from '../support/visitor.ts'

export type Handler<Data extends object> = (session: Session<Data>) => unknown

/** Requests with one view, committed 50 ms apart. Their answers arrive in `arrivals`, or as they were made. */
export async function parallel<Data extends object>(
  shop: Shop<Data>,
  handlers: readonly Handler<Data>[],
  arrivals: readonly number[] = handlers.map((_, i) => i),
): Promise<void> {
  const requests = await Promise.all(handlers.map(() => shop.begin()))
  const answers: (() => void)[] = []
  for (const [i, { session, answer }] of requests.entries()) {
    await handlers[i]?.(session)
    answers.push(await answer())
    shop.clock.now += 50
  }
  for (const i of arrivals) answers[i]?.()
  shop.clock.advance(1)
}

/** Handlers that do the same with the numbers from 0 on. */
export function each<Data extends object>(
  count: number,
  handler: (session: Session<Data>, i: number) => unknown,
): Handler<Data>[] {
  return Array.from({ length: count }, (_, i) => (session: Session<Data>) => handler(session, i))
}
