/** Browsers whose cookies are more than the server takes, in Chromium, on Node and behind nginx. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type SessionVariables, session } from '../../src/hono.ts'
import { type ClientErrorOptions, clientErrorHandler } from '../../src/node.ts'
import { runNginx } from '../cache/nginx.ts'
import { section } from '../docs/markdown.ts'
import { SECRET } from '../support/visitor.ts'
import { selfSigned } from './certificate.ts'
import { PUBLIC_HOST } from './chromium.ts'
import { openTab, type Tab } from './tab.ts'

type Data = { visits: number }

/** A page that counts its visits, with a form. */
const listener = (cookie: { secure?: boolean } = {}): RequestListener => {
  const app = new Hono<{ Variables: SessionVariables<Data> }>()
  app.get('/blank', (c) =>
    c.html('<!doctype html><title>blank</title><link rel="icon" href="data:,">'),
  )
  app.use(session<Data>({ secrets: SECRET, cookie, initial: () => ({ visits: 0 }) }))
  app.get('*', (c) => {
    c.var.session.increment('visits')
    const { visits } = c.var.session.data
    return c.html(
      html`<!doctype html><title>shop</title><link rel="icon" href="data:,"><p id="visits">Visit ${visits}</p><form method="post" action="/order"><button>Order</button></form>`,
    )
  })
  app.post('/order', (c) =>
    c.html('<!doctype html><link rel="icon" href="data:,"><p id="visits">Ordered</p>'),
  )
  return getRequestListener(app.fetch)
}

async function portOf(server: Server | ReturnType<typeof createTlsServer>): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

function node(options?: ClientErrorOptions, cookie?: { secure?: boolean }): Promise<number> {
  return portOf(createServer(listener(cookie)).on('clientError', clientErrorHandler(options)))
}

/** What the guide says for `server { … }` of nginx. */
const guide = readFileSync(new URL('../../docs/guide.md', import.meta.url), 'utf8')
const [, fromGuide = ''] =
  /```nginx\n([\s\S]*?)```/.exec(section(guide, '## When the cookies are too large')) ?? []

async function nginx(upstream: number, listen = ''): Promise<number> {
  const { cert, key } = selfSigned(PUBLIC_HOST)
  const proxy = await runNginx(
    (port, path) => `
      server {
        listen 127.0.0.1:${port} ${listen};
        ${listen ? `ssl_certificate ${path('cert')}; ssl_certificate_key ${path('key')};` : ''}
        ${fromGuide}
        location / {
          proxy_pass http://127.0.0.1:${upstream};
          proxy_set_header Host $http_host;
          proxy_set_header X-Forwarded-Proto $scheme;
        }
      }`,
    { cert, key },
  )
  onTestFinished(() => proxy.close())
  return proxy.port
}

interface Refused {
  readonly tab: Tab
  /** The status of each page that was loaded. */
  readonly statuses: readonly number[]
}

/** A visitor who has been to the shop, and then gets so many cookies of a session of 300 bytes each. */
async function crowded(origin: string, count: number, path = '/'): Promise<Refused> {
  const tab = await openTab(`${origin}/`)
  await visits(tab.page, 'Visit 1')
  const statuses: number[] = []
  tab.page.on('response', (response) => {
    if (response.request().isNavigationRequest()) statuses.push(response.status())
  })
  await crowd(tab, origin, count, path)
  return { tab, statuses }
}

async function crowd(tab: Tab, origin: string, count: number, path = '/'): Promise<void> {
  const secure = origin.startsWith('https:')
  const place = path === '/' ? { url: `${origin}/` } : { domain: new URL(origin).hostname, path }
  const prefix = secure ? '__Host-session.' : 'session.'
  const cookies = Array.from({ length: count }, (_, n) => ({
    ...place,
    name: `${prefix}${String(n).padStart(13, '0')}`,
    value: 'x'.repeat(300 - prefix.length - 13),
    httpOnly: true,
    secure,
  }))
  await tab.context.addCookies([
    { url: `${origin}/`, name: 'theme', value: 'dark', secure },
    ...cookies,
  ])
}

const visits = (page: Page, text: string): Promise<void> =>
  expect.poll(() => page.textContent('#visits').catch(() => null)).toBe(text)

async function names(tab: Tab): Promise<string[]> {
  const all = await tab.context.cookies()
  const of = (name: string) => (/session\./.test(name) ? 'session' : name)
  return [...new Set(all.map(({ name }) => of(name)))].sort()
}

const TITLE = 'Cookies removed'

describe('a browser that Node refuses', () => {
  it('goes on with a new session, and keeps the cookies of others', async () => {
    const origin = `http://localhost:${await node()}`
    const { tab, statuses } = await crowded(origin, 58)
    await tab.page.goto(`${origin}/here?q=1#there`)
    await visits(tab.page, 'Visit 1')
    expect(statuses).toEqual([431, 200])
    expect(tab.page.url()).toBe(`${origin}/here?q=1`)
    expect(await names(tab)).toEqual(['carryon-refused', 'session', 'theme'])
    await tab.page.reload()
    await visits(tab.page, 'Visit 2')
  })

  it('goes on over https, where Node shows only a part of the headers', async () => {
    const server = createTlsServer(selfSigned(PUBLIC_HOST), listener())
    const origin = `https://${PUBLIC_HOST}:${await portOf(server.on('clientError', clientErrorHandler()))}`
    const { tab, statuses } = await crowded(origin, 58)
    await tab.page.goto(`${origin}/`)
    await visits(tab.page, 'Visit 1')
    expect(statuses).toEqual([431, 431, 200])
    expect(await names(tab)).toEqual(['carryon-refused', 'session'])
  })

  it('goes on where its cookies cannot be deleted by name', async () => {
    const origin = `http://localhost:${await node()}`
    const { tab, statuses } = await crowded(origin, 58, '/app')
    await tab.page.goto(`${origin}/app/`)
    await visits(tab.page, 'Visit 1')
    expect(statuses).toEqual([431, 431, 200])
    expect(await names(tab)).toEqual(['carryon-refused', 'session'])
  })

  it('goes on over plain http on another host, where browsers ignore Clear-Site-Data', async () => {
    const cookie = { secure: false }
    const origin = `http://${PUBLIC_HOST}:${await node({ cookie }, cookie)}`
    const { tab, statuses } = await crowded(origin, 58)
    await tab.page.goto(`${origin}/`)
    await visits(tab.page, 'Visit 1')
    expect(statuses).toEqual([431, 200])
    expect(await names(tab)).toEqual(['carryon-refused', 'session', 'theme'])
  })

  it('is healed by a request that its script makes', async () => {
    const origin = `http://localhost:${await node()}`
    const { tab } = await crowded(origin, 58)
    expect((await tab.call('/', 'GET')).status).toBe(431)
    expect((await tab.call('/', 'GET')).status).toBe(200)
  })

  it('is told what happened to the form that it sent, which is not sent again', async () => {
    const origin = `http://localhost:${await node()}`
    const { tab, statuses } = await crowded(origin, 58)
    await tab.page.click('button')
    await expect.poll(() => tab.page.title()).toBe(TITLE)
    expect(await tab.page.textContent('body')).toContain('Go back and send it again.')
    await tab.page.goBack()
    await tab.page.click('button')
    await visits(tab.page, 'Ordered')
    expect(statuses.filter((status) => status !== 200)).toEqual([431])
  })

  it('keeps all cookies where another site sends it to a long address', async () => {
    const port = await node()
    const origin = `http://localhost:${port}`
    const { tab, statuses } = await crowded(origin, 10)
    const before = await tab.context.cookies(origin)
    await tab.page.goto(`http://127.0.0.1:${port}/blank`)
    const address = `${origin}/${'a'.repeat(16_400)}`
    await tab.page.evaluate((address) => {
      location.href = address
    }, address)
    await expect.poll(() => tab.page.title()).toBe('Request too large')
    expect(await tab.page.textContent('body')).toContain('delete the cookies of this site')
    expect(statuses.filter((status) => status === 431)).toEqual([431])
    expect(await tab.context.cookies(origin)).toEqual(before)
  })
})

describe('a browser that nginx refuses', () => {
  it.each([
    ['on localhost', 'localhost', ''],
    ['over https', PUBLIC_HOST, 'ssl'],
  ])('goes on with a new session %s', async (_what, host, listen) => {
    const origin = `http${listen ? 's' : ''}://${host}:${await nginx(await node(), listen)}`
    const { tab, statuses } = await crowded(origin, 28)
    await tab.page.goto(`${origin}/?q=1`)
    await visits(tab.page, 'Visit 1')
    expect(statuses).toEqual([431, 200])
    expect(await names(tab)).toEqual(['session'])
    await tab.page.reload()
    await visits(tab.page, 'Visit 2')
  })

  it('sees why, and is not sent round in circles, where Clear-Site-Data is ignored', async () => {
    const cookie = { secure: false }
    const origin = `http://${PUBLIC_HOST}:${await nginx(await node({ cookie }, cookie))}`
    const { tab, statuses } = await crowded(origin, 28)
    await tab.page.goto(`${origin}/`)
    await expect.poll(() => statuses).toEqual([431, 431])
    await tab.page.waitForTimeout(1000)
    expect(statuses).toEqual([431, 431])
    expect(await tab.page.title()).toBe(TITLE)
  })

  it('is not refused over HTTP/2 before 32 KB, and then by Node, whose answer heals it', async () => {
    const origin = `https://${PUBLIC_HOST}:${await nginx(await node(), 'ssl http2')}`
    const { tab, statuses } = await crowded(origin, 40)
    await tab.page.goto(`${origin}/`)
    await visits(tab.page, 'Visit 2')
    await crowd(tab, origin, 58)
    await tab.page.goto(`${origin}/`)
    await visits(tab.page, 'Visit 1')
    expect(statuses).toEqual([200, 431, 200])
    expect(await names(tab)).toEqual(['carryon-refused', 'session', 'theme'])
  })
})
