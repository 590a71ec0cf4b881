/** carryon as the head of `src/hono.ts` shows it. `increment` is its own verb. */
import { Hono } from 'hono'
import { type SessionVariables, session } from '../../src/hono.ts'
import type { SessionOptions } from '../../src/index.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { type App, type Data, edited, PASSWORD, pick, pushed } from './app.ts'

export function carryon(pause: () => Promise<void>): App {
  return appWith({ secrets: PASSWORD, initial: () => ({ n: 0 }) }, 'carryon', pause)
}

/** The same with a list of 8 KB, which lies in an overflow store. */
export function carryonWithStore(pause: () => Promise<void>): App {
  const padding = Array.from({ length: 60 }, (_, i) => ({ id: `p${i}`, qty: i, text: PADDING }))
  const initial = () => ({ n: 0, items: structuredClone(padding) })
  const overflow = memoryStore()
  return appWith({ secrets: PASSWORD, initial, overflow }, 'carryon with a store', pause)
}

const PADDING = 'x'.repeat(100)

function appWith(options: SessionOptions<Data>, name: string, pause: () => Promise<void>): App {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.use(session<Data>(options))

  app.get('/read/:keys', (c) => {
    const { data } = c.var.session
    return c.json(pick((key) => data[key], c.req.param('keys')))
  })
  app.post('/set/:key/:value', (c) => {
    c.var.session.data[c.req.param('key')] = c.req.param('value')
    return c.text('ok')
  })
  app.post('/slow/:key/:value', async (c) => {
    const { data } = c.var.session
    await pause()
    data[c.req.param('key')] = c.req.param('value')
    return c.text('ok')
  })
  app.post('/increment', (c) => {
    c.var.session.increment('n')
    return c.text('ok')
  })
  app.post('/push/:id', (c) => {
    const { data } = c.var.session
    data.items = pushed(data.items, c.req.param('id'))
    return c.text('ok')
  })
  app.post('/edit/:id', (c) => {
    const { data } = c.var.session
    data.items = edited(data.items, c.req.param('id'))
    return c.text('ok')
  })
  app.post('/logout', (c) => {
    c.var.session.destroy()
    return c.text('ok')
  })
  app.get('/health', (c) => c.text('ok'))
  return { name, fetch: (request) => app.fetch(request) }
}
