import { createMiddleware } from '@tanstack/react-start'
import { createSessions } from 'carryon'

type Data = { cart: Record<string, number> }

const sessions = createSessions<Data>(() => ({
  secrets: process.env.SESSION_SECRETS,
  initial: () => ({ cart: {} }),
}))

export const withSession = createMiddleware().server(async ({ request, next }) => {
  const session = await sessions.open(request)
  const result = await next({ context: { session } }) // what throws comes through here
  return { ...result, response: await sessions.commit(session, result.response) }
})
