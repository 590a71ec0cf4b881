import { createSessions } from '../../../src/index.ts'

type Data = { visits: number }

export function createHandler(secrets: string) {
  const sessions = createSessions<Data>({ secrets, initial: () => ({ visits: 0 }) })
  return sessions.handle((_request, session) => {
    session.increment('visits')
    return Response.json(session.data)
  })
}
