import { createSessions } from '../../../src/index.ts'

type Data = { cart: Record<string, number> }
type Headed = { body: unknown; headers: Headers }

/** For a framework that makes its responses of a body and headers. */
export function createAdapter(secrets: string) {
  const sessions = createSessions<Data>({ secrets, initial: () => ({ cart: {} }) })
  type Handler = (session: Awaited<ReturnType<typeof sessions.open>>) => unknown

  return async function adapted(request: Request, handler: Handler): Promise<Headed> {
    const session = await sessions.open(request)
    try {
      const body = await handler(session)
      return { body, headers: await sessions.headers(session) }
    } catch {
      sessions.discard(session) // nothing of it is saved
      return { body: 'sorry', headers: await sessions.headers(session, { status: 500 }) }
    }
  }
}
