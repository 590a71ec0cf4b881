import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { stream } from 'hono/streaming'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SessionVariables, session } from '../../src/hono.ts'
import { Browser } from '../../src/testing/browser.ts'
import { SECRET } from '../support/visitor.ts'

type Data = { visits?: number; notice?: string }

const app = new Hono<{ Variables: SessionVariables<Data> }>()
// A function, so that the options are asked for with the environment that the server makes for each request.
app.use(session<Data>(() => ({ secrets: SECRET })))
app.use(async (c, next) => {
  if (c.req.path !== '/read' && c.req.path !== '/plain') c.var.session.increment('visits')
  await next()
})
app.get('/read', (c) => c.json(c.var.session.data))
app.get('/raw', () => new Response('ok'))
app.get('/redirect', () => Response.redirect('http://localhost/next', 303))
app.get('/empty', () => new Response(null, { status: 204 }))
app.get('/proxied', (c) => fetch(new URL('/plain', c.req.url)))
app.get('/stream', (c) =>
  stream(c, async (body) => {
    for (const part of ['one ', 'two ', 'three']) {
      await body.write(part)
      await body.sleep(5)
    }
  }),
)
app.get('/throw', () => {
  throw new HTTPException(418, { message: 'rolled back' })
})
app.get('/commit-and-throw', async (c) => {
  await c.var.session.commit()
  throw new Error('after the commit')
})
app.onError((error, c) =>
  error instanceof HTTPException ? error.getResponse() : c.text('sorry', 500),
)
app.notFound((c) => c.text('nothing here', 404))

let close: () => void
let browser: Browser

beforeAll(async () => {
  browser = await new Promise<Browser>((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(new Browser(`http://127.0.0.1:${port}`)),
    )
    close = () => server.close()
  })
})

afterAll(() => close())

const visits = async (): Promise<number | undefined> => {
  const data = (await (await browser.get('/read')).json()) as Data
  return data.visits
}

describe('on @hono/node-server, over a real connection', () => {
  test.each<[path: string, status: number, text: string]>([
    ['/raw', 200, 'ok'],
    ['/redirect', 303, ''],
    ['/empty', 204, ''],
    ['/stream', 200, 'one two three'],
    ['/nowhere', 404, 'nothing here'],
    ['/commit-and-throw', 500, 'sorry'],
  ])('the cookies survive %s, once', async (path, status, text) => {
    const before = (await visits()) ?? 0
    const response = await browser.get(path)
    expect([response.status, await response.text()]).toEqual([status, text])
    const written = response.headers.getSetCookie().filter((line) => !line.includes('Max-Age=0'))
    expect(written).toHaveLength(1)
    expect(written[0]).toMatch(
      /^session\.[\w-]+=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    expect(await visits()).toBe(before + 1)
  })

  test('they survive a response of fetch(), whose headers cannot be changed', async () => {
    const before = (await visits()) ?? 0
    const response = await browser.get('/proxied')
    expect(response.status).toBe(404)
    expect(await visits()).toBe(before + 1)
  })

  test('a thrown HTTPException sets none, and the session is as it was', async () => {
    const before = await visits()
    const response = await browser.get('/throw')
    expect([response.status, await response.text()]).toEqual([418, 'rolled back'])
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await visits()).toBe(before)
  })

  test('a read sets none, and may not be cached for others', async () => {
    const response = await browser.get('/read')
    expect(response.headers.getSetCookie()).toEqual([])
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    expect(response.headers.get('Vary')).toBe('Cookie')
  })

  test('the browser dropped nothing', () => {
    expect(browser.jar.dropped).toEqual([])
  })
})
