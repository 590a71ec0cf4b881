/** carryon in Express, connect, Fastify, h3 and Elysia. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import compression from 'compression'
import express from 'express'
import { toNodeHandler } from 'h3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSessions } from '../../src/index.ts'
import { nodeSessions } from '../../src/node.ts'
import { Browser } from '../../src/testing/browser.ts'
import { keepsItsPromises, SECRET } from './contract.ts'
import { createApp as createConnect } from './examples/connect.ts'
import { createApp as createElysia } from './examples/elysia.ts'
import { createApp as createExpress } from './examples/express.ts'
import { createApp as createFastify } from './examples/fastify.ts'
import { createApp as createH3 } from './examples/h3.ts'
import { createApp as createHttp } from './examples/node-http.ts'

/** The origin of a server that is there while the tests of this block run. */
function listening(create: () => RequestListener): () => { origin: string } {
  const running = { origin: '' }
  const server = createServer()
  beforeAll(async () => {
    server.on('request', create())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    running.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return () => running
}

describe('Express', () => {
  keepsItsPromises(listening(() => createExpress(SECRET)))
})

describe('connect', () => {
  keepsItsPromises(listening(() => createConnect(SECRET)))
})

describe('node:http', () => {
  keepsItsPromises(
    listening(() => {
      const server = createHttp(SECRET)
      return (request, response) => server.emit('request', request, response)
    }),
  )
})

describe('h3, on Node', () => {
  keepsItsPromises(listening(() => toNodeHandler(createH3(SECRET))))
})

describe('h3, as a fetch handler', () => {
  const app = createH3(SECRET)
  const running = { origin: 'https://shop.example', app: (request: Request) => app.fetch(request) }
  keepsItsPromises(() => running)
})

describe('Elysia, as a fetch handler', () => {
  const app = createElysia(SECRET)
  const running = { origin: 'https://shop.example', app: (request: Request) => app.handle(request) }
  keepsItsPromises(() => running)
})

describe('Fastify', () => {
  const app = createFastify(SECRET)
  const running = { origin: '' }
  beforeAll(async () => {
    running.origin = await app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(() => app.close())
  keepsItsPromises(() => running)

  test('answers an injected request', async () => {
    const { statusCode, headers, body } = await app.inject({ method: 'POST', url: '/cart/tea' })
    expect([statusCode, body]).toEqual([200, 'ok'])
    expect(String(headers['set-cookie'])).toMatch(/^session\./)
  })
})

type Data = { visits: number; big?: string }

/** An app of Express with what other middlewares do to a response. */
function createOdd() {
  const onNode = nodeSessions(
    createSessions<Data>({ secrets: SECRET, initial: () => ({ visits: 0 }) }),
  )
  const app = express()
  const routes = express.Router()
  routes.get('/visits', (req, res) => void res.json(onNode.of(req).data.visits))
  routes.get('/count', (req, res) => {
    onNode.of(req).increment('visits')
    res.json('x'.repeat(50_000))
  })
  routes.get('/teapot', (req) => {
    onNode.of(req).increment('visits')
    throw Object.assign(new Error('short and stout'), { status: 418 })
  })
  routes.get('/big', (req, res) => {
    onNode.of(req).data.big = 'x'.repeat(9000)
    res.set('X-First', '1').json({ ok: true })
  })
  routes.get('/file', (req, res) => {
    onNode.of(req).increment('visits')
    res.sendFile(import.meta.filename)
  })
  routes.get('/plain', (_req, res) => void res.set('Cache-Control', 'max-age=60').send('plain'))
  app.use('/after', compression(), onNode.middleware, routes)
  app.use('/before', onNode.middleware, compression(), routes)
  app.use(onNode.errors)
  const answer: express.ErrorRequestHandler = (error, _req, res, _next) => {
    res.status(error.code === 'ERR_TOO_LARGE' ? 413 : (error.status ?? 500)).send(error.message)
  }
  app.use(answer)
  return app
}

describe.each(['after', 'before'])('Express, with the session %s compression', (where) => {
  const running = listening(createOdd)
  const visitor = () => new Browser(running().origin)
  const visits = async (browser: Browser) => (await browser.get(`/${where}/visits`)).json()

  test('saves what is compressed, and files', async () => {
    const browser = visitor()
    const response = await browser.get(`/${where}/count`)
    expect(response.headers.get('Content-Encoding')).not.toBe(null)
    expect(await response.json()).toHaveLength(50_000)
    const file = await browser.get(`/${where}/file`)
    expect(await file.text()).toContain('saves what is compressed')
    expect(await visits(browser)).toBe(2)
  })

  test('saves nothing of a handler that throws an error with a status of its own', async () => {
    const browser = visitor()
    const response = await browser.get(`/${where}/teapot`)
    expect([response.status, await response.text()]).toEqual([418, 'short and stout'])
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await visits(browser)).toBe(0)
  })

  test('passes an error while saving to the error handler', async () => {
    const browser = visitor()
    const response = await browser.get(`/${where}/big`)
    expect(response.status).toBe(413)
    expect(await response.text()).toContain('big')
    expect(response.headers.get('X-First')).toBe(null)
    expect(await visits(browser)).toBe(0)
  })

  test('leaves a response alone that did not ask for the session', async () => {
    const { headers } = await visitor().get(`/${where}/plain`)
    expect(headers.get('Cache-Control')).toBe('max-age=60')
    expect(headers.get('Vary') ?? '').not.toContain('Cookie')
  })
})
