/** The same routes with no session library: what the frameworks and the test cost by themselves. */
import { H3 } from 'h3'
import { Hono } from 'hono'
import type { App } from './app.ts'

const FIXED = { user: 'nobody', n: 0 }

export function plainHono(): App {
  const app = new Hono()
  app.get('/read/:keys', (c) => c.json(FIXED))
  app.post('/set/:key/:value', (c) => c.text('ok'))
  app.get('/health', (c) => c.text('ok'))
  return { name: 'Hono, no sessions', fetch: (request) => app.fetch(request) }
}

export function plainH3(): App {
  const app = new H3()
  app.get('/read/:keys', () => FIXED)
  app.post('/set/:key/:value', () => 'ok')
  app.get('/health', () => 'ok')
  return { name: 'h3, no sessions', fetch: (request) => app.fetch(request) }
}
