/**
 * h3, after "Handle Session" in its documentation (h3.dev/examples/handle-session): `useSession(event,
 * { password })`, `session.data`, `await session.update(…)`, `await session.clear()`.
 */
import { H3, type H3Event, type SessionManager, useSession } from 'h3'
import { type App, type Data, edited, LIFETIME_SECONDS, PASSWORD, pick, pushed } from './app.ts'

function open(event: H3Event): Promise<SessionManager<Partial<Data>>> {
  return useSession<Partial<Data>>(event, { password: PASSWORD, maxAge: LIFETIME_SECONDS })
}

function param(event: H3Event, name: string): string {
  return event.context.params?.[name] ?? ''
}

export function h3(pause: () => Promise<void>): App {
  const app = new H3()
  app.get('/read/:keys', async (event) => {
    const { data } = await open(event)
    return pick((key) => data[key], param(event, 'keys'))
  })
  app.post('/set/:key/:value', async (event) => {
    const session = await open(event)
    await session.update({ [param(event, 'key')]: param(event, 'value') })
    return 'ok'
  })
  app.post('/slow/:key/:value', async (event) => {
    const session = await open(event)
    await pause()
    await session.update({ [param(event, 'key')]: param(event, 'value') })
    return 'ok'
  })
  app.post('/increment', async (event) => {
    const session = await open(event)
    await session.update({ n: (session.data.n || 0) + 1 })
    return 'ok'
  })
  app.post('/push/:id', async (event) => {
    const session = await open(event)
    await session.update({ items: pushed(session.data.items, param(event, 'id')) })
    return 'ok'
  })
  app.post('/edit/:id', async (event) => {
    const session = await open(event)
    await session.update({ items: edited(session.data.items, param(event, 'id')) })
    return 'ok'
  })
  app.post('/logout', async (event) => {
    const session = await open(event)
    await session.clear()
    return 'ok'
  })
  app.get('/health', () => 'ok')
  return { name: 'h3 2.0.8', fetch: (request) => app.fetch(request) }
}
