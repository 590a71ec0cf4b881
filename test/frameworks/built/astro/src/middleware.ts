import { defineMiddleware } from 'astro:middleware'
import { sessions } from './sessions'

export const onRequest = defineMiddleware(async (context, next) => {
  if (context.isPrerendered) return next()
  const session = await sessions.open(context.request)
  context.locals.visitor = session // `session` is Astro's own
  return sessions.commit(session, await next()) // what throws comes through here, and saves nothing
})
