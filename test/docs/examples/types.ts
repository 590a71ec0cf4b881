import { createSessions, type WithMessages } from '../../../src/index.ts'

type Data = WithMessages<{ cart: Record<string, number> }, { notice: string; saved: boolean }>

export async function remind(request: Request, secrets: string) {
  const sessions = createSessions<Data>({ secrets, initial: () => ({ cart: {} }) })
  const session = await sessions.open(request)
  const last = session.flashed.notice ?? 'none' // a string, or undefined
  session.flash('notice', 'Your cart is waiting.') // 'notcie' or 5 would not compile
  session.increment('cart.tea')
  return sessions.commit(session, new Response(last))
}
