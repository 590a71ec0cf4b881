/** The listener of `carryon/node` on real servers, against what Node does without one. */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { afterEach, describe, expect, test } from 'vitest'
import { clientErrorHandler } from '../../src/node.ts'
import { selfSigned } from '../browser/certificate.ts'

const cleanUp: (() => void)[] = []
afterEach(() => {
  for (const each of cleanUp.splice(0)) each()
})

async function listening<S extends Server | ReturnType<typeof createTlsServer>>(
  server: S,
): Promise<S> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return server
}

const ok: RequestListener = (_request, response) => response.end('ok')

const plain = (options: ServerOptions = {}, listener = ok): Promise<Server> =>
  listening(createServer(options, listener))

async function healing(options: ServerOptions = {}, listener = ok): Promise<Server> {
  const server = await plain(options, listener)
  return server.on('clientError', clientErrorHandler())
}

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port

/** A client that keeps all it gets, and closes only when the server has. */
class Client {
  readonly #socket: Socket
  readonly #chunks: Buffer[] = []
  readonly closed: Promise<unknown>
  error: unknown

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#chunks.push(chunk))
    socket.on('error', (error) => {
      this.error = error
    })
    this.closed = new Promise((resolve) => socket.once('close', resolve))
    cleanUp.push(() => socket.destroy())
  }

  get got(): string {
    return Buffer.concat(this.#chunks).toString('latin1')
  }

  write(text: string): void {
    this.#socket.write(text)
  }

  /** All that came until the connection was closed. */
  async all(): Promise<string> {
    await this.closed
    return this.got
  }
}

const client = (server: { address(): unknown }): Client =>
  new Client(connect(portOf(server), '127.0.0.1'))

/** A request with so many cookies of 300 bytes. */
function crowded(cookies: number, more: readonly string[] = []): string {
  const pairs = Array.from(
    { length: cookies },
    (_, n) => `__Host-session.${String(n).padStart(13, '0')}=${'x'.repeat(271)}`,
  )
  return `GET / HTTP/1.1\r\nHost: shop.example\r\nCookie: ${[...pairs, ...more].join('; ')}\r\n\r\n`
}

const isWhole = (answer: string): boolean => answer.endsWith('</html>\n')
const deletions = (answer: string): number =>
  answer.split('\r\nSet-Cookie: __Host-session.').length - 1

describe('a request whose cookies are too large', () => {
  test('gets the whole answer, and so does one of which Node has read only the beginning', async () => {
    const server = await healing()
    for (const cookies of [56, 200, 1600]) {
      const browser = client(server)
      browser.write(crowded(cookies))
      const answer = await browser.all()
      expect(browser.error).toBeUndefined()
      expect(answer).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/)
      expect([isWhole(answer), deletions(answer)]).toEqual([true, 42])
    }
  })

  test('gets it on a connection that was used before, and the server goes on', async () => {
    const server = await healing()
    const browser = client(server)
    browser.write(crowded(10))
    await expect.poll(() => browser.got).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\r\nok/)
    browser.write(crowded(60))
    expect(await browser.all()).toMatch(
      /\r\nok\r\n0\r\n\r\nHTTP\/1\.1 431 |\r\n\r\nokHTTP\/1\.1 431 /,
    )
    expect((await fetch(`http://127.0.0.1:${portOf(server)}/`)).status).toBe(200)
  })

  test('gets it over TLS: first the page, then, when that has loaded itself again, the end of the cookies', async () => {
    const server = await listening(createTlsServer(selfSigned('shop.example'), ok))
    server.on('clientError', clientErrorHandler())
    const answerTo = (text: string) => {
      const socket = connectTls({
        port: portOf(server),
        host: '127.0.0.1',
        rejectUnauthorized: false,
      })
      const browser = new Client(socket)
      browser.write(text)
      return browser.all()
    }
    for (const cookies of [56, 200]) {
      const first = await answerTo(crowded(cookies))
      expect([isWhole(first), first.includes('Clear-Site-Data'), deletions(first)]).toEqual([
        true,
        false,
        0,
      ])
      expect(first).toContain("document.cookie = 'carryon-refused=1; ")
    }
    const next = await answerTo(crowded(56, ['carryon-refused=1']))
    expect([isWhole(next), next.includes('\r\nClear-Site-Data: "cookies"\r\n')]).toEqual([
      true,
      true,
    ])
  })

  test('is cut off where the client never closes', async () => {
    const server = await healing()
    const socket = connect({ port: portOf(server), host: '127.0.0.1', allowHalfOpen: true })
    const silent = new Client(socket)
    const connections = () =>
      new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))
    silent.write(crowded(60))
    await expect.poll(() => isWhole(silent.got)).toBe(true)
    expect(await connections()).toBe(1)
    await expect.poll(connections).toBe(0)
  })

  test('never breaks into an answer that is under way', async () => {
    const server = await healing({}, (_request, response) => {
      response.writeHead(200, { 'Content-Length': 9 })
      response.write('one ')
      setTimeout(() => response.end('two 3'), 300)
    })
    const pipelining = client(server)
    pipelining.write(crowded(1))
    await expect.poll(() => pipelining.got).toContain('one ')
    pipelining.write(crowded(60))
    expect(await pipelining.all()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\none (?:two 3)?$/)
  })
})

describe('all other errors have the answer that Node gives', () => {
  const odd: readonly (readonly [string, string])[] = [
    ['no HTTP', 'hello\r\n\r\n'],
    ['an unknown method', 'NOTHING / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    [
      'extensions of chunks that are too large',
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\na\r\n`,
    ],
    ['half a request, and then nothing', 'GET / HTTP/1.1\r\nHost: a\r\n'],
  ]
  // Nothing is answered before all of the body is here.
  const patient: RequestListener = (request, response) => {
    request.resume().once('end', () => response.end('ok'))
  }
  const options = { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 }

  test.each(odd)('%s', async (_what, text) => {
    const answers = await Promise.all(
      [await plain(options, patient), await healing(options, patient)].map(async (server) => {
        const other = client(server)
        other.write(text)
        return (await other.all()).replace(/^Date: .*\r\n/m, '')
      }),
    )
    expect(answers[0]).toMatch(/^HTTP\/1\.1 4/)
    expect(answers[1]).toBe(answers[0])
  })

  test('a client that resets the connection', async () => {
    const server = await healing()
    const socket = connect(portOf(server), '127.0.0.1')
    await once(socket, 'connect')
    socket.write('GET / HTTP/1.1\r\nHost: a')
    socket.resetAndDestroy()
    expect((await fetch(`http://127.0.0.1:${portOf(server)}/`)).status).toBe(200)
  })
})

test('the server of @hono/node-server takes it', async () => {
  const app = new Hono().get('/', (c) => c.text('ok'))
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  server.on('clientError', clientErrorHandler())
  await once(server, 'listening')
  cleanUp.push(() => server.close())
  const browser = client(server)
  browser.write(crowded(60))
  expect(deletions(await browser.all())).toBe(42)
})
