import { createSessions, type Session } from 'carryon'
import { createContext, type MiddlewareFunction } from 'react-router'

type Data = { cart: Record<string, number> }

const sessions = createSessions<Data>(() => ({
  secrets: process.env.SESSION_SECRETS,
  initial: () => ({ cart: {} }),
}))

export const sessionContext = createContext<Session<Data>>()

export const withSession: MiddlewareFunction<Response> = async ({ request, context }, next) => {
  const session = await sessions.open(request)
  context.set(sessionContext, session)
  const response = await next()
  // React Router answers what a loader or an action throws with a status of 500.
  if (response.status >= 500) return sessions.discard(session, response)
  return sessions.commit(session, response)
}
