/** Sixty requests that a page makes at once: all count, and the next one is served, by servers as they come. */
import { once } from 'node:events'
import { createSecureServer, type ServerHttp2Session } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createApp } from '../../demo/app.ts'
import { memoryMarks, memoryStore } from '../../src/stores/memory.ts'
import { type Nginx, runNginx } from '../cache/nginx.ts'
import { SECRET } from '../support/visitor.ts'
import { selfSigned } from './certificate.ts'
import { PUBLIC_HOST } from './chromium.ts'
import { openTab, type Tab } from './tab.ts'

const BURST = 60
const SIZE_LIMIT_BYTES = 8000

/** Where a burst goes, and where the next page is loaded: browsers send the cookies to all ports of a host. */
interface Site {
  readonly burst: string
  readonly next: string
  close(): Promise<void>
}

/** nginx in front of the demo's cluster, over HTTP/2 for the burst and over HTTP/1.1 with its default of 8 KB. */
async function nginxSite(): Promise<Site> {
  const { cert, key } = selfSigned(PUBLIC_HOST)
  const proxy = (protocol: string): Promise<Nginx> =>
    runNginx(
      (port, path) => `
        server {
          listen 127.0.0.1:${port} ${protocol};
          ssl_certificate ${path('cert')};
          ssl_certificate_key ${path('key')};
          location / {
            proxy_pass ${inject('clusterUrl')};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-Proto $scheme;
          }
        }`,
      { cert, key },
    )
  const [burst, next] = await Promise.all([proxy('ssl http2'), proxy('ssl')])
  return {
    burst: `https://${PUBLIC_HOST}:${burst.port}`,
    next: `https://${PUBLIC_HOST}:${next.port}`,
    close: async () => {
      await Promise.all([burst.close(), next.close()])
    },
  }
}

/** One Node server, over HTTP/2 for the burst, and over HTTP/1.1 with its default of 16 KB. */
async function nodeSite(): Promise<Site> {
  const [overflow, marks] = [memoryStore(), memoryMarks()]
  const app = createApp({ overflow: () => overflow, marks: () => marks })
  const env = { SESSION_SECRETS: SECRET, NODE_NAME: 'node', CLUSTER: '1' }
  const listener = getRequestListener((request) => app.fetch(request, env))
  const certificate = selfSigned(PUBLIC_HOST)
  const parallel = createSecureServer(certificate, listener)
  const oneByOne = createTlsServer(certificate, listener)
  const sessions = new Set<ServerHttp2Session>()
  parallel.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })
  for (const server of [parallel, oneByOne]) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  const urlOf = (server: { address(): unknown }) =>
    `https://${PUBLIC_HOST}:${(server.address() as AddressInfo).port}`
  return {
    burst: urlOf(parallel),
    next: urlOf(oneByOne),
    close: async () => {
      for (const session of sessions) session.destroy()
      for (const server of [parallel, oneByOne]) server.close()
      oneByOne.closeAllConnections()
    },
  }
}

const sites: readonly (readonly [string, () => Promise<Site>])[] = [
  ['the cluster behind nginx', nginxSite],
  ['Node alone', nodeSite],
]

/** How many bytes the next Cookie header has. */
async function headerBytes(tab: Tab): Promise<number> {
  const all = await tab.context.cookies()
  return all.reduce((sum, { name, value }) => sum + name.length + value.length + 3, -2)
}

describe.each(sites)('a burst of sixty requests, to %s', (_name, start) => {
  let site: Site

  beforeAll(async () => {
    site = await start()
  })
  afterAll(() => site?.close())

  /** A visitor whose session has counted once, and who looks at a page. */
  async function visitor(): Promise<Tab> {
    const tab = await openTab(`${site.burst}/style.css`)
    expect((await tab.call('/api/increment/hits')).status).toBe(200)
    return tab
  }

  /** That the next page is served, over HTTP/1.1, and all requests count. */
  async function expectServed(tab: Tab): Promise<void> {
    const bytes = await headerBytes(tab)
    const answer = await tab.page.goto(`${site.next}/api/session`)
    expect([answer?.status(), bytes]).toEqual([200, Math.min(bytes, SIZE_LIMIT_BYTES)])
    const report = JSON.parse((await tab.page.textContent('body')) ?? '')
    expect(report).toMatchObject({ hits: BURST + 1 })
    await tab.expectNoneTooBig()
  }

  it('made by a script: the next page is served, and all count', async () => {
    const tab = await visitor()
    const calls = Array.from({ length: BURST }, (_, i) => ({
      path: `/api/increment/hits?delay=${500 + ((i * 37) % 300)}`,
    }))
    const answers = await tab.atOnce(calls)
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    await expectServed(tab)
  })

  it('made by <img>: the next page is served, and all count', async () => {
    const tab = await visitor()
    const loaded = await tab.page.evaluate(async (count) => {
      const images = Array.from({ length: count }, (_, i) => {
        const image = document.createElement('img')
        const done = new Promise<boolean>((resolve) => {
          image.onload = () => resolve(true)
          image.onerror = () => resolve(false)
        })
        image.src = `/test/pixel?n=${i}&delay=${500 + ((i * 37) % 300)}`
        document.documentElement.append(image)
        return done
      })
      return Promise.all(images)
    }, BURST)
    expect(loaded.filter((isLoaded) => !isLoaded)).toEqual([])
    await expectServed(tab)
  })
})
