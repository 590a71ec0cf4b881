import type { Handle } from '@sveltejs/kit'
import { sessions } from './sessions.server.ts'

export const handle: Handle = async ({ event, resolve }) => {
  const session = await sessions.open(event.request)
  event.locals.session = session
  const response = await resolve(event)
  // SvelteKit answers what a route throws with a status of 500.
  if (response.status >= 500) return sessions.discard(session, response)
  return sessions.commit(session, response)
}
