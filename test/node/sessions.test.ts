/** Sessions on `node:http` and `node:http2`, over real connections. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import {
  connect,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { type AddressInfo, createConnection } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { createSessions, type Session } from '../../src/index.ts'
import { nodeSessions } from '../../src/node.ts'
import { Browser } from '../../src/testing/browser.ts'
import { errorOf, SECRET } from '../support/visitor.ts'

type Data = { visits: number; seen: Record<string, number>; big?: string }

const options = { secrets: SECRET, initial: (): Data => ({ visits: 0, seen: {} }) }

const sessions = createSessions<Data>(options)
const onNode = nodeSessions(sessions)

type Answer = (
  response: ServerResponse,
  session: Session<Data>,
  request: IncomingMessage,
) => unknown

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A server on which `answer` answers, a browser for it, and what went wrong. */
async function serving(answer: Answer, on = onNode) {
  const errors: unknown[] = []
  const server = createServer(
    on.handle(
      (request: IncomingMessage, response: ServerResponse, session) => {
        if (request.url === '/data') return response.end(JSON.stringify(session.data))
        return answer(response, session, request)
      },
      (error, _request, response) => {
        errors.push(error)
        if (response.headersSent) response.destroy()
        else response.writeHead(418).end('sorry')
      },
    ),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const browser = new Browser(`http://127.0.0.1:${port}`)
  const data = async () => (await (await browser.get('/data')).json()) as Data
  return { browser, data, errors, port, server }
}

describe('a session on node:http', () => {
  test('is saved, and of 20 parallel writes none is lost', async () => {
    const { browser, data } = await serving((response, session, { url = '' }) => {
      session.data.seen[url] = 1
      session.increment('visits')
      response.end('ok')
    })
    await browser.get('/first')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => browser.ask('POST', `/${i}`)),
    )
    for (const answer of answers) browser.take(answer)
    const { visits, seen } = await data()
    expect([visits, Object.keys(seen).length]).toEqual([21, 21])
  })

  test.each([
    ['throws', () => Promise.reject(new Error('as planned')), 418],
    ['answers 500', (response: ServerResponse) => response.writeHead(500).end('no'), 500],
  ])('is not saved where the handler %s', async (_, fail, status) => {
    const { browser, data } = await serving((response, session) => {
      session.increment('visits')
      return fail(response)
    })
    const response = await browser.get('/')
    expect([response.status, response.headers.getSetCookie()]).toEqual([status, []])
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    expect(await data()).toMatchObject({ visits: 0 })
  })

  test('keeps what a handler committed before it failed', async () => {
    const { browser, data } = await serving(async (_response, session) => {
      session.increment('visits')
      await session.commit()
      throw new Error('as planned')
    })
    expect((await browser.get('/')).status).toBe(418)
    expect(await data()).toMatchObject({ visits: 1 })
  })

  test('that cannot be saved is an error that can be answered, without the headers of the first answer', async () => {
    const { browser, data, errors } = await serving((response, session) => {
      session.data.big = 'x'.repeat(9000)
      response.writeHead(200, { 'Content-Type': 'text/x', 'X-First': '1', 'Content-Length': 3 })
      response.end('yes')
    })
    const response = await browser.get('/')
    expect([response.status, await response.text()]).toEqual([418, 'sorry'])
    expect(errors).toMatchObject([{ code: 'ERR_TOO_LARGE' }])
    const { headers } = response
    expect([headers.get('X-First'), headers.get('Content-Type')]).toEqual([null, null])
    expect(headers.getSetCookie()).toEqual([])
    expect(await data()).toEqual({ visits: 0, seen: {} })
  })

  test('that nobody asked for changes nothing, and nothing waits', async () => {
    const sent: unknown[] = []
    const server = createServer((request, response) => {
      onNode.middleware(request, response, () => {
        response.writeHead(200, ['Cache-Control', 'max-age=60', 'X-Two', '1', 'X-Two', '2'])
        sent.push(response.headersSent, Object.hasOwn(response, 'headersSent'))
        response.end('ok')
        sent.push(response.writableEnded)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => server.close())
    const { port } = server.address() as AddressInfo
    const { headers } = await fetch(`http://127.0.0.1:${port}`)
    expect([headers.get('Cache-Control'), headers.get('X-Two')]).toEqual(['max-age=60', '1, 2'])
    expect([headers.get('Vary'), headers.getSetCookie()]).toEqual([null, []])
    expect(sent).toEqual([true, false, true])
  })

  test('says what is wrong where the request did not pass through', () => {
    const request = { headers: {}, socket: {} }
    expect(() => onNode.of(request)).toThrow('Register the middleware or the plugin before')
  })

  test('opens for any Host header, and for none', async () => {
    const { port, data } = await serving((response, session) => {
      session.increment('visits')
      response.end('ok')
    })
    for (const host of ['Host: a b%', 'Host: [', 'Host: ', 'X-No: host']) {
      const socket = createConnection(port, '127.0.0.1')
      socket.write(`GET / HTTP/1.0\r\n${host}\r\n\r\n`)
      let answer = ''
      for await (const part of socket) answer += part
      expect(answer).toMatch(/^HTTP\/1\.1 (200|400)/)
    }
    expect(await data()).toMatchObject({ visits: 0 })
  })
})

describe('the headers', () => {
  test.each([
    ['an object', [200, { 'X-A': '1', 'Set-Cookie': ['a=1', 'b=2'], Vary: 'Accept' }]],
    ['a list', [200, ['X-A', '1', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Vary', 'Accept']]],
    [
      'a phrase and an object',
      [200, 'Fine', { 'x-a': 1, 'set-cookie': ['a=1', 'b=2'], vary: 'Accept' }],
    ],
    [
      'a phrase and a list',
      [200, 'Fine', ['X-A', '1', 'Set-Cookie', ['a=1', 'b=2'], 'Vary', 'Accept']],
    ],
    [
      'an object after nothing',
      [200, undefined, { 'X-A': '1', 'Set-Cookie': ['a=1', 'b=2'], Vary: 'Accept' }],
    ],
  ] as [string, unknown[]][])(
    'of writeHead() as %s arrive, beside the cookie',
    async (_, given) => {
      const { browser, data } = await serving((response, session) => {
        session.increment('visits')
        response.setHeader('X-Kept', 'yes')
        response.setHeader('X-A', 'replaced')
        expect(Reflect.apply(response.writeHead, response, given)).toBe(response)
        response.end('ok')
      })
      const response = await browser.get('/')
      const { headers } = response
      expect([headers.get('X-A'), headers.get('X-Kept')]).toEqual(['1', 'yes'])
      expect(headers.get('Vary')).toBe('Accept, Cookie')
      expect(headers.getSetCookie().map((line) => line.slice(0, 3))).toEqual(['a=1', 'b=2', 'ses'])
      if (given.includes('Fine')) expect(response.statusText).toBe('Fine')
      expect(await data()).toMatchObject({ visits: 1 })
    },
  )

  test('wrong ones throw where they are given, as without a session', async () => {
    const codes: unknown[] = []
    const { browser } = await serving(async (response, session) => {
      session.increment('visits')
      for (const given of [[99], [200, { 'a b': '1' }], [200, { a: 'ä\n' }]])
        codes.push(await errorOf(() => Reflect.apply(response.writeHead, response, given)))
      response.writeHead(200)
      response.end('ok')
    })
    expect((await browser.get('/')).status).toBe(200)
    expect(codes).toMatchObject([
      { code: 'ERR_HTTP_INVALID_STATUS_CODE' },
      { code: 'ERR_INVALID_HTTP_TOKEN' },
      { code: 'ERR_INVALID_CHAR' },
    ])
  })

  test('have left for the app once it began to answer', async () => {
    const seen: unknown[] = []
    const { browser } = await serving(async (response, session) => {
      session.increment('visits')
      response.write('a')
      seen.push(response.headersSent)
      seen.push(await errorOf(() => response.setHeader('X-Late', '1')))
      seen.push(await errorOf(() => response.appendHeader('X-Late', '1')))
      seen.push(await errorOf(() => response.removeHeader('X-Late')))
      seen.push(await errorOf(() => response.writeHead(404, { a: '1' })))
      response.statusCode = 404
      response.end('b')
    })
    const response = await browser.get('/')
    expect([response.status, await response.text()]).toEqual([200, 'ab'])
    const sent = { code: 'ERR_HTTP_HEADERS_SENT' }
    expect(seen).toMatchObject([true, sent, sent, sent, sent])
  })

  test('of two sessions on one response have the cookies of both', async () => {
    const admin = nodeSessions(createSessions({ secrets: SECRET, cookie: { name: 'admin' } }))
    const { browser, data } = await serving(async (response, session, request) => {
      await new Promise<void>((resolve) => admin.middleware(request, response, () => resolve()))
      admin.of(request).data['in'] = true
      session.increment('visits')
      response.writeHead(201, { 'X-A': '1' })
      response.write('both')
      response.end()
    })
    const response = await browser.get('/')
    expect([response.status, await response.text()]).toEqual([201, 'both'])
    const names = response.headers.getSetCookie().map((line) => line.split('.')[0])
    expect(names.sort()).toEqual(['admin', 'session'])
    expect(await data()).toMatchObject({ visits: 1 })
  })
})

describe('a stream', () => {
  test('begins with its headers, and what is changed later throws', async () => {
    const late: unknown[] = []
    let go = () => {}
    const { browser, data } = await serving(async (response, session) => {
      session.increment('visits')
      response.write('one ')
      await new Promise<void>((resolve) => {
        go = resolve
      })
      late.push(await errorOf(() => session.increment('visits')))
      response.end('two')
    })
    const response = await browser.get('/')
    // The headers are here, and the handler still waits.
    expect(response.headers.getSetCookie()).toHaveLength(1)
    go()
    expect(await response.text()).toBe('one two')
    expect(late).toMatchObject([{ code: 'ERR_COMMITTED' }])
    expect(await data()).toMatchObject({ visits: 1 })
  })

  test('that flushes its headers sends them before the first byte', async () => {
    let finish = () => {}
    const { browser } = await serving((response, session) => {
      session.increment('visits')
      response.flushHeaders()
      finish = () => response.end('done')
    })
    const response = await browser.get('/')
    expect(response.headers.getSetCookie()).toHaveLength(1)
    finish()
    expect(await response.text()).toBe('done')
  })

  test.each(['pipe', 'pipeline'] as const)(
    'of %s() arrives whole, at the pace of the reader',
    async (way) => {
      const parts = Array.from({ length: 200 }, (_, i) => Buffer.alloc(20_000, i))
      const { browser, data } = await serving(async (response, session) => {
        session.increment('visits')
        if (way === 'pipe') Readable.from(parts).pipe(response)
        else await pipeline(Readable.from(parts), response)
      })
      const response = await browser.get('/')
      expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.concat(parts))).toBe(true)
      expect(await data()).toMatchObject({ visits: 1 })
    },
  )

  test('with trailers has them, and callbacks are called', async () => {
    const called: string[] = []
    const { browser, port } = await serving((response, session) => {
      session.increment('visits')
      response.writeHead(200, { Trailer: 'X-End' })
      response.write('a', () => called.push('written'))
      response.addTrailers({ 'X-End': 'yes' })
      response.end('b', () => called.push('ended'))
    })
    expect(browser.origin).toContain(String(port))
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      send({ port, host: '127.0.0.1' }, resolve).on('error', reject).end()
    })
    let body = ''
    for await (const part of answer) body += part
    expect([body, answer.trailers]).toEqual(['ab', { 'x-end': 'yes' }])
    expect(called).toEqual(['written', 'ended'])
  })
})

describe('the connection', () => {
  test('is kept alive, and requests that come in a row are answered in order', async () => {
    const { port } = await serving((response, session, { url = '' }) => {
      session.data.seen[url] = 1
      response.end(url)
    })
    const socket = createConnection(port, '127.0.0.1')
    const ask = (path: string, more = '') =>
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`
    socket.write(ask('/a') + ask('/b') + ask('/c', 'Connection: close\r\n'))
    let answer = ''
    for await (const part of socket) answer += part
    expect(answer.match(/HTTP\/1\.1 200 OK\r\n/g)).toHaveLength(3)
    expect(answer.match(/^Set-Cookie: session\./gim)).toHaveLength(3)
    expect(answer.match(/\r\n\r\n(\/[abc])/g)?.map((text) => text.trim())).toEqual([
      '/a',
      '/b',
      '/c',
    ])
    expect(answer.match(/^Content-Length: 2/gm)).toHaveLength(3)
  })

  test('HEAD and 304 have cookies and no body', async () => {
    const { browser, port } = await serving((response, session, { method }) => {
      session.increment('visits')
      if (method === 'HEAD') return response.end('ignored')
      return response.writeHead(304).end()
    })
    const head = await fetch(browser.request('/', { method: 'HEAD' }))
    expect([head.status, head.headers.getSetCookie().length]).toEqual([200, 1])
    const unchanged = await fetch(`http://127.0.0.1:${port}`)
    expect([unchanged.status, unchanged.headers.getSetCookie().length]).toEqual([304, 1])
  })

  test('that the browser closes before the answer disturbs nobody', async () => {
    const answered: unknown[] = []
    const { data, port, errors, server } = await serving(async (response, session) => {
      session.increment('visits')
      await once(response, 'close')
      response.write('too late')
      response.end('at all')
      answered.push(response.destroyed)
    })
    const socket = createConnection(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(server, 'request')
    socket.destroy()
    await expect.poll(() => answered).toEqual([true])
    expect(await data()).toMatchObject({ visits: 0 })
    expect(errors).toEqual([])
  })

  test('of HTTP/2 works as well, without TLS and with it', async () => {
    const server = createHttp2Server(
      onNode.handle(
        (request: Http2ServerRequest, response: Http2ServerResponse, session) => {
          session.increment('visits')
          response.writeHead(200, { 'x-a': '1' })
          response.write(request.url)
          response.end(` ${session.data.visits}`)
        },
        (_error, _request, response) => response.writeHead(418).end(),
      ),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const client = connect(`http://127.0.0.1:${port}`)
    closing.push(() => {
      client.destroy()
      server.close()
    })
    let cookie: string[] = []
    for (const visit of [1, 2, 3]) {
      const stream = client.request({ ':path': '/a', cookie })
      const [headers] = await once(stream, 'response')
      let body = ''
      for await (const part of stream) body += part
      expect([headers[':status'], headers['x-a'], body]).toEqual([200, '1', `/a ${visit}`])
      const lines: string[] = headers['set-cookie'] ?? []
      cookie = [...cookie, ...lines.flatMap((line) => line.match(/^[^;]+/) ?? [])]
    }
  })
})
